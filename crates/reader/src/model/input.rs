use crate::image::Plane;
use crate::lungs::LungField;
use crate::network::Tensor;
use crate::{FilmCopySize, InputSettings, LungSettings, Radiograph, Rectangle};

/// The squashed copy of a film that everything the networks see is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmCopy(Plane);

impl FilmCopy {
    /// Resizes a film to the manifest's size, whatever its aspect ratio.
    pub fn of(film: &Radiograph, size: FilmCopySize) -> Self {
        Self(Plane::of(&film.resize(size.columns as u32, size.rows as u32)))
    }

    /// A part of the film in the place of the whole; what lies beyond the film is its edge drawn out.
    pub(crate) fn part(&self, part: Rectangle) -> Self {
        Self(self.0.resampled(part, [self.0.width, self.0.height]))
    }

    /// What the lung network is fed: the whole film, `(luma - mean) / std`.
    pub(crate) fn for_lungs(&self, settings: &LungSettings) -> Tensor {
        let LungSettings { side, mean, std, .. } = *settings;
        picture(self.0.resize(side, side).map(|luma| (luma - mean) / std))
    }
}

/// What the classifier is fed, and what of the film it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInput {
    picture: Tensor,
    places: Tensor,
    frame: Rectangle,
}

impl ModelInput {
    /// The lungs brought to the frame: cut out of the film with a margin, standardised by what they are made of, and what lies
    /// beside them hidden. This is the preprocessing contract, `docs/preprocessing.md`.
    pub fn prepare(film: &FilmCopy, lungs: &LungField, settings: &InputSettings) -> Self {
        let side = [settings.side; 2];
        let frame = lungs.lungs().rectangle.with_margin(settings.margin);
        let (luma, sure) = (film.0.resampled(frame, side), lungs.sure.resampled(frame, side));
        let seen = sure.widened(settings.reach).blurred(settings.softness);
        let mut shown = standardised(&luma, &sure, settings);
        shown.values.iter_mut().zip(&seen.values).for_each(|(value, seen)| *value *= seen);
        Self { picture: picture(shown), places: places(&sure, settings.stride), frame }
    }

    /// The whole film in the frame's place, nothing of it hidden: by this it is seen how a film lies.
    pub fn whole(film: &FilmCopy, settings: &InputSettings) -> Self {
        let luma = film.0.resize(settings.side, settings.side);
        let everywhere = luma.map(|_| 1.0);
        let shown = standardised(&luma, &everywhere, settings);
        Self { picture: picture(shown), places: places(&everywhere, settings.stride), frame: Rectangle::FILM }
    }

    /// What of the film it shows.
    pub fn frame(&self) -> Rectangle {
        self.frame
    }

    /// The frame, f32 `[1, 1, side, side]`.
    pub(crate) fn picture(&self) -> &Tensor {
        &self.picture
    }

    /// How much each place counts, their mean 1: f32 `[1, 1, side / stride, side / stride]`.
    pub(crate) fn places(&self) -> &Tensor {
        &self.places
    }

    /// The values of the frame and of the places, row by row.
    pub fn values(&self) -> [&[f32]; 2] {
        [&self.picture.values, &self.places.values]
    }
}

fn picture(plane: Plane) -> Tensor {
    Tensor::new([1, 1, plane.height, plane.width], plane.values)
}

/// Luma with mean 0 and standard deviation 1 within the lungs.
fn standardised(luma: &Plane, lungs: &Plane, settings: &InputSettings) -> Plane {
    let InputSettings { limit, least_deviation, .. } = *settings;
    let weighted = |value: &dyn Fn(f32) -> f64| -> f64 {
        luma.values.iter().zip(&lungs.values).map(|(&luma, &weight)| value(luma) * f64::from(weight)).sum()
    };
    let sum = weighted(&|_| 1.0).max(1.0);
    let mean = weighted(&f64::from) / sum;
    let deviation = (weighted(&|luma| (f64::from(luma) - mean).powi(2)) / sum).sqrt() as f32;
    luma.map(|luma| ((luma - mean as f32) / deviation.max(least_deviation)).clamp(-limit, limit))
}

/// How much each place counts: as the lungs lie there, their mean 1.
fn places(lungs: &Plane, stride: usize) -> Tensor {
    let (rows, columns) = (lungs.height / stride, lungs.width / stride);
    let share = |i: usize| {
        let (top, left) = (i / columns * stride, i % columns * stride);
        let rows = (top..top + stride).map(|y| &lungs.values[y * lungs.width + left..][..stride]);
        rows.flatten().sum::<f32>() / (stride * stride) as f32
    };
    let shares: Vec<f32> = (0..rows * columns).map(share).collect();
    let mean = (shares.iter().sum::<f32>() / shares.len() as f32).max(1e-6);
    Tensor::new([1, 1, rows, columns], shares.iter().map(|share| share / mean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> InputSettings {
        InputSettings {
            preprocessing: "lung-frame/1".into(),
            film: FilmCopySize { rows: 4, columns: 4 },
            side: 4,
            margin: 0.0,
            reach: 1,
            softness: 0.5,
            limit: 3.0,
            least_deviation: 0.02,
            stride: 2,
        }
    }

    fn plane(values: Vec<f32>) -> Plane {
        Plane { width: 4, height: 4, values }
    }

    #[test]
    fn luma_is_standardised_within_the_lungs_alone() {
        let luma = plane([[0.2, 0.4, 0.9, 0.9]; 4].concat());
        let lungs = plane([[1.0, 1.0, 0.0, 0.0]; 4].concat());
        let row = &standardised(&luma, &lungs, &settings()).values[..4];
        for (found, expected) in row.iter().zip([-1.0, 1.0, 3.0, 3.0]) {
            assert!((found - expected).abs() < 1e-5, "{row:?}");
        }
        let flat = standardised(&plane(vec![0.5; 16]), &lungs, &settings());
        assert_eq!(flat.values, [0.0; 16]);
    }

    #[test]
    fn places_count_as_the_lungs_lie_there() {
        let lungs = plane([[1.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0], [0.0; 4], [0.0; 4]].concat());
        assert_eq!(places(&lungs, 2).values, [1.0, 0.5, 0.0, 0.0].map(|share| share / 0.375));
        assert_eq!(places(&plane(vec![0.0; 16]), 2).values, [0.0; 4]);
    }
}
