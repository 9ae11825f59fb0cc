//! The film between four corners, as if it had been seen from straight above.

use crate::{Corners, Radiograph};

/// The longest side of a squared film in pixels, ten times what the network sees. A larger photograph is shrunk first.
const LONGEST: f64 = 2400.0;

/// Squares the film between `corners` by the perspective transform that takes the unit square there (Heckbert 1989,
/// "Fundamentals of Texture Mapping", section 2.2.3), sampled bilinearly at about the photograph's own scale.
pub(crate) fn square(photograph: &Radiograph, corners: &Corners) -> Radiograph {
    let (width, height) = size(photograph, corners);
    let shrink = LONGEST / width.max(height);
    if shrink < 1.0 {
        let side = |side: u32| (f64::from(side) * shrink).round().max(1.0) as u32;
        let smaller = photograph.resize(side(photograph.width()), side(photograph.height()));
        return sampled(&smaller, corners, (width * shrink, height * shrink));
    }
    sampled(photograph, corners, (width, height))
}

/// Width and height of the squared film: the longer of its two sides each, in pixels of the photograph.
fn size(photograph: &Radiograph, corners: &Corners) -> (f64, f64) {
    let [a, b, c, d] = pixels(photograph, corners);
    let length = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| (bx - ax).hypot(by - ay);
    (length(a, b).max(length(d, c)), length(a, d).max(length(b, c)))
}

fn pixels(photograph: &Radiograph, corners: &Corners) -> [[f64; 2]; 4] {
    let (width, height) = (f64::from(photograph.width()), f64::from(photograph.height()));
    corners.places().map(|[x, y]| [x * width, y * height])
}

fn sampled(photograph: &Radiograph, corners: &Corners, (width, height): (f64, f64)) -> Radiograph {
    let (columns, rows) = (width.round().max(1.0) as u32, height.round().max(1.0) as u32);
    let place = transform(pixels(photograph, corners));
    let mut luma = Vec::with_capacity(columns as usize * rows as usize);
    for row in 0..rows {
        let v = (f64::from(row) + 0.5) / f64::from(rows);
        for column in 0..columns {
            let [x, y] = place((f64::from(column) + 0.5) / f64::from(columns), v);
            luma.push(bilinear(photograph, x - 0.5, y - 0.5));
        }
    }
    Radiograph::from_luma(columns, rows, luma)
}

/// From the unit square to the quadrilateral `[a, b, c, d]`, its corners from the top left clockwise.
fn transform([a, b, c, d]: [[f64; 2]; 4]) -> impl Fn(f64, f64) -> [f64; 2] {
    let sum = [a[0] - b[0] + c[0] - d[0], a[1] - b[1] + c[1] - d[1]];
    let (across, down) = ([b[0] - c[0], b[1] - c[1]], [d[0] - c[0], d[1] - c[1]]);
    let area = across[0] * down[1] - across[1] * down[0];
    let g = (sum[0] * down[1] - sum[1] * down[0]) / area;
    let h = (across[0] * sum[1] - across[1] * sum[0]) / area;
    move |u, v| {
        let scale = 1.0 / (g * u + h * v + 1.0);
        [0, 1].map(|i| ((b[i] - a[i] + g * b[i]) * u + (d[i] - a[i] + h * d[i]) * v + a[i]) * scale)
    }
}

/// Luma between pixel centres; beyond the picture its edge goes on.
fn bilinear(picture: &Radiograph, x: f64, y: f64) -> u16 {
    let (last_column, last_row) = (picture.width() as usize - 1, picture.height() as usize - 1);
    let (x, y) = (x.clamp(0.0, last_column as f64), y.clamp(0.0, last_row as f64));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(last_column), (top + 1).min(last_row));
    let at = |x, y| f64::from(picture.at(x, y));
    let between = |a: f64, b: f64, share: f64| a + (b - a) * share;
    let upper = between(at(left, top), at(right, top), x.fract());
    let lower = between(at(left, bottom), at(right, bottom), x.fract());
    between(upper, lower, y.fract()).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: u32, height: u32) -> Radiograph {
        Radiograph::from_luma(width, height, (0..width * height).map(|i| (i * 7 % 60_000) as u16).collect())
    }

    #[test]
    fn the_picture_s_own_corners_change_nothing() {
        let picture = ramp(90, 70);
        assert_eq!(square(&picture, &Corners::FRAME), picture);
    }

    #[test]
    fn the_transform_meets_the_corners_and_keeps_lines() {
        let corners = [[10.0, 20.0], [90.0, 5.0], [80.0, 95.0], [5.0, 70.0]];
        let place = transform(corners);
        for (at, corner) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().zip(corners) {
            let found = place(at.0, at.1);
            assert!((found[0] - corner[0]).abs() < 1e-9 && (found[1] - corner[1]).abs() < 1e-9, "{found:?}");
        }
        // The diagonals cross in the middle of the square, and so they do in the picture.
        let [x, y] = place(0.5, 0.5);
        let beside = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        assert!(beside(corners[0], corners[2]).abs() < 1e-6 && beside(corners[1], corners[3]).abs() < 1e-6);
    }

    #[test]
    fn a_part_is_cut_out_at_its_own_scale() {
        let part = Corners::new([[0.25, 0.5], [0.75, 0.5], [0.75, 1.0], [0.25, 1.0]]).expect("a film's");
        let cut = square(&ramp(80, 60), &part);
        assert_eq!((cut.width(), cut.height()), (40, 30));
        assert_eq!(cut.luma()[0], ramp(80, 60).luma()[30 * 80 + 20]);
    }

    #[test]
    fn a_large_photograph_is_shrunk() {
        let film = square(&Radiograph::from_luma(4800, 100, vec![9; 480_000]), &Corners::FRAME);
        assert_eq!((film.width(), film.height()), (2400, 50));
        assert!(film.luma().iter().all(|&v| v == 9));
    }
}
