//! A film as a network of a hospital's own is fed it.

use super::manifest::{Filter, Fit, Layout, OwnInput};
use crate::image::Plane;
use crate::network::Tensor;
use crate::{Radiograph, Rectangle};

/// The network's input, and what of the film it shows: beyond the film there is nothing where it was letterboxed.
pub(super) fn prepare(film: &Radiograph, input: &OwnInput) -> (Tensor, Rectangle) {
    let film = Plane::of(film);
    let sides = [input.columns, input.rows];
    let [across, down] = [film.width as f32 / input.columns as f32, film.height as f32 / input.rows as f32];
    let whole = |film: &Plane, [width, height]: [usize; 2]| match input.filter {
        Filter::Triangle => film.resize(width, height),
        Filter::Bilinear => film.resampled(Rectangle::FILM, [width, height]),
    };
    let (picture, frame) = match input.fit {
        Fit::Squash => (whole(&film, sides), Rectangle::FILM),
        Fit::Letterbox => {
            let scale = across.max(down);
            let size = [film.width, film.height].map(|side| ((side as f32 / scale).round() as usize).max(1));
            let inner = whole(&film, [size[0].min(sides[0]), size[1].min(sides[1])]);
            let [left, top] = [(sides[0] - inner.width) / 2, (sides[1] - inner.height) / 2];
            let mut values = vec![0.0; sides[0] * sides[1]];
            for (row, from) in inner.values.chunks_exact(inner.width).enumerate() {
                values[(top + row) * sides[0] + left..][..inner.width].copy_from_slice(from);
            }
            let [width, height] = [inner.width as f32, inner.height as f32];
            let (left, top) = (left as f32 / width, top as f32 / height);
            let frame = Rectangle {
                left: -left,
                top: -top,
                right: sides[0] as f32 / width - left,
                bottom: sides[1] as f32 / height - top,
            };
            (Plane { width: sides[0], height: sides[1], values }, frame)
        }
        Fit::Crop => {
            let scale = across.min(down);
            let size = [film.width, film.height].map(|side| ((side as f32 / scale).round() as usize).max(1));
            let outer = whole(&film, [size[0].max(sides[0]), size[1].max(sides[1])]);
            let [left, top] = [(outer.width - sides[0]) / 2, (outer.height - sides[1]) / 2];
            let rows = outer.values.chunks_exact(outer.width).skip(top).take(sides[1]);
            let values = rows.flat_map(|row| row[left..left + sides[0]].iter().copied()).collect();
            let [width, height] = [outer.width as f32, outer.height as f32];
            let frame = Rectangle {
                left: left as f32 / width,
                top: top as f32 / height,
                right: (left + sides[0]) as f32 / width,
                bottom: (top + sides[1]) as f32 / height,
            };
            (Plane { width: sides[0], height: sides[1], values }, frame)
        }
    };
    (tensor(&picture, input), frame)
}

fn tensor(picture: &Plane, input: &OwnInput) -> Tensor {
    let [black, white] = input.range;
    let value = |luma: f32, channel: usize| (black + luma * (white - black) - input.mean[channel]) / input.std[channel];
    let (channels, rows, columns) = (input.channels, input.rows, input.columns);
    match input.layout {
        Layout::Nchw => {
            let values = (0..channels).flat_map(|channel| picture.values.iter().map(move |&luma| value(luma, channel)));
            Tensor::new([1, channels, rows, columns], values.collect())
        }
        Layout::Nhwc => {
            let values = picture.values.iter().flat_map(|&luma| (0..channels).map(move |channel| value(luma, channel)));
            Tensor::new([1, rows, columns, channels], values.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(fit: Fit) -> OwnInput {
        OwnInput {
            tensor: "input".into(),
            layout: Layout::Nchw,
            channels: 1,
            rows: 8,
            columns: 8,
            fit,
            filter: Filter::Triangle,
            range: [0.0, 1.0],
            mean: vec![0.0],
            std: vec![1.0],
        }
    }

    /// White, 16 x 8: twice as wide as high.
    fn film() -> Radiograph {
        Radiograph::from_grey(16, 8, vec![255; 128])
    }

    #[test]
    fn a_letterboxed_film_has_black_beside_it_and_heat_on_it_alone() {
        let (tensor, frame) = prepare(&film(), &input(Fit::Letterbox));
        let rows: Vec<f32> = tensor.values.chunks_exact(8).map(|row| row[3]).collect();
        assert_eq!(rows, [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(frame, Rectangle { left: 0.0, top: -0.5, right: 1.0, bottom: 1.5 });
    }

    #[test]
    fn a_cropped_film_shows_its_middle() {
        let (tensor, frame) = prepare(&film(), &input(Fit::Crop));
        assert_eq!(tensor.values, [1.0; 64]);
        assert_eq!(frame, Rectangle { left: 0.25, top: 0.0, right: 0.75, bottom: 1.0 });
    }

    #[test]
    fn values_are_brought_to_the_range_and_standardised_channel_by_channel() {
        let settings = OwnInput {
            layout: Layout::Nhwc,
            channels: 3,
            range: [-1024.0, 1024.0],
            mean: vec![0.0, 24.0, 1024.0],
            std: vec![1.0, 1000.0, 2.0],
            ..input(Fit::Squash)
        };
        let (tensor, _) = prepare(&film(), &settings);
        assert_eq!((&*tensor.shape, &tensor.values[..3]), ([1, 8, 8, 3].as_slice(), [1024.0, 1.0, 0.0].as_slice()));
    }
}
