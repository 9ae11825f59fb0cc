use serde::{Deserialize, Serialize};

use crate::{Error, Kind, Result, Stage};
use crate::{Warning, WarningKind};

/// The least area between corners, as a share of the picture: less is a slip of the hand, or a film too small to read.
const LEAST_AREA: f64 = 0.04;
/// The least sine of the angle at a corner (15 degrees).
const LEAST_SINE: f64 = 0.26;

/// The four corners of a film in a picture, as shares of its width and height, from the film's top left clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[[f64; 2]; 4]", into = "[[f64; 2]; 4]")]
pub struct Corners([[f64; 2]; 4]);

impl Corners {
    /// The corners of the picture itself.
    pub const FRAME: Corners = Corners([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);

    /// Corners at these places: x from the left, y from the top.
    ///
    /// # Errors
    /// [`Kind::BadCorners`] when one lies outside the picture, when they do not go round clockwise, or when they lie so
    /// nearly on a line or so close together that no film is between them.
    pub fn new(places: [[f64; 2]; 4]) -> Result<Self> {
        let refused = |detail| Err(Error::new(Stage::Prepare, Kind::BadCorners, detail));
        if !places.iter().flatten().all(|share| (0.0..=1.0).contains(share)) {
            return refused("a corner lies outside the picture");
        }
        let edge = |i: usize| {
            let ([ax, ay], [bx, by]) = (places[i % 4], places[(i + 1) % 4]);
            [bx - ax, by - ay]
        };
        let mut twice_area = 0.0;
        for i in 0..4 {
            let ([ax, ay], [bx, by]) = (edge(i), edge(i + 1));
            let turn = ax * by - ay * bx;
            if turn <= LEAST_SINE * ax.hypot(ay) * bx.hypot(by) {
                return refused("the corners do not go round a film: top left, top right, bottom right, bottom left");
            }
            let ([px, py], [qx, qy]) = (places[i], places[(i + 1) % 4]);
            twice_area += px * qy - py * qx;
        }
        if twice_area < 2.0 * LEAST_AREA {
            return refused("the corners are too close together");
        }
        Ok(Self(places))
    }

    /// The places: x from the left, y from the top.
    pub fn places(&self) -> [[f64; 2]; 4] {
        self.0
    }
}

impl TryFrom<[[f64; 2]; 4]> for Corners {
    type Error = Error;

    fn try_from(places: [[f64; 2]; 4]) -> Result<Self> {
        Self::new(places)
    }
}

impl From<Corners> for [[f64; 2]; 4] {
    fn from(corners: Corners) -> Self {
        corners.0
    }
}

/// How a film's corners were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// By the film's edges in the picture.
    Outline,
    /// The user set them.
    User,
    /// No edges were found: the picture is taken for the film.
    Frame,
}

/// What a reading says of a photograph.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Photograph {
    /// Where the film's corners are in the picture, as it lies in its file with its EXIF orientation applied.
    pub corners: Corners,
    /// How they were found.
    pub found_by: FoundBy,
    /// How far the picture is from grey, `0..=1`: half of its pixels have at least this between their largest and their
    /// smallest of red, green and blue.
    pub chroma: f64,
}

impl Photograph {
    /// What to keep in mind with the answer.
    pub(crate) fn warning(&self) -> Warning {
        let how = match self.found_by {
            FoundBy::Outline => "the film was found in it by its outline and squared",
            FoundBy::User => "the film was squared at the corners that were given",
            FoundBy::Frame => "no outline of a film was found in it, so the whole picture was read",
        };
        Warning::new(
            WarningKind::Photograph,
            format!("the picture is a photograph of a film; {how}. Its answer may differ"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_that_no_film_lies_between_are_refused() {
        let refused = |places| Corners::new(places).expect_err("refused").kind() == Kind::BadCorners;
        let [a, b, c, d] = Corners::FRAME.places();
        assert!(refused([a, c, b, d]), "crossed");
        assert!(refused([d, c, b, a]), "anticlockwise");
        assert!(refused([a, b, [0.5, 0.5], d]), "three in a line");
        assert!(refused([a, a, c, d]), "two in one place");
        assert!(refused([[f64::NAN, 0.0], b, c, d]), "nowhere");
        assert!(refused([[-0.01, 0.0], b, c, d]), "outside");
        assert!(refused([[0.5, 0.5], [0.6, 0.5], [0.6, 0.6], [0.5, 0.6]]), "tiny");
        assert!(Corners::new([[0.1, 0.2], [0.9, 0.1], [0.8, 0.9], [0.2, 0.8]]).is_ok());
    }

    #[test]
    fn corners_are_checked_where_they_come_from_elsewhere() {
        let corners = Corners::new([[0.1, 0.2], [0.9, 0.1], [0.8, 0.9], [0.2, 0.8]]).expect("a film's");
        let json = serde_json::to_string(&corners).expect("serialises");
        assert_eq!(json, "[[0.1,0.2],[0.9,0.1],[0.8,0.9],[0.2,0.8]]");
        assert_eq!(serde_json::from_str::<Corners>(&json).expect("parses"), corners);
        assert!(serde_json::from_str::<Corners>("[[0,0],[0,0],[0,0],[0,0]]").is_err());
    }
}
