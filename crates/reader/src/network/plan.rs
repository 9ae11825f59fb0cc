//! How a graph is run: which kernel does what, in which memory.

use std::borrow::Cow;

use super::graph::{Binary, Convolution, Graph, Operator, Source, Tensor};
use super::kernels::Kernels;
use super::kernels::{Epilogue, PackedMatrix, Window, im2col, panel_width};
use super::work::{Depthwise, Multiply, Passing, tiled};
use crate::simd::{LANES, SIDE_BY_SIDE, dispatch};

/// The steps from some inputs of a graph to some nodes.
#[derive(Debug)]
pub(crate) struct Plan {
    inputs: Vec<usize>,
    outputs: Vec<usize>,
    steps: Vec<Step>,
    /// Values that do not depend on an input and that a step reads as they are, by node.
    constants: Vec<Option<Tensor>>,
    /// Where each node's value is kept; `None` for what no step makes.
    storage: Vec<Option<Storage>>,
    /// How many maps are kept at the same time.
    maps: usize,
}

/// Where a value lies while the network runs.
#[derive(Clone, Debug)]
enum Storage {
    /// A plain array, by node.
    Plain,
    /// A map (see [`super::kernels`]), in one of the plan's buffers.
    Map { buffer: usize, shape: [usize; 4] },
}

#[derive(Debug)]
enum Step {
    Fused(Fused),
    /// Any operator as it is, on plain arrays.
    Plain {
        operator: Operator,
        inputs: Vec<usize>,
        output: usize,
        shape: Vec<usize>,
    },
}

/// A convolution with its epilogue.
#[derive(Debug)]
struct Fused {
    kernel: Kernel,
    bias: Vec<[f32; LANES]>,
    bounds: [f32; 2],
    input: usize,
    residual: Option<usize>,
    output: usize,
    window: Window,
    /// Of the input.
    channels: usize,
}

#[derive(Debug)]
enum Kernel {
    Pointwise(PackedMatrix),
    /// Times the im2col of the input.
    Dense(PackedMatrix),
    /// Depthwise, by tap. If nothing else reads the input, the convolution that produces it is fused with this one.
    Depthwise(Vec<[f32; LANES]>, Option<Box<Fused>>),
}

/// The values of one run.
struct Values<'a> {
    plain: Vec<Option<Cow<'a, Tensor>>>,
    maps: Buffers,
}

/// The memory of a run's maps.
pub(crate) type Buffers = Vec<Vec<[f32; LANES]>>;

impl Plan {
    /// Plans how the nodes `outputs` are computed of the nodes `inputs`, which are all that they need. With [`Kernels::Plain`] every
    /// operator runs as it is defined.
    ///
    /// # Errors
    /// Names a convolution that no kernel does.
    pub(crate) fn new(graph: &Graph, inputs: &[usize], outputs: &[usize], kernels: Kernels) -> Result<Self, String> {
        let needed = graph.needed(outputs);
        let uses = graph.uses();
        let mut steps = Vec::new();
        // A node that was fused into an earlier step stands for that step's output.
        let mut storage = vec![None; graph.nodes.len()];
        let mut done = vec![false; graph.nodes.len()];
        for (id, node) in graph.nodes.iter().enumerate().filter(|&(id, _)| needed[id]) {
            let Source::Computed(operator, inputs) = &node.source else {
                storage[id] = Some(Storage::Plain);
                continue;
            };
            if done[id] {
                continue;
            }
            match operator {
                Operator::Convolution(convolution) if kernels != Kernels::Plain => {
                    let chain = Chain::from(graph, &uses, id, &storage);
                    chain.nodes.iter().for_each(|&part| done[part] = true);
                    let mut fused = Fused::new(graph, convolution, inputs, &chain)?;
                    let maker = steps.pop_if(|step: &mut Step| uses[step.output()] == 1 && fused.can_take_in(step));
                    if let Some(Step::Fused(maker)) = maker {
                        storage[maker.output] = None;
                        fused.fuse_producer(maker);
                    }
                    steps.push(Step::Fused(fused));
                    let shape = node.shape.as_slice().try_into().expect("maps have four axes");
                    storage[chain.last()] = Some(Storage::Map { buffer: 0, shape });
                }
                _ => {
                    let (operator, inputs) = (operator.clone(), inputs.clone());
                    steps.push(Step::Plain { operator, inputs, output: id, shape: node.shape.clone() });
                    storage[id] = Some(Storage::Plain);
                }
            }
        }
        let mut constants = vec![None; graph.nodes.len()];
        for id in steps.iter().flat_map(Step::inputs) {
            constants[id] =
                graph.constant(id).map(|values| Tensor::new(graph.nodes[id].shape.clone(), values.to_vec()));
        }
        let mut plan = Self { inputs: inputs.into(), outputs: outputs.into(), steps, constants, storage, maps: 0 };
        plan.assign_buffers();
        Ok(plan)
    }

