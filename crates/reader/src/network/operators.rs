//! Reference operators, each as it is defined: for small arrays, and as the measure of the fast kernels.

use super::graph::{Binary, Convolution, Operator, Tensor};
use super::kernels::Window;
use crate::simd::LANES;

impl Operator {
    /// The operator's value, which has `shape`.
    pub(crate) fn evaluate(&self, inputs: &[&Tensor], shape: &[usize]) -> Tensor {
        let first = inputs[0];
        let values = match self {
            Operator::Convolution(convolution) => convolution.evaluate(first, inputs[1], inputs[2], shape),
            Operator::AveragePool { size, stride } => average(first, *size, *stride, shape),
            Operator::Binary(binary) => binary.evaluate(first, inputs[1], shape),
            Operator::Sum { axes } => {
                let last = shape.len() - axes.len();
                if axes.iter().all(|&axis| axis >= last) {
                    let together = first.shape[last..].iter().product();
                    first.values.chunks_exact(together).map(|values| values.iter().sum()).collect()
                } else {
                    let mut sums = vec![0.0; shape.iter().product()];
                    let mut at = 0;
                    for_each_index(&first.shape, |index| {
                        sums[broadcast_offset(shape, index)] += first.values[at];
                        at += 1;
                    });
                    sums
                }
            }
            Operator::Einsum { inputs: names, output } => {
                let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
                product(&names, inputs, output, shape)
            }
            Operator::Reshape => first.values.clone(),
            Operator::Permute { axes } => permute(first, axes, shape),
            Operator::Concatenate { axis } => {
                let rows: usize = shape[..*axis].iter().product();
                let row = |input: &Tensor, at: usize| {
                    let length = input.values.len() / rows;
                    input.values[at * length..][..length].to_vec()
                };
                (0..rows).flat_map(|at| inputs.iter().flat_map(move |input| row(input, at))).collect()
            }
            Operator::Sigmoid => first.values.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect(),
        };
        Tensor::new(shape, values)
    }
}

impl Binary {
    fn evaluate(self, a: &Tensor, b: &Tensor, shape: &[usize]) -> Vec<f32> {
        match self {
            Binary::Add => pairwise(a, b, shape, |a, b| a + b),
            Binary::Subtract => pairwise(a, b, shape, |a, b| a - b),
            Binary::Multiply => pairwise(a, b, shape, |a, b| a * b),
            Binary::Divide => pairwise(a, b, shape, |a, b| a / b),
            Binary::Maximum => pairwise(a, b, shape, f32::max),
            Binary::Minimum => pairwise(a, b, shape, f32::min),
        }
    }
}

/// `of` each pair, a run at a time: over the last axes, as far as each array has them all or one value for all.
fn pairwise(a: &Tensor, b: &Tensor, shape: &[usize], of: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let alike = |input: &Tensor| {
        let last = |is: &dyn Fn(usize) -> bool| (0..shape.len()).rev().take_while(|&axis| is(axis)).count();
        last(&|axis| input.shape[axis] == shape[axis]).max(last(&|axis| input.shape[axis] == 1))
    };
    let outer = shape.len() - alike(a).min(alike(b));
    let length = shape[outer..].iter().product();
    let mut values = Vec::with_capacity(shape.iter().product());
    for_each_index(&shape[..outer], |index| match (run(a, index), run(b, index)) {
        (&[a], &[b]) => values.extend(std::iter::repeat_n(of(a, b), length)),
        (&[a], b) => values.extend(b.iter().map(|&b| of(a, b))),
        (a, &[b]) => values.extend(a.iter().map(|&a| of(a, b))),
        (a, b) => values.extend(a.iter().zip(b).map(|(&a, &b)| of(a, b))),
    });
    values
}

/// What `input` has at an index into its first axes.
fn run<'a>(input: &'a Tensor, index: &[usize]) -> &'a [f32] {
    let (outer, inner) = input.shape.split_at(index.len());
    let length: usize = inner.iter().product();
    &input.values[broadcast_offset(outer, index) * length..][..length]
}

impl Convolution {
    /// How the window moves from a map of shape `input` to one of shape `output`, with weights of shape `weights`.
    pub(crate) fn window(&self, input: &[usize], weights: &[usize], output: &[usize]) -> Window {
        Window {
            input: [input[2], input[3]],
            output: [output[2], output[3]],
            size: [weights[2], weights[3]],
            stride: self.stride,
            dilation: self.dilation,
            padding: self.padding,
        }
    }

    fn evaluate(&self, input: &Tensor, weights: &Tensor, bias: &Tensor, shape: &[usize]) -> Vec<f32> {
        let window = self.window(&input.shape, &weights.shape, shape);
        let (taps, pixels) = (window.size[0] * window.size[1], window.input[0] * window.input[1]);
        let (inputs, outputs) = (weights.shape[1], shape[1] / self.groups);
        let mut values = Vec::with_capacity(shape.iter().product());
        for_each_index(shape, |index| {
            let [_, channel, y, x] = index else { unreachable!("maps have four axes") };
            let mut sum = bias.values[*channel];
            for from in 0..inputs {
                let map = &input.values[(channel / outputs * inputs + from) * pixels..][..pixels];
                let weights = &weights.values[(channel * inputs + from) * taps..][..taps];
                for ky in window.rows(*y) {
                    for kx in window.columns(*x) {
                        let pixel = window.source(*y, ky, 0) * window.input[1] + window.source(*x, kx, 1);
                        sum += map[pixel] * weights[ky * window.size[1] + kx];
                    }
                }
            }
            values.push(sum);
        });
        values
    }
}

