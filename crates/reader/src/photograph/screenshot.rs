//! A screenshot of a viewer: its windows are flat areas of one tone, or it stands on a desktop that fades, which no film has, and
//! the film is the one large part of it that is neither. What was measured is in `docs/photographs.md`.

use crate::image::Rows;
use crate::{Error, Kind, Radiograph, Stage};

/// The side of the squares that are looked at, and which of their columns and rows: the first and the last are among them, so
/// that no edge of a window runs through a square unseen.
const BLOCK: usize = 16;
const PLACES: [usize; 8] = [0, 2, 4, 6, 9, 11, 13, 15];
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
/// Of a square of a desktop all values are within this of a plane, on the scale of 16 bits.
const FADING: f32 = 1.5 * 257.0;
/// Of a screenshot with a desktop at least this share of the squares along each side is of it. Of 1,955 films of all ages the most is
/// 0.25, of 299 of them blurred or enlarged three times 0.33.
const DESKTOP: f64 = 0.6;
/// Along an edge of a window at least this share of the squares is not of the desktop, and at most that of those beside it. A film
/// that was photographed leans. One edge may lie between squares, or fade into the desktop.
const STRAIGHT: f64 = 0.8;
const BESIDE: f64 = 0.15;
const STRAIGHT_EDGES: usize = 3;
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
    has_desktop: bool,
}

/// Squares that touch and are not flat: how many, and the rectangle that they lie in.
#[derive(Clone, Copy)]
struct Part {
    count: usize,
    start: [usize; 2],
    size: [usize; 2],
}

/// Left, right, top and bottom.
const SIDES: [usize; 4] = [0, 1, 2, 3];

impl Part {
    /// The squares along an edge, so many inside of it, of a picture that has so many across.
    fn edge(&self, side: usize, inset: usize, across: usize) -> Vec<usize> {
        let axis = side / 2;
        let at = if side & 1 == 0 { inset } else { self.size[axis] - 1 - inset } + self.start[axis];
        let (first, length) = (self.start[1 - axis], self.size[1 - axis]);
        let step = [(across, at), (1, at * across)][axis];
        (first..first + length).map(|along| along * step.0 + step.1).collect()
    }
}

/// The share of squares that are so.
fn share(squares: &[usize], is_so: &dyn Fn(usize) -> bool) -> f64 {
    squares.iter().filter(|&&at| is_so(at)).count() as f64 / squares.len() as f64
}

