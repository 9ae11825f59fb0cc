//! A part of a network, ready to run.

use std::sync::{Mutex, PoisonError};

use super::graph::{Graph, Tensor};
use super::kernels::Kernels;
#[cfg(feature = "onnx")]
use super::onnx::InTract;
use super::plan::{Buffers, Plan};

/// What computes some of a network's outputs of some of its inputs.
#[derive(Debug)]
pub(crate) struct Part {
    inputs: Vec<Vec<usize>>,
    outputs: Vec<Vec<usize>>,
    kernels: Kernels,
    runner: Runner,
}

#[derive(Debug)]
enum Runner {
    /// A plan, and the memory of runs that are over, for those to come.
    Planned(Plan, Mutex<Vec<Buffers>>),
    #[cfg(feature = "onnx")]
    Tract(InTract),
}

impl Part {
    /// The part that our own kernels run.
    pub(super) fn planned(graph: &Graph, inputs: &[&str], outputs: &[&str], kernels: Kernels) -> Result<Self, String> {
        Self::new(graph, inputs, outputs, kernels, |inputs, outputs| {
            Ok(Runner::Planned(Plan::new(graph, inputs, outputs, kernels)?, Mutex::default()))
        })
    }

    /// The part that tract runs, which reads the ONNX file again.
    #[cfg(feature = "onnx")]
    pub(super) fn in_tract(graph: &Graph, onnx: &[u8], inputs: &[&str], outputs: &[&str]) -> Result<Self, String> {
        Self::new(graph, inputs, outputs, Kernels::Tract, |_, _| {
            Ok(Runner::Tract(InTract::new(onnx, inputs, outputs)?))
        })
    }

    fn new(
        graph: &Graph,
        inputs: &[&str],
        outputs: &[&str],
        kernels: Kernels,
        runner: impl FnOnce(&[usize], &[usize]) -> Result<Runner, String>,
    ) -> Result<Self, String> {
        let inputs: Vec<usize> = inputs.iter().map(|name| graph.input(name)).collect::<Result<_, _>>()?;
        let outputs: Vec<usize> = outputs.iter().map(|name| graph.output(name)).collect::<Result<_, _>>()?;
        let needed = graph.needed(&outputs);
        if let Some((_, name)) = graph.inputs().find(|(id, _)| needed[*id] && !inputs.contains(id)) {
            return Err(format!("what is asked of the network also depends on its input {name}"));
        }
        let runner = runner(&inputs, &outputs)?;
        let shapes = |ids: &[usize]| ids.iter().map(|&id| graph.nodes[id].shape.clone()).collect();
        Ok(Self { inputs: shapes(&inputs), outputs: shapes(&outputs), kernels, runner })
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

    /// The shapes of the outputs, in the order in which they were asked for.
    pub(crate) fn outputs(&self) -> &[Vec<usize>] {
        &self.outputs
    }

    /// How many operators there are, those counted as one that one kernel does.
    #[cfg(all(test, feature = "onnx"))]
    pub(super) fn steps(&self) -> usize {
        match &self.runner {
            Runner::Planned(plan, _) => plan.steps(),
            Runner::Tract(_) => 0,
        }
    }

    /// The outputs for these inputs, each in the order in which it was named.
    ///
    /// # Errors
    /// When an input has another shape than the network's, or tract fails.
    pub(crate) fn run(&self, inputs: &[&Tensor]) -> Result<Vec<Tensor>, String> {
        let given: Vec<&[usize]> = inputs.iter().map(|input| input.shape.as_slice()).collect();
        if given != self.inputs {
            return Err(format!("the input is {given:?}, the network takes {:?}", self.inputs));
        }
        match &self.runner {
            Runner::Planned(plan, memory) => {
                let lock = || memory.lock().unwrap_or_else(PoisonError::into_inner);
                let mut buffers = lock().pop().unwrap_or_default();
                let found = plan.run(inputs, &mut buffers, self.kernels);
                lock().push(buffers);
                Ok(found)
            }
            #[cfg(feature = "onnx")]
            Runner::Tract(network) => network.run(inputs),
        }
    }
}
