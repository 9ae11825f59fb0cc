use crate::Rectangle;

/// A row through the heart shows at least this part of each lung's greatest width.
const BOTH: f32 = 0.4;

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
    /// See [`crate::Lungs::cardiothoracic_ratio`].
    pub(crate) cardiothoracic_ratio: Option<f32>,
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
        let two = if let [larger, smaller] = lungs { Some((larger, smaller)) } else { None };
        Self {
            cut_off: edges.into_iter().fold(0.0, f32::max),
            off_centre: ((rectangle.left + rectangle.right) / 2.0 - 0.5).abs(),
            smaller_side: rectangle.width().min(rectangle.height()),
            asymmetry: two
                .map(|(larger, smaller)| (larger.len() - smaller.len()) as f32 / (larger.len() + smaller.len()) as f32),
            cardiothoracic_ratio: two
                .and_then(|(one, other)| cardiothoracic_ratio([one, other], columns, rows, rectangle)),
        }
    }
}

/// Of the rows in the lower half of the lungs that show both, the widest gap, over the greatest width of all rows.
fn cardiothoracic_ratio(lungs: [&Vec<usize>; 2], columns: usize, rows: usize, rectangle: &Rectangle) -> Option<f32> {
    let [left, right] = {
        let [one, other] = lungs.map(|lung| spans(lung, columns, rows));
        let middle = |lung: &[usize]| lung.iter().map(|place| place % columns).sum::<usize>() / lung.len();
        if middle(lungs[0]) < middle(lungs[1]) { [one, other] } else { [other, one] }
    };
    let widest =
        |lung: &[Option<[usize; 2]>]| lung.iter().flatten().map(|span| span[1] - span[0]).max().unwrap_or(0) as f32;
    let (wide_left, wide_right) = (widest(&left), widest(&right));
    let half = ((rectangle.top + rectangle.bottom) / 2.0 * rows as f32) as usize;
    let (mut heart, mut chest) = (0, 0);
    for (row, spans) in left.iter().zip(&right).enumerate() {
        let (Some(left), Some(right)) = spans else { continue };
        chest = chest.max(right[1].saturating_sub(left[0]));
        let shows = |span: &[usize; 2], widest: f32| (span[1] - span[0]) as f32 >= BOTH * widest;
        if row >= half && shows(left, wide_left) && shows(right, wide_right) {
            heart = heart.max(right[0].saturating_sub(left[1]));
        }
    }
    (heart > 0).then(|| (heart as f32 / chest as f32 * 1e3).round() / 1e3)
}

/// Where a lung begins and ends in each row.
fn spans(lung: &[usize], columns: usize, rows: usize) -> Vec<Option<[usize; 2]>> {
    let mut spans = vec![None; rows];
    for &place in lung {
        let (row, column) = (place / columns, place % columns);
        let [start, end] = spans[row].unwrap_or([column, column + 1]);
        spans[row] = Some([start.min(column), end.max(column + 1)]);
    }
    spans
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
    fn the_heart_is_the_gap_between_the_lungs_below() {
        let found =
            shape(&["............", ".####..####.", ".####..####.", ".###....###.", ".###....###.", "............"]);
        assert_eq!((found.cut_off, found.off_centre, found.asymmetry), (0.0, 0.0, Some(0.0)));
        assert_eq!(found.cardiothoracic_ratio, Some(0.4));
    }

    #[test]
    fn lungs_at_the_edge_are_cut_off_and_unequal_ones_uneven() {
        let found = shape(&["##..####", "##..####", "##..####"]);
        assert_eq!((found.cut_off, found.asymmetry), (1.0, Some(1.0 / 3.0)));
        assert_eq!(shape(&["..####..", "..####.."]).asymmetry, None);
    }
}
