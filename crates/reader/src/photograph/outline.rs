//! The outline of a film in a photograph: four lines, each the best of all that cross its part of the picture.
//!
//! What differs from the surround is looked for, not what is bright: a film has dark corners too. So every place is
//! given how far it is from the surround, cut off at little, and a line is good where that rises across it from outside
//! and where little of it lies outside. Shape does not come into it: ribs and arms are neither straight nor outermost.

use crate::image::{Plane, percentile};
use crate::simd::{Lanes, Work, dispatch};
use crate::{Corners, Radiograph};

/// The longer side of the picture that is looked at.
const SIDE: u32 = 160;
/// How far in from the picture's edge a film's side may begin, and how far it may lean, as shares of the picture.
const REACH: f32 = 0.45;
const LEAN: f32 = 0.3;
/// What differs from the surround by this share of the picture's contrast is film.
const DIFFERENT: f32 = 0.15;
/// What a pixel of film outside a line costs against one on its edge.
const OUTSIDE: f32 = 0.02;
/// The least rise across a side, from 0 for none to 1 for an edge all along, and the least on average over the four. A film
/// that is black at its edge has little there; of 1,628 films' own files two have as much on all sides.
const LEAST_RISE: f32 = 0.1;
const LEAST_MEAN_RISE: f32 = 0.26;
/// How far a side found is moved at each end to lie on the steepest place, in pixels: what differs from the surround
/// begins before an edge, by as much as the picture is blurred.
const NEARBY: i32 = 5;
/// A step steeper than this share of the contrast counts no more for it: a side is long, not bright.
const STEEPEST: f32 = 0.4;

/// The corners of the film in a picture, or its small copy, where all four sides are found.
pub(super) fn find(picture: &Radiograph) -> Option<Corners> {
    let [columns, rows] = picture.size_within(SIDE);
    let plane = Plane::of(&picture.resize(columns, rows)).smooth();
    let (width, height) = (plane.width as f64, plane.height as f64);
    let contrast = contrast(&plane);
    let likenesses = sides(likeness(&plane, contrast));
    let found: Vec<Side> = likenesses.iter().map_while(|film| dispatch(BestLine(film))).collect();
    if found.len() < 4 || found.iter().map(|side| side.rise).sum::<f32>() < 4.0 * LEAST_MEAN_RISE {
        return None;
    }
    let pictures = sides(plane);
    let [left, right, top, bottom] = [0, 1, 2, 3].map(|i| onto_edge(&pictures[i], contrast, &found[i]));
    // Lines through (x, y): of the first and the last row for left and right, of columns for top and bottom.
    let left = line([left.0, 0.0], [left.1, height]);
    let right = line([width - right.0, 0.0], [width - right.1, height]);
    let top = line([0.0, top.0], [width, top.1]);
    let bottom = line([0.0, height - bottom.0], [width, height - bottom.1]);
    let corner = |one, other| {
        let [x, y] = crossing(one, other);
        [(x / width).clamp(0.0, 1.0), (y / height).clamp(0.0, 1.0)]
    };
    let places = [corner(left, top), corner(top, right), corner(right, bottom), corner(bottom, left)];
    Corners::new(places).ok()
}

/// A picture with its left, right, upper and lower side to the left.
fn sides(picture: Plane) -> [Plane; 4] {
    let transposed = transpose(&picture);
    let (right, lower) = (mirror(picture.clone()), mirror(transposed.clone()));
    [picture, right, transposed, lower]
}

/// How far each place is from the surround, `0..=1`.
fn likeness(picture: &Plane, contrast: f32) -> Plane {
    const MARGIN: usize = 4;
    let (width, height) = (picture.width, picture.height);
    let mut edge = Vec::new();
    for (y, row) in picture.values.chunks_exact(width).enumerate() {
        if y < MARGIN || y + MARGIN >= height || width <= 2 * MARGIN {
            edge.extend(row);
        } else {
            edge.extend(&row[..MARGIN]);
            edge.extend(&row[width - MARGIN..]);
        }
    }
    let surround = percentile(&mut edge, 0.5);
    let luma = picture.values.iter().map(|v| ((v - surround).abs() / (contrast * DIFFERENT)).min(1.0)).collect();
    Plane { width, height, values: luma }
}

fn contrast(picture: &Plane) -> f32 {
    let mut all = picture.values.clone();
    (percentile(&mut all, 0.95) - percentile(&mut all, 0.05)).max(0.05)
}

/// A left side: where it meets the first and the last row's outer edges, in whole pixels from the left, and the rise
/// across it.
struct Side {
    first: usize,
    last: usize,
    rise: f32,
}

/// Looks for the left side of a film, given how far each place is from the surround.
struct BestLine<'a>(&'a Plane);

impl Work for BestLine<'_> {
    type Output = Option<Side>;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> Option<Side> {
        side(self.0)
    }
}

