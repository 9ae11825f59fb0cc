use contour::ContourBuilder;

use super::pieces::{beside_each_other, extent, largest_two, lit};
use super::shape::Shape;
use crate::image::Plane;
use crate::network::Tensor;
use crate::{Error, FilmCopySize, Kind, Lungs, Rectangle, Result, Stage};

/// Of how many places across and down a film it is said whether they are lungs, where somebody has set the rectangle.
const POINTS: usize = 112;
/// The logit of what lies beside that rectangle: no lung.
const BESIDE: f32 = -8.0;

/// The lungs of one film, as the network finds them.
#[derive(Clone, Debug, PartialEq)]
pub struct LungField {
    /// How sure each place of the film's copy is within the lungs, `0..=1`.
    pub(crate) sure: Plane,
    pub(crate) shape: Shape,
    lungs: Lungs,
}

impl LungField {
    /// The lungs by the network's `outline`, logits `[1, 4, rows, columns]` of the four quarters of each cell.
    ///
    /// # Errors
    /// [`Kind::NoLungs`] when nothing is found, or what is found takes less than `least_side` of the film's width or height;
    /// [`Kind::Screenshot`] when there are more than two lungs beside each other.
    pub(crate) fn of(outline: &Tensor, film: FilmCopySize, least_side: f32) -> Result<Self> {
        Self::of_points(&quarters_together(outline), film, least_side)
    }

    /// The lungs within a rectangle that somebody has set, by the network's `outline` of the `part` of the film around it.
    ///
    /// # Errors
    /// As [`Self::of`], and [`Kind::NoLungs`] when the rectangle is smaller than `least_side` or reaches beyond the film.
    pub(crate) fn within(
        rectangle: Rectangle,
        part: Rectangle,
        outline: &Tensor,
        film: FilmCopySize,
        least_side: f32,
    ) -> Result<Self> {
        let Rectangle { left, top, right, bottom } = rectangle;
        if !(left >= 0.0 && top >= 0.0 && right <= 1.0 && bottom <= 1.0) {
            return Err(no_lungs("the rectangle that was set reaches beyond it"));
        }
        let smaller = rectangle.width().min(rectangle.height());
        if smaller < least_side {
            let detail =
                format!("the rectangle that was set takes {smaller:.2} of a side, the least is {least_side:.2}");
            return Err(no_lungs(&detail));
        }
        let film_in_part = Rectangle {
            left: -part.left / part.width(),
            top: -part.top / part.height(),
            right: (1.0 - part.left) / part.width(),
            bottom: (1.0 - part.top) / part.height(),
        };
        let mut points = quarters_together(outline).resampled(film_in_part, [POINTS; 2]);
        for (i, logit) in points.values.iter_mut().enumerate() {
            let at = |i: usize| (i as f32 + 0.5) / POINTS as f32;
            let (x, y) = (at(i % POINTS), at(i / POINTS));
            if x < left || x > right || y < top || y > bottom {
                *logit = BESIDE;
            }
        }
        let found = Self::of_points(&points, film, 0.0)?;
        Ok(Self { lungs: Lungs { rectangle, by_hand: true, ..found.lungs }, ..found })
    }

