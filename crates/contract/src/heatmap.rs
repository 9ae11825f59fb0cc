use serde::{Deserialize, Serialize};

use crate::{Lungs, Rectangle};

/// Where more than this share of the lungs has at least half of the strongest heat, no place stands out.
const MOST_OF_THE_LUNGS: f32 = 0.5;
/// Where more than this share of the strong places lies outside the lungs, it is said.
const MUCH_OUTSIDE: f32 = 0.1;
/// So many pixels a side are enough to measure shares.
const EVIDENCE_SIDE: usize = 64;
/// The outline is as wide as this part of the longer side.
const LINES_A_SIDE: usize = 256;
/// The opacity of the strongest fill, of 255: the film must be seen through it.
const FILL: f32 = 110.0;

/// A class that a heatmap can explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// No pneumonia.
    Normal,
    /// Pneumonia.
    Pneumonia,
}

impl Class {
    /// The class that this one is not.
    pub fn other(self) -> Self {
        match self {
            Class::Normal => Class::Pneumonia,
            Class::Pneumonia => Class::Normal,
        }
    }

    /// How its strong places look, from the weakest of them to the strongest, as a picture of this size: as [`Heatmap::paint`].
    pub fn swatch(self, width: usize, height: usize) -> Vec<u8> {
        let [x, y] = [width, height].map(|pixels| 1.0 / pixels as f32);
        let frame = Rectangle { left: x, top: y, right: 1.0 - x, bottom: 1.0 - y };
        Heatmap::new(1, 2, vec![0.5, 1.0], self).over(frame).paint(width, height, 1.0)
    }

    /// The colour of a heat from a half to 1: orange to yellow for pneumonia, blue to white against it, each lighter the stronger.
    fn colour(self, heat: f32) -> [u8; 3] {
        let (weak, strong) = match self {
            Class::Pneumonia => ([240.0, 112.0, 32.0], [252.0, 240.0, 130.0]),
            Class::Normal => ([40.0, 140.0, 230.0], [190.0, 235.0, 255.0]),
        };
        let along = (2.0 * heat - 1.0).clamp(0.0, 1.0);
        std::array::from_fn(|i| (weak[i] + along * (strong[i] - weak[i])) as u8)
    }
}

/// Where the model looked: a Grad-CAM map on the explained layer's grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    rows: usize,
    columns: usize,
    values: Vec<f32>,
    class: Class,
    frame: Rectangle,
}

impl Heatmap {
    /// A map of `rows * columns` values, row by row, each at least 0 and in units of the logit, over the whole film.
    ///
    /// # Panics
    /// When the number of values is not `rows * columns`, or a side is 0.
    pub fn new(rows: usize, columns: usize, values: Vec<f32>, class: Class) -> Self {
        assert!(
            rows > 0 && columns > 0 && values.len() == rows * columns,
            "{rows} x {columns} map of {} values",
            values.len()
        );
        Self { rows, columns, values, class, frame: Rectangle::FILM }
    }

    /// The same map, its cells over `frame` of the film: beyond that there is no heat.
    #[must_use]
    pub fn over(self, frame: Rectangle) -> Self {
        Self { frame, ..self }
    }

    /// Rows of the grid.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the grid.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The Grad-CAM values, row by row, at least 0, in units of the logit.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// What of the film its cells cover.
    pub fn frame(&self) -> Rectangle {
        self.frame
    }

    /// The class that the map explains.
    pub fn class(&self) -> Class {
        self.class
    }

    /// What of it is strong: at least half of `full_scale`, and of its own strongest value.
    fn strong_from(&self, full_scale: f32) -> f32 {
        self.strongest().max(full_scale) / 2.0
    }

    fn strongest(&self) -> f32 {
        self.values.iter().copied().fold(0.0, f32::max)
    }

    /// What it has to show of a film whose lungs lie there; of unknown lungs the frame stands for them.
    pub fn evidence(&self, full_scale: f32, lungs: Option<&Lungs>) -> Evidence {
        let (strongest, strong_from) = (self.strongest(), self.strong_from(full_scale));
        if strongest < strong_from {
            return Evidence::Weak;
        }
        let [mut inside, mut near_strongest, mut strong, mut strong_outside] = [0u32; 4];
        self.each(EVIDENCE_SIDE, EVIDENCE_SIDE, |x, y, heat| {
            let place = [x, y].map(|pixel| (pixel as f32 + 0.5) / EVIDENCE_SIDE as f32);
            let is_inside = lungs.is_none_or(|lungs| lungs.contain(place));
            inside += u32::from(is_inside);
            near_strongest += u32::from(is_inside && heat >= strongest / 2.0);
            strong += u32::from(heat >= strong_from);
            strong_outside += u32::from(!is_inside && heat >= strong_from);
        });
        let share = |part: u32, of: u32| part as f32 / of.max(1) as f32;
        if share(near_strongest, inside) > MOST_OF_THE_LUNGS {
            Evidence::NoPlace
        } else {
            Evidence::Places { outside_lungs: share(strong_outside, strong) > MUCH_OUTSIDE }
        }
    }

