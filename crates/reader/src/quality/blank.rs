use crate::{Error, Kind, Radiograph, Stage};

/// Luma below this share of the range is black, above the rest of it white.
const NEAR: f64 = 0.04;
/// A picture of which so much is black, or white, shows nothing.
const NEARLY_ALL: f64 = 0.9;
/// So does one whose tones are nearer together than this.
const LEAST_CONTRAST: f64 = 0.1;

/// What a picture that is no chest film is instead, when it is nearly all black or nearly all white: the copy of it that
/// quality is measured on is looked at.
pub(crate) fn blank(small: &Radiograph) -> Option<Error> {
    let luma = small.luma();
    let near = (NEAR * 65535.0) as u16;
    let share = |is: &dyn Fn(u16) -> bool| luma.iter().filter(|&&v| is(v)).count() as f64 / luma.len() as f64;
    let tones = [("black", share(&|v| v <= near)), ("white", share(&|v| v >= u16::MAX - near))];
    let [(_, black), (_, white)] = tones;
    let mut sorted = luma.to_vec();
    sorted.sort_unstable();
    // Of a hundred pixels in order, the second and the last but one.
    let [dark, bright] = [1, 99].map(|nth| f64::from(sorted[nth * (sorted.len() - 1) / 100]) / 65535.0);
    let why = if let Some((tone, share)) = tones.into_iter().find(|(_, share)| *share >= NEARLY_ALL) {
        format!("{:.0} % of it is {tone}", 100.0 * share)
    } else if black + white >= NEARLY_ALL {
        format!("{:.0} % of it is black and {:.0} % white", 100.0 * black, 100.0 * white)
    } else if bright - dark < LEAST_CONTRAST {
        format!("its tones are all from {:.0} to {:.0} % of white", 100.0 * dark, 100.0 * bright)
    } else {
        return None;
    };
    Some(Error::new(Stage::Check, Kind::Blank, format!("nothing can be seen in the picture: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_are_told_from_a_picture() {
        let picture = |luma: &dyn Fn(u32) -> u16| Radiograph::from_luma(20, 20, (0..400).map(luma).collect());
        let says = |film: Radiograph| blank(&film).map(|error| error.detail().to_owned());
        assert!(says(picture(&|i| if i < 20 { 60000 } else { 1000 })).expect("black").contains("95 % of it is black"));
        assert!(says(picture(&|_| 65000)).expect("white").contains("100 % of it is white"));
        assert!(
            says(picture(&|i| if i < 80 { 65535 } else { 0 })).expect("both").contains("80 % of it is black and 20 %")
        );
        assert!(says(picture(&|i| 30000 + i as u16)).expect("one tone").contains("from 46 to 46 %"));
        assert_eq!(says(picture(&|i| if i < 80 { 20000 } else { 0 })), None);
        assert_eq!(says(picture(&|i| (i * 100) as u16)), None);
    }
}
