//! The backward pass: from the gradient of an operator's output to the gradient of one of its inputs.

use super::graph::{Binary, Operator, Tensor};
use super::operators::{broadcast_offset, for_each_index, product};

/// The gradient with respect to input `nth`, in that input's shape, given the gradient with respect to the output, which
/// has `shape`.
///
/// # Errors
/// Names an operator that has no rule.
pub(super) fn gradient(
    operator: &Operator,
    inputs: &[&Tensor],
    shape: &[usize],
    gradient: &[f32],
    nth: usize,
) -> Result<Vec<f32>, String> {
    match operator {
        Operator::Reshape => Ok(gradient.to_vec()),
        Operator::Permute { axes } => {
            let mut back = vec![0; axes.len()];
            axes.iter().enumerate().for_each(|(to, &from)| back[from] = to);
            let moved = Operator::Permute { axes: back };
            Ok(moved.evaluate(&[&Tensor::new(shape, gradient.to_vec())], &inputs[0].shape).values)
        }
        Operator::Sum { .. } => Ok(spread(shape, &inputs[0].shape, gradient)),
        Operator::Einsum { inputs: names, output } => {
            let output_gradient = Tensor::new(shape, gradient.to_vec());
            // The same sum of products, with the output's gradient in this input's place.
            let others = (0..inputs.len()).map(|i| if i == nth { &output_gradient } else { inputs[i] });
            let names_of = (0..inputs.len()).map(|i| if i == nth { output.as_slice() } else { names[i].as_slice() });
            let (others, names_of): (Vec<_>, Vec<_>) = (others.collect(), names_of.collect());
            Ok(product(&names_of, &others, &names[nth], &inputs[nth].shape))
        }
        Operator::Binary(kind) => Ok(binary(*kind, inputs, shape, gradient, nth)),
        other => Err(without_rule(other)),
    }
}

/// Whether an operator has a rule.
///
/// # Errors
/// Names it, where it has none.
#[cfg(feature = "onnx")]
pub(super) fn check(operator: &Operator) -> Result<(), String> {
    let has_rule = match operator {
        Operator::Reshape | Operator::Permute { .. } | Operator::Sum { .. } => true,
        Operator::Einsum { .. } | Operator::Binary(_) => true,
        Operator::Convolution(_) | Operator::AveragePool { .. } | Operator::Concatenate { .. } | Operator::Sigmoid => {
            false
        }
    };
    if has_rule { Ok(()) } else { Err(without_rule(operator)) }
}

fn without_rule(operator: &Operator) -> String {
    format!("the operator {} has no gradient rule", operator.name())
}

/// Each summand gets the gradient of its sum.
fn spread(sums: &[usize], shape: &[usize], gradient: &[f32]) -> Vec<f32> {
    let kept = sums.iter().zip(shape).take_while(|(sum, axis)| sum == axis).count();
    if sums[kept..].iter().all(|&axis| axis == 1) {
        let together = shape[kept..].iter().product();
        return gradient.iter().flat_map(|&value| std::iter::repeat_n(value, together)).collect();
    }
    let mut spread = Vec::with_capacity(shape.iter().product());
    for_each_index(shape, |index| spread.push(gradient[broadcast_offset(sums, index)]));
    spread
}

/// An operator of two arguments, element by element; an argument that was broadcast gets the sum over its copies.
fn binary(kind: Binary, inputs: &[&Tensor], shape: &[usize], gradient: &[f32], nth: usize) -> Vec<f32> {
    let (a, b) = (inputs[0], inputs[1]);
    let mut result = vec![0.0; inputs[nth].values.len()];
    let mut at = 0;
    for_each_index(shape, |index| {
        let (i, j) = (broadcast_offset(&a.shape, index), broadcast_offset(&b.shape, index));
        result[if nth == 0 { i } else { j }] += gradient[at] * partial(kind, a.values[i], b.values[j], nth);
        at += 1;
    });
    result
}

/// The derivative of `kind(a, b)` by its `nth` argument. Where both are equal a bound passes no gradient, as PyTorch's relu at
/// 0.
fn partial(kind: Binary, a: f32, b: f32, nth: usize) -> f32 {
    match (kind, nth) {
        (Binary::Add, _) | (Binary::Subtract, 0) => 1.0,
        (Binary::Subtract, _) => -1.0,
        (Binary::Multiply, 0) => b,
        (Binary::Multiply, _) => a,
        (Binary::Divide, 0) => 1.0 / b,
        (Binary::Divide, _) => -a / (b * b),
        (Binary::Maximum, 0) | (Binary::Minimum, 1) => f32::from(a > b),
        (Binary::Maximum, _) | (Binary::Minimum, _) => f32::from(b > a),
    }
}
