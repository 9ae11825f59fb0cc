use lungfield_contract::{FilmHeader, Lungs};
use serde::{Deserialize, Serialize};

use crate::{
    identity::tags,
    numbers::number,
    text::{Texts, interpolate},
};

/// What is measured on a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// From one point to another.
    Length,
    /// Between two lines from one point.
    Angle,
    /// The heart's width by the chest's.
    CardiothoracicRatio,
}

/// A measurement: points that the user puts where they belong. Places are shares of the film's width and height.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What it measures.
    pub measured: Measured,
    /// Where its points are: two of a length; one line's end, the corner and the other's end of an angle; the heart's left and right
    /// edge on the screen and the chest's.
    pub points: Vec<[f64; 2]>,
    /// Which of them the user has put there.
    placed: Vec<bool>,
}

/// Where a ratio begins that no lungs are known for: the heart's ends, then the chest's.
const HEART: [[f64; 2]; 2] = [[0.4, 0.62], [0.65, 0.62]];
const CHEST: [[f64; 2]; 2] = [[0.15, 0.72], [0.85, 0.72]];

/// What a length is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Millimetres for a pixel of the film.
    pub mm_per_pixel: f64,
    /// Measured where the patient was; if not, at the detector, where everything is larger.
    pub calibrated: bool,
}

impl Measurement {
    /// Begins in the middle of what is seen of the film; a ratio where the lungs lie. A place to begin, and no measurement.
    pub fn begin(measured: Measured, seen: [[f64; 2]; 2], lungs: Option<&Lungs>) -> Self {
        let [[left, top], [right, bottom]] = seen;
        let at = |[x, y]: [f64; 2]| [left + x * (right - left), top + y * (bottom - top)];
        let points = match measured {
            Measured::Length => vec![at([0.35, 0.5]), at([0.65, 0.5])],
            Measured::Angle => vec![at([0.65, 0.35]), at([0.35, 0.5]), at([0.65, 0.65])],
            Measured::CardiothoracicRatio => first_ratio(lungs).to_vec(),
        };
        Self { measured, placed: vec![false; points.len()], points }
    }

    /// With a point put elsewhere, within the film. The ends of a width stay level.
    pub fn with_point(mut self, nth: usize, [x, y]: [f64; 2]) -> Self {
        let (Some(point), Some(placed)) = (self.points.get_mut(nth), self.placed.get_mut(nth)) else { return self };
        *point = [x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)];
        *placed = true;
        if self.measured == Measured::CardiothoracicRatio {
            self.points[nth ^ 1][1] = y.clamp(0.0, 1.0);
        }
        self
    }

    /// With points that were put elsewhere; as it is where there are not as many.
    pub fn with_points(self, points: Vec<[f64; 2]>, placed: Vec<bool>) -> Self {
        let fits = points.len() == self.points.len() && placed.len() == points.len();
        if fits { Self { points, placed, ..self } } else { self }
    }

    /// Whether a point is where the user has put it or, touching it, has left it.
    pub fn is_placed(&self, nth: usize) -> bool {
        self.placed.get(nth).is_some_and(|placed| *placed)
    }

    /// A length's millimetres, of a film that is so large in its own pixels.
    pub fn millimetres(&self, film: [f64; 2], scale: Scale) -> Option<f64> {
        let [a, b] = self.points[..].try_into().ok()?;
        (self.measured == Measured::Length).then(|| distance(a, b, film) * scale.mm_per_pixel)
    }

    /// An angle's degrees, 0 to 180.
    pub fn degrees(&self, film: [f64; 2]) -> Option<f64> {
        let [a, corner, b]: [[f64; 2]; 3] = self.points[..].try_into().ok()?;
        let line = |end: [f64; 2]| [0, 1].map(|axis| (end[axis] - corner[axis]) * film[axis]);
        let ([ax, ay], [bx, by]) = (line(a), line(b));
        Some((ax * by - ay * bx).abs().atan2(ax * bx + ay * by).to_degrees())
    }

    /// The heart's width by the chest's, once the user has placed both. Where the lungs are known to lie they go on behind the heart:
    /// nothing but the user says where its edges are.
    pub fn ratio(&self) -> Option<f64> {
        let [heart_left, heart_right, chest_left, chest_right]: [[f64; 2]; 4] = self.points[..].try_into().ok()?;
        let width = |a: [f64; 2], b: [f64; 2]| (b[0] - a[0]).abs();
        let chest = width(chest_left, chest_right);
        (self.placed.iter().all(|placed| *placed) && chest > 0.0).then(|| width(heart_left, heart_right) / chest)
    }
}