    #[cfg(all(test, feature = "onnx"))]
    pub(super) fn steps(&self) -> usize {
        self.steps.len()
    }

    /// Gives each map a buffer, which is reused after the map is read for the last time.
    fn assign_buffers(&mut self) {
        let mut last_read = vec![0; self.storage.len()];
        for (at, step) in self.steps.iter().enumerate() {
            step.inputs().for_each(|input| last_read[input] = at);
        }
        self.outputs.iter().for_each(|&id| last_read[id] = usize::MAX);
        let mut free = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            if let Some(Storage::Map { buffer, .. }) = &mut self.storage[step.output()] {
                *buffer = free.pop().unwrap_or_else(|| {
                    self.maps += 1;
                    self.maps - 1
                });
            }
            let mut read: Vec<usize> = step.inputs().filter(|&input| last_read[input] == at).collect();
            read.dedup();
            free.extend(read.into_iter().filter_map(|input| self.buffer(input)));
        }
    }

    /// A node's map, if it has one.
    fn map<'a>(&self, values: &'a Values, id: usize) -> Option<&'a [[f32; LANES]]> {
        match self.storage[id] {
            Some(Storage::Map { buffer, shape: [_, channels, rows, columns] }) => {
                Some(&values.maps[buffer][..channels.div_ceil(LANES) * rows * columns])
            }
            _ => None,
        }
    }

    /// The buffer that a node's map lies in.
    fn buffer(&self, id: usize) -> Option<usize> {
        match self.storage[id] {
            Some(Storage::Map { buffer, .. }) => Some(buffer),
            _ => None,
        }
    }

    /// The outputs for these inputs. `buffers` are those of an earlier run, or nothing.
    pub(crate) fn run(&self, inputs: &[&Tensor], buffers: &mut Buffers, kernels: Kernels) -> Vec<Tensor> {
        let mut values = Values { plain: vec![None; self.storage.len()], maps: std::mem::take(buffers) };
        // The last is the scratch of fused producers.
        values.maps.resize_with(self.maps + 1, Vec::new);
        for (&id, &input) in self.inputs.iter().zip(inputs) {
            values.plain[id] = Some(Cow::Borrowed(input));
        }
        for step in &self.steps {
            match step {
                Step::Fused(fused) => fused.run(self, &mut values, kernels),
                Step::Plain { operator, inputs, output, shape } => {
                    let made = {
                        let inputs: Vec<_> = inputs.iter().map(|&id| self.plain(&values, id)).collect();
                        operator.evaluate(&inputs.iter().map(Cow::as_ref).collect::<Vec<_>>(), shape)
                    };
                    values.plain[*output] = Some(Cow::Owned(made));
                }
            }
        }
        let outputs = self.outputs.iter().map(|&id| self.plain(&values, id).into_owned()).collect();
        *buffers = values.maps;
        outputs
    }

    /// A node's value as a plain array.
    fn plain<'a>(&'a self, values: &'a Values, id: usize) -> Cow<'a, Tensor> {
        let Some(Storage::Map { buffer, shape }) = &self.storage[id] else {
            let kept = self.constants[id].as_ref().or(values.plain[id].as_deref());
            return Cow::Borrowed(kept.expect("a constant, an input, or computed before it is needed"));
        };
        let [_, channels, rows, columns] = shape;
        let pixels = rows * columns;
        let mut plain = vec![0.0; channels * pixels];
        let blocks = plain.chunks_mut(LANES * pixels).zip(values.maps[*buffer].chunks_exact(pixels));
        for (channels, block) in blocks {
            for (lane, channel) in channels.chunks_exact_mut(pixels).enumerate().take(LANES) {
                channel.iter_mut().zip(block).for_each(|(value, lanes)| *value = lanes[lane]);
            }
        }
        Cow::Owned(Tensor::new(*shape, plain))
    }
}

impl Step {
    fn inputs(&self) -> impl Iterator<Item = usize> {
        let (fused, plain) = match self {
            Step::Fused(fused) => ([Some(fused.reads()), fused.residual], [].as_slice()),
            Step::Plain { inputs, .. } => ([None, None], inputs.as_slice()),
        };
        fused.into_iter().flatten().chain(plain.iter().copied())
    }

    fn output(&self) -> usize {
        match self {
            Step::Fused(fused) => fused.output,
            Step::Plain { output, .. } => *output,
        }
    }
}

