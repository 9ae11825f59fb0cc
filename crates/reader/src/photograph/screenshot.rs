//! A screenshot of a viewer: its windows are flat areas of one tone, which no film has, and the film is the one large part
//! of it that is not flat. What was measured is in `docs/photographs.md`.

use crate::image::Rows;
use crate::{Error, Kind, Radiograph, Stage};

/// The side of the squares that are looked at, and which of their columns and rows.
const BLOCK: usize = 16;
const EVERY: usize = 2;
/// Of a flat square all values are within this, on the scale of 16 bits.
const FLAT: f32 = 2.0 * 257.0;
/// Tones of windows, as shares of the range: films are flat only where they are black or white.
const LEAST_TONE: f32 = 0.05;
const MOST_TONE: f32 = 0.96;
/// Squares of one such tone that are this share of all are a viewer's. Of 407 children's films the one with most flat
/// squares, of all such tones together, has 0.039.
const VIEWER: f64 = 0.05;
/// The same within margins that are of such a tone, and were cut off.
const VIEWER_WITHIN_MARGINS: f64 = 0.02;
/// Tones that are told apart.
const TONES: usize = 128;
/// The film in a screenshot is at least this share of it, and the next largest part at most this share of the film.
const LEAST_FILM: f64 = 0.08;
const OTHER_FILM: f64 = 0.4;
/// At least this share of the rectangle that it lies in is not flat.
const FILLED: f64 = 0.6;

/// Whether a picture has areas of one tone as large as windows: a screenshot has, and a film with wide grey margins.
pub(super) fn has_windows(picture: &Radiograph) -> bool {
    Blocks::of(picture).has_windows(VIEWER)
}

/// Why no film is read in a screenshot.
pub(super) fn refused(why: &str) -> Error {
    Error::new(Stage::Check, Kind::Screenshot, format!("the picture is a screenshot of a viewer, {why}"))
}

/// Where the film is in a screenshot, without its margins, across and down, and how large it is; `None` where what the margins
/// leave is none.
///
/// # Errors
/// [`Kind::Screenshot`] where it is one, and no single film is found in it.
pub(super) fn film(picture: &Radiograph) -> Option<Result<[[usize; 2]; 2], Error>> {
    let blocks = Blocks::of(picture);
    if !blocks.has_windows(VIEWER_WITHIN_MARGINS) {
        return None;
    }
    let refused = |why| Some(Err(refused(why)));
    let mut parts = blocks.parts();
    parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.count));
    let Some(&film) = parts.first() else { return refused("with nothing in it") };
    let area = film.size[0] * film.size[1];
    if parts.get(1).is_some_and(|next| next.count as f64 > OTHER_FILM * film.count as f64) {
        return refused(super::SEVERAL);
    }
    if (area as f64) < LEAST_FILM * blocks.flat.len() as f64 || (film.count as f64) < FILLED * area as f64 {
        return refused("and no film stands out in it");
    }
    // A square at the film's edge is not flat either; what of it is no film is a margin.
    let end = |axis: usize, side: u32| ((film.start[axis] + film.size[axis]) * BLOCK).min(side as usize);
    let start = film.start.map(|first| first * BLOCK);
    let (right, bottom) = (end(0, picture.width()), end(1, picture.height()));
    Some(Ok([start, [right - start[0], bottom - start[1]]]))
}

/// The squares of a picture: whether each is flat, and of which tone.
struct Blocks {
    across: usize,
    flat: Vec<Option<usize>>,
}

/// Squares that touch and are not flat: how many, and the rectangle that they lie in.
#[derive(Clone, Copy)]
struct Part {
    count: usize,
    start: [usize; 2],
    size: [usize; 2],
}

