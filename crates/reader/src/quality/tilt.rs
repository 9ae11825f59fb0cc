use crate::Radiograph;
use crate::image::Plane;

/// The side of the picture that it is measured on: ribs and vessels are gone, lungs and mediastinum are left.
const SIDE: u32 = 64;
/// The steepest spine looked for, and the steps, in degrees.
const STEEPEST: i32 = 30;
const STEP: usize = 2;
/// What a degree of tilt has to earn in luma: without it the brightest line of a wide mediastinum may lie at any angle.
const TILT_COST: f32 = 0.0005;

/// The angle of the brightest line through the lower mediastinum of an upright film, in degrees, clockwise positive.
pub(super) fn tilt(film: &Radiograph) -> f64 {
    let width = SIDE * film.width() / film.height();
    spine(&Plane::of(&film.resize(width.clamp(SIDE / 4, SIDE * 4), SIDE)))
}

/// A profile smoothed `times` by 1-2-1, ends repeated.
fn smoothed(mut profile: Vec<f32>, times: usize) -> Vec<f32> {
    for _ in 0..times {
        let last = profile.len() - 1;
        profile = (0..=last)
            .map(|i| 0.25 * profile[i.saturating_sub(1)] + 0.5 * profile[i] + 0.25 * profile[(i + 1).min(last)])
            .collect();
    }
    profile
}

fn spine(plane: &Plane) -> f64 {
    let (rows, columns) = (plane.height / 4..plane.height * 3 / 4, plane.width / 4..plane.width * 3 / 4);
    let middle = (rows.start + rows.end - 1) as f32 / 2.0;
    // Each row with its ends repeated as far as the steepest line moves it.
    let margin = plane.height / 4 + 1;
    let repeated: Vec<f32> = plane
        .values
        .chunks_exact(plane.width)
        .flat_map(|row| {
            let ends = [row[0], row[plane.width - 1]].map(|end| std::iter::repeat_n(end, margin));
            let [before, after] = ends;
            before.chain(row.iter().copied()).chain(after)
        })
        .collect();
    let brightest = |degrees: i32| {
        let slope = (degrees as f32).to_radians().tan();
        let mut sums = vec![0.0; plane.width];
        for y in rows.clone() {
            // A chest turned clockwise has what is above the middle further to the right.
            let shift = slope * (middle - y as f32);
            let part = shift - shift.floor();
            let moved = shift.floor() as isize;
            let row = &repeated[y * (plane.width + 2 * margin)..][margin.saturating_add_signed(moved)..];
            for (sum, pair) in sums.iter_mut().zip(row.windows(2)) {
                *sum += pair[0] * (1.0 - part) + pair[1] * part;
            }
        }
        let sums = smoothed(sums, 3);
        let brightest = sums[columns.clone()].iter().copied().fold(0.0, f32::max) / rows.len() as f32;
        brightest - TILT_COST * degrees.abs() as f32
    };
    let angles = (-STEEPEST..=STEEPEST).step_by(STEP);
    let best = angles.map(|degrees| (brightest(degrees), degrees)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(0.0, |(_, degrees)| f64::from(degrees))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bright line of `degrees` clockwise through the middle of a dark picture.
    fn drawn(degrees: f64) -> Plane {
        let (width, height) = (80, 64);
        let luma = (0..width * height).map(|i| {
            let (x, y) = ((i % width) as f64 - 39.5, (i / width) as f64 - 31.5);
            let away = x - degrees.to_radians().tan() * -y;
            0.2 + 0.6 * (-(away / 4.0).powi(2)).exp() as f32
        });
        Plane { width, height, values: luma.collect() }
    }

    #[test]
    fn the_spine_s_angle_is_found_clockwise() {
        for degrees in [-20.0, -8.0, 0.0, 12.0, 26.0] {
            assert!((spine(&drawn(degrees)) - degrees).abs() <= 2.0, "{degrees}: {}", spine(&drawn(degrees)));
        }
    }
}
