//! The network: its graph, how it ships, how it is run.

mod backward;
pub(crate) mod file;
mod graph;
mod head;
mod kernels;
#[cfg(feature = "onnx")]
pub(crate) mod onnx;
mod operators;
mod outputs;
mod plan;
#[cfg(test)]
mod tests;
mod work;

use std::sync::{Mutex, PoisonError};

use graph::Source;
pub(crate) use graph::{Graph, Tensor};
pub(crate) use head::{Head, Trace};
pub use kernels::Kernels;
pub(crate) use outputs::Outputs;
use plan::{Buffers, Plan};

/// The network up to the explained layer and the gate, ready to run.
#[derive(Debug)]
pub(crate) struct Backbone {
    graph: Graph,
    kernels: Kernels,
    runner: Runner,
}

#[derive(Debug)]
enum Runner {
    /// A plan, and the memory of runs that are over, for those to come.
    Planned(Plan, Mutex<Vec<Buffers>>),
    #[cfg(feature = "onnx")]
    Tract(onnx::InTract),
}

impl Backbone {
    /// # Errors
    /// Names an operator that the kernels do not do.
    pub(crate) fn new(graph: Graph, kernels: Kernels) -> Result<Self, String> {
        let wanted: Vec<usize> = graph.outputs.of_backbone().collect();
        let plan = Plan::new(&graph, &wanted, kernels)?;
        let graph = graph.without_constants();
        Ok(Self { graph, kernels, runner: Runner::Planned(plan, Mutex::default()) })
    }

    /// The same network, run by tract.
    #[cfg(feature = "onnx")]
    pub(crate) fn with_tract(graph: Graph, network: onnx::InTract) -> Self {
        Self { graph, kernels: Kernels::Tract, runner: Runner::Tract(network) }
    }

    /// What it runs with.
    pub(crate) fn kernels(&self) -> Kernels {
        self.kernels
    }

    /// Goes on with other kernels, if the plan allows.
    pub(crate) fn switch_to(&mut self, kernels: Kernels) {
        if [self.kernels, kernels].iter().all(|kernels| Kernels::FAST.contains(kernels)) {
            self.kernels = kernels;
        }
    }

    /// How many operators there are, those counted as one that one kernel does.
    #[cfg(all(test, feature = "onnx"))]
    fn steps(&self) -> usize {
        match &self.runner {
            Runner::Planned(plan, _) => plan.steps(),
            Runner::Tract(_) => 0,
        }
    }

    /// How many orientations it has a score of.
    pub(crate) fn orientations(&self) -> usize {
        self.graph.nodes[self.graph.outputs.orientations].shape.iter().product()
    }

    /// Whether it has one score of adults' films.
    pub(crate) fn scores_adults(&self) -> bool {
        let numbers = |output: usize| self.graph.nodes[output].shape.iter().product::<usize>();
        self.graph.outputs.adult.is_some_and(|output| numbers(output) == 1)
    }

    /// The shape of a film.
    pub(crate) fn input_shape(&self) -> &[usize] {
        let film = self.graph.nodes.iter().find(|node| node.source == Source::Film);
        film.map_or(&[], |film| &film.shape)
    }

    /// What the network says of one film, short of the logit.
    ///
    /// # Errors
    /// When tract fails.
    pub(crate) fn run(&self, film: &Tensor) -> Result<Outputs, String> {
        match &self.runner {
            Runner::Planned(plan, memory) => {
                let lock = || memory.lock().unwrap_or_else(PoisonError::into_inner);
                let buffers = lock().pop().unwrap_or_default();
                let values = plan.run(&self.graph, film, buffers, self.kernels);
                let value = |id| plan.plain(&self.graph, film, &values, id).into_owned();
                let outputs = &self.graph.outputs;
                let found = Outputs {
                    activations: value(outputs.activations),
                    gate: value(outputs.gate),
                    orientations: value(outputs.orientations),
                    adult: outputs.adult.map(value),
                };
                lock().push(values.into_buffers());
                Ok(found)
            }
            #[cfg(feature = "onnx")]
            Runner::Tract(network) => network.run(film),
        }
    }
}
