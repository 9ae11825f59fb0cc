//! Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391, equations 1 and 2).

use crate::{Class, Heatmap};

/// The maps of a layer's `activations` `[channels, rows, columns]` for some classes, given the `gradient` of the positive
/// class's logit with respect to them. For the negative class the logit is negated.
///
/// A channel's weight is its gradient averaged over space; the map is the weighted sum of the channels, and what is
/// negative in it speaks for the other class and is set to 0.
pub(crate) fn grad_cam<const N: usize>(
    activations: &[f32],
    gradient: &[f32],
    [rows, columns]: [usize; 2],
    classes: [Class; N],
    positive: Class,
) -> [Heatmap; N] {
    let cells = rows * columns;
    let mut evidence = vec![0.0f32; cells];
    for (channel, gradient) in activations.chunks_exact(cells).zip(gradient.chunks_exact(cells)) {
        let weight = gradient.iter().sum::<f32>() / cells as f32;
        evidence.iter_mut().zip(channel).for_each(|(sum, a)| *sum += weight * a);
    }
    classes.map(|class| {
        let sign = if class == positive { 1.0 } else { -1.0 };
        Heatmap::new(rows, columns, evidence.iter().map(|value| (sign * value).max(0.0)).collect(), class)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two channels on a 1 x 2 grid: weights 1 and -3, sum 1 * (2, 1) - 3 * (0, 1) = (2, -2).
    #[test]
    fn weighs_channels_by_their_mean_gradient() {
        let activations = [2.0, 1.0, 0.0, 1.0];
        let gradient = [0.5, 1.5, -3.0, -3.0];
        let classes = [Class::Pneumonia, Class::Normal];
        let [pneumonia, normal] = grad_cam(&activations, &gradient, [1, 2], classes, Class::Pneumonia);
        assert_eq!((pneumonia.values(), normal.values()), ([2.0, 0.0].as_slice(), [0.0, 2.0].as_slice()));
    }
}
