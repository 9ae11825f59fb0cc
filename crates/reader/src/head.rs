//! The part of the network between the explained layer and the logit, run forwards and in reverse.
//!
//! tract infers; it does not differentiate. The head is small (a pooling, one or two matrix products), so it is kept as
//! the plain operators of the graph, and each has a rule that carries a gradient from its output to its inputs.
//! An operator without a rule is an error that names it.

mod einsum;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::change_axes::AxisOp;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_core::ops::nn::Sigmoid;

use crate::{Error, Kind, Result, Stage};

/// The operators from the explained layer to the logit, in order.
#[derive(Debug)]
pub(crate) struct Head {
    steps: Vec<Step>,
    /// Values that do not depend on the film (weights, biases, bounds), by slot. `None` for what a step computes.
    constants: Vec<Option<Arc<Tensor>>>,
    /// Slot of the explained layer's activations.
    input: usize,
    /// Slot of the logit.
    logit: usize,
}

/// One operator. A slot is the number of the node whose value it holds.
#[derive(Debug)]
struct Step {
    node: Node<TypedFact, Box<dyn TypedOp>>,
    inputs: Vec<usize>,
    output: usize,
}

/// Every value of one forward run, by slot.
pub(crate) struct Trace(Vec<Option<Arc<Tensor>>>);

impl Head {
    /// Takes the head out of a typed, not yet optimised graph whose logit is the output `logit`. A sigmoid at its end is
    /// skipped, so that what is explained is the logit and never the saturated probability.
    pub(crate) fn new(graph: &TypedModel, activations: OutletId, logit: OutletId) -> Result<Self> {
        let mut head = Self {
            steps: Vec::new(),
            constants: vec![None; graph.nodes().len()],
            input: activations.node,
            logit: logit.node,
        };
        let mut from_film = vec![false; graph.nodes().len()];
        from_film[activations.node] = true;
        for id in between(graph, activations, logit) {
            let node = &graph.nodes()[id];
            let inputs: Vec<usize> = node.inputs.iter().map(|i| i.node).collect();
            if inputs.iter().any(|&i| from_film[i]) {
                from_film[id] = true;
                head.steps.push(Step { node: node.clone(), inputs, output: id });
            } else {
                head.constants[id] = Some(constant(node, &head.constants, &inputs)?);
            }
        }
        if !from_film[logit.node] {
            return Err(unusable("the logit does not depend on the explained layer"));
        }
        head.skip_sigmoid();
        Ok(head)
    }

    /// Drops a sigmoid that only reshaping follows.
    fn skip_sigmoid(&mut self) {
        let follows = self.steps.iter().rev().take_while(|s| s.node.op_is::<AxisOp>()).count();
        let Some(at) = self.steps.len().checked_sub(follows + 1) else { return };
        let is_sigmoid =
            self.steps[at].node.op_as::<ElementWiseOp>().is_some_and(|op| op.0.downcast_ref::<Sigmoid>().is_some());
        if !is_sigmoid {
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

    /// Runs the head on activations and gives the logit, with what is needed to go back.
    pub(crate) fn forward(&self, activations: Arc<Tensor>) -> Result<(f32, Trace)> {
        let mut values = self.constants.clone();
        values[self.input] = Some(activations);
        for step in &self.steps {
            let output = eval(&step.node, &values, &step.inputs)?;
            values[step.output] = Some(output);
        }
        let logit = floats(value(&values, self.logit))?;
        match logit[..] {
            [logit] => Ok((logit, Trace(values))),
            _ => Err(unusable(format!("the logit has {} values, it must have one", logit.len()))),
        }
    }

    /// The gradient of the logit with respect to the activations, in their shape (reverse mode: each operator's rule,
    /// from the logit back, gradients of a value that is used twice added up).
    pub(crate) fn gradient(&self, trace: &Trace) -> Result<Vec<f32>> {
        let mut gradients: Vec<Option<Vec<f32>>> = vec![None; trace.0.len()];
        gradients[self.logit] = Some(vec![1.0]);
        for step in self.steps.iter().rev() {
            let Some(gradient) = gradients[step.output].take() else { continue };
            let inputs: Vec<&Tensor> = step.inputs.iter().map(|&i| value(&trace.0, i)).collect();
            let output = value(&trace.0, step.output);
            for (nth, &slot) in step.inputs.iter().enumerate() {
                if self.constants[slot].is_some() {
                    continue;
                }
                let part = rules::gradient(&step.node, &inputs, output, &gradient, nth)?;
                match &mut gradients[slot] {
                    Some(sum) => sum.iter_mut().zip(part).for_each(|(s, p)| *s += p),
                    none => *none = Some(part),
                }
            }
        }
        gradients[self.input].take().ok_or_else(|| unusable("no gradient reaches the explained layer"))
    }
}

/// The nodes that the logit needs and that do not lie before the activations, in an order of evaluation.
fn between(graph: &TypedModel, activations: OutletId, logit: OutletId) -> Vec<usize> {
    fn visit(graph: &TypedModel, id: usize, stop: usize, seen: &mut [bool], order: &mut Vec<usize>) {
        if id == stop || std::mem::replace(&mut seen[id], true) {
            return;
        }
        for input in &graph.nodes()[id].inputs {
            visit(graph, input.node, stop, seen, order);
        }
        order.push(id);
    }
    let mut order = Vec::new();
    visit(graph, logit.node, activations.node, &mut vec![false; graph.nodes().len()], &mut order);
    order
}

/// The value of a node that does not depend on the activations.
fn constant(
    node: &Node<TypedFact, Box<dyn TypedOp>>,
    values: &[Option<Arc<Tensor>>],
    inputs: &[usize],
) -> Result<Arc<Tensor>> {
    if node.op_is::<tract_onnx::tract_core::ops::source::TypedSource>() {
        return Err(unusable(
            "the logit also depends on the film past the explained layer; name the last layer before the head",
        ));
    }
    eval(node, values, inputs)
}

fn eval(
    node: &Node<TypedFact, Box<dyn TypedOp>>,
    values: &[Option<Arc<Tensor>>],
    inputs: &[usize],
) -> Result<Arc<Tensor>> {
    let inputs = inputs.iter().map(|&i| values[i].clone().expect("evaluated in order").into_tvalue()).collect();
    let failed = |cause: &dyn std::fmt::Display| unusable(format!("{} ({}): {cause}", node.op.name(), node.name));
    let outputs = node.op.eval_out_of_plan(inputs).map_err(|e| failed(&e))?;
    let mut outputs = outputs.ok_or_else(|| failed(&"keeps a state"))?;
    match outputs.len() {
        1 => Ok(outputs.remove(0).into_arc_tensor()),
        n => Err(failed(&format!("has {n} outputs, one is handled"))),
    }
}

fn value(values: &[Option<Arc<Tensor>>], slot: usize) -> &Tensor {
    values[slot].as_deref().expect("evaluated in order")
}

/// The numbers of an f32 tensor, row by row.
fn floats(tensor: &Tensor) -> Result<&[f32]> {
    tensor
        .try_as_plain_ram()
        .and_then(|plain| plain.as_slice::<f32>())
        .map_err(|e| unusable(format!("a value of the head is not f32: {e}")))
}

fn unusable(detail: impl Into<String>) -> Error {
    Error::new(Stage::Explain, Kind::NoGradient, detail)
}
