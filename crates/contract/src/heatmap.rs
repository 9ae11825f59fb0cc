use serde::{Deserialize, Serialize};

use crate::Rectangle;

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

    /// The map of a whole film, painted as RGBA (not premultiplied), `width * height * 4` bytes, smooth between the grid's
    /// cells. A value at or above `full_scale` has the scale's last colour; where there is no evidence, and outside
    /// [`Self::frame`], the picture is transparent.
    pub fn paint(&self, width: usize, height: usize, full_scale: f32) -> Vec<u8> {
        let colours = levels();
        let Rectangle { left, top, right, bottom } = self.frame;
        let across: Vec<_> = (0..width).map(|x| Place::of(x, width, self.columns, [left, right])).collect();
        let mut rgba = vec![0; width * height * 4];
        for (y, line) in rgba.chunks_exact_mut((width * 4).max(1)).enumerate() {
            let Some(down) = Place::of(y, height, self.rows, [top, bottom]) else { continue };
            let row = |y: usize| &self.values[y * self.columns..][..self.columns];
            let row: Vec<f32> = row(down.cell).iter().zip(row(down.next)).map(|(a, b)| down.between(*a, *b)).collect();
            for (pixel, place) in line.chunks_exact_mut(4).zip(&across) {
                let Some(place) = place else { continue };
                let heat = place.between(row[place.cell], row[place.next]) / full_scale;
                pixel.copy_from_slice(&colours[(heat * 255.0 + 0.5) as u8 as usize]);
            }
        }
        rgba
    }
}

/// Where a pixel lies among the cells of one side.
struct Place {
    /// The cell whose centre is the last before it.
    cell: usize,
    /// The cell after that, if there is one.
    next: usize,
    /// How far it lies from the one centre to the other, 0 to 1.
    along: f32,
}

impl Place {
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

/// The colour and opacity of each of 256 levels of heat: worked out for each pixel, they took the page 20 ms a map.
fn levels() -> [[u8; 4]; 256] {
    let scale = ColourScale::new();
    std::array::from_fn(|level| {
        let [r, g, b] = scale.colour(level as f32 / 255.0);
        [r, g, b, level as u8]
    })
}

/// The heat's colours: inferno (van der Walt and Smith 2015), perceptually uniform, and read alike by people with a
/// colour vision deficiency. Its dark lower third would hide the film, so the scale starts above it.
pub struct ColourScale(colorgrad::BasisGradient);

impl ColourScale {
    /// The one scale of the app, the legend and the exported pictures.
    pub fn new() -> Self {
        Self(colorgrad::preset::inferno())
    }

    /// The colour of a heat in `[0, 1]`.
    pub fn colour(&self, heat: f32) -> [u8; 3] {
        use colorgrad::Gradient;
        let [r, g, b, _] = self.0.at(0.3 + 0.65 * heat.clamp(0.0, 1.0)).to_rgba8();
        [r, g, b]
    }
}

impl Default for ColourScale {
    fn default() -> Self {
        Self::new()
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
    fn no_evidence_is_transparent_and_full_evidence_opaque() {
        assert_eq!(heat(&map(&[0.0, 10.0]), 4, 1, 5.0)[..1], [0]);
        assert_eq!(heat(&map(&[0.0, 10.0]), 4, 1, 5.0)[3..], [255]);
    }

    #[test]
    fn weak_evidence_stays_weak() {
        let [weak, strong] = [1.0, 10.0].map(|value| heat(&map(&[value; 2]), 2, 1, 10.0)[0]);
        assert!(weak < strong / 2);
    }

    #[test]
    fn is_smooth_between_cells_and_flat_outside_their_centres() {
        let across = heat(&map(&[0.0, 4.0]), 8, 1, 4.0);
        assert_eq!(across, [0, 0, 32, 96, 159, 223, 255, 255]);
        let down = Heatmap::new(2, 1, vec![0.0, 4.0], Class::Pneumonia);
        assert_eq!(heat(&down, 1, 8, 4.0), across);
    }

    #[test]
    fn lies_over_its_frame_and_nowhere_else() {
        let frame = Rectangle { left: 0.25, top: 0.5, right: 0.75, bottom: 1.5 };
        let framed = map(&[0.0, 4.0]).over(frame);
        let rows = heat(&framed, 16, 4, 4.0);
        assert_eq!(rows[..32], [0; 32]);
        for row in rows[32..].chunks(16) {
            assert_eq!(row, [0, 0, 0, 0, 0, 0, 32, 96, 159, 223, 255, 255, 0, 0, 0, 0]);
        }
    }

    #[test]
    fn a_pixel_has_the_colour_of_its_heat() {
        let scale = ColourScale::new();
        for (pixel, nth) in map(&[0.0, 1.0]).paint(301, 1, 1.0).chunks(4).zip(0..) {
            let share = (nth as f32 + 0.5) / 301.0;
            let exact = scale.colour((share * 2.0 - 0.5).clamp(0.0, 1.0));
            for (painted, exact) in pixel.iter().zip(exact) {
                assert!(painted.abs_diff(exact) <= 1, "{pixel:?} for {exact}");
            }
        }
    }

    #[test]
    fn lightness_rises_along_the_scale() {
        let luma = |[r, g, b]: [u8; 3]| 0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b);
        let scale = ColourScale::new();
        let lumas: Vec<f32> = (0..=20).map(|i| luma(scale.colour(i as f32 / 20.0))).collect();
        assert!(lumas.windows(2).all(|w| w[1] > w[0]), "{lumas:?}");
    }
}