/// A convolution and the operators after it that its epilogue does: a residual, then a clamp.
struct Chain {
    nodes: Vec<usize>,
    residual: Option<usize>,
    bounds: [f32; 2],
}

impl Chain {
    fn from(graph: &Graph, uses: &[usize], convolution: usize, storage: &[Option<Storage>]) -> Self {
        let mut chain = Self { nodes: vec![convolution], residual: None, bounds: [f32::NEG_INFINITY, f32::INFINITY] };
        while uses[chain.last()] == 1 {
            let last = chain.last();
            let next = graph.nodes.iter().position(|node| node.inputs().contains(&last));
            let Some(next) = next else { break };
            let Source::Computed(Operator::Binary(binary), inputs) = &graph.nodes[next].source else { break };
            if graph.nodes[next].shape != graph.nodes[last].shape {
                break;
            }
            let other = if inputs[0] == last { inputs[1] } else { inputs[0] };
            let bound = graph.constant(other).and_then(|values| if let [bound] = values { Some(*bound) } else { None });
            let same_map = matches!(storage[other], Some(Storage::Map { .. }))
                && graph.nodes[other].shape == graph.nodes[last].shape;
            match (binary, bound) {
                (Binary::Maximum, Some(bound)) if bound <= chain.bounds[1] => {
                    chain.bounds[0] = chain.bounds[0].max(bound);
                }
                (Binary::Minimum, Some(bound)) if bound >= chain.bounds[0] => {
                    chain.bounds[1] = chain.bounds[1].min(bound);
                }
                (Binary::Add, None) if same_map && chain.is_unbounded() && chain.residual.is_none() => {
                    chain.residual = Some(other);
                }
                _ => break,
            }
            chain.nodes.push(next);
        }
        chain
    }

    fn is_unbounded(&self) -> bool {
        self.bounds == [f32::NEG_INFINITY, f32::INFINITY]
    }

    fn last(&self) -> usize {
        self.nodes[self.nodes.len() - 1]
    }
}

impl Fused {
    fn new(graph: &Graph, convolution: &Convolution, inputs: &[usize], chain: &Chain) -> Result<Self, String> {
        let shape = |id: usize| graph.nodes[id].shape.as_slice();
        let [input, weights, bias] = inputs else { return Err("a convolution needs three inputs".into()) };
        let (Some(values), Some(bias)) = (graph.constant(*weights), graph.constant(*bias)) else {
            return Err("a convolution's weights depend on an input".into());
        };
        let (weights, output) = (shape(*weights), shape(chain.nodes[0]));
        let (channels, outputs) = (shape(*input)[1], output[1]);
        let window = convolution.window(shape(*input), weights, output);
        let taps = window.size[0] * window.size[1];
        let kernel = if convolution.groups == 1 {
            if window.is_pointwise() {
                Kernel::Pointwise(PackedMatrix::new(channels, panel_width(outputs), values))
            } else {
                // Value `i` of a patch is tap `i / channels` of channel `i % channels`.
                let depth = channels * taps;
                let of =
                    |to: usize| (0..depth).map(move |i| values[(to * channels + i % channels) * taps + i / channels]);
                Kernel::Dense(PackedMatrix::new(depth, 1, &(0..outputs).flat_map(of).collect::<Vec<_>>()))
            }
        } else if convolution.groups == channels && outputs == channels {
            Kernel::Depthwise(blocks(channels, taps, |channel, tap| values[channel * taps + tap]), None)
        } else {
            return Err(format!("a convolution of {channels} channels in {} groups has no kernel", convolution.groups));
        };
        let (residual, output) = (chain.residual, chain.last());
        let bias = blocks(outputs, 1, |channel, _| bias[channel]);
        Ok(Self { kernel, bias, bounds: chain.bounds, input: *input, residual, output, window, channels })
    }

    /// The node that is read first of all.
    fn reads(&self) -> usize {
        match &self.kernel {
            Kernel::Depthwise(_, Some(maker)) => maker.input,
            _ => self.input,
        }
    }

    /// Whether the step before is a pointwise convolution that produces the input, so that it can be fused.
    fn can_take_in(&self, step: &Step) -> bool {
        let Step::Fused(maker) = step else { return false };
        let is_made = matches!(self.kernel, Kernel::Depthwise(..)) && maker.output == self.input;
        is_made && maker.residual.is_none() && maker.matrix().is_some()
    }

