use crate::Radiograph;
use crate::image::Plane;

/// The side of the picture that position is measured on: ribs and vessels are gone, lungs and mediastinum are left.
const SIDE: u32 = 64;
/// The steepest spine looked for, and the steps, in degrees.
const STEEPEST: i32 = 30;
const STEP: usize = 2;
/// What a degree of tilt has to earn in luma: without it the brightest line of a wide mediastinum may lie at any angle.
const TILT_COST: f32 = 0.0005;

/// Where the chest lies in an upright film, by three profiles of luma.
pub(super) struct Chest {
    /// The angle of the brightest line through the lower mediastinum, in degrees, clockwise positive.
    pub(super) tilt: f64,
    /// The distance of the mediastinum from the middle, as a share of the width, positive to the film's right.
    pub(super) offset: f64,
    /// How much brighter the rows below the darkest row of the lungs become, in luma.
    pub(super) bright_below: f64,
}

impl Chest {
    pub(super) fn of(film: &Radiograph) -> Self {
        let square = Plane::of(&film.resize(SIDE, SIDE));
        let width = SIDE * film.width() / film.height();
        let upright = Plane::of(&film.resize(width.clamp(SIDE / 4, SIDE * 4), SIDE));
        Self { tilt: tilt(&upright), offset: offset(&square), bright_below: bright_below(&square) }
    }
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

fn position_of_largest(values: &[f32]) -> usize {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0)
}

fn tilt(plane: &Plane) -> f64 {
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

fn offset(plane: &Plane) -> f64 {
    let rows = plane.height / 10..plane.height * 7 / 10;
    let column = |x| rows.clone().map(|y| plane.at(x, y)).sum::<f32>();
    let profile = smoothed((0..plane.width).map(column).collect(), 4);
    let (first, end) = (plane.width * 3 / 20, plane.width * 17 / 20);
    let brightest = first + position_of_largest(&profile[first..end]);
    (brightest as f64 + 0.5) / plane.width as f64 - 0.5
}

fn bright_below(plane: &Plane) -> f64 {
    /// Where luma has risen by this, the darkest row was the lungs'.
    const RISE: f32 = 0.03;
    let lungs: Vec<usize> = [3..8, 12..17]
        .into_iter()
        .flat_map(|part| part.start * plane.width / 20..part.end * plane.width / 20)
        .collect();
    let row = |y| lungs.iter().map(|&x| plane.at(x, y)).sum::<f32>() / lungs.len() as f32;
    let profile = smoothed((plane.height * 2 / 5..plane.height).map(row).collect(), 2);
    let (mut darkest, mut at) = (profile[0], 0);
    for (y, &luma) in profile.iter().enumerate() {
        if luma < darkest {
            (darkest, at) = (luma, y);
        } else if luma - darkest > RISE {
            break;
        }
    }
    f64::from(profile[at..].iter().copied().fold(darkest, f32::max) - darkest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bright line of `degrees` clockwise through the middle of a dark picture.
    fn spine(degrees: f64) -> Plane {
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
            assert!((tilt(&spine(degrees)) - degrees).abs() <= 2.0, "{degrees}: {}", tilt(&spine(degrees)));
        }
    }
}
