use crate::{InputSettings, Radiograph};

/// What the network is fed: f32 `[1, channels, rows, columns]`, luma scaled and normalised as the manifest says.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInput {
    shape: [usize; 4],
    values: Vec<f32>,
}

impl ModelInput {
    /// Squashes and normalises a film: `(luma / 65535 - mean) / std`, the same luma for every channel. This is the whole
    /// of the preprocessing contract, `docs/preprocessing.md`.
    pub fn prepare(film: &Radiograph, settings: &InputSettings) -> Self {
        let squashed = film.squash(settings.columns as u32, settings.rows as u32);
        let mut values = Vec::with_capacity(settings.channels * squashed.luma().len());
        for (mean, std) in settings.mean.iter().zip(&settings.std) {
            values.extend(squashed.luma().iter().map(|&luma| (f32::from(luma) / 65535.0 - mean) / std));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(channels: usize, mean: &[f32], std: &[f32]) -> InputSettings {
        InputSettings {
            preprocessing: "luma-squash-triangle/1".into(),
            rows: 1,
            columns: 2,
            channels,
            mean: mean.to_vec(),
            std: std.to_vec(),
        }
    }

    #[test]
    fn normalises_each_channel_with_its_own_mean_and_deviation() {
        let film = Radiograph::from_luma(2, 1, vec![0, 65535]);
        let input = ModelInput::prepare(&film, &settings(3, &[0.0, 0.5, 1.0], &[1.0, 0.5, 2.0]));
        assert_eq!(input.shape(), [1, 3, 1, 2]);
        assert_eq!(input.values(), [0.0, 1.0, -1.0, 1.0, -0.5, 0.0]);
    }

    #[test]
    fn a_film_of_the_right_size_is_not_resampled() {
        let film = Radiograph::from_luma(2, 1, vec![257, 514]);
        let input = ModelInput::prepare(&film, &settings(1, &[0.0], &[1.0]));
        assert_eq!(input.values(), [257.0 / 65535.0, 514.0 / 65535.0]);
    }
}