    /// A fused producer computes some blocks at a time, which needs panels of one line.
    fn fuse_producer(&mut self, mut maker: Fused) {
        if let Kernel::Pointwise(matrix) = maker.kernel {
            maker.kernel = Kernel::Pointwise(matrix.narrow());
        }
        if let Kernel::Depthwise(_, taken_in) = &mut self.kernel {
            *taken_in = Some(Box::new(maker));
        }
    }

    fn run(&self, plan: &Plan, values: &mut Values, kernels: Kernels) {
        let Some(buffer) = plan.buffer(self.output) else { return };
        let mut memory = std::mem::take(&mut values.maps[buffer]);
        let mut passing = std::mem::take(&mut values.maps[plan.maps]);
        let pixels = self.pixels();
        let length = self.bias.len() * pixels;
        // The buffer need not be cleared: every value is written.
        memory.resize(memory.len().max(length), [0.0; LANES]);
        let output = &mut memory[..length];
        let residual = self.residual.and_then(|id| plan.map(values, id));
        let epilogue = self.epilogue(residual);
        match &self.kernel {
            Kernel::Pointwise(matrix) | Kernel::Dense(matrix) => {
                let input = self.input(plan, values);
                let work = Multiply { input: &input, panels: matrix.panels(), pixels, epilogue, output };
                match matrix.wide() {
                    #[cfg(not(target_family = "wasm"))]
                    2 => tiled::<2>(kernels, work),
                    _ => tiled::<1>(kernels, work),
                }
            }
            Kernel::Depthwise(taps, maker) => {
                let window = &self.window;
                match maker.as_ref().and_then(|maker| maker.matrix().zip(Some(maker))) {
                    Some((matrix, maker)) => {
                        let input = &maker.input(plan, values);
                        passing.resize(passing.len().max(SIDE_BY_SIDE * maker.pixels()), [0.0; LANES]);
                        let made = (matrix.panels(), maker.epilogue(None), passing.as_mut_slice());
                        tiled::<1>(kernels, Passing { input, made, taps, window, epilogue, output });
                    }
                    None => {
                        let input = &self.input(plan, values);
                        dispatch(Depthwise { input, taps, window, epilogue, output });
                    }
                }
            }
        }
        values.maps[buffer] = memory;
        values.maps[plan.maps] = passing;
    }

    /// Of the output.
    fn pixels(&self) -> usize {
        self.window.output[0] * self.window.output[1]
    }

    /// What a convolution over all channels multiplies with.
    fn matrix(&self) -> Option<&PackedMatrix> {
        match &self.kernel {
            Kernel::Pointwise(matrix) | Kernel::Dense(matrix) => Some(matrix),
            Kernel::Depthwise(..) => None,
        }
    }

    fn epilogue<'a>(&'a self, residual: Option<&'a [[f32; LANES]]>) -> Epilogue<'a> {
        Epilogue { bias: &self.bias, residual, low: self.bounds[0], high: self.bounds[1] }
    }

    /// The map that the kernel reads.
    fn input<'a>(&self, plan: &Plan, values: &'a Values) -> Cow<'a, [[f32; LANES]]> {
        let pixels = self.window.input[0] * self.window.input[1];
        let im2col = |input: &dyn Fn(usize, usize) -> f32| im2col(input, self.channels, &self.window);
        match (plan.map(values, self.input), &self.kernel) {
            (Some(map), Kernel::Pointwise(_) | Kernel::Depthwise(..)) => map.into(),
            (Some(map), Kernel::Dense(_)) => {
                im2col(&|channel, pixel| map[channel / LANES * pixels + pixel][channel % LANES]).into()
            }
            (None, Kernel::Pointwise(_) | Kernel::Depthwise(..)) => map_of(&plan.plain(values, self.input)).into(),
            (None, Kernel::Dense(_)) => {
                let plain = plan.plain(values, self.input);
                im2col(&|channel, pixel| plain.values[channel * pixels + pixel]).into()
            }
        }
    }
}

/// `value(channel, i)` for `i` in `0..count`, block by block; channels that do not exist are 0.
fn blocks(channels: usize, count: usize, value: impl Fn(usize, usize) -> f32) -> Vec<[f32; LANES]> {
    let value = |channel, i| if channel < channels { value(channel, i) } else { 0.0 };
    let block = |first: usize| {
        let value = &value;
        (0..count).map(move |i| std::array::from_fn(|lane| value(first + lane, i)))
    };
    (0..channels).step_by(LANES).flat_map(block).collect()
}

/// A plain array `[1, channels, rows, columns]` as a map.
fn map_of(plain: &Tensor) -> Vec<[f32; LANES]> {
    let pixels = plain.shape[2] * plain.shape[3];
    blocks(plain.shape[1], pixels, |channel, pixel| plain.values[channel * pixels + pixel])
}
