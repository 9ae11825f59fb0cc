use serde::{Deserialize, Serialize};

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
    margin: [f32; 2],
}

impl Heatmap {
    /// A map of `rows * columns` values, row by row, each at least 0 and in units of the logit.
    ///
    /// # Panics
    /// When the number of values is not `rows * columns`, or a side is 0.
    pub fn new(rows: usize, columns: usize, values: Vec<f32>, class: Class) -> Self {
        assert!(
            rows > 0 && columns > 0 && values.len() == rows * columns,
            "{rows} x {columns} map of {} values",
            values.len()
        );
        Self { rows, columns, values, class, margin: [0.0; 2] }
    }

    /// The same map, where so much of its rows and of its columns, as a share and at either end, lies on the margin beside
    /// the film.
    #[must_use]
    pub fn with_margin(self, margin: [f32; 2]) -> Self {
        Self { margin, ..self }
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

    /// The class that the map explains.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The map of a film, without the margin around it, painted as RGBA (not premultiplied), `width * height * 4` bytes, smooth
    /// between the grid's cells. A value
    /// at or above `full_scale` has the scale's last colour; where there is no evidence the picture is transparent.
    pub fn paint(&self, width: usize, height: usize, full_scale: f32) -> Vec<u8> {
        let colours = levels();
        let across: Vec<Place> = (0..width).map(|x| Place::of(x, width, self.columns, self.margin[1])).collect();
        let mut rgba = vec![0; width * height * 4];
        for (y, line) in rgba.chunks_exact_mut((width * 4).max(1)).enumerate() {
            let down = Place::of(y, height, self.rows, self.margin[0]);
            let row = |y: usize| &self.values[y * self.columns..][..self.columns];
            let row: Vec<f32> = row(down.cell).iter().zip(row(down.next)).map(|(a, b)| down.between(*a, *b)).collect();
            for (pixel, place) in line.chunks_exact_mut(4).zip(&across) {
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
    /// Of pixel `i` of a film's `pixels`, in a grid of `cells` over what the network was fed, whose ends are `margin`, held inside the
    /// outer centres.
    fn of(i: usize, pixels: usize, cells: usize, margin: f32) -> Self {
        let share = margin + (i as f32 + 0.5) / pixels as f32 * (1.0 - 2.0 * margin);
        let centre = share * cells as f32 - 0.5;
        let centre = centre.clamp(0.0, (cells - 1) as f32);
        let cell = centre as usize;
        Self { cell, next: (cell + 1).min(cells - 1), along: centre - cell as f32 }
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

    fn map(values: &[f32]) -> Heatmap {
        Heatmap::new(1, values.len(), values.to_vec(), Class::Pneumonia).with_margin([1.0 / 56.0; 2])
    }

    #[test]
    fn no_evidence_is_transparent_and_full_evidence_opaque() {
        let rgba = map(&[0.0, 10.0]).paint(4, 1, 5.0);
        assert_eq!(rgba[3], 0);
        assert_eq!(rgba[15], 255);
    }

    #[test]
    fn weak_evidence_stays_weak() {
        let weak = map(&[1.0, 1.0]).paint(2, 1, 10.0);
        let strong = map(&[10.0, 10.0]).paint(2, 1, 10.0);
        assert!(weak[3] < strong[3] / 2);
    }

    #[test]
    fn is_smooth_between_cells_and_flat_outside_their_centres() {
        let heat: Vec<u8> = map(&[0.0, 4.0]).paint(8, 1, 4.0).chunks(4).map(|pixel| pixel[3]).collect();
        // Where the eight pixels lie between the two centres, a quarter and three quarters of a side that has a margin.
        assert_eq!(heat, [0, 0, 35, 97, 158, 220, 255, 255]);
        let down = Heatmap::new(2, 1, vec![0.0, 4.0], Class::Pneumonia).with_margin([1.0 / 56.0; 2]).paint(1, 8, 4.0);
        assert_eq!(down.chunks(4).map(|pixel| pixel[3]).collect::<Vec<_>>(), heat);
    }

    #[test]
    fn a_pixel_has_the_colour_of_its_heat() {
        let scale = ColourScale::new();
        for (pixel, heat) in map(&[0.0, 1.0]).paint(301, 1, 1.0).chunks(4).zip(0..) {
            let share = 1.0 / 56.0 + (heat as f32 + 0.5) / 301.0 * 54.0 / 56.0;
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
