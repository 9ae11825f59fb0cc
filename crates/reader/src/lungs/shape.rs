use crate::Rectangle;

/// What the outline of the lungs says of the film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape {
    /// Of the film's four edges, the longest part of one that lies in the lungs, as a share of the edge: there they are cut off.
    pub(crate) cut_off: f32,
    /// How far the lungs' middle lies from the film's, as a share of the width.
    pub(crate) off_centre: f32,
    /// The smaller part of a side that the lungs take.
    pub(crate) smaller_side: f32,
    /// How much larger one lung is, as a share of both. `None` where two lungs are not told apart.
    pub(crate) asymmetry: Option<f32>,
}

impl Shape {
    /// Of the places of at most two lungs, which are what is `lit`.
    pub(super) fn of(lungs: &[Vec<usize>], lit: &[bool], columns: usize, rectangle: &Rectangle) -> Self {
        let rows = lit.len() / columns;
        let share = |places: &mut dyn Iterator<Item = usize>, of: usize| {
            places.filter(|&at| lit[at]).count() as f32 / of as f32
        };
        let edges = [
            share(&mut (0..columns), columns),
            share(&mut (lit.len() - columns..lit.len()), columns),
            share(&mut (0..lit.len()).step_by(columns), rows),
            share(&mut (columns - 1..lit.len()).step_by(columns), rows),
        ];
        let two = if let [larger, smaller] = lungs { Some((larger.len(), smaller.len())) } else { None };
        Self {
            cut_off: edges.into_iter().fold(0.0, f32::max),
            off_centre: ((rectangle.left + rectangle.right) / 2.0 - 0.5).abs(),
            smaller_side: rectangle.width().min(rectangle.height()),
            asymmetry: two.map(|(larger, smaller)| (larger - smaller) as f32 / (larger + smaller) as f32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::pieces::{extent, largest_two, lit};

    fn shape(rows: &[&str]) -> Shape {
        let columns = rows[0].len();
        let found: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|place| place == b'#')).collect();
        let pieces = largest_two(&found, columns);
        let lit = lit(&pieces, found.len());
        let [across, down] = extent(&lit, columns).expect("lungs");
        let part = |at: usize, of: usize| at as f32 / of as f32;
        let rectangle = Rectangle {
            left: part(across[0], columns),
            top: part(down[0], rows.len()),
            right: part(across[1], columns),
            bottom: part(down[1], rows.len()),
        };
        Shape::of(&pieces, &lit, columns, &rectangle)
    }

    #[test]
    fn lungs_that_lie_as_they_should_have_no_flaw() {
        let found = shape(&["............", ".####..####.", ".####..####.", ".###....###.", "............"]);
        assert_eq!((found.cut_off, found.off_centre, found.asymmetry), (0.0, 0.0, Some(0.0)));
    }

    #[test]
    fn lungs_at_the_edge_are_cut_off_and_unequal_ones_uneven() {
        let found = shape(&["##..####", "##..####", "##..####"]);
        assert_eq!((found.cut_off, found.asymmetry), (1.0, Some(1.0 / 3.0)));
        assert_eq!(shape(&["..####..", "..####.."]).asymmetry, None);
    }
}
