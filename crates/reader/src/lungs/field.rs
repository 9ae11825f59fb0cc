use contour::ContourBuilder;

use super::pieces::{beside_each_other, extent, largest_two, lit};
use super::shape::Shape;
use crate::image::Plane;
use crate::network::Tensor;
use crate::{Error, FilmCopySize, Kind, Lungs, Rectangle, Result, Stage};

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
        let points = quarters_together(outline);
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
        let outline = lines(&points, &lit, film);
        Ok(Self { sure, shape, lungs: Lungs { rectangle, outline } })
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
    fn a_speck_or_nothing_is_no_lungs() {
        for lungs in [&[(0.3, 0.05)][..], &[]] {
            let refused = LungField::of(&outline(lungs), FILM, 0.2).expect_err("no lungs");
            assert_eq!(refused.kind(), Kind::NoLungs);
        }
    }
}