    /// The strong places of a whole film, painted as RGBA (not premultiplied), `width * height * 4` bytes: outlined, and filled
    /// the more the stronger they are, up to `full_scale`. All else is transparent. What speaks against pneumonia is hatched.
    pub fn paint(&self, width: usize, height: usize, full_scale: f32) -> Vec<u8> {
        let strong_from = self.strong_from(full_scale);
        let line = (width.max(height) / LINES_A_SIDE).max(1);
        let mut heats = vec![0.0; width * height];
        self.each(width, height, |x, y, heat| heats[y * width + x] = heat);
        let is_strong = |x: usize, y: usize| heats.get(y * width + x).is_some_and(|heat| *heat >= strong_from);
        let mut rgba = vec![0; width * height * 4];
        for (nth, pixel) in rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let (x, y) = (nth % width, nth / width);
            if !is_strong(x, y) {
                continue;
            }
            let around = [
                (x.saturating_sub(line), y),
                ((x + line).min(width - 1), y),
                (x, y.saturating_sub(line)),
                (x, y + line),
            ];
            let is_edge = !around.into_iter().all(|(x, y)| y >= height || is_strong(x, y));
            let is_gap = self.class == Class::Normal && !((x + y) / (2 * line)).is_multiple_of(3);
            let heat = (heats[nth] / full_scale).min(1.0);
            let alpha = match (is_edge, is_gap) {
                (true, _) => 255,
                (false, true) => 0,
                (false, false) => (heat * FILL) as u8,
            };
            let [r, g, b] = self.class.colour(heat);
            *pixel = [r, g, b, alpha];
        }
        rgba
    }

    /// Each pixel of a film of this size that lies in the frame, with the heat there, smooth between the grid's cells.
    fn each(&self, width: usize, height: usize, mut visit: impl FnMut(usize, usize, f32)) {
        let Rectangle { left, top, right, bottom } = self.frame;
        let across: Vec<_> = (0..width).map(|x| Interpolation::of(x, width, self.columns, [left, right])).collect();
        for y in 0..height {
            let Some(down) = Interpolation::of(y, height, self.rows, [top, bottom]) else { continue };
            let row = |y: usize| &self.values[y * self.columns..][..self.columns];
            let row: Vec<f32> = row(down.cell).iter().zip(row(down.next)).map(|(a, b)| down.between(*a, *b)).collect();
            for (x, place) in across.iter().enumerate() {
                if let Some(place) = place {
                    visit(x, y, place.between(row[place.cell], row[place.next]));
                }
            }
        }
    }
}

/// What a heatmap has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing in it is strong.
    Weak,
    /// Most of the lungs are nearly as strong as its strongest place: none stands out.
    NoPlace,
    /// Some places stand out.
    Places {
        /// Much of them lies outside the lungs, where no pneumonia is.
        outside_lungs: bool,
    },
}

/// Where a pixel lies among the cells of one side.
struct Interpolation {
    /// The cell whose centre is the last before it.
    cell: usize,
    /// The cell after that, if there is one.
    next: usize,
    /// How far it lies from the one centre to the other, 0 to 1.
    along: f32,
}

impl Interpolation {
    /// Of pixel `i` of a film's `pixels`, in a grid of `cells` between two parts of the film's side, held inside the outer
    /// centres; `None` where it lies beyond them.
    fn of(i: usize, pixels: usize, cells: usize, [start, end]: [f32; 2]) -> Option<Self> {
        let share = ((i as f32 + 0.5) / pixels as f32 - start) / (end - start);
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        let centre = (share * cells as f32 - 0.5).clamp(0.0, (cells - 1) as f32);
        let cell = centre as usize;
        Some(Self { cell, next: (cell + 1).min(cells - 1), along: centre - cell as f32 })
    }

