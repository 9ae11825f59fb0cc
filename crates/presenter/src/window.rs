use lungfield_contract::FilmHeader;
use serde::Serialize;

use crate::{
    identity::{bytes, encoding, tags},
    numbers::number,
    text::{Texts, interpolate},
};

/// What of a film's luma is shown between black and white, as shares of its whole range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Window {
    /// What is shown middle grey.
    pub centre: f64,
    /// From black to white.
    pub width: f64,
}

impl Default for Window {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl Window {
    /// The film as it came.
    pub const WHOLE: Self = Self { centre: 0.5, width: 1.0 };

    /// For what is dark on a film: lungs.
    pub const LUNGS: Self = Self { centre: 0.35, width: 0.6 };

    /// For what is bright on a film: heart, spine, what lies behind them.
    pub const DENSE: Self = Self { centre: 0.7, width: 0.6 };

    /// The narrowest one.
    const LEAST: f64 = 0.02;
    /// The furthest from what is shown usually: a film may have values beyond that.
    const MOST: f64 = 8.0;

    /// Moved up by a share of its width and widened by another, as far as there is luma to show.
    pub fn changed(self, centre: f64, width: f64) -> Self {
        Self {
            centre: (self.centre + centre * self.width).clamp(-Self::MOST, Self::MOST),
            width: (self.width * (1.0 + width)).clamp(Self::LEAST, 2.0 * Self::MOST),
        }
    }

    /// The same window over a range of which all that is shown usually is a part: its middle and its width, as shares.
    pub fn over(self, [middle, apart]: [f64; 2]) -> Self {
        Self { centre: middle + (self.centre - 0.5) * apart, width: self.width * apart }
    }

    /// A window over the same values as another that is shown usually.
    pub fn beside(self, usual: Self) -> Self {
        Self { centre: (self.centre - usual.centre) / usual.width + 0.5, width: self.width / usual.width }
    }

    /// The grey of a luma, both `0..=1`.
    pub fn of(self, luma: f64) -> f64 {
        ((luma - self.centre) / self.width + 0.5).clamp(0.0, 1.0)
    }
}

/// A window that is chosen by its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preset {
    /// What it is called among those that are always there, or where it comes from.
    pub id: &'static str,
    /// Its name; `None` where the header has one in letters of its own.
    pub name: Option<String>,
    /// The bytes of such a name.
    pub bytes: Vec<u8>,
    /// The web's name of the encoding that they are in.
    pub encoding: &'static str,
    /// What it shows.
    pub window: Window,
}

/// The windows that can be chosen for a film by name: those of every film, those of its header, and where its detail shows more of
/// its values than is usually `shown`, all of them. `inverted` is a film that was inverted to be hung.
pub fn presets(header: Option<&FilmHeader>, inverted: bool, shown: Option<[f64; 2]>, texts: &Texts) -> Vec<Preset> {
    let texts = &texts.viewer;
    let encoding = header.map_or("utf-8", encoding);
    let named =
        |id, name: &str, window| Preset { id, name: Some(name.to_owned()), bytes: Vec::new(), encoding, window };
    let always = [
        named("preset-whole", &texts.preset_whole, Window::WHOLE),
        named("preset-lungs", &texts.preset_lungs, Window::LUNGS),
        named("preset-dense", &texts.preset_dense, Window::DENSE),
    ];
    let of_header = header.map_or_else(Vec::new, |header| windows(header, inverted));
    let of_header = of_header.into_iter().enumerate().map(|(nth, (name, window))| {
        let number = || interpolate(&texts.preset_header, &[("number", &number((nth + 2) as f64, 0))]);
        let numbered = name.is_none().then(number);
        Preset { id: "preset-header", name: numbered, bytes: name.map(bytes).unwrap_or_default(), encoding, window }
    });
    let all = shown
        .map(|[centre, width]| named("preset-all", &texts.preset_all, Window::WHOLE.beside(Window { centre, width })));
    always.into_iter().chain(of_header).chain(all).collect()
}

