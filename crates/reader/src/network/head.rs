//! The part of the network between the explained layer and the logit, run forwards and in reverse.
//!
//! The head is small (a pooling, one or two matrix products), so its operators run as they are defined. Each has a backward
//! rule; an operator without one is an error that names it.

use super::backward;
use super::graph::{Graph, Operator, Source, Tensor};
use crate::{Error, Kind, Result, Stage};

/// The operators from the explained layer to the logit, in order.
#[derive(Debug)]
pub(crate) struct Head {
    steps: Vec<Step>,
    /// Values that do not depend on the film (weights, biases, bounds), by node. `None` for what a step computes.
    constants: Vec<Option<Tensor>>,
    /// The explained layer's node.
    input: usize,
    /// The logit's node.
    logit: usize,
}

/// One operator, with the nodes that it reads and makes.
#[derive(Debug)]
struct Step {
    operator: Operator,
    shape: Vec<usize>,
    inputs: Vec<usize>,
    output: usize,
}

/// What one forward run computed, by node, and what it was run on.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    values: Vec<Option<Tensor>>,
    input: usize,
}

impl Trace {
    /// What the head was run on.
    pub(crate) fn input(&self) -> &Tensor {
        self.values[self.input].as_ref().expect("what the head was run on")
    }
}

impl Head {
    /// Takes the head out of a graph. A sigmoid at its end is skipped, so that what is explained is the logit and never
    /// the saturated probability.
    pub(super) fn new(graph: &Graph, explained: &str, logit: &str) -> Result<Self> {
        let output = |name| graph.output(name).map_err(|detail| Error::new(Stage::Load, Kind::Model, detail));
        let (input, logit) = (output(explained)?, output(logit)?);
        let mut needed = vec![false; graph.nodes.len()];
        needed[logit] = true;
        let mut head = Self { steps: Vec::new(), constants: vec![None; graph.nodes.len()], input, logit };
        for (id, node) in graph.nodes.iter().enumerate().rev() {
            if !needed[id] || id == input {
                continue;
            }
            match &node.source {
                Source::Input(name) => {
                    let detail = format!("the logit also depends on the {name} past the explained layer");
                    return Err(unusable(format!("{detail}; name the last layer before the head")));
                }
                Source::Constant(values) => head.constants[id] = Some(Tensor::new(node.shape.clone(), values.clone())),
                Source::Computed(operator, inputs) => {
                    inputs.iter().for_each(|&input| needed[input] = true);
                    let (operator, shape, inputs) = (operator.clone(), node.shape.clone(), inputs.clone());
                    head.steps.push(Step { operator, shape, inputs, output: id });
                }
            }
        }
        if !needed[input] {
            return Err(unusable("the logit does not depend on the explained layer"));
        }
        head.steps.reverse();
        head.skip_sigmoid();
        Ok(head)
    }

    /// Drops a sigmoid that only reshaping follows.
    fn skip_sigmoid(&mut self) {
        let moves = |step: &&Step| matches!(step.operator, Operator::Reshape | Operator::Permute { .. });
        let follows = self.steps.iter().rev().take_while(moves).count();
        let Some(at) = self.steps.len().checked_sub(follows + 1) else { return };
        if self.steps[at].operator != Operator::Sigmoid {
            return;
        }
        let sigmoid = self.steps.remove(at);
        for step in &mut self.steps[at..] {
            for input in &mut step.inputs {
                if *input == sigmoid.output {
                    *input = sigmoid.inputs[0];
                }
            }
        }
        if self.logit == sigmoid.output {
            self.logit = sigmoid.inputs[0];
        }
    }

    /// The head that tract's graph is, from its first output, which is its input as well, to its second, if each operator on the way
    /// has a backward rule.
    ///
    /// # Errors
    /// Names the first operator without one.
    #[cfg(feature = "onnx")]
    pub(crate) fn of_tract(head: &tract_onnx::prelude::TypedModel) -> std::result::Result<Self, String> {
        let graph = super::onnx::translate(head, ["layer", "logits"])?.without_unused().checked()?;
        let head = Self::new(&graph, "layer", "logits").map_err(|error| error.detail().to_owned())?;
        head.steps.iter().try_for_each(|step| backward::check(&step.operator))?;
        Ok(head)
    }

    /// Runs the head on activations and gives the logit, with what is needed to go back.
    pub(crate) fn forward(&self, activations: Tensor) -> Result<(f32, Trace)> {
        let trace = self.run(activations);
        match *self.outputs(&trace) {
            [logit] => Ok((logit, trace)),
            ref several => Err(unusable(format!("the logit has {} values, it must have one", several.len()))),
        }
    }

    /// What a run has found: the logits.
    pub(crate) fn outputs<'a>(&'a self, trace: &'a Trace) -> &'a [f32] {
        &self.value(&trace.values, self.logit).values
    }

    /// Runs the head on activations.
    pub(crate) fn run(&self, activations: Tensor) -> Trace {
        let mut values = vec![None; self.constants.len()];
        values[self.input] = Some(activations);
        for step in &self.steps {
            let inputs: Vec<&Tensor> = step.inputs.iter().map(|&input| self.value(&values, input)).collect();
            let output = step.operator.evaluate(&inputs, &step.shape);
            values[step.output] = Some(output);
        }
        Trace { values, input: self.input }
    }

    /// The gradient of the logit with respect to the activations, in their shape (reverse mode: each operator's rule,
    /// from the logit back, gradients of a value that is used twice added up).
    pub(crate) fn gradient(&self, trace: &Trace) -> Result<Vec<f32>> {
        self.gradient_of(trace, vec![1.0])
    }

    /// The same of several logits' sum, each times its weight.
    pub(crate) fn gradient_of(&self, trace: &Trace, weights: Vec<f32>) -> Result<Vec<f32>> {
        let mut gradients: Vec<Option<Vec<f32>>> = vec![None; trace.values.len()];
        gradients[self.logit] = Some(weights);
        for step in self.steps.iter().rev() {
            let Some(gradient) = gradients[step.output].take() else { continue };
            let inputs: Vec<&Tensor> = step.inputs.iter().map(|&input| self.value(&trace.values, input)).collect();
            for (nth, &input) in step.inputs.iter().enumerate() {
                if self.constants[input].is_some() {
                    continue;
                }
                let part =
                    backward::gradient(&step.operator, &inputs, &step.shape, &gradient, nth).map_err(unusable)?;
                match &mut gradients[input] {
                    Some(sum) => sum.iter_mut().zip(part).for_each(|(s, p)| *s += p),
                    none => *none = Some(part),
                }
            }
        }
        gradients[self.input].take().ok_or_else(|| unusable("no gradient reaches the explained layer"))
    }

    /// A node's value: a constant, or one of these, which were computed.
    fn value<'a>(&'a self, computed: &'a [Option<Tensor>], node: usize) -> &'a Tensor {
        self.constants[node].as_ref().or(computed[node].as_ref()).expect("evaluated in order")
    }
}

fn unusable(detail: impl Into<String>) -> Error {
    Error::new(Stage::Explain, Kind::NoGradient, detail)
}
