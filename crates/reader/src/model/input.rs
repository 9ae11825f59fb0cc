use crate::{InputSettings, Radiograph};

/// What the network is fed: f32 `[1, channels, rows, columns]`, luma scaled and normalised as the manifest says.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInput {
    shape: [usize; 4],
    values: Vec<f32>,
}

impl ModelInput {
    /// Resizes a film to [`InputSettings::film_size`] whatever its aspect ratio, pads that with its own edges to the network's
    /// size, and normalises: `(luma / 65535 - mean) / std`, the same luma for every channel. This is the whole of the preprocessing contract,
    /// `docs/preprocessing.md`.
    pub fn prepare(film: &Radiograph, settings: &InputSettings) -> Self {
        let [wide, high] = settings.film_size();
        let resized = film.resize(wide as u32, high as u32);
        let (across, down) = (padded(wide, settings.columns), padded(high, settings.rows));
        let mut values = Vec::with_capacity(settings.channels * settings.rows * settings.columns);
        for (mean, std) in settings.mean.iter().zip(&settings.std) {
            for row in down.clone() {
                let row = &resized.luma()[row * wide..][..wide];
                values.extend(across.clone().map(|column| (f32::from(row[column]) / 65535.0 - mean) / std));
            }
        }
        Self { shape: [1, settings.channels, settings.rows, settings.columns], values }
    }

    /// A film that is black all over.
    pub(crate) fn blank(settings: &InputSettings) -> Self {
        Self::prepare(&Radiograph::from_luma(1, 1, vec![0]), settings)
    }

    /// Batch (always 1), channels, rows, columns.
    pub fn shape(&self) -> [usize; 4] {
        self.shape
    }

    /// The values, channel by channel, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// Of each of `side` pixels, with a margin on either end, the one of the `film` in the middle that it shows.
fn padded(film: usize, side: usize) -> impl Iterator<Item = usize> + Clone {
    let margin = (side - film) / 2;
    (0..side).map(move |i| i.saturating_sub(margin).min(film - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings([columns, rows]: [usize; 2], margin: usize, mean: &[f32], std: &[f32]) -> InputSettings {
        InputSettings {
            preprocessing: "luma-squash-triangle-margin/1".into(),
            rows,
            columns,
            channels: mean.len(),
            mean: mean.to_vec(),
            std: std.to_vec(),
            margin,
        }
    }

    #[test]
    fn normalises_each_channel_with_its_own_mean_and_deviation() {
        let film = Radiograph::from_luma(2, 1, vec![0, 65535]);
        let input = ModelInput::prepare(&film, &settings([2, 1], 0, &[0.0, 0.5, 1.0], &[1.0, 0.5, 2.0]));
        assert_eq!(input.shape(), [1, 3, 1, 2]);
        assert_eq!(input.values(), [0.0, 1.0, -1.0, 1.0, -0.5, 0.0]);
    }

    #[test]
    fn a_film_of_the_right_size_is_not_resampled() {
        let film = Radiograph::from_luma(2, 1, vec![257, 514]);
        let input = ModelInput::prepare(&film, &settings([2, 1], 0, &[0.0], &[1.0]));
        assert_eq!(input.values(), [257.0 / 65535.0, 514.0 / 65535.0]);
    }

    #[test]
    fn a_film_is_padded_with_its_own_edges() {
        let settings = settings([112, 56], 2, &[0.0], &[1.0]);
        assert_eq!(settings.film_size(), [108, 52]);
        let luma: Vec<u16> = (0..52).flat_map(|y| (0..108).map(move |x| 1000 * y + x)).collect();
        let input = ModelInput::prepare(&Radiograph::from_luma(108, 52, luma), &settings);
        assert_eq!(input.shape(), [1, 1, 56, 112]);
        let at = |x: usize, y: usize| (input.values()[y * 112 + x] * 65535.0).round();
        for (x, y, luma) in
            [(0, 0, 0.0), (2, 2, 0.0), (3, 2, 1.0), (3, 3, 1001.0), (109, 53, 51107.0), (111, 55, 51107.0)]
        {
            assert_eq!(at(x, y), luma, "{x}, {y}");
        }
    }
}
