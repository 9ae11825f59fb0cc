//! Each rule against the slope that two forward runs show.

use crate::Kind;
use crate::network::Head;
use crate::network::graph::{Binary, Graph, Node, Operator, Source, Tensor};

const SHAPE: [usize; 4] = [1, 3, 2, 2];

/// A head under construction: from activations of `SHAPE`, node 0, to one number.
struct Build(Vec<Node>);

impl Build {
    fn new() -> Self {
        Self(vec![Node { shape: SHAPE.into(), source: Source::Constant(vec![0.0; 12]) }])
    }

    fn constant(&mut self, shape: &[usize], values: &[f32]) -> usize {
        self.0.push(Node { shape: shape.into(), source: Source::Constant(values.into()) });
        self.0.len() - 1
    }

    fn node(&mut self, operator: Operator, inputs: &[usize], shape: &[usize]) -> usize {
        self.0.push(Node { shape: shape.into(), source: Source::Computed(operator, inputs.into()) });
        self.0.len() - 1
    }

    fn binary(&mut self, kind: Binary, a: usize, b: usize) -> usize {
        let longer = |(&m, &n): (&usize, &usize)| m.max(n);
        let shape: Vec<usize> = self.0[a].shape.iter().zip(&self.0[b].shape).map(longer).collect();
        self.node(Operator::Binary(kind), &[a, b], &shape)
    }

    /// Sum over space, divided by its size, as a global average pool comes: `[1, 3, 1, 1]`.
    fn pooled(&mut self) -> usize {
        let sum = self.node(Operator::Sum { axes: vec![2, 3] }, &[0], &[1, 3, 1, 1]);
        let four = self.constant(&[1, 1, 1, 1], &[4.0]);
        self.binary(Binary::Divide, sum, four)
    }

    /// The pool as a row `[1, 3]`.
    fn flat(&mut self) -> usize {
        let pooled = self.pooled();
        self.node(Operator::Reshape, &[pooled], &[1, 3])
    }

    /// `[1, 3]` times a matrix `[3, n]`.
    fn product(&mut self, vector: usize, n: usize, matrix: &[f32]) -> usize {
        let matrix = self.constant(&[3, n], matrix);
        let product = Operator::Einsum { inputs: vec![b"mk".to_vec(), b"kn".to_vec()], output: b"mn".to_vec() };
        self.node(product, &[vector, matrix], &[1, n])
    }

    fn head(self, logit: usize) -> crate::Result<Head> {
        let outputs = [("explained".to_owned(), 0), ("logit".to_owned(), logit)].into();
        Head::new(&Graph { nodes: self.0, outputs }.checked().expect("a sound graph"), "explained", "logit")
    }
}

fn activations(values: &[f32]) -> Tensor {
    Tensor::new(SHAPE, values.to_vec())
}

/// Values that no two of are alike, and none near a bound of the heads below.
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
    let mut build = Build::new();
    let flat = build.flat();
    let logit = build.product(flat, 1, &[2.0, -1.0, 0.5]);
    assert_gradient_is_the_slope(&build.head(logit).expect("a head"));
}

#[test]
fn a_hidden_layer_with_bounds() {
    let mut build = Build::new();
    let flat = build.flat();
    // One hidden value is cut off below, one above, one passes.
    let hidden = build.product(flat, 3, &[1.0, -9.0, 0.4, 0.7, 0.1, 0.3, -0.2, 0.2, 40.0]);
    let (zero, six) = (build.constant(&[1, 1], &[0.0]), build.constant(&[1, 1], &[6.0]));
    let above = build.binary(Binary::Maximum, hidden, zero);
    let within = build.binary(Binary::Minimum, above, six);
    let back = build.constant(&[1, 3], &[1.5, 2.0, -1.0]);
    let weighed = build.binary(Binary::Multiply, within, back);
    let sum = build.node(Operator::Sum { axes: vec![1] }, &[weighed], &[1, 1]);
    assert_gradient_is_the_slope(&build.head(sum).expect("a head"));
}

#[test]
fn a_value_that_is_used_twice_and_broadcast() {
    let mut build = Build::new();
    let pooled = build.pooled();
    let from_mean = build.binary(Binary::Subtract, 0, pooled);
    let squared = build.binary(Binary::Multiply, from_mean, from_mean);
    let shifted = build.binary(Binary::Add, squared, pooled);
    let ratio = build.binary(Binary::Divide, shifted, pooled);
    let moved = build.node(Operator::Permute { axes: vec![0, 2, 3, 1] }, &[ratio], &[1, 2, 2, 3]);
    let weights = build.constant(&[1, 1, 2, 3], &[0.3, -0.7, 1.1, 0.2, 0.9, -0.4]);
    let weighed = build.binary(Binary::Multiply, moved, weights);
    let sum = build.node(Operator::Sum { axes: vec![1, 2, 3] }, &[weighed], &[1, 1, 1, 1]);
    assert_gradient_is_the_slope(&build.head(sum).expect("a head"));
}

#[test]
fn a_sigmoid_at_the_end_is_skipped() {
    let head = |with_sigmoid: bool| {
        let mut build = Build::new();
        let pooled = build.pooled();
        let mut end = build.node(Operator::Sum { axes: vec![1] }, &[pooled], &[1, 1, 1, 1]);
        if with_sigmoid {
            end = build.node(Operator::Sigmoid, &[end], &[1, 1, 1, 1]);
        }
        let end = build.node(Operator::Reshape, &[end], &[1, 1]);
        build.head(end).expect("a head")
    };
    let (with, without) = (head(true), head(false));
    assert_eq!(logit(&with, &film()), logit(&without, &film()));
    assert!(logit(&with, &film()) > 1.0, "a probability, not a logit");
    assert_gradient_is_the_slope(&with);
}

#[test]
fn an_operator_without_a_rule_is_named() {
    let mut build = Build::new();
    let pooled = build.pooled();
    let curved = build.node(Operator::Sigmoid, &[pooled], &[1, 3, 1, 1]);
    let sum = build.node(Operator::Sum { axes: vec![1] }, &[curved], &[1, 1, 1, 1]);
    let head = build.head(sum).expect("a head");
    let (_, trace) = head.forward(activations(&film())).expect("runs");
    let error = head.gradient(&trace).expect_err("a sigmoid in the middle has no rule");
    assert_eq!(error.kind(), Kind::NoGradient);
    assert!(error.detail().contains("sigmoid"), "{error}");
}

#[test]
fn a_logit_that_the_layer_does_not_reach_is_refused() {
    let mut build = Build::new();
    let constant = build.constant(&[1, 1], &[1.0]);
    assert_eq!(build.head(constant).expect_err("no path").kind(), Kind::NoGradient);
    let mut build = Build::new();
    build.0.push(Node { shape: vec![1, 3, 1, 1], source: Source::Input("film".into()) });
    let other = build.0.len() - 1;
    let pooled = build.pooled();
    let sum = build.binary(Binary::Add, pooled, other);
    assert_eq!(build.head(sum).expect_err("a second path").kind(), Kind::NoGradient);
}