fn average(input: &Tensor, size: [usize; 2], stride: [usize; 2], shape: &[usize]) -> Vec<f32> {
    let (rows, columns) = (input.shape[2], input.shape[3]);
    let mut values = Vec::with_capacity(shape.iter().product());
    for_each_index(shape, |index| {
        let [_, channel, y, x] = index else { unreachable!("maps have four axes") };
        let mut sum = 0.0;
        for row in (y * stride[0]..).take(size[0]) {
            sum += input.values[(channel * rows + row) * columns + x * stride[1]..][..size[1]].iter().sum::<f32>();
        }
        values.push(sum / (size[0] * size[1]) as f32);
    });
    values
}

fn permute(input: &Tensor, axes: &[usize], shape: &[usize]) -> Vec<f32> {
    let mut values = Vec::with_capacity(input.values.len());
    for_each_index(shape, |index| {
        let mut from = vec![0; index.len()];
        axes.iter().zip(index).for_each(|(&axis, &i)| from[axis] = i);
        values.push(input.values[broadcast_offset(&input.shape, &from)]);
    });
    values
}

/// The sum of the products of `inputs`, whose axes are called `names`, over every axis that `output` does not name.
/// Direct loops over every axis: a head's product has thousands of terms, a gate's a hundred thousand, not millions.
pub(crate) fn product(names: &[&[u8]], inputs: &[&Tensor], output: &[u8], shape: &[usize]) -> Vec<f32> {
    let mut axes: Vec<(u8, usize)> = Vec::new();
    let all = names.iter().copied().zip(inputs.iter().map(|t| t.shape.as_slice())).chain([(output, shape)]);
    for (&name, &length) in all.flat_map(|(names, shape)| names.iter().zip(shape)) {
        match axes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, longest)) => *longest = length.max(*longest),
            None => axes.push((name, length)),
        }
    }
    // The longest axis is the innermost loop.
    axes.sort_by_key(|&(_, length)| length);
    let steps = |names: &[u8], shape: &[usize]| steps(&axes, names, shape);
    let input_steps: Vec<Vec<usize>> = names.iter().zip(inputs).map(|(names, t)| steps(names, &t.shape)).collect();
    let output_steps = steps(output, shape);
    let mut lengths: Vec<usize> = axes.iter().map(|&(_, length)| length).collect();
    let along = lengths.pop().unwrap_or(1);
    let mut sums = vec![0.0; shape.iter().product()];
    for_each_index(&lengths, |index| {
        let offset = |steps: &[usize]| -> usize { steps.iter().zip(index).map(|(s, i)| s * i).sum() };
        let step = |steps: &[usize]| steps.get(index.len()).copied().unwrap_or(0);
        let (to, to_step) = (offset(&output_steps), step(&output_steps));
        let from: Vec<(&[f32], usize)> =
            inputs.iter().zip(&input_steps).map(|(t, steps)| (&t.values[offset(steps)..], step(steps))).collect();
        if let [(a, 1), (b, 1)] = from[..]
            && to_step == 0
        {
            sums[to] += dot(&a[..along], &b[..along]);
        } else if let [(a, a_step), (b, b_step)] = from[..] {
            for i in 0..along {
                sums[to + i * to_step] += a[i * a_step] * b[i * b_step];
            }
        } else {
            for i in 0..along {
                sums[to + i * to_step] += from.iter().map(|(values, step)| values[i * step]).product::<f32>();
            }
        }
    });
    sums
}

/// The sum of the products, in several independent sums that a processor can add at the same time.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        sums = std::array::from_fn(|lane| sums[lane] + a[lane] * b[lane]);
    }
    sums.into_iter().chain(a_rest.iter().zip(b_rest).map(|(a, b)| a * b)).sum()
}

/// How far apart two neighbours along each of `axes` lie in an array whose own axes are called `names`; 0 where it does
/// not have the axis or is broadcast along it.
fn steps(axes: &[(u8, usize)], names: &[u8], shape: &[usize]) -> Vec<usize> {
    let step = |at: usize| if shape[at] > 1 { shape[at + 1..].iter().product() } else { 0 };
    let of = |axis: u8| names.iter().enumerate().filter(|(_, name)| **name == axis).map(|(at, _)| step(at)).sum();
    axes.iter().map(|&(axis, _)| of(axis)).collect()
}

/// Calls `visit` with every index into `shape`, row by row.
pub(crate) fn for_each_index(shape: &[usize], mut visit: impl FnMut(&[usize])) {
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

/// The offset of `index` in an array of `shape`, in which an axis of length 1 stands for any length.
pub(crate) fn broadcast_offset(shape: &[usize], index: &[usize]) -> usize {
    shape.iter().zip(index).fold(0, |offset, (&n, &i)| offset * n + if n == 1 { 0 } else { i })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arrays that are as large as the result, of one value, or broadcast along some axes of theirs.
    #[test]
    fn pairs_are_those_of_the_definition() {
        let shape = [2, 3, 4, 5];
        let array = |bits: usize| {
            let shape: Vec<usize> = (0..4).map(|axis| if bits >> axis & 1 == 1 { 1 } else { shape[axis] }).collect();
            let count = shape.iter().product::<usize>();
            Tensor::new(shape, (0..count).map(|i| ((i * 37 + bits) % 61) as f32 - 30.0).collect())
        };
        for (a, b) in (0..256).map(|both| (array(both % 16), array(both / 16))) {
            let mut expected = Vec::new();
            for_each_index(&shape, |index| {
                let value = |of: &Tensor| of.values[broadcast_offset(&of.shape, index)];
                expected.push(value(&a) - value(&b));
            });
            let found = Operator::Binary(Binary::Subtract).evaluate(&[&a, &b], &shape);
            assert_eq!(found.values, expected, "{:?} and {:?}", a.shape, b.shape);
        }
    }
}