impl Blocks {
    fn of(picture: &Radiograph) -> Self {
        let rows = picture.rows();
        let (across, down) = (picture.width() as usize / BLOCK, picture.height() as usize / BLOCK);
        let mut flat = Vec::with_capacity(across * down);
        let mut line = vec![0.0; across * BLOCK];
        for row in 0..down {
            let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); across];
            for y in (row * BLOCK..(row + 1) * BLOCK).step_by(EVERY) {
                Rows::fetch(&rows, y, 0, &mut line);
                for ((least, most), values) in ranges.iter_mut().zip(line.chunks_exact(BLOCK)) {
                    for &value in values.iter().step_by(EVERY) {
                        (*least, *most) = (least.min(value), most.max(value));
                    }
                }
            }
            flat.extend(ranges.into_iter().map(|(least, most)| {
                let tone = (least + most) / 2.0 / 65535.0;
                (most - least <= FLAT).then_some((tone * (TONES - 1) as f32).round() as usize)
            }));
        }
        Self { across, flat }
    }

    fn has_windows(&self, share: f64) -> bool {
        let mut counts = [0usize; TONES];
        self.flat.iter().flatten().for_each(|&tone| counts[tone] += 1);
        let between = (LEAST_TONE * TONES as f32) as usize..(MOST_TONE * TONES as f32) as usize;
        let most = counts[between].iter().copied().max().unwrap_or(0);
        most as f64 >= share * self.flat.len() as f64 && most > 0
    }

    fn parts(&self) -> Vec<Part> {
        let mut seen: Vec<bool> = self.flat.iter().map(Option::is_some).collect();
        let mut parts = Vec::new();
        for first in 0..seen.len() {
            if seen[first] {
                continue;
            }
            seen[first] = true;
            let (mut ahead, mut count) = (vec![first], 0);
            let (mut least, mut most) = ([usize::MAX; 2], [0; 2]);
            while let Some(at) = ahead.pop() {
                count += 1;
                let place = [at % self.across, at / self.across];
                least = [0, 1].map(|axis| least[axis].min(place[axis]));
                most = [0, 1].map(|axis| most[axis].max(place[axis]));
                let beside = [
                    (place[0] > 0).then(|| at - 1),
                    (place[0] + 1 < self.across).then(|| at + 1),
                    at.checked_sub(self.across),
                    Some(at + self.across).filter(|&below| below < seen.len()),
                ];
                for next in beside.into_iter().flatten() {
                    if !std::mem::replace(&mut seen[next], true) {
                        ahead.push(next);
                    }
                }
            }
            parts.push(Part { count, start: least, size: [0, 1].map(|axis| most[axis] - least[axis] + 1) });
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A desktop of a tone with films in it: left, upper, width and height.
    fn screenshot(films: &[[u32; 4]], tone: u16) -> Radiograph {
        let (width, height) = (640u32, 480u32);
        let luma = |i: u32| {
            let (x, y) = (i % width, i / width);
            let inside =
                films.iter().any(|&[left, top, w, h]| (left..left + w).contains(&x) && (top..top + h).contains(&y));
            if inside { (20_000 + (x * 7919 + y * 104_729) % 30_000) as u16 } else { tone }
        };
        Radiograph::from_luma(width, height, (0..width * height).map(luma).collect())
    }

    #[test]
    fn the_film_in_a_viewer_is_found() {
        let found = film(&screenshot(&[[160, 48, 320, 400]], 12_000)).expect("a screenshot").expect("one film");
        assert_eq!(found, [[160, 48], [320, 400]]);
    }

    #[test]
    fn several_films_and_none_are_refused() {
        for films in [&[[0u32, 48, 240, 400], [320, 48, 240, 400]][..], &[], &[[32, 32, 64, 64]]] {
            let error = film(&screenshot(films, 12_000)).expect("a screenshot").expect_err("no single film");
            assert_eq!(error.kind(), Kind::Screenshot);
        }
    }

    #[test]
    fn films_on_black_and_pictures_without_flat_areas_are_none() {
        assert!(film(&screenshot(&[[160, 48, 320, 400]], 0)).is_none());
        assert!(film(&screenshot(&[[0, 0, 640, 480]], 12_000)).is_none());
    }
}
