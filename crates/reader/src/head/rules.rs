//! The rules: from the gradient of an operator's output to the gradient of one of its inputs.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::cast::Cast;
use tract_onnx::tract_core::ops::change_axes::AxisOp;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::identity::Identity;
use tract_onnx::tract_core::ops::nn::{Reduce, Reducer};

use super::{einsum, floats, unusable};
use crate::Result;

/// The gradient with respect to input `nth`, in that input's shape, given the gradient with respect to the output.
///
/// tract has already turned the ONNX operators into these: a flatten, reshape, squeeze or transpose is an [`AxisOp`], a
/// global pooling or a mean is a sum and a division, a matmul or gemm is an [`EinSum`] and additions, a relu or clip is
/// a maximum and a minimum.
pub(super) fn gradient(
    node: &Node<TypedFact, Box<dyn TypedOp>>,
    inputs: &[&Tensor],
    output: &Tensor,
    gradient: &[f32],
    nth: usize,
) -> Result<Vec<f32>> {
    if node.op_is::<Identity>() || node.op_as::<Cast>().is_some_and(|cast| cast.to == f32::datum_type()) {
        Ok(gradient.to_vec())
    } else if let Some(op) = node.op_as::<AxisOp>() {
        axes(op, output, gradient)
    } else if let Some(op) = node.op_as::<Reduce>().filter(|op| op.reducer == Reducer::Sum) {
        Ok(sum(op, inputs[0].shape(), gradient))
    } else if let Some(op) = node.op_as::<EinSum>().filter(|op| op.q_params.is_none()) {
        einsum::gradient(&op.axes, inputs, output.shape(), gradient, nth)
    } else if let Some(rule) = node.op_as::<TypedBinOp>().and_then(|op| partial(op.0.name())) {
        binary(rule, inputs, output.shape(), gradient, nth)
    } else {
        Err(unusable(format!("the operator {} ({}) has no gradient rule", node.op.name(), node.name)))
    }
}

/// Reshaping moves numbers, so the gradient moves back.
fn axes(op: &AxisOp, output: &Tensor, gradient: &[f32]) -> Result<Vec<f32>> {
    let back = || -> TractResult<Vec<f32>> {
        let mut tensor = Tensor::from_shape(output.shape(), gradient)?;
        op.recip().change_tensor(&mut tensor, false)?;
        Ok(tensor.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    };
    back().map_err(|e| unusable(format!("a reshaping could not be undone: {e}")))
}

/// Each summand gets the gradient of its sum.
fn sum(op: &Reduce, shape: &[usize], gradient: &[f32]) -> Vec<f32> {
    let summed: Vec<usize> =
        shape.iter().enumerate().map(|(axis, &n)| if op.axes.contains(&axis) { 1 } else { n }).collect();
    let mut spread = Vec::with_capacity(shape.iter().product());
    for_each_index(shape, |index| spread.push(gradient[broadcast_offset(&summed, index)]));
    spread
}

/// The derivative of `f(a, b)` by its `nth` argument.
type Partial = fn(a: f32, b: f32, nth: usize) -> f32;

fn partial(name: &str) -> Option<Partial> {
    // Where both sides are equal, a bound passes no gradient: PyTorch's relu at 0.
    Some(match name {
        "Add" => |_, _, _| 1.0,
        "Sub" => |_, _, nth| if nth == 0 { 1.0 } else { -1.0 },
        "Mul" => |a, b, nth| if nth == 0 { b } else { a },
        "Div" => |a, b, nth| if nth == 0 { 1.0 / b } else { -a / (b * b) },
        "Max" => |a, b, nth| f32::from(if nth == 0 { a > b } else { b > a }),
        "Min" => |a, b, nth| f32::from(if nth == 0 { a < b } else { b < a }),
        _ => return None,
    })
}

/// An operator of two arguments, element by element; an argument that was broadcast gets the sum over its copies.
fn binary(partial: Partial, inputs: &[&Tensor], shape: &[usize], gradient: &[f32], nth: usize) -> Result<Vec<f32>> {
    let (a, b) = (floats(inputs[0])?, floats(inputs[1])?);
    let mut result = vec![0.0; inputs[nth].len()];
    let mut at = 0;
    for_each_index(shape, |index| {
        let (i, j) = (broadcast_offset(inputs[0].shape(), index), broadcast_offset(inputs[1].shape(), index));
        result[if nth == 0 { i } else { j }] += gradient[at] * partial(a[i], b[j], nth);
        at += 1;
    });
    Ok(result)
}

/// Calls `visit` with every index into `shape`, row by row.
pub(super) fn for_each_index(shape: &[usize], mut visit: impl FnMut(&[usize])) {
    let mut index = vec![0; shape.len()];
    for _ in 0..shape.iter().product() {
        visit(&index);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

/// The offset of `index` in a tensor of `shape`, in which an axis of length 1 stands for any length.
fn broadcast_offset(shape: &[usize], index: &[usize]) -> usize {
    shape.iter().zip(index).fold(0, |offset, (&n, &i)| offset * n + if n == 1 { 0 } else { i })
}
