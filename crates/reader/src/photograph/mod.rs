//! A photograph of a film: told from the film's own file, its outline found, and the film squared. What was measured on
//! which photographs is in `docs/photographs.md`.

mod outline;
mod square;

pub(crate) use square::square;

use crate::{Corners, Decoded, FoundBy, Photograph, Radiograph};

/// From this median chroma on ([`Decoded::chroma`]) a picture has a camera's cast of colour. Films are grey: of
/// 1,628 children's films none comes near.
const CAST: f64 = 0.03;
/// An outline one of whose sides leans by this share of the picture was not drawn by a machine.
const LEANING: f64 = 0.02;

/// What a picture is a photograph of: a film between `corners`, if the user has set them; else whether it is one, by its
/// cast of colour or by a film's outline that leans in its small copy.
pub(crate) fn find(decoded: &Decoded, small: &Radiograph, corners: Option<Corners>) -> Option<Photograph> {
    let chroma = decoded.chroma;
    if let Some(corners) = corners {
        return Some(Photograph { corners, found_by: FoundBy::User, chroma });
    }
    // A file with a header is a machine's.
    if decoded.header.is_some() {
        return None;
    }
    match outline::find(small) {
        Some(corners) if chroma >= CAST || leaning(&corners) >= LEANING => {
            Some(Photograph { corners, found_by: FoundBy::Outline, chroma })
        }
        None if chroma >= CAST => Some(Photograph { corners: Corners::FRAME, found_by: FoundBy::Frame, chroma }),
        _ => None,
    }
}

/// How far the side that leans most is from upright or level, as a share of the picture.
fn leaning(corners: &Corners) -> f64 {
    let [a, b, c, d] = corners.places();
    [a[0] - d[0], b[0] - c[0], a[1] - b[1], d[1] - c[1]].into_iter().map(f64::abs).fold(0.0, f64::max)
}