    /// The lungs by logits of places all over the film.
    fn of_points(points: &Plane, film: FilmCopySize, least_side: f32) -> Result<Self> {
        let logits = points.resampled(Rectangle::FILM, [film.columns, film.rows]);
        let found: Vec<bool> = logits.values.iter().map(|&logit| logit > 0.0).collect();
        let beside = beside_each_other(&found, film.columns);
        if beside > 2 {
            let detail = format!("there are several films in the picture: {beside} lungs are found beside each other");
            return Err(Error::new(Stage::Check, Kind::Screenshot, detail));
        }
        let pieces = largest_two(&found, film.columns);
        let lit = lit(&pieces, found.len());
        let [across, down] = extent(&lit, film.columns).ok_or_else(|| no_lungs("nothing in it looks like lungs"))?;
        let part = |place: usize, of: usize| place as f32 / of as f32;
        let rectangle = Rectangle {
            left: part(across[0], film.columns),
            top: part(down[0], film.rows),
            right: part(across[1], film.columns),
            bottom: part(down[1], film.rows),
        };
        let smaller = rectangle.width().min(rectangle.height());
        if smaller < least_side {
            let detail = format!("what looks like lungs takes {smaller:.2} of a side, the least is {least_side:.2}");
            return Err(no_lungs(&detail));
        }
        let sure = logits.map(|logit| 1.0 / (1.0 + (-logit).exp()));
        let shape = Shape::of(&pieces, &lit, film.columns, &rectangle);
        let outline = lines(points, &lit, film);
        Ok(Self { sure, shape, lungs: Lungs { rectangle, outline, by_hand: false } })
    }

    /// Two upright bands, for trying out what comes after the network.
    ///
    /// # Errors
    /// As [`Self::of`], of a film too small to hold them.
    pub(crate) fn made_up(film: FilmCopySize) -> Result<Self> {
        const CELLS: usize = 28;
        let logit = |i: usize| if [1, 2, 5, 6].contains(&(i % CELLS * 8 / CELLS)) { 4.0 } else { -4.0 };
        let outline = Tensor::new([1, 4, CELLS, CELLS], (0..4 * CELLS * CELLS).map(logit).collect());
        Self::of(&outline, film, 0.0)
    }

    /// Where they lie.
    pub fn lungs(&self) -> &Lungs {
        &self.lungs
    }
}

fn no_lungs(why: &str) -> Error {
    Error::new(Stage::Check, Kind::NoLungs, format!("no lungs are found in the picture: {why}"))
}

/// The four channels of each cell as four points.
fn quarters_together(outline: &Tensor) -> Plane {
    let (rows, columns) = (outline.shape[2], outline.shape[3]);
    let point = |i: usize| {
        let (y, x) = (i / (2 * columns), i % (2 * columns));
        outline.values[((y % 2 * 2 + x % 2) * rows + y / 2) * columns + x / 2]
    };
    Plane { width: 2 * columns, height: 2 * rows, values: (0..4 * rows * columns).map(point).collect() }
}

