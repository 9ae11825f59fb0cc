//! From ONNX to a [`Graph`]: tract parses the file and infers every shape, and its operators become ours.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::array::TypedConcat;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::cast::Cast;
use tract_onnx::tract_core::ops::change_axes::AxisOp;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PoolSpec, SumPool};
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_core::ops::identity::Identity;
use tract_onnx::tract_core::ops::nn::{DataFormat, Reduce, Reducer, Sigmoid};
use tract_onnx::tract_core::ops::source::TypedSource;

use super::graph::{self, Binary, Convolution, Graph, Node, Operator, OutputNodes, Source};
use super::outputs::Outputs;
use crate::Manifest;

type TractNode = tract_onnx::prelude::Node<TypedFact, Box<dyn TypedOp>>;

/// Reads an ONNX network whose input and outputs the manifest names.
///
/// # Errors
/// When it is no ONNX network, has no such outputs, or holds an operator that is not known here; the text names it.
pub(crate) fn read(manifest: &Manifest, onnx: &[u8]) -> Result<Graph, String> {
    let typed = parse(manifest, onnx).map_err(|e| format!("{e:#}"))?;
    translate(&typed)?.without_unused().checked()
}

/// The network as tract itself runs it, with its own kernels.
#[derive(Debug)]
pub(crate) struct InTract(Arc<TypedRunnableModel>);

/// Has tract optimise an ONNX network whose input and outputs the manifest names.
///
/// # Errors
/// When tract cannot.
pub(crate) fn with_tract(manifest: &Manifest, onnx: &[u8]) -> Result<InTract, String> {
    let optimise = || -> TractResult<Arc<TypedRunnableModel>> {
        let mut typed = parse(manifest, onnx)?;
        let outputs: Vec<_> =
            typed.outputs.iter().enumerate().filter(|&(nth, _)| nth != LOGIT).map(|(_, &o)| o).collect();
        typed.select_output_outlets(&outputs)?;
        typed.into_optimized()?.into_runnable()
    };
    optimise().map(InTract).map_err(|e| format!("{e:#}"))
}

impl InTract {
    /// What the network says of one film, short of the logit.
    pub(crate) fn run(&self, film: &graph::Tensor) -> Result<Outputs, String> {
        let run = || -> TractResult<Vec<graph::Tensor>> {
            let film = Tensor::from_shape(&film.shape, &film.values)?;
            let outputs = self.0.run(tvec!(film.into_tvalue()))?;
            let plain = |output: &TValue| -> TractResult<graph::Tensor> {
                Ok(graph::Tensor::new(output.shape(), output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec()))
            };
            outputs.iter().map(plain).collect()
        };
        let mut outputs = run().map_err(|e| format!("tract: {e:#}"))?.into_iter();
        let mut next = || outputs.next().ok_or("tract: too few outputs");
        Ok(Outputs { activations: next()?, gate: next()?, orientations: next()?, adult: outputs.next() })
    }
}

/// The logit among the outputs.
const LOGIT: usize = 1;

/// The network as tract understands it, with the outputs `[activations, logit, gate, orientations]` and, where the manifest names
/// it, `adult`.
fn parse(manifest: &Manifest, onnx: &[u8]) -> TractResult<TypedModel> {
    let input = &manifest.input;
    let fact = f32::fact([1, input.channels, input.rows, input.columns]);
    let names = &manifest.outputs;
    let outputs = [&names.activations, &names.logit, &names.gate, &names.orientations].into_iter().chain(&names.adult);
    tract_onnx::onnx()
        .model_for_read(&mut &*onnx)?
        .with_input_fact(0, fact.into())?
        .with_outputs_by_name(outputs.map(String::as_str))?
        .into_typed()
}

