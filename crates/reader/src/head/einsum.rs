//! The gradient of a sum of products over named axes.

use tract_onnx::prelude::Tensor;
use tract_onnx::tract_core::axes::AxesMapping;

use super::floats;
use super::rules::for_each_index;
use crate::Result;

/// The gradient with respect to input `nth`: the same sum of products, with the output's gradient in the output's place
/// and the other inputs in theirs. Direct loops over every axis: a head's product has thousands of terms, not millions.
pub(super) fn gradient(
    axes: &AxesMapping,
    inputs: &[&Tensor],
    output_shape: &[usize],
    gradient: &[f32],
    nth: usize,
) -> Result<Vec<f32>> {
    let values: Vec<&[f32]> = inputs.iter().map(|t| floats(t)).collect::<Result<_>>()?;
    let mut lengths = Vec::new();
    let mut input_steps = vec![Vec::new(); inputs.len()];
    let mut output_steps = Vec::new();
    for axis in axes.iter_all_axes() {
        let input_lengths = inputs.iter().zip(&axis.inputs).flat_map(|(t, at)| at.iter().map(|&p| t.shape()[p]));
        lengths.push(input_lengths.chain(axis.outputs[0].iter().map(|&p| output_shape[p])).max().unwrap_or(1));
        for (steps, (tensor, at)) in input_steps.iter_mut().zip(inputs.iter().zip(&axis.inputs)) {
            steps.push(step(tensor.shape(), at));
        }
        output_steps.push(step(output_shape, &axis.outputs[0]));
    }
    let mut result = vec![0.0; values[nth].len()];
    for_each_index(&lengths, |index| {
        let offset = |steps: &[usize]| -> usize { steps.iter().zip(index).map(|(s, i)| s * i).sum() };
        let others = (0..inputs.len()).filter(|&i| i != nth).map(|i| values[i][offset(&input_steps[i])]);
        result[offset(&input_steps[nth])] += gradient[offset(&output_steps)] * others.product::<f32>();
    });
    Ok(result)
}

/// How far apart two neighbours along an axis lie in a row-by-row tensor: 0 where the tensor does not have the axis, or
/// is broadcast along it.
fn step(shape: &[usize], positions: &[usize]) -> usize {
    positions.iter().filter(|&&p| shape[p] > 1).map(|&p| shape[p + 1..].iter().product::<usize>()).sum()
}