impl Blocks {
    fn of(picture: &Radiograph) -> Self {
        let rows = picture.rows();
        let (across, down) = (picture.width() as usize / BLOCK, picture.height() as usize / BLOCK);
        let mut flat = Vec::with_capacity(across * down);
        let mut line = vec![0.0; across * BLOCK];
        for row in 0..down {
            let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); across];
            for y in PLACES {
                Rows::fetch(&rows, row * BLOCK + y, 0, &mut line);
                for ((least, most), values) in ranges.iter_mut().zip(line.chunks_exact(BLOCK)) {
                    for value in PLACES.map(|x| values[x]) {
                        (*least, *most) = (least.min(value), most.max(value));
                    }
                }
            }
            flat.extend(ranges.into_iter().map(|(least, most)| {
                let tone = (least + most) / 2.0 / 65535.0;
                (most - least <= FLAT).then_some((tone * (TONES - 1) as f32).round() as usize)
            }));
        }
        let plain = Self { across, flat, has_desktop: false };
        plain.on_desktop(picture).unwrap_or(plain)
    }

    /// With the squares that fade taken for flat ones, if most along each side do and a window stands straight between them.
    fn on_desktop(&self, picture: &Radiograph) -> Option<Self> {
        let across = self.across;
        let down = self.flat.len().checked_div(across).filter(|&down| down > 0)?;
        let fades = |at: usize| fades(picture, at % across * BLOCK, at / across * BLOCK);
        let whole = Part { count: 0, start: [0, 0], size: [across, down] };
        if SIDES.into_iter().any(|side| share(&whole.edge(side, 0, across), &fades) < DESKTOP) {
            return None;
        }
        let flat = (0..self.flat.len()).map(|at| if fades(at) { Some(0) } else { self.flat[at] }).collect();
        let desktop = Self { across, flat, has_desktop: true };
        let window = desktop.parts().into_iter().max_by_key(|part| part.size[0] * part.size[1])?;
        if window.size.iter().any(|&side| side <= SIDES.len()) {
            return None;
        }
        let is_straight = |&side: &usize| {
            // JPEG makes squares beside it differ too.
            let mut beside = 0.0;
            (0..3).any(|inset| {
                let share = share(&window.edge(side, inset, across), &|at| desktop.flat[at].is_none());
                std::mem::replace(&mut beside, share) <= BESIDE && share >= STRAIGHT
            })
        };
        (SIDES.into_iter().filter(is_straight).count() >= STRAIGHT_EDGES).then_some(desktop)
    }

    fn has_windows(&self, share: f64) -> bool {
        if self.has_desktop {
            return true;
        }
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

/// Whether the values of a square lie in a plane, in between black and white.
fn fades(picture: &Radiograph, left: usize, top: usize) -> bool {
    const COUNT: usize = PLACES.len();
    let from_middle = PLACES.map(|place| place as f32 - (BLOCK - 1) as f32 / 2.0);
    let squares = COUNT as f32 * from_middle.iter().map(|along| along * along).sum::<f32>();
    let mut values = [[0.0f32; COUNT]; COUNT];
    let (mut sum, mut to_right, mut to_bottom) = (0.0, 0.0, 0.0);
    for (y, row) in values.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            *value = f32::from(picture.at(left + PLACES[x], top + PLACES[y]));
            sum += *value;
            to_right += *value * from_middle[x];
            to_bottom += *value * from_middle[y];
        }
    }
    let mean = sum / (COUNT * COUNT) as f32;
    let tone = mean / 65535.0;
    let plane = |x: usize, y: usize| mean + (to_right * from_middle[x] + to_bottom * from_middle[y]) / squares;
    let is_near = |(y, row): (usize, &[f32; COUNT])| {
        row.iter().enumerate().all(|(x, value)| (value - plane(x, y)).abs() <= FADING)
    };
    (LEAST_TONE..MOST_TONE).contains(&tone) && values.iter().enumerate().all(is_near)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A desktop of a tone with films in it: left, upper, width and height.
    fn screenshot(films: &[[u32; 4]], tone: u16) -> Radiograph {
        fading(films, tone, 0)
    }

    /// The same of a tone that fades by so much a column.
    fn fading(films: &[[u32; 4]], tone: u16, by: u32) -> Radiograph {
        let (width, height) = (640u32, 480u32);
        let luma = |i: u32| {
            let (x, y) = (i % width, i / width);
            let inside =
                films.iter().any(|&[left, top, w, h]| (left..left + w).contains(&x) && (top..top + h).contains(&y));
            if inside { (20_000 + (x * 7919 + y * 104_729) % 30_000) as u16 } else { tone + (x * by) as u16 }
        };
        Radiograph::from_luma(width, height, (0..width * height).map(luma).collect())
    }

    #[test]
    fn the_film_in_a_viewer_is_found() {
        let found = film(&screenshot(&[[160, 48, 320, 400]], 12_000)).expect("a screenshot").expect("one film");
        assert_eq!(found, [[160, 48], [320, 400]]);
    }

    #[test]
    fn the_film_on_a_desktop_that_fades_is_found() {
        let found = film(&fading(&[[160, 48, 320, 400]], 12_000, 40)).expect("a screenshot").expect("one film");
        assert_eq!(found, [[160, 48], [320, 400]]);
        // Along one side there is no desktop: a film may fade to it.
        assert!(film(&fading(&[[0, 0, 600, 480]], 12_000, 40)).is_none());
    }

    #[test]
    fn a_window_that_ends_just_beside_two_lines_of_squares_is_found() {
        // The last line of the squares at its right and its lower edge is the desktop's.
        let size = [640u32, 480];
        let luma = |i: u32| {
            let (x, y) = (i % size[0], i / size[0]);
            match (x, y) {
                (155..=590, 53..=430) if (220..520).contains(&x) => (20_000 + (x * 7919 + y * 104_729) % 30_000) as u16,
                (155..=590, 53..=430) => 0,
                _ => (12_000 + x * 40) as u16,
            }
        };
        let picture = Radiograph::from_luma(size[0], size[1], (0..size[0] * size[1]).map(luma).collect());
        assert!(film(&picture).is_some());
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