/// The header's windows after the first, which is how the film came, beside that one; each with its name's bytes, if it has one.
/// `inverted` is a film that was inverted to be hung. There are none where something else than a first window says what is shown.
fn windows(header: &FilmHeader, inverted: bool) -> Vec<(Option<&str>, Window)> {
    let straight = header.value(tags::VOI_LUT_FUNCTION, 0).is_none_or(|function| function.starts_with("LINEAR"));
    let has_table = header.elements().iter().any(|element| element.tag == tags::VOI_LUT_SEQUENCE && element.length > 0);
    let window = |nth| {
        let centre = header.number(tags::WINDOW_CENTER, nth)?;
        let width = header.number(tags::WINDOW_WIDTH, nth).filter(|width| *width > 1.0)?;
        Some(Window { centre, width })
    };
    let Some(first) = window(0).filter(|_| straight && !has_table) else { return Vec::new() };
    let is = |tag, value| header.value(tag, 0) == Some(value);
    let dark_to_bright =
        is(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME1") || is(tags::PRESENTATION_LUT_SHAPE, "INVERSE");
    let others = (1..).map_while(|nth| Some((header.value(tags::WINDOW_EXPLANATION, nth), window(nth)?.beside(first))));
    let turned = |window: Window| Window { centre: 1.0 - window.centre, ..window };
    others.map(|(name, window)| (name, if dark_to_bright != inverted { turned(window) } else { window })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{identity::tests::header, text::texts};

    #[test]
    fn a_window_stays_within_the_range() {
        let narrow = (0..200).fold(Window::WHOLE, |window, _| window.changed(0.1, -0.1));
        assert!(narrow.width >= Window::LEAST && narrow.centre <= Window::MOST, "{narrow:?}");
        let wide = (0..200).fold(Window::WHOLE, |window, _| window.changed(0.1, 0.1));
        assert!(wide.width <= 2.0 * Window::MOST, "{wide:?}");
    }

    #[test]
    fn a_window_over_more_values_shows_the_same_ones() {
        // A header's window at 1000 with a width of 400 of values from 0 to 4000.
        let usual = Window { centre: 1000.0, width: 400.0 };
        let other = Window { centre: 1100.0, width: 200.0 }.beside(usual);
        assert_eq!(other, Window { centre: 0.75, width: 0.5 });
        assert_eq!(other.over([0.25, 0.1]), Window { centre: 0.275, width: 0.05 });
        assert_eq!(usual.beside(usual), Window::WHOLE);
    }

    #[test]
    fn a_header_s_other_windows_are_seen_beside_its_first() {
        let two = [
            (tags::WINDOW_CENTER, "1000\\1100"),
            (tags::WINDOW_WIDTH, "400\\200"),
            (tags::WINDOW_EXPLANATION, "NORMAL\\HARDER"),
        ];
        let window = Window { centre: 0.75, width: 0.5 };
        assert_eq!(windows(&header(&two), false), [(Some("HARDER"), window)]);
        let inverted = Window { centre: 0.25, width: 0.5 };
        assert_eq!(windows(&header(&two), true), [(Some("HARDER"), inverted)]);
        let with = |tag, value| header(&[&two[..], &[(tag, value)]].concat());
        let dark = with(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME1");
        assert_eq!(windows(&dark, false), [(Some("HARDER"), inverted)]);
        for other in [with(tags::VOI_LUT_FUNCTION, "SIGMOID"), with(tags::VOI_LUT_SEQUENCE, "x")] {
            assert_eq!(windows(&other, false), []);
        }
        assert_eq!(windows(&FilmHeader::default(), false), []);
    }

    #[test]
    fn a_header_s_windows_come_by_their_names_or_numbers() {
        let three = header(&[
            (tags::WINDOW_CENTER, "1000\\1100\\900"),
            (tags::WINDOW_WIDTH, "400\\200\\300"),
            (tags::WINDOW_EXPLANATION, "NORMAL\\HARDER"),
        ]);
        let found = presets(Some(&three), false, Some([0.5, 0.5]), &texts("en"));
        let ids: Vec<_> = found.iter().map(|preset| preset.id).collect();
        assert_eq!(
            ids,
            ["preset-whole", "preset-lungs", "preset-dense", "preset-header", "preset-header", "preset-all"]
        );
        assert_eq!((found[3].name.as_deref(), &*found[3].bytes), (None, &b"HARDER"[..]));
        assert!(found[4].name.as_ref().is_some_and(|name| name.contains('3')), "{:?}", found[4]);
        assert_eq!(found[5].window, Window { centre: 0.5, width: 2.0 });
    }
}
