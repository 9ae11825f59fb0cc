//! Networks of a convolution and what can follow it, of every kind that a kernel does, against tract's own operators.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_onnx::tract_core::ops::math;
use tract_onnx::tract_core::ops::nn::DataFormat;

use super::numbers::Numbers;
use crate::network::graph;
use crate::network::{Kernels, Part, onnx};

/// What is done after a convolution.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Nothing,
    /// Kept within two bounds, as ReLU6 does.
    Bounds,
    /// The input is added.
    Residual,
    /// The input is added, then the sum is kept above 0.
    ResidualRelu,
    /// Kept above 0, then the input is added: not what a kernel does in passing.
    ReluResidual,
}

#[derive(Clone, Debug)]
struct Case {
    channels: usize,
    outputs: usize,
    groups: usize,
    rows: usize,
    columns: usize,
    size: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    padding: [[usize; 2]; 2],
    after: After,
    /// Whether nothing else reads what the convolution reads.
    alone: bool,
}

impl Case {
    fn pointwise(numbers: &mut Numbers) -> Self {
        let channels = numbers.within(1..=40);
        let after = [After::Nothing, After::Bounds, After::Residual, After::ResidualRelu, After::ReluResidual];
        let after = after[numbers.within(0..=4)];
        let keeps = matches!(after, After::Residual | After::ResidualRelu | After::ReluResidual);
        Self {
            channels,
            outputs: if keeps { channels } else { numbers.within(1..=40) },
            groups: 1,
            rows: numbers.within(1..=9),
            columns: numbers.within(1..=9),
            size: [1, 1],
            stride: [1, 1],
            dilation: [1, 1],
            padding: [[0, 0], [0, 0]],
            after,
            alone: numbers.within(0..=1) == 0,
        }
    }

    /// A window, over all channels or over each by itself.
    fn windowed(numbers: &mut Numbers, depthwise: bool) -> Self {
        let channels = numbers.within(1..=20);
        let mut both = |range: std::ops::RangeInclusive<usize>| [numbers.within(range.clone()), numbers.within(range)];
        let (size, stride, padding) = (both(1..=4), both(1..=3), [both(0..=2), both(0..=2)]);
        let dilation = if size == [3, 3] { [1, 1] } else { both(1..=2) };
        Self {
            channels,
            outputs: if depthwise { channels } else { numbers.within(1..=20) },
            groups: if depthwise { channels } else { 1 },
            rows: numbers.within(8..=14),
            columns: numbers.within(8..=14),
            size,
            stride,
            dilation,
            padding,
            after: if numbers.within(0..=1) == 0 { After::Nothing } else { After::Bounds },
            alone: numbers.within(0..=1) == 0,
        }
    }

    /// The window that MobileNet's depthwise convolutions have.
    fn nine(numbers: &mut Numbers) -> Self {
        let stride = numbers.within(1..=2);
        let case = Self::windowed(numbers, true);
        Self { size: [3, 3], stride: [stride, stride], dilation: [1, 1], padding: [[1, 1], [1, 1]], ..case }
    }

    /// The case as tract writes it: an input that is convolved to itself first, so that there is a map to add, and to make in
    /// passing.
    fn typed(&self, numbers: &mut Numbers) -> TractResult<TypedModel> {
        let mut model = TypedModel::default();
        let film = model.add_source("film", f32::fact([1, self.channels, self.rows, self.columns]))?;
        let one = Case { outputs: self.channels, size: [1, 1], stride: [1, 1], dilation: [1, 1], ..self.clone() };
        let one = Case { groups: 1, padding: [[0, 0], [0, 0]], ..one };
        let first = one.convolution(&mut model, "first", film, numbers)?;
        let mut last = self.convolution(&mut model, "second", first, numbers)?;
        let bound =
            |model: &mut TypedModel, name: &str, value: f32| model.add_const(name, tensor(&[1, 1, 1, 1], &[value]));
        if self.after == After::Residual || self.after == After::ResidualRelu {
            last = model.wire_node("residual", math::add(), &[first, last])?[0];
        }
        if self.after == After::Bounds || self.after == After::ResidualRelu || self.after == After::ReluResidual {
            let zero = bound(&mut model, "lower bound", 0.0)?;
            last = model.wire_node("kept above", math::max(), &[last, zero])?[0];
        }
        if self.after == After::Bounds {
            let above = bound(&mut model, "upper bound", 0.3)?;
            last = model.wire_node("kept below", math::min(), &[last, above])?[0];
        }
        if self.after == After::ReluResidual {
            last = model.wire_node("residual", math::add(), &[last, first])?[0];
        }
        let other = if self.alone { last } else { first };
        model.select_output_outlets(&[last, other])?;
        Ok(model)
    }

    fn convolution(
        &self,
        model: &mut TypedModel,
        name: &str,
        input: OutletId,
        numbers: &mut Numbers,
    ) -> TractResult<OutletId> {
        let shape = [self.outputs, self.channels / self.groups, self.size[0], self.size[1]];
        let weights = tensor(&shape, &numbers.many(shape.iter().product()));
        let weights = model.add_const(format!("{name} weights"), weights)?;
        let bias = model.add_const(format!("{name} bias"), tensor(&[self.outputs], &numbers.many(self.outputs)))?;
        let conv = Conv {
            pool_spec: PoolSpec {
                data_format: DataFormat::NCHW,
                kernel_shape: self.size.as_slice().into(),
                padding: PaddingSpec::Explicit(self.padding[0].as_slice().into(), self.padding[1].as_slice().into()),
                dilations: Some(self.dilation.as_slice().into()),
                strides: Some(self.stride.as_slice().into()),
                input_channels: self.channels,
                output_channels: self.outputs,
            },
            kernel_fmt: KernelFormat::OIHW,
            group: self.groups,
            q_params: None,
        };
        Ok(model.wire_node(name, conv, &[input, weights, bias])?[0])
    }

