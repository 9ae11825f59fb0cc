//! Each rule against the slope that two forward runs show.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::axes::AxesMapping;
use tract_onnx::tract_core::ops::change_axes::AxisOp;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::math;
use tract_onnx::tract_core::ops::nn::{Reduce, Reducer, sigmoid};

use super::Head;
use crate::Kind;

const SHAPE: [usize; 4] = [1, 3, 2, 2];

/// A graph under construction: from activations of `SHAPE` to one number.
struct Graph {
    model: TypedModel,
    activations: OutletId,
    nodes: usize,
}

impl Graph {
    fn new() -> Self {
        let mut model = TypedModel::default();
        let activations = model.add_source("activations", f32::fact(SHAPE)).expect("a source");
        Self { model, activations, nodes: 0 }
    }

    fn constant(&mut self, shape: &[usize], values: &[f32]) -> OutletId {
        self.nodes += 1;
        let tensor = Tensor::from_shape(shape, values).expect("as many values as the shape says");
        self.model.add_const(format!("constant {}", self.nodes), tensor).expect("a constant")
    }

    fn wire(&mut self, op: impl Into<Box<dyn TypedOp>>, inputs: &[OutletId]) -> OutletId {
        self.nodes += 1;
        self.model.wire_node(format!("node {}", self.nodes), op, inputs).expect("fits its inputs")[0]
    }

    /// Sum over space, divided by its size, as tract writes a global average pool: `[1, 3, 1, 1]`.
    fn pooled(&mut self) -> OutletId {
        let sum = self.wire(Reduce::new(tvec![2, 3], Reducer::Sum), &[self.activations]);
        let four = self.constant(&[1, 1, 1, 1], &[4.0]);
        self.wire(math::div(), &[sum, four])
    }

    /// `[1, 3]` times a matrix `[3, n]`.
    fn product(&mut self, vector: OutletId, n: usize, matrix: &[f32]) -> OutletId {
        let matrix = self.constant(&[3, n], matrix);
        let axes = AxesMapping::from_strs(&["mk", "kn"], &["mn"]).expect("a matrix product");
        self.wire(EinSum::new(axes, f32::datum_type()), &[vector, matrix])
    }

    fn head(&self, logit: OutletId) -> crate::Result<Head> {
        Head::new(&self.model, self.activations, logit)
    }
}

fn activations(values: &[f32]) -> Arc<Tensor> {
    Arc::new(Tensor::from_shape(&SHAPE, values).expect("twelve values"))
}

/// Values that no two of are alike, and none near a bound of the graphs below.
fn film() -> Vec<f32> {
    (0..12).map(|i| 0.35 + 0.21 * ((i * 7) % 12) as f32).collect()
}

fn logit(head: &Head, values: &[f32]) -> f32 {
    head.forward(activations(values)).expect("runs").0
}

fn assert_gradient_is_the_slope(head: &Head) {
    let (_, trace) = head.forward(activations(&film())).expect("runs");
    let gradient = head.gradient(&trace).expect("has rules");
    assert!(gradient.iter().any(|g| g.abs() > 1e-3), "the gradient is 0 everywhere: {gradient:?}");
    for (i, &found) in gradient.iter().enumerate() {
        let step = 1e-2;
        let at = |change: f32| {
            let mut values = film();
            values[i] += change;
            logit(head, &values)
        };
        let slope = (at(step) - at(-step)) / (2.0 * step);
        assert!((found - slope).abs() < 2e-3 * slope.abs().max(1.0), "value {i}: gradient {found}, slope {slope}");
    }
}

#[test]
fn pooling_and_a_matrix_product() {
    let mut g = Graph::new();
    let pooled = g.pooled();
    let flat = g.wire(AxisOp::Reshape(1, tvec![3.into(), 1.into(), 1.into()], tvec![3.into()]), &[pooled]);
    let logit = g.product(flat, 1, &[2.0, -1.0, 0.5]);
    assert_gradient_is_the_slope(&g.head(logit).expect("a head"));
}