    /// The value there, of those at the two centres.
    fn between(&self, cell: f32, next: f32) -> f32 {
        cell * (1.0 - self.along) + next * self.along
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map of one row over the whole film.
    fn map(values: &[f32]) -> Heatmap {
        Heatmap::new(1, values.len(), values.to_vec(), Class::Pneumonia)
    }

    fn heat(map: &Heatmap, width: usize, height: usize, full_scale: f32) -> Vec<u8> {
        map.paint(width, height, full_scale).chunks(4).map(|pixel| pixel[3]).collect()
    }

    #[test]
    fn a_swatch_is_outlined_and_grows_stronger_across() {
        let across =
            |class: Class| -> Vec<u8> { class.swatch(24, 16).chunks(4).skip(8 * 24).take(24).map(|p| p[3]).collect() };
        let fills = across(Class::Pneumonia);
        assert_eq!((&fills[..2], &fills[22..]), ([0, 255].as_slice(), [255, 0].as_slice()));
        assert!(fills[2] < fills[21] && fills[2..22].is_sorted() && fills[21] <= FILL as u8, "{fills:?}");
        assert!(across(Class::Normal)[2..22].contains(&0), "no gap");
    }

    /// Lungs that fill the film between two shares of its width.
    fn lungs(left: f32, right: f32) -> Lungs {
        let outline = vec![vec![[left, 0.0], [right, 0.0], [right, 1.0], [left, 1.0], [left, 0.0]]];
        Lungs { rectangle: Rectangle { left, top: 0.0, right, bottom: 1.0 }, outline, by_hand: false }
    }

    #[test]
    fn nothing_below_half_of_the_scale_or_of_the_strongest_is_painted() {
        assert_eq!(heat(&map(&[0.0, 4.9]), 4, 1, 10.0), [0; 4]);
        let strong = heat(&map(&[0.0, 30.0]), 8, 1, 10.0);
        assert_eq!(strong[..4], [0; 4]);
        assert!(strong[4..].iter().all(|alpha| *alpha > 0), "{strong:?}");
    }

    #[test]
    fn an_outline_is_opaque_and_the_film_is_seen_through_the_fill() {
        let painted = heat(&map(&[0.0, 10.0, 0.0]), 96, 32, 10.0);
        let row: Vec<u8> = painted[16 * 96..][..96].iter().copied().skip_while(|alpha| *alpha == 0).collect();
        assert_eq!(row[0], 255);
        assert!(row[1..16].iter().all(|alpha| (1..=FILL as u8).contains(alpha)), "{row:?}");
    }

    #[test]
    fn what_speaks_against_is_hatched_in_another_hue() {
        let painted = |class| Heatmap::new(1, 1, vec![1.0], class).paint(64, 64, 1.0);
        let (on, against) = (painted(Class::Pneumonia), painted(Class::Normal));
        assert!(on.chunks(4).all(|pixel| pixel[3] > 0 && pixel[0] > pixel[2]));
        assert!(against.chunks(4).any(|pixel| pixel[3] == 0));
        assert!(against.chunks(4).filter(|pixel| pixel[3] > 0).all(|pixel| pixel[2] > pixel[0]));
    }

    #[test]
    fn lies_over_its_frame_and_nowhere_else() {
        let frame = Rectangle { left: 0.25, top: 0.5, right: 0.75, bottom: 1.5 };
        let rows = heat(&map(&[4.0, 4.0]).over(frame), 16, 4, 4.0);
        assert_eq!(rows[..32], [0; 32]);
        for row in rows[32..].chunks(16) {
            assert_eq!(
                row.iter().map(|alpha| u8::from(*alpha > 0)).collect::<Vec<_>>(),
                [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
            );
        }
    }

    #[test]
    fn a_place_stands_out_where_most_of_the_lungs_have_less() {
        let evidence = |values: &[f32]| map(values).evidence(1.0, Some(&lungs(0.0, 1.0)));
        assert_eq!(evidence(&[0.4, 0.4, 0.1, 0.0]), Evidence::Weak);
        assert_eq!(evidence(&[0.9, 0.8, 0.9, 0.1]), Evidence::NoPlace);
        assert_eq!(evidence(&[0.9, 0.1, 0.0, 0.0]), Evidence::Places { outside_lungs: false });
        assert_eq!(evidence(&[0.0; 4]), Evidence::Weak);
    }

    #[test]
    fn strong_heat_beside_the_lungs_is_told() {
        let values = [0.9, 0.0, 0.0, 0.0, 0.0, 0.9];
        let evidence = |lungs: Lungs| map(&values).evidence(1.0, Some(&lungs));
        assert_eq!(evidence(lungs(0.0, 1.0)), Evidence::Places { outside_lungs: false });
        assert_eq!(evidence(lungs(0.3, 1.0)), Evidence::Places { outside_lungs: true });
    }
}