    /// Runs the case in tract, and with each of our kernels.
    fn check(&self, numbers: &mut Numbers) {
        let typed = self.typed(numbers).expect("tract takes the case");
        let film = numbers.many(self.channels * self.rows * self.columns);
        let shape = [1, self.channels, self.rows, self.columns];
        let network = translated(&typed).checked().expect("is sound");
        let runnable = typed.into_optimized().and_then(|model| model.into_runnable()).expect("tract prepares it");
        let expected = runnable.run(tvec![tensor(&shape, &film).into_tvalue()]).expect("tract runs it");
        let expected = expected[0].try_as_plain_ram().expect("plain").as_slice::<f32>().expect("f32").to_vec();
        for &kernels in [Kernels::Plain].iter().chain(Kernels::FAST) {
            let part = planned(&network, kernels).expect("has kernels");
            // Twice, so that memory with an earlier run's numbers in it is used.
            part.run(&[&graph::Tensor::new(shape, numbers.many(film.len()))]).expect("runs");
            let found = &part.run(&[&graph::Tensor::new(shape, film.clone())]).expect("runs")[0];
            assert_eq!(found.values.len(), expected.len(), "{self:?}");
            for (at, (a, b)) in found.values.iter().zip(&expected).enumerate() {
                assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{kernels:?}, value {at}: {a}, tract {b}: {self:?}");
            }
        }
    }
}

fn translated(typed: &TypedModel) -> graph::Graph {
    onnx::translate(typed, ["last", "other"]).expect("is translated")
}

fn planned(network: &graph::Graph, kernels: Kernels) -> Result<Part, String> {
    Part::planned(network, &["film"], &["last", "other"], kernels)
}

fn tensor(shape: &[usize], values: &[f32]) -> Tensor {
    Tensor::from_shape(shape, values).expect("as many values as the shape says")
}

#[test]
fn pointwise_convolutions() {
    let mut numbers = Numbers(1);
    (0..60).for_each(|_| Case::pointwise(&mut numbers).check(&mut numbers));
}

#[test]
fn windows_over_all_channels() {
    let mut numbers = Numbers(2);
    (0..40).for_each(|_| Case::windowed(&mut numbers, false).check(&mut numbers));
}

#[test]
fn windows_over_each_channel() {
    let mut numbers = Numbers(3);
    (0..40).for_each(|_| Case::windowed(&mut numbers, true).check(&mut numbers));
    (0..40).for_each(|_| Case::nine(&mut numbers).check(&mut numbers));
}

/// Maps so large that they are made row by row where they are made in passing, and of an odd number of blocks.
#[test]
fn windows_over_each_channel_of_tall_maps() {
    let mut numbers = Numbers(9);
    let tall = |case: Case| Case { channels: 37, outputs: 37, groups: 37, rows: 61, columns: 45, ..case };
    (0..10).for_each(|_| tall(Case::windowed(&mut numbers, true)).check(&mut numbers));
    (0..4).for_each(|_| tall(Case::nine(&mut numbers)).check(&mut numbers));
}

/// Taps apart, as a segmentation network has them, on maps as large as theirs and on some that the taps reach out of.
#[test]
fn dilated_windows_over_each_channel() {
    let mut numbers = Numbers(12);
    for (apart, stride) in [1, 2, 4, 8].into_iter().flat_map(|apart| [1, 2].map(|stride| (apart, stride))) {
        for (rows, columns) in [(28, 28), (14, 14), (9, 13), (5, 3)] {
            let after = if stride == 1 { After::Residual } else { After::Bounds };
            for (after, alone) in [(After::Nothing, true), (after, false)] {
                let case = Case { rows, columns, dilation: [apart; 2], after, alone, ..Case::nine(&mut numbers) };
                let case = Case { stride: [stride; 2], padding: [[apart; 2]; 2], ..case };
                case.check(&mut numbers);
            }
        }
    }
}

#[test]
fn what_follows_a_convolution_is_done_in_passing() {
    let mut numbers = Numbers(4);
    let case = |after| Case { channels: 8, outputs: 8, after, ..Case::pointwise(&mut Numbers(5)) };
    let steps = |after| {
        let network = translated(&case(after).typed(&mut Numbers(6)).expect("a graph"));
        planned(&network, Kernels::Strips4).expect("has kernels").steps()
    };
    assert_eq!(steps(After::Bounds), 2, "two convolutions, and no step for the bounds");
    assert_eq!(steps(After::ResidualRelu), 2, "nor for a residual");
    assert_eq!(steps(After::ReluResidual), 3, "bounds before the residual are no part of a kernel");
    case(After::ReluResidual).check(&mut numbers);
}

#[test]
fn what_only_a_depthwise_convolution_reads_is_made_in_passing() {
    let steps = |alone| {
        let case = Case { alone, ..Case::nine(&mut Numbers(10)) };
        let network = translated(&case.typed(&mut Numbers(11)).expect("a graph"));
        planned(&network, Kernels::Strips4).expect("has kernels").steps()
    };
    assert_eq!((steps(true), steps(false)), (1, 2));
}

#[test]
fn a_convolution_in_a_few_groups_is_refused_by_name() {
    let case = Case { channels: 8, outputs: 8, groups: 2, after: After::Nothing, ..Case::pointwise(&mut Numbers(7)) };
    let network = translated(&case.typed(&mut Numbers(8)).expect("a graph"));
    let refusal = planned(&network, Kernels::Strips4).expect_err("no kernel");
    assert!(refusal.contains("2 groups"), "{refusal}");
}
