use super::{Radiograph, Rows};
use crate::Rectangle;

/// A film of which parts are looked at closely.
#[derive(Clone, Debug)]
pub struct CloseFilm {
    /// The film as it is hung.
    pub film: Radiograph,
    /// Where more of a film's values are here than it usually shows: what it shows, the middle between black and white and how far
    /// those are apart, as shares of the range here.
    pub shown: Option<[f64; 2]>,
}

/// A part of a film with as much of its detail as there is room for.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// Which part, in shares of the film's sides.
    pub part: Rectangle,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Whether a sample has two bytes, the less significant one first; one of 8 bits has one.
    pub deep: bool,
    /// The samples, from black to white, row by row.
    pub samples: Vec<u8>,
}

impl CloseFilm {
    /// A part of the film, its own pixels as far as they are no more than `most` across and down.
    pub fn part(&self, part: Rectangle, most: [u32; 2]) -> Detail {
        let whole = [self.film.width(), self.film.height()];
        let place = |share: f32, side: u32, round: fn(f32) -> f32| round(share.clamp(0.0, 1.0) * side as f32) as u32;
        let start = [place(part.left, whole[0], f32::floor), place(part.top, whole[1], f32::floor)];
        let start = [0, 1].map(|axis| start[axis].min(whole[axis] - 1));
        let end = [place(part.right, whole[0], f32::ceil), place(part.bottom, whole[1], f32::ceil)];
        let size = [0, 1].map(|axis| end[axis].clamp(start[axis] + 1, whole[axis]) - start[axis]);
        let cut = self.film.crop(start.map(|side| side as usize), size.map(|side| side as usize));
        let scale = [0, 1].map(|axis| f64::from(most[axis].max(1)) / f64::from(size[axis]));
        let scale = scale[0].min(scale[1]).min(1.0);
        let [width, height] = size.map(|side| ((f64::from(side) * scale).round() as u32).max(1));
        let deep = matches!(cut.rows(), Rows::Sixteen(_));
        let shown = cut.resize(width, height);
        let samples = match shown.rows() {
            Rows::Eight(rows) => rows.concat(),
            Rows::Sixteen(rows) if deep => {
                rows.iter().flat_map(|row| row.iter().flat_map(|luma| luma.to_le_bytes())).collect()
            }
            Rows::Sixteen(rows) => {
                rows.iter().flat_map(|row| row.iter().map(|&luma| super::preview::grey(luma))).collect()
            }
        };
        let share = |place: u32, axis: usize| place as f32 / whole[axis] as f32;
        let [[left, top], [right, bottom]] =
            [[share(start[0], 0), share(start[1], 1)], [share(start[0] + size[0], 0), share(start[1] + size[1], 1)]];
        Detail { part: Rectangle { left, top, right, bottom }, size: [width, height], deep, samples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_film_s_own_samples_or_is_shrunk_to_the_room() {
        let luma: Vec<u16> = (0..8 * 4).map(|i| i * 2000).collect();
        let close = CloseFilm { film: Radiograph::from_luma(8, 4, luma.clone()), shown: None };
        let right = Rectangle { left: 0.5, top: 0.3, right: 1.0, bottom: 0.5 };
        let detail = close.part(right, [100, 100]);
        assert_eq!((detail.size, detail.deep), ([4, 1], true));
        assert_eq!(detail.part, Rectangle { left: 0.5, top: 0.25, right: 1.0, bottom: 0.5 });
        assert_eq!(detail.samples, luma[12..16].iter().flat_map(|luma| luma.to_le_bytes()).collect::<Vec<_>>());
        let shrunk = close.part(Rectangle::FILM, [4, 4]);
        assert_eq!((shrunk.size, shrunk.samples.len()), ([4, 2], 16));
    }

    #[test]
    fn a_film_of_8_bits_stays_one_and_any_part_is_on_it() {
        let close = CloseFilm { film: Radiograph::from_grey(4, 2, vec![1, 2, 3, 4, 5, 6, 7, 8]), shown: None };
        let detail = close.part(Rectangle::FILM, [4, 2]);
        assert_eq!((detail.deep, detail.samples), (false, vec![1, 2, 3, 4, 5, 6, 7, 8]));
        assert_eq!(close.part(Rectangle::FILM, [2, 1]).samples.len(), 2);
        let beyond = Rectangle { left: 2.0, top: -1.0, right: -3.0, bottom: 0.0 };
        assert_eq!(close.part(beyond, [0, 0]).size, [1, 1]);
    }
}