impl Measurement {
    /// What was measured, in words, of a film of so many pixels with this scale; of a ratio that nobody has placed, what to do for one.
    pub fn said(&self, film: [f64; 2], scale: Option<Scale>, texts: &Texts) -> String {
        let texts = &texts.viewer;
        let said = |text: &str, value: f64, digits: u8| interpolate(text, &[("value", &number(value, digits))]);
        match self.measured {
            Measured::Length => match scale.and_then(|scale| Some((scale, self.millimetres(film, scale)?))) {
                Some((Scale { calibrated: true, .. }, length)) => said(&texts.millimetres, length, 1),
                Some((_, length)) => said(&texts.at_detector, length, 1),
                None => texts.no_scale.clone(),
            },
            Measured::Angle => self.degrees(film).map_or_else(String::new, |angle| said(&texts.degrees, angle, 1)),
            Measured::CardiothoracicRatio => match self.ratio() {
                Some(ratio) => said(&texts.ratio_found, ratio, 2),
                None => texts.ratio_begun.clone(),
            },
        }
    }
}

impl Scale {
    /// The scale of a film's own pixels. A spacing at the patient counts where the header says how it was calibrated; one at the
    /// detector is said to be that. A spacing of which neither is said is no scale, nor is there one without a header.
    pub fn read(header: &FilmHeader) -> Option<Self> {
        let spacing = |tag| {
            let [down, across] = [0, 1].map(|nth| header.number(tag, nth).filter(|mm| *mm > 0.0));
            // A film whose pixels are not square is stretched until they are: none is smaller then.
            Some(down?.min(across?))
        };
        let calibrated = header.value(tags::PIXEL_SPACING_CALIBRATION_TYPE, 0).is_some();
        let at_patient = spacing(tags::PIXEL_SPACING).filter(|_| calibrated);
        let at_detector = || spacing(tags::IMAGER_PIXEL_SPACING);
        let of = |mm_per_pixel, calibrated| Self { mm_per_pixel, calibrated };
        at_patient.map(|mm| of(mm, true)).or_else(|| at_detector().map(|mm| of(mm, false)))
    }
}

/// The chest from the lungs' outermost points; the heart, which no outline shows, in the middle between them.
fn first_ratio(lungs: Option<&Lungs>) -> [[f64; 2]; 4] {
    let ([heart_left, heart_right], [chest_left, chest_right]) = (HEART, CHEST);
    let without = [heart_left, heart_right, chest_left, chest_right];
    let Some(lungs) = lungs else { return without };
    let points = || lungs.outline.iter().flatten().map(|point| point.map(f64::from));
    let (Some(left), Some(right)) =
        (points().min_by(|a, b| a[0].total_cmp(&b[0])), points().max_by(|a, b| a[0].total_cmp(&b[0])))
    else {
        return without;
    };
    let [top, bottom] = points().fold([1.0, 0.0], |[top, bottom]: [f64; 2], [_, y]| [top.min(y), bottom.max(y)]);
    let level = (left[1] + right[1]) / 2.0;
    let at = |share: f64| left[0] + share * (right[0] - left[0]);
    let heart = top + 0.65 * (bottom - top);
    [[at(0.35), heart], [at(0.7), heart], [left[0], level], [right[0], level]]
}

