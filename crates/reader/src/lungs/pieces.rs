/// A smaller piece than this share of the largest is no lung.
const LEAST: f64 = 0.1;
/// A piece that is at least this share of the largest may be a lung of another film.
const OTHER_LUNG: f64 = 0.3;
/// Of a piece's columns the outer ones that hold this share of it, at either side, do not count: lungs lean.
const LEANING: usize = 10;
/// Fewer lit places than this in a row or a column are specks, not lungs.
const SPECK: usize = 2;

/// How many large pieces lie beside each other: two in a film of one chest.
pub(super) fn beside_each_other(lit: &[bool], columns: usize) -> usize {
    let pieces = pieces(lit, columns);
    let largest = pieces.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let large = pieces.iter().filter(|piece| piece.len() as f64 >= OTHER_LUNG * largest);
    let ends: Vec<[usize; 2]> = large.map(|piece| ends_across(piece, columns)).collect();
    // The most intervals that are apart: always the one that ends first.
    let (mut behind, mut count) = (None, 0);
    let is_apart = |start: usize, behind: Option<usize>| behind.is_none_or(|behind| start > behind);
    while let Some(end) = ends.iter().filter(|[start, _]| is_apart(*start, behind)).map(|[_, end]| *end).min() {
        (behind, count) = (Some(end), count + 1);
    }
    count
}

/// The first and the last column of a piece that leans.
fn ends_across(piece: &[usize], columns: usize) -> [usize; 2] {
    let mut counts = vec![0; columns];
    piece.iter().for_each(|place| counts[place % columns] += 1);
    let (mut first, mut last) = (0, columns - 1);
    let outer = piece.len() / LEANING;
    let (mut before, mut behind) = (counts[first], counts[last]);
    while before <= outer {
        first += 1;
        before += counts[first];
    }
    while behind <= outer {
        last -= 1;
        behind += counts[last];
    }
    [first, last]
}

/// The places of the two largest pieces of what is lit, of places that touch by a side: the two lungs, or one piece where they
/// touch. The larger one is the first.
pub(super) fn largest_two(lit: &[bool], columns: usize) -> Vec<Vec<usize>> {
    let mut pieces = pieces(lit, columns);
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    let largest = pieces.first().map_or(0, Vec::len) as f64;
    pieces.truncate(2);
    pieces.retain(|piece| piece.len() as f64 >= LEAST * largest);
    pieces
}

/// What is lit, of so many places.
pub(super) fn lit(pieces: &[Vec<usize>], places: usize) -> Vec<bool> {
    let mut lit = vec![false; places];
    pieces.iter().flatten().for_each(|&place| lit[place] = true);
    lit
}

fn pieces(lit: &[bool], columns: usize) -> Vec<Vec<usize>> {
    let mut is_new = lit.to_vec();
    let mut pieces = Vec::new();
    for start in 0..lit.len() {
        if !is_new[start] {
            continue;
        }
        is_new[start] = false;
        let (mut piece, mut at) = (vec![start], 0);
        while let Some(&place) = piece.get(at) {
            at += 1;
            let column = place % columns;
            let beside = [
                (column > 0).then(|| place - 1),
                (column + 1 < columns).then_some(place + 1),
                place.checked_sub(columns),
                Some(place + columns).filter(|&below| below < lit.len()),
            ];
            for next in beside.into_iter().flatten() {
                if std::mem::take(&mut is_new[next]) {
                    piece.push(next);
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

/// The columns, and the rows, from the first that is lit to the last: where each begins and ends. `None` where none is.
pub(super) fn extent(lit: &[bool], columns: usize) -> Option<[[usize; 2]; 2]> {
    let rows = lit.len() / columns;
    let ends = |lines: usize, is_lit: &dyn Fn(usize) -> usize| {
        let found = |line: &usize| is_lit(*line) >= SPECK;
        Some([(0..lines).find(found)?, (0..lines).rfind(found)? + 1])
    };
    let across = ends(columns, &|x| (0..rows).filter(|y| lit[y * columns + x]).count())?;
    let down = ends(rows, &|y| lit[y * columns..][..columns].iter().filter(|&&lit| lit).count())?;
    Some([across, down])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: &[&str]) -> Vec<bool> {
        rows.iter().flat_map(|row| row.bytes().map(|place| place == b'#')).collect()
    }

    #[test]
    fn the_two_lungs_are_kept_and_specks_are_not() {
        let found = drawn(&["##...##.", "##...##.", "##.#.##.", "##...##.", "##...##.", "....#..#"]);
        let lungs = drawn(&["##...##.", "##...##.", "##...##.", "##...##.", "##...##.", "........"]);
        assert_eq!(lit(&largest_two(&found, 8), 48), lungs);
        assert!(largest_two(&[false; 8], 4).is_empty());
    }

    #[test]
    fn lungs_beside_each_other_are_counted_and_parts_of_one_are_not() {
        let count = |rows: &[&str]| beside_each_other(&drawn(rows), rows[0].len());
        assert_eq!(count(&["##..##..", "##..##..", "##..##.#"]), 2);
        assert_eq!(count(&["##..##..", "........", "##..##.."]), 2);
        assert_eq!(count(&["##.##..##.##", "##.##..##.##", "##.##..##.##"]), 4);
        assert_eq!(count(&["........"]), 0);
    }

    #[test]
    fn a_row_or_column_with_one_place_lit_is_no_edge() {
        let found = drawn(&[".#......", ".###....", ".###..#.", "........"]);
        assert_eq!(extent(&found, 8), Some([[1, 4], [1, 3]]));
        assert_eq!(extent(&drawn(&["#...", "..#."]), 4), None);
    }
}
