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

use super::graph::{self, Binary, Convolution, Graph, Node, Operator, Source};

type TractNode = tract_onnx::prelude::Node<TypedFact, Box<dyn TypedOp>>;

/// Reads an ONNX network, with the inputs and outputs that it names.
///
/// # Errors
/// When it is no ONNX network, or holds an operator that is not known here; the text names it.
pub(super) fn read(onnx: &[u8]) -> Result<Graph, String> {
    let parse = || -> TractResult<(TypedModel, Vec<String>)> {
        let reader = tract_onnx::onnx();
        let file = reader.proto_model_for_read(&mut &*onnx)?;
        let outputs = file.graph.iter().flat_map(|graph| &graph.output).map(|output| output.name.clone());
        Ok((reader.model_for_proto_model(&file)?.into_typed()?, outputs.collect()))
    };
    let (typed, outputs) = parse().map_err(|e| format!("{e:#}"))?;
    translate(&typed, outputs)?.without_unused().checked()
}

/// A part of a network as tract itself runs it, with its own kernels.
#[derive(Debug)]
pub(super) struct InTract(Arc<TypedRunnableModel>);

impl InTract {
    /// Has tract optimise the part of an ONNX network between these inputs and outputs.
    ///
    /// # Errors
    /// When tract cannot.
    pub(super) fn new(onnx: &[u8], inputs: &[&str], outputs: &[&str]) -> Result<Self, String> {
        let optimise = || -> TractResult<Arc<TypedRunnableModel>> {
            let whole = tract_onnx::onnx().model_for_read(&mut &*onnx)?;
            whole.with_inputs_by_name(inputs)?.with_outputs_by_name(outputs)?.into_optimized()?.into_runnable()
        };
        optimise().map(Self).map_err(|e| format!("tract: {e:#}"))
    }

    /// The outputs for these inputs.
    ///
    /// # Errors
    /// When tract fails.
    pub(super) fn run(&self, inputs: &[&graph::Tensor]) -> Result<Vec<graph::Tensor>, String> {
        let run = || -> TractResult<Vec<graph::Tensor>> {
            let input = |input: &&graph::Tensor| Ok(Tensor::from_shape(&input.shape, &input.values)?.into_tvalue());
            let plain = |output: &TValue| -> TractResult<graph::Tensor> {
                Ok(graph::Tensor::new(output.shape(), output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec()))
            };
            self.0.run(inputs.iter().map(input).collect::<TractResult<_>>()?)?.iter().map(plain).collect()
        };
        run().map_err(|e| format!("tract: {e:#}"))
    }
}

/// What tract's graph computes, its outputs under these names. Whatever depends on constants alone is computed here.
pub(super) fn translate(
    typed: &TypedModel,
    outputs: impl IntoIterator<Item = impl Into<String>>,
) -> Result<Graph, String> {
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
            Source::Input(node.name.clone())
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
    let outputs =
        outputs.into_iter().zip(&typed.outputs).map(|(name, output)| (name.into(), held[output.node])).collect();
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