fn distance(a: [f64; 2], b: [f64; 2], film: [f64; 2]) -> f64 {
    ((b[0] - a[0]) * film[0]).hypot((b[1] - a[1]) * film[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{identity::tests::header, text::texts};

    const FILM: [f64; 2] = [2000.0, 1000.0];
    const WHOLE: [[f64; 2]; 2] = [[0.0; 2], [1.0; 2]];

    #[test]
    fn a_length_counts_the_film_s_own_pixels() {
        let length =
            Measurement::begin(Measured::Length, WHOLE, None).with_point(0, [0.1, 0.5]).with_point(1, [0.25, 0.1]);
        let scale = Scale { mm_per_pixel: 0.2, calibrated: true };
        assert!((length.millimetres(FILM, scale).expect("is one") - 100.0).abs() < 1e-9);
        assert_eq!((length.degrees(FILM), length.ratio()), (None, None));
    }

    #[test]
    fn an_angle_is_that_on_the_film_and_not_of_shares() {
        let angle = Measurement::begin(Measured::Angle, WHOLE, None);
        let right = angle.with_point(0, [0.5, 0.5]).with_point(1, [0.4, 0.5]).with_point(2, [0.4, 0.1]);
        assert!((right.degrees(FILM).expect("is one") - 90.0).abs() < 1e-9);
        let half = right.with_point(2, [0.5, 0.3]);
        assert!((half.degrees(FILM).expect("is one") - 45.0).abs() < 1e-9);
    }

    #[test]
    fn a_ratio_is_none_until_the_user_has_placed_it() {
        let begun = Measurement::begin(Measured::CardiothoracicRatio, WHOLE, None);
        assert_eq!(begun.ratio(), None);
        let three = (0..3).fold(begun.clone(), |ratio, nth| ratio.with_point(nth, [0.1 + 0.2 * nth as f64, 0.5]));
        assert_eq!(three.ratio(), None);
        let four = three.with_point(3, [0.9, 0.6]);
        assert!((four.ratio().expect("is one") - 0.5).abs() < 1e-9);
        // Its ends are level.
        assert_eq!(four.points[2][1], 0.6);
        let touched = |ratio: Measurement, nth: usize| {
            let point = ratio.points[nth];
            ratio.with_point(nth, point)
        };
        assert!((0..4).fold(begun, touched).ratio().is_some());
        let nothing = four.with_point(3, [0.5, 0.6]);
        assert_eq!(nothing.ratio(), None);
    }

    #[test]
    fn a_ratio_begins_at_the_lungs_and_others_in_what_is_seen() {
        let outline = vec![vec![[0.2, 0.3], [0.25, 0.7]], vec![[0.6, 0.2], [0.8, 0.5]]];
        let lungs: Lungs = serde_json::from_value(serde_json::json!({
            "rectangle": { "left": 0.2, "top": 0.2, "right": 0.8, "bottom": 0.7 },
            "outline": outline,
        }))
        .expect("are lungs");
        let ratio = Measurement::begin(Measured::CardiothoracicRatio, WHOLE, Some(&lungs));
        assert!((ratio.points[2][0] - 0.2).abs() < 1e-6 && (ratio.points[3][0] - 0.8).abs() < 1e-6);
        assert!(ratio.points[0][0] > 0.2 && ratio.points[1][0] < 0.8);
        let length = Measurement::begin(Measured::Length, [[0.5, 0.5], [0.7, 0.9]], None);
        assert!((length.points[0][0] - 0.57).abs() < 1e-9 && (length.points[1][1] - 0.7).abs() < 1e-9);
    }

    #[test]
    fn points_stay_on_the_film() {
        let length =
            Measurement::begin(Measured::Length, WHOLE, None).with_point(1, [1.4, -3.0]).with_point(7, [0.0; 2]);
        assert_eq!(length.points[1], [1.0, 0.0]);
    }

    #[test]
    fn millimetres_are_said_where_the_header_says_what_they_are_worth() {
        let spacing = (tags::PIXEL_SPACING, "0.14\\0.14");
        let imager = (tags::IMAGER_PIXEL_SPACING, "0.2\\0.2");
        let calibration = (tags::PIXEL_SPACING_CALIBRATION_TYPE, "FIDUCIAL");
        let scale = |mm_per_pixel, calibrated| Some(Scale { mm_per_pixel, calibrated });
        assert_eq!(Scale::read(&header(&[spacing, imager, calibration])), scale(0.14, true));
        assert_eq!(Scale::read(&header(&[spacing, imager])), scale(0.2, false));
        assert_eq!(Scale::read(&header(&[spacing])), None);
        assert_eq!(Scale::read(&header(&[(tags::IMAGER_PIXEL_SPACING, "0.1\\0.2")])), scale(0.1, false));
        assert_eq!(Scale::read(&header(&[(tags::IMAGER_PIXEL_SPACING, "0\\0")])), None);
    }

    #[test]
    fn what_was_measured_is_said_with_what_it_is_worth() {
        let texts = texts("en");
        let length =
            Measurement::begin(Measured::Length, WHOLE, None).with_point(0, [0.0, 0.5]).with_point(1, [0.5, 0.5]);
        let scale = |calibrated| Some(Scale { mm_per_pixel: 0.1, calibrated });
        assert_eq!(length.said(FILM, scale(true), &texts), "100 mm");
        assert!(length.said(FILM, scale(false), &texts).contains("at the detector"));
        assert_eq!(length.said(FILM, None, &texts), texts.viewer.no_scale);
        let ratio = Measurement::begin(Measured::CardiothoracicRatio, WHOLE, None);
        assert_eq!(ratio.said(FILM, None, &texts), texts.viewer.ratio_begun);
    }
}
