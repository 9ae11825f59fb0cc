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
        Self { rows, columns, values, class }
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

    /// The map painted as RGBA (not premultiplied), `width * height * 4` bytes, smooth between the grid's cells. A value
    /// at or above `full_scale` has the scale's last colour; where there is no evidence the picture is transparent.
    pub fn paint(&self, width: usize, height: usize, full_scale: f32) -> Vec<u8> {
        let scale = ColourScale::new();
        let mut rgba = Vec::with_capacity(width * height * 4);
        for y in 0..height {
            let v = cell(y, height, self.rows);
            for x in 0..width {
                let u = cell(x, width, self.columns);
                let heat = (self.between(u, v) / full_scale).clamp(0.0, 1.0);
                let [r, g, b] = scale.colour(heat);
                rgba.extend([r, g, b, (heat * 255.0).round() as u8]);
            }
        }
        rgba
    }

    /// The value between cells' centres, bilinear; `u` and `v` in cells.
    fn between(&self, u: f32, v: f32) -> f32 {
        let (x0, y0) = (u as usize, v as usize);
        let (x1, y1) = ((x0 + 1).min(self.columns - 1), (y0 + 1).min(self.rows - 1));
        let (fx, fy) = (u - x0 as f32, v - y0 as f32);
        let at = |x: usize, y: usize| self.values[y * self.columns + x];
        let top = at(x0, y0) * (1.0 - fx) + at(x1, y0) * fx;
        let bottom = at(x0, y1) * (1.0 - fx) + at(x1, y1) * fx;
        top * (1.0 - fy) + bottom * fy
    }
}

/// The position of pixel `i` of `pixels`, in cells of a grid of `cells`, held inside the outer centres.
fn cell(i: usize, pixels: usize, cells: usize) -> f32 {
    let centre = (i as f32 + 0.5) / pixels as f32 * cells as f32 - 0.5;
    centre.clamp(0.0, (cells - 1) as f32)
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
        Heatmap::new(1, values.len(), values.to_vec(), Class::Pneumonia)
    }

    #[test]
    fn no_evidence_is_transparent_and_full_evidence_opaque() {
        let rgba = map(&[0.0, 10.0]).paint(2, 1, 5.0);
        assert_eq!(rgba[3], 0);
        assert_eq!(rgba[7], 255);
    }

    #[test]
    fn weak_evidence_stays_weak() {
        let weak = map(&[1.0, 1.0]).paint(2, 1, 10.0);
        let strong = map(&[10.0, 10.0]).paint(2, 1, 10.0);
        assert!(weak[3] < strong[3] / 2);
    }

    #[test]
    fn is_smooth_between_cells_and_flat_outside_their_centres() {
        let m = map(&[0.0, 4.0]);
        assert_eq!(m.between(0.5, 0.0), 2.0);
        assert_eq!(cell(0, 8, 2), 0.0);
        assert_eq!(cell(7, 8, 2), 1.0);
    }

    #[test]
    fn lightness_rises_along_the_scale() {
        let luma = |[r, g, b]: [u8; 3]| 0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b);
        let scale = ColourScale::new();
        let lumas: Vec<f32> = (0..=20).map(|i| luma(scale.colour(i as f32 / 20.0))).collect();
        assert!(lumas.windows(2).all(|w| w[1] > w[0]), "{lumas:?}");
    }
}