#[test]
fn a_hidden_layer_with_bounds() {
    let mut g = Graph::new();
    let pooled = g.pooled();
    let flat = g.wire(AxisOp::Reshape(1, tvec![3.into(), 1.into(), 1.into()], tvec![3.into()]), &[pooled]);
    // One hidden value is cut off below, one above, one passes.
    let hidden = g.product(flat, 3, &[1.0, -9.0, 0.4, 0.7, 0.1, 0.3, -0.2, 0.2, 40.0]);
    let (zero, six) = (g.constant(&[1, 1], &[0.0]), g.constant(&[1, 1], &[6.0]));
    let above = g.wire(math::max(), &[hidden, zero]);
    let within = g.wire(math::min(), &[above, six]);
    let back = g.constant(&[1, 3], &[1.5, 2.0, -1.0]);
    let weighed = g.wire(math::mul(), &[within, back]);
    let sum = g.wire(Reduce::new(tvec![1], Reducer::Sum), &[weighed]);
    assert_gradient_is_the_slope(&g.head(sum).expect("a head"));
}

#[test]
fn a_value_that_is_used_twice_and_broadcast() {
    let mut g = Graph::new();
    let pooled = g.pooled();
    let from_mean = g.wire(math::sub(), &[g.activations, pooled]);
    let squared = g.wire(math::mul(), &[from_mean, from_mean]);
    let shifted = g.wire(math::add(), &[squared, pooled]);
    let ratio = g.wire(math::div(), &[shifted, pooled]);
    let moved = g.wire(AxisOp::Move(1, 3), &[ratio]);
    let weights = g.constant(&[1, 1, 2, 3], &[0.3, -0.7, 1.1, 0.2, 0.9, -0.4]);
    let weighed = g.wire(math::mul(), &[moved, weights]);
    let sum = g.wire(Reduce::new(tvec![1, 2, 3], Reducer::Sum), &[weighed]);
    assert_gradient_is_the_slope(&g.head(sum).expect("a head"));
}

#[test]
fn a_sigmoid_at_the_end_is_skipped() {
    let graph = |with_sigmoid: bool| {
        let mut g = Graph::new();
        let pooled = g.pooled();
        let mut end = g.wire(Reduce::new(tvec![1], Reducer::Sum), &[pooled]);
        if with_sigmoid {
            end = g.wire(sigmoid(), &[end]);
        }
        let end = g.wire(AxisOp::Rm(3), &[end]);
        g.head(end).expect("a head")
    };
    let (with, without) = (graph(true), graph(false));
    assert_eq!(logit(&with, &film()), logit(&without, &film()));
    assert!(logit(&with, &film()) > 1.0, "a probability, not a logit");
    assert_gradient_is_the_slope(&with);
}

#[test]
fn an_operator_without_a_rule_is_named() {
    let mut g = Graph::new();
    let pooled = g.pooled();
    let curved = g.wire(math::tanh(), &[pooled]);
    let sum = g.wire(Reduce::new(tvec![1], Reducer::Sum), &[curved]);
    let head = g.head(sum).expect("a head");
    let (_, trace) = head.forward(activations(&film())).expect("runs");
    let error = head.gradient(&trace).expect_err("tanh has no rule");
    assert_eq!(error.kind(), Kind::NoGradient);
    assert!(error.detail().contains("Tanh"), "{error}");
}

#[test]
fn a_logit_that_the_layer_does_not_reach_is_refused() {
    let mut g = Graph::new();
    let constant = g.constant(&[1, 1], &[1.0]);
    assert_eq!(g.head(constant).expect_err("no path").kind(), Kind::NoGradient);
    let other = g.model.add_source("other", f32::fact([1, 3, 1, 1])).expect("a source");
    let pooled = g.pooled();
    let sum = g.wire(math::add(), &[pooled, other]);
    assert_eq!(g.head(sum).expect_err("a second path").kind(), Kind::NoGradient);
}