/// What tract's graph computes. Whatever depends on constants alone is computed here.
pub(crate) fn translate(typed: &TypedModel) -> Result<Graph, String> {
    let mut nodes: Vec<Node> = Vec::new();
    // The node that holds the value of each of tract's.
    let mut held = vec![0; typed.nodes().len()];
    for id in typed.eval_order().map_err(|e| format!("{e:#}"))? {
        let node = &typed.nodes()[id];
        let inputs: Vec<usize> = node.inputs.iter().map(|input| held[input.node]).collect();
        if let Some(same) = passes_on(node, &inputs) {
            held[id] = same;
            continue;
        }
        let shape = shape(node)?;
        let source = if node.op_is::<TypedSource>() {
            Source::Film
        } else if let Some(constant) = &node.outputs[0].fact.konst {
            Source::Constant(floats(constant, node)?)
        } else {
            let inputs = with_full_bias(node, inputs, &mut nodes);
            let operator = operator(typed, node, &nodes, &inputs)?;
            computed(operator, inputs, &shape, &nodes)
        };
        held[id] = nodes.len();
        nodes.push(Node { shape, source });
    }
    let output = |nth: usize| held[typed.outputs[nth].node];
    let adult = (typed.outputs.len() > 4).then(|| output(4));
    let outputs =
        OutputNodes { activations: output(0), logit: output(LOGIT), gate: output(2), orientations: output(3), adult };
    Ok(Graph { nodes, outputs })
}

/// The input whose value a node passes on as it is.
fn passes_on(node: &TractNode, inputs: &[usize]) -> Option<usize> {
    let casts = node.op_as::<Cast>().is_some_and(|cast| cast.to == f32::datum_type());
    // A constant that is not f32 is cast where it is read.
    (node.op_is::<Identity>() || casts).then(|| inputs[0])
}

fn computed(operator: Operator, inputs: Vec<usize>, shape: &[usize], nodes: &[Node]) -> Source {
    let constants: Option<Vec<graph::Tensor>> = inputs
        .iter()
        .map(|&input| match &nodes[input].source {
            Source::Constant(values) => Some(graph::Tensor::new(nodes[input].shape.clone(), values.clone())),
            _ => None,
        })
        .collect();
    match constants {
        Some(constants) => Source::Constant(operator.evaluate(&constants.iter().collect::<Vec<_>>(), shape).values),
        None => Source::Computed(operator, inputs),
    }
}

/// tract writes one number for a bias that is the same everywhere; here it has one a channel.
fn with_full_bias(node: &TractNode, mut inputs: Vec<usize>, nodes: &mut Vec<Node>) -> Vec<usize> {
    if let Some(conv) = node.op_as::<Conv>()
        && let Source::Constant(bias) = &nodes[inputs[2]].source
        && bias.len() == 1
    {
        let channels = conv.output_channels();
        let bias = vec![bias[0]; channels];
        inputs[2] = nodes.len();
        nodes.push(Node { shape: vec![channels], source: Source::Constant(bias) });
    }
    inputs
}

