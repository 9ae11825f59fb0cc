//! A photograph of a film: told from the film's own file, its outline found, and the film squared. What was measured on
//! which photographs is in `docs/photographs.md`.

mod area;
mod bars;
mod margin;
mod outline;
mod screenshot;
mod square;

pub(crate) use square::square;

use crate::{Corners, Decoded, Error, FoundBy, Kind, Photograph, Radiograph, Result, Stage};

/// From this median chroma on ([`crate::Chroma`]) a picture has a camera's cast of colour. Films are grey: of
/// 1,628 children's films none comes near.
const CAST: f64 = 0.03;
/// An outline one of whose sides leans by this share of the picture was not drawn by a machine.
const LEANING: f64 = 0.02;

/// A margin is at least this share of a side; beside a film in a screenshot it may be less.
const LEAST_MARGIN: f64 = 0.01;

/// A picture of which more than this share is in colour is no film's own file.
const COLOURED: f64 = 0.1;

const SEVERAL: &str = "with several pictures in it";

/// A film that was cut out of a picture, and how.
pub(crate) struct CutOut {
    pub(crate) film: Radiograph,
    /// Where it begins and how large it is, of one without the margins around it.
    pub(crate) place: Option<[[usize; 2]; 2]>,
    pub(crate) how: String,
}

/// The film in a grey picture that is no photograph: without the margins around it, out of the viewer that it is a screenshot
/// of. `None` where the picture is the film.
///
/// # Errors
/// [`crate::Kind::Screenshot`] for a viewer in which no single film is found.
pub(crate) fn cut_out(decoded: &Decoded, least_side: u32) -> Result<Option<CutOut>> {
    if decoded.chroma.median >= CAST {
        return Ok(None);
    }
    let picture = &decoded.radiograph;
    // A file with a header is a machine's.
    if decoded.header.is_none()
        && let Some(film) = film_in_viewer(picture, least_side)?
    {
        let how = "the picture is a screenshot; the film was cut out of it".into();
        return Ok(Some(CutOut { film, place: None, how }));
    }
    let cut = cut_margins(picture, LEAST_MARGIN, least_side);
    if decoded.header.is_none() && bars::is_parted(cut.as_ref().map_or(picture, |cut| &cut.film)) {
        return Err(screenshot::refused(SEVERAL));
    }
    Ok(cut)
}

/// The film in a screenshot of a viewer: between its bars, beside its windows, without what is of one tone around it.
fn film_in_viewer(picture: &Radiograph, least_side: u32) -> Result<Option<Radiograph>> {
    let bars = bars::within(picture);
    if bars.is_none() && !screenshot::has_windows(picture) {
        return Ok(None);
    }
    let within = match bars {
        Some([start, size]) => Some(picture.crop(start, size)),
        None => cut_margins(picture, LEAST_MARGIN, least_side).map(|cut| cut.film),
    };
    let within = within.as_ref().unwrap_or(picture);
    let beside = match screenshot::film(within) {
        Some(found) => {
            let [start, size] = found?;
            Some(within.crop(start, size))
        }
        None if bars.is_none() => return Ok(None),
        None => None,
    };
    let beside = beside.as_ref().unwrap_or(within);
    let [start, size] = bars::film(beside);
    if size.iter().any(|&side| side < least_side as usize) {
        return Ok(None);
    }
    let film = beside.crop(start, size);
    if bars::is_parted(&film) { Err(screenshot::refused(SEVERAL)) } else { Ok(Some(film)) }
}

fn cut_margins(picture: &Radiograph, least_share: f64, least_side: u32) -> Option<CutOut> {
    let [start, size] = margin::film(picture, least_share, least_side)?;
    let [[left, top], [width, height]] = [start, size];
    let how = format!(
        "there is a margin around the film; it was cut off at column {left} and row {top}, to {width} x {height} pixels"
    );
    Some(CutOut { film: picture.crop(start, size), place: Some([start, size]), how })
}

/// What a picture is a photograph of: a film between `corners`, if the user has set them; else whether it is one, by its
/// cast of colour or by a film's outline that leans in its small copy.
pub(crate) fn find(decoded: &Decoded, small: &Radiograph, corners: Option<Corners>) -> Option<Photograph> {
    let chroma = decoded.chroma.median;
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

/// Why a picture that is no photograph, and out of which nothing was cut, is no film's own file either.
pub(crate) fn refused_for_colour(decoded: &Decoded) -> Option<Error> {
    let share = decoded.chroma.strong;
    (decoded.header.is_none() && share > COLOURED).then(|| {
        let detail = format!(
            "{:.0} % of the picture is in colour, and films are grey: it shows more than a film",
            share * 100.0
        );
        Error::new(Stage::Check, Kind::Screenshot, detail)
    })
}

/// How far the side that leans most is from upright or level, as a share of the picture.
fn leaning(corners: &Corners) -> f64 {
    let [a, b, c, d] = corners.places();
    [a[0] - d[0], b[0] - c[0], a[1] - b[1], d[1] - c[1]].into_iter().map(f64::abs).fold(0.0, f64::max)
}
