//! Grad-CAM of a network of any operators.
//!
//! A channel's weight is the gradient of the logit averaged over the channel, which is a directional derivative: how much the logit
//! changes when the whole channel is raised. Where every operator of the head has a rule, the gradient comes from one pass in reverse.
//! Else the head is run twice for each channel, raised and lowered, and the difference is the derivative.

use std::sync::Arc;

use tract_onnx::prelude::*;

use super::network::{cost, run, said};
use crate::network::{Head, Tensor};

/// What the directional differences of one film may cost, in multiplications and additions: a second or two in a browser.
const BUDGET: u64 = 5_000_000_000;
/// By how much channels are raised and lowered, in standard deviations of the layer: with less, the logits' own rounding shows.
const STEP: f32 = 0.03;
/// By how much weights may change with the step, as a part of the largest.
const SMOOTH: f32 = 0.05;
/// How many channels are tried with two steps.
const TRIED: usize = 8;

/// What follows the explained layer, and how its gradient is found.
#[derive(Debug)]
pub(super) struct Explainer {
    head: Arc<TypedRunnableModel>,
    /// Where every operator has a rule.
    rules: Option<Head>,
    /// Why not, where one has none.
    why_differences: String,
}

/// A channel's weight for each logit: `[channel][logit]`.
pub(super) type Weights = Vec<Vec<f32>>;

impl Explainer {
    /// For a head from the layer to layer and logits.
    ///
    /// # Errors
    /// Says why there can be no heatmap: the differences would take too long.
    pub(super) fn new(head: &TypedModel) -> Result<Self, String> {
        let rules = Head::of_tract(head);
        let logits = head.output_outlets().map_err(said)?[1];
        let run = head.clone().with_output_outlets(&[logits]).map_err(said)?;
        let channels = run.input_fact(0).map_err(said)?.shape.as_concrete().map_or(0, |shape| shape[1]);
        let cost = 2 * channels as u64 * cost(&run).map_err(said)?;
        let why_differences = match &rules {
            Ok(_) => String::new(),
            Err(reason) if cost > BUDGET => {
                let billions = |cost: u64| cost as f64 / 1e9;
                let (takes, most) = (billions(cost), billions(BUDGET));
                return Err(format!(
                    "{reason}, and differences would take {takes:.1} billion operations, the limit is {most:.0}"
                ));
            }
            Err(reason) => reason.clone(),
        };
        let head = run.into_optimized().and_then(|model| model.into_runnable()).map_err(said)?;
        Ok(Self { head, rules: rules.ok(), why_differences })
    }

    /// `reverse` or `differences`.
    pub(super) fn way(&self) -> &'static str {
        if self.rules.is_some() { "reverse" } else { "differences" }
    }

    /// Whether the head, apart from its body, still says what the network says, and whether differences can be believed.
    ///
    /// # Errors
    /// Says what does not hold.
    pub(super) fn check(&self, layer: &Tensor, logits: &[f32]) -> Result<(), String> {
        let off = |found: &[f32]| found.iter().zip(logits).any(|(a, b)| (a - b).abs() > 1e-3 * b.abs().max(1.0));
        if off(&self.logits(layer)?) {
            return Err("what follows the layer, by itself, says something else than the network".into());
        }
        if let Some(rules) = &self.rules {
            let found = rules.run(layer.clone());
            if off(rules.outputs(&found)) {
                return Err("its operators, as they are defined here, say something else than the network".into());
            }
            return Ok(());
        }
        let step = step(layer);
        let tried =
            |step: f32| (0..layer.shape[1].min(TRIED)).map(|channel| self.difference(layer, channel, step)).collect();
        let (once, twice): (Result<Weights, _>, Result<Weights, _>) = (tried(step), tried(2.0 * step));
        let (once, twice) = (once?.concat(), twice?.concat());
        let largest = once.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        if once.iter().zip(&twice).any(|(a, b)| (a - b).abs() > SMOOTH * largest) {
            return Err(format!(
                "{}, and differences change with their step: the head is not smooth",
                self.why_differences
            ));
        }
        Ok(())
    }

    /// The weights of all channels for the logits that are `wanted`; the others' are left at 0.
    ///
    /// # Errors
    /// When tract fails.
    pub(super) fn weights(&self, layer: &Tensor, wanted: &[bool]) -> Result<Weights, String> {
        let [_, channels, rows, columns] = layer.shape[..] else { return Err("the layer is no map".into()) };
        let cells = (rows * columns) as f32;
        let Some(rules) = &self.rules else {
            let step = step(layer);
            let weight = |channel| -> Result<Vec<f32>, String> {
                Ok(self.difference(layer, channel, step)?.into_iter().map(|weight| weight / cells).collect())
            };
            return (0..channels).map(weight).collect();
        };
        let trace = rules.run(layer.clone());
        let mut weights = vec![vec![0.0; wanted.len()]; channels];
        for logit in (0..wanted.len()).filter(|&logit| wanted[logit]) {
            let one = (0..wanted.len()).map(|nth| f32::from(nth == logit)).collect();
            let gradient = rules.gradient_of(&trace, one).map_err(|error| error.detail().to_owned())?;
            for (weights, gradient) in weights.iter_mut().zip(gradient.chunks_exact(rows * columns)) {
                weights[logit] = gradient.iter().sum::<f32>() / cells;
            }
        }
        Ok(weights)
    }

    /// The derivative of each logit by a whole channel: half the difference between raised and lowered.
    fn difference(&self, layer: &Tensor, channel: usize, step: f32) -> Result<Vec<f32>, String> {
        let cells: usize = layer.shape[2..].iter().product();
        let moved = |by: f32| {
            let mut layer = layer.clone();
            layer.values[channel * cells..][..cells].iter_mut().for_each(|value| *value += by);
            self.logits(&layer)
        };
        Ok(moved(step)?.iter().zip(moved(-step)?).map(|(up, down)| (up - down) / (2.0 * step)).collect())
    }

    fn logits(&self, layer: &Tensor) -> Result<Vec<f32>, String> {
        Ok(run(&self.head, layer)?.pop().ok_or("it says nothing")?.values)
    }
}

fn step(layer: &Tensor) -> f32 {
    let count = layer.values.len() as f64;
    let mean = layer.values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let variance = layer.values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (STEP * variance.sqrt() as f32).max(1e-4)
}

/// Grad-CAM of one logit: the layer's channels by their weights, added up, negative values set to 0.
pub(super) fn grad_cam(layer: &Tensor, weights: &Weights, logit: usize) -> Vec<f32> {
    let cells: usize = layer.shape[2..].iter().product();
    let mut evidence = vec![0.0; cells];
    for (channel, weights) in layer.values.chunks_exact(cells).zip(weights) {
        evidence.iter_mut().zip(channel).for_each(|(sum, value)| *sum += weights[logit] * value);
    }
    evidence.iter().map(|&value: &f32| value.max(0.0)).collect()
}
