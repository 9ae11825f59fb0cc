//! The network: its graph, how it ships, how it is run.

mod backward;
pub(crate) mod file;
mod graph;
mod head;
mod kernels;
#[cfg(feature = "onnx")]
pub(crate) mod onnx;
mod operators;
mod plan;
#[cfg(test)]
mod tests;
mod work;

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use graph::Source;
pub(crate) use graph::{Graph, Tensor};
pub(crate) use head::{Head, Trace};
use plan::{Buffers, Plan};

/// What multiplies and adds: the same numbers up to rounding, at different speeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// `plain`: every operator as its definition says, hundreds of times slower; the measure of the others.
    Plain,
    /// `strips-4`: four pixels at a time, for processors with 16 SIMD registers.
    Strips4,
    /// `strips-8`: eight pixels at a time, for processors with 32.
    Strips8,
    /// `tiles-6x2`: six pixels and two blocks of channels at a time, for processors with registers of 256 bits.
    #[cfg(not(target_family = "wasm"))]
    Tiles6x2,
    /// `tiles-20x2`: twenty pixels and two blocks of channels as one, or fourteen and four, for processors with registers of 512
    /// bits.
    #[cfg(not(target_family = "wasm"))]
    Tiles20x2,
    /// `tract`: the inference engine tract, with kernels of its own. It reads ONNX networks alone.
    #[cfg(feature = "onnx")]
    Tract,
}

impl Kernels {
    /// Every choice.
    pub const ALL: &[Self] = &[
        Self::Plain,
        Self::Strips4,
        Self::Strips8,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles6x2,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles20x2,
        #[cfg(feature = "onnx")]
        Self::Tract,
    ];

    /// Those between which a running network can be switched.
    pub const FAST: &[Self] = &[
        Self::Strips4,
        Self::Strips8,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles6x2,
        #[cfg(not(target_family = "wasm"))]
        Self::Tiles20x2,
    ];

    /// The name that chooses it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Strips4 => "strips-4",
            Self::Strips8 => "strips-8",
            #[cfg(not(target_family = "wasm"))]
            Self::Tiles6x2 => "tiles-6x2",
            #[cfg(not(target_family = "wasm"))]
            Self::Tiles20x2 => "tiles-20x2",
            #[cfg(feature = "onnx")]
            Self::Tract => "tract",
        }
    }
}

impl Default for Kernels {
    /// A native build asks the processor how long its registers are; a wasm module has 128 bits and, on most machines, 16 of
    /// them.
    fn default() -> Self {
        #[cfg(target_family = "wasm")]
        return Self::Strips4;
        #[cfg(not(target_family = "wasm"))]
        if crate::simd::has_512_bits() { Self::Tiles20x2 } else { Self::Tiles6x2 }
    }
}

impl FromStr for Kernels {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|kernels| kernels.name() == name);
        known.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|kernels| kernels.name()).collect();
            format!("there is no {name}; there are {}", names.join(", "))
        })
    }
}

/// The network up to the explained layer and the gate, ready to run.
#[derive(Debug)]
pub(crate) struct Backbone {
    graph: Graph,
    kernels: Kernels,
    runner: Runner,
}

/// What a network says of one film, short of the logit.
pub(crate) struct Outputs {
    /// Of the explained layer.
    pub(crate) activations: Tensor,
    /// What the gate looks at.
    pub(crate) gate: Tensor,
    /// A score for each of the gate's orientations.
    pub(crate) orientations: Tensor,
    /// The score of adults' films.
    pub(crate) adult: Option<Tensor>,
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