/// Where the logit is 0 around the pieces that are the lungs.
fn lines(points: &Plane, lit: &[bool], film: FilmCopySize) -> Vec<Vec<[f32; 2]>> {
    let is_lung = |i: usize| {
        let (x, y) = (i % points.width, i / points.width);
        lit[(2 * y + 1) * film.rows / (2 * points.height) * film.columns
            + (2 * x + 1) * film.columns / (2 * points.width)]
    };
    let points_of_lungs = points.values.iter().enumerate();
    let values: Vec<f32> =
        points_of_lungs.map(|(i, &logit)| if logit > 0.0 && !is_lung(i) { -logit } else { logit }).collect();
    let around = ContourBuilder::new(points.width, points.height, true).lines(&values, &[0.0]).unwrap_or_default();
    let part = |at: f32, of: usize| (at / of as f32 * 1e4).round() / 1e4;
    let rings = around.iter().flat_map(|around| &around.geometry().0);
    rings.map(|ring| ring.coords().map(|at| [part(at.x, points.width), part(at.y, points.height)]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: FilmCopySize = FilmCopySize { rows: 224, columns: 224 };

    /// Two upright ellipses, at these places across the film, so wide: logits of 28 x 28 cells.
    fn outline(lungs: &[(f32, f32)]) -> Tensor {
        let logit = |x: usize, y: usize| {
            let at = |i: usize| (i as f32 + 0.5) / 56.0;
            let far = |&(middle, wide): &(f32, f32)| ((at(x) - middle) / wide).hypot((at(y) - 0.5) / 0.3);
            4.0 * (1.0 - lungs.iter().map(far).fold(9.0, f32::min))
        };
        let values = (0..4 * 28 * 28).map(|i| {
            let (quarter, y, x) = (i / 784, i % 784 / 28, i % 28);
            logit(2 * x + quarter % 2, 2 * y + quarter / 2)
        });
        Tensor::new([1, 4, 28, 28], values.collect())
    }

    #[test]
    fn two_lungs_have_a_rectangle_and_two_outlines() {
        let field = LungField::of(&outline(&[(0.3, 0.15), (0.7, 0.15)]), FILM, 0.2).expect("lungs");
        let Rectangle { left, top, right, bottom } = field.lungs.rectangle;
        for (found, expected) in [(left, 0.15), (top, 0.2), (right, 0.85), (bottom, 0.8)] {
            assert!((found - expected).abs() < 0.01, "{found} for {expected}");
        }
        assert_eq!(field.lungs.outline.len(), 2);
        for line in &field.lungs.outline {
            assert_eq!(line.first(), line.last());
            let width = line.iter().map(|point| point[0]).fold(0.0, f32::max)
                - line.iter().map(|point| point[0]).fold(1.0, f32::min);
            assert!((width - 0.3).abs() < 0.01, "{width}");
        }
        assert!(field.sure.at(67, 112) > 0.9 && field.sure.at(112, 20) < 0.1);
    }

    #[test]
    fn the_lungs_of_two_films_are_refused() {
        let four = [0.14, 0.36, 0.64, 0.86].map(|middle| (middle, 0.08));
        let refused = LungField::of(&outline(&four), FILM, 0.2).expect_err("two films");
        assert_eq!(refused.kind(), Kind::Screenshot);
    }

    #[test]
    fn made_up_lungs_are_two() {
        let field = LungField::made_up(FILM).expect("lungs");
        assert_eq!(field.lungs.outline.len(), 2);
        assert_eq!(field.shape.asymmetry, Some(0.0));
    }

    #[test]
    fn in_a_rectangle_that_was_set_what_lies_beside_it_is_no_lung() {
        let seen = outline(&[(0.3, 0.15), (0.7, 0.15)]);
        // The network saw the left half of the film: both lungs lie in it.
        let part = Rectangle { left: 0.0, top: 0.0, right: 0.5, bottom: 1.0 };
        let set = Rectangle { left: 0.05, top: 0.1, right: 0.5, bottom: 0.5 };
        let field = LungField::within(set, part, &seen, FILM, 0.2).expect("lungs");
        assert_eq!(field.lungs.rectangle, set);
        assert!(field.lungs.by_hand);
        assert!(field.sure.at(33, 100) > 0.9 && field.sure.at(78, 100) > 0.9, "the middles of both lungs");
        assert!(field.sure.at(33, 120) < 0.1 && field.sure.at(150, 100) < 0.1, "below the rectangle, beside the part");
        let points: Vec<_> = field.lungs.outline.iter().flatten().collect();
        assert!(points.iter().all(|[x, y]| *x < 0.47 && *y < 0.52), "{points:?}");
    }

    #[test]
    fn a_rectangle_that_is_none_on_the_film_is_refused() {
        let seen = outline(&[(0.3, 0.15), (0.7, 0.15)]);
        for [left, top, right, bottom] in
            [[0.2, 0.2, 0.3, 0.8], [0.8, 0.2, 0.2, 0.8], [-0.1, 0.0, 0.8, 1.0], [0.1, 0.1, 0.9, f32::NAN]]
        {
            let set = Rectangle { left, top, right, bottom };
            let refused = LungField::within(set, set, &seen, FILM, 0.2).expect_err("no rectangle");
            assert_eq!(refused.kind(), Kind::NoLungs);
        }
    }

    #[test]
    fn a_speck_or_nothing_is_no_lungs() {
        for lungs in [&[(0.3, 0.05)][..], &[]] {
            let refused = LungField::of(&outline(lungs), FILM, 0.2).expect_err("no lungs");
            assert_eq!(refused.kind(), Kind::NoLungs);
        }
    }
}