/// The best line for the left side; `None` where nothing rises by [`LEAST_RISE`].
///
/// Lines that lean alike are one another moved along the rows, so what all of them earn is summed side by side.
#[inline(always)]
fn side(film: &Plane) -> Option<Side> {
    let (width, height) = (film.width, film.height);
    let reach = (width as f32 * REACH) as usize;
    let lean = ((height as f32 * LEAN) as isize).min(reach as isize - 1);
    let gains: Vec<Vec<f32>> = (0..height).map(|y| gains(&film.values[y * width..(y + 1) * width], reach)).collect();
    let mut least = LEAST_RISE * height as f32;
    let mut best = None;
    let mut sums = vec![0.0; reach];
    for lean in -lean..=lean {
        let leftmost = lean.min(0).unsigned_abs();
        let sums = &mut sums[..reach - lean.unsigned_abs()];
        sums.fill(0.0);
        for (y, gains) in gains.iter().enumerate() {
            // Above 0, to be cut off and not rounded down, which is a function's call.
            let moved = leftmost as f32 + lean as f32 / height as f32 * (y as f32 + 0.5) + 0.5;
            for (sum, gain) in sums.iter_mut().zip(&gains[moved as usize..]) {
                *sum += gain;
            }
        }
        for (place, &gain) in sums.iter().enumerate() {
            if gain > least {
                least = gain;
                let first = leftmost + place;
                best = Some(Side { first, last: first.saturating_add_signed(lean), rise: gain / height as f32 });
            }
        }
    }
    best
}

/// The line near a left side that lies on the steepest place, whichever way luma goes there: where it meets the first and
/// the last row's outer edges, in pixels from the left.
fn onto_edge(picture: &Plane, contrast: f32, side: &Side) -> (f64, f64) {
    let (width, height) = (picture.width, picture.height);
    let steepness = |x: usize, y: usize| {
        let (before, after) = (picture.at(x.saturating_sub(1), y), picture.at((x + 1).min(width - 1), y));
        ((after - before).abs() / contrast).min(STEEPEST)
    };
    let (mut best, mut line) = (-1.0, (side.first as f64 + 0.5, side.last as f64 + 0.5));
    for first in -NEARBY..=NEARBY {
        for last in -NEARBY..=NEARBY {
            let (from, to) = (side.first as f32 + 0.5 + first as f32, side.last as f32 + 0.5 + last as f32);
            let at = |y: usize| (from + (to - from) * (y as f32 + 0.5) / height as f32).clamp(0.0, width as f32 - 1.0);
            let sum: f32 = (0..height).map(|y| steepness(at(y) as usize, y)).sum();
            if sum > best {
                (best, line) = (sum, (f64::from(from), f64::from(to)));
            }
        }
    }
    line
}

/// What a line earns where it crosses a row at each column up to `reach`: the rise there less what lies outside.
fn gains(row: &[f32], reach: usize) -> Vec<f32> {
    /// Columns beside the line that an edge blurs into.
    const BLUR: usize = 3;
    let mut outside = 0.0;
    (0..reach)
        .map(|x| {
            if x > BLUR {
                outside += row[x - BLUR - 1];
            }
            let rise = if x > 0 && x + 1 < row.len() { row[x + 1] - row[x - 1] } else { 0.0 };
            rise - OUTSIDE * outside
        })
        .collect()
}

fn mirror(mut plane: Plane) -> Plane {
    plane.values.chunks_exact_mut(plane.width).for_each(<[f32]>::reverse);
    plane
}

fn transpose(plane: &Plane) -> Plane {
    let mut luma = Vec::with_capacity(plane.values.len());
    for x in 0..plane.width {
        luma.extend(plane.values[x..].iter().step_by(plane.width));
    }
    Plane { width: plane.height, height: plane.width, values: luma }
}

/// A line through two points, in homogeneous coordinates.
fn line([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> [f64; 3] {
    [ay - by, bx - ax, ax * by - ay * bx]
}

/// Where two lines cross; lines that lean by no more than [`LEAN`] always do.
fn crossing(one: [f64; 3], other: [f64; 3]) -> [f64; 2] {
    let along = one[0] * other[1] - one[1] * other[0];
    [(one[1] * other[2] - one[2] * other[1]) / along, (one[2] * other[0] - one[0] * other[2]) / along]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grey quadrilateral with a dark corner, on a ground.
    fn photograph(corners: &Corners, ground: f64) -> Radiograph {
        let (width, height) = (400u32, 300u32);
        let places = corners.places();
        let inside = |x: f64, y: f64| {
            (0..4).all(|i| {
                let ([ax, ay], [bx, by]) = (places[i], places[(i + 1) % 4]);
                (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0
            })
        };
        let luma = (0..width * height).map(|i| {
            let (x, y) = ((f64::from(i % width) + 0.5) / 400.0, (f64::from(i / width) + 0.5) / 300.0);
            let film = if x < 0.35 && y < 0.35 { 0.2 } else { 0.3 + 0.4 * (x * 9.0).sin().abs() };
            ((if inside(x, y) { film } else { ground }) * 65535.0) as u16
        });
        Radiograph::from_luma(width, height, luma.collect())
    }

    #[test]
    fn a_film_is_found_on_dark_and_on_bright_ground() {
        let corners = Corners::new([[0.15, 0.22], [0.85, 0.1], [0.9, 0.88], [0.08, 0.8]]).expect("a film's");
        for ground in [0.02, 0.97] {
            let found = find(&photograph(&corners, ground)).expect("an outline").places();
            for (found, corner) in found.as_flattened().iter().zip(corners.places().as_flattened()) {
                assert!((found - corner).abs() < 0.02, "{found:?} for {corner:?} on {ground}");
            }
        }
    }

    #[test]
    fn a_film_that_fills_the_picture_has_no_outline() {
        assert_eq!(find(&photograph(&Corners::FRAME, 0.0)), None);
        assert_eq!(find(&Radiograph::from_luma(90, 70, vec![20_000; 6300])), None);
    }
}