fn operator(typed: &TypedModel, node: &TractNode, nodes: &[Node], inputs: &[usize]) -> Result<Operator, String> {
    let unknown = |detail: &str| format!("the operator {} ({}) {detail}", node.op.name(), node.name);
    if let Some(conv) = node.op_as::<Conv>() {
        let plain = conv.q_params.is_none() && conv.kernel_fmt == KernelFormat::OIHW;
        let window = window(&conv.pool_spec, &nodes[inputs[0]].shape).filter(|_| plain);
        let (stride, dilation, padding) = window.ok_or_else(|| unknown("is no plain convolution of a picture"))?;
        Ok(Operator::Convolution(Convolution { stride, dilation, padding, groups: conv.group }))
    } else if let Some(pool) = node.op_as::<SumPool>() {
        let spec = &pool.pool_spec;
        match window(spec, &nodes[inputs[0]].shape) {
            Some((stride, [1, 1], [0, 0])) if pool.normalize && unpadded(spec, &nodes[inputs[0]].shape) => {
                Ok(Operator::AveragePool { size: [spec.kernel_shape[0], spec.kernel_shape[1]], stride })
            }
            _ => Err(unknown("is no mean without padding")),
        }
    } else if let Some(binary) = node.op_as::<TypedBinOp>() {
        Ok(Operator::Binary(match binary.0.name() {
            "Add" => Binary::Add,
            "Sub" => Binary::Subtract,
            "Mul" => Binary::Multiply,
            "Div" => Binary::Divide,
            "Max" => Binary::Maximum,
            "Min" => Binary::Minimum,
            _ => return Err(unknown("is not known here")),
        }))
    } else if let Some(axis) = node.op_as::<AxisOp>() {
        Ok(match axis {
            AxisOp::Move(from, to) => {
                let mut axes: Vec<usize> = (0..nodes[inputs[0]].shape.len()).collect();
                let moved = axes.remove(*from);
                axes.insert(*to, moved);
                Operator::Permute { axes }
            }
            AxisOp::Add(_) | AxisOp::Rm(_) | AxisOp::Reshape(..) => Operator::Reshape,
        })
    } else if let Some(reduce) = node.op_as::<Reduce>().filter(|reduce| reduce.reducer == Reducer::Sum) {
        Ok(Operator::Sum { axes: reduce.axes.to_vec() })
    } else if let Some(product) = node.op_as::<EinSum>().filter(|product| product.q_params.is_none()) {
        let rank = |outlet: &OutletId| typed.nodes()[outlet.node].outputs[outlet.slot].fact.rank();
        let names = |rank: usize, at: &dyn Fn(&tract_onnx::tract_core::axes::Axis) -> Vec<usize>| -> Vec<u8> {
            let mut names = vec![0; rank];
            for (name, axis) in product.axes.iter_all_axes().enumerate() {
                at(axis).into_iter().for_each(|position| names[position] = name as u8);
            }
            names
        };
        let input = |(nth, outlet): (usize, &OutletId)| names(rank(outlet), &|axis| axis.inputs[nth].to_vec());
        let output = names(node.outputs[0].fact.rank(), &|axis| axis.outputs[0].to_vec());
        Ok(Operator::Einsum { inputs: node.inputs.iter().enumerate().map(input).collect(), output })
    } else if let Some(concat) = node.op_as::<TypedConcat>() {
        Ok(Operator::Concatenate { axis: concat.axis })
    } else if node.op_as::<ElementWiseOp>().is_some_and(|op| op.0.downcast_ref::<Sigmoid>().is_some()) {
        Ok(Operator::Sigmoid)
    } else {
        Err(unknown("is not known here"))
    }
}

/// Stride, dilation and the padding before, of a window that moves over `[1, channels, rows, columns]`.
fn window(spec: &PoolSpec, shape: &[usize]) -> Option<([usize; 2], [usize; 2], [usize; 2])> {
    if spec.rank() != 2 || spec.data_format != DataFormat::NCHW || shape.len() != 4 {
        return None;
    }
    let padding = spec.computed_padding(&shape[2..]);
    let both = |of: &dyn Fn(usize) -> usize| [of(0), of(1)];
    Some((both(&|axis| spec.stride(axis)), both(&|axis| spec.dilation(axis)), both(&|axis| padding[axis].pad_before)))
}

fn unpadded(spec: &PoolSpec, shape: &[usize]) -> bool {
    spec.computed_padding(&shape[2..]).iter().all(|axis| axis.pad_before == 0 && axis.pad_after == 0)
}

fn shape(node: &TractNode) -> Result<Vec<usize>, String> {
    let [output] = &node.outputs[..] else {
        return Err(format!("the operator {} ({}) has several outputs", node.op.name(), node.name));
    };
    let shape = output.fact.shape.as_concrete().map(<[usize]>::to_vec);
    shape.ok_or_else(|| format!("the shape of {} ({}) is not fixed", node.op.name(), node.name))
}

fn floats(tensor: &Tensor, node: &TractNode) -> Result<Vec<f32>, String> {
    let values =
        || -> TractResult<Vec<f32>> { Ok(tensor.cast_to::<f32>()?.try_as_plain_ram()?.as_slice::<f32>()?.to_vec()) };
    values().map_err(|e| format!("the constant {}: {e:#}", node.name))
}
