//! An ONNX network of any operators that tract has, cut in two at the layer that Grad-CAM explains.

use std::collections::HashMap;
use std::sync::Arc;

use tract_onnx::pb::{GraphProto, ModelProto, attribute_proto, tensor_proto};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::DimLike;
use tract_onnx::tract_core::ops::Cost;
use tract_onnx::tract_core::ops::source::TypedSource;

use super::explain::Explainer;
use super::manifest::{Layout, OutputKind, OwnManifest};
use crate::network::Tensor;

/// The most numbers that one value of a network may have: 1 GB.
const MOST_NUMBERS: usize = 1 << 28;
/// What a hospital's own network must not hold: nobody can say how long it takes.
const REFUSED: [&str; 3] = ["Loop", "Scan", "If"];

/// A network, ready to run.
#[derive(Debug)]
pub(super) struct OwnNetwork {
    body: Arc<TypedRunnableModel>,
    /// How it is explained, or why it is not.
    pub(super) explainer: Result<Explainer, String>,
}

/// What the network says of one film.
pub(super) struct Answer {
    /// The numbers of the output that the manifest names.
    pub(super) outputs: Vec<f32>,
    /// The logits that they are made of, where they can be told.
    pub(super) logits: Option<Vec<f32>>,
    /// The explained layer, where there is one.
    pub(super) layer: Option<Tensor>,
}

impl OwnNetwork {
    /// Makes a network ready. Without a heatmap it is ready too: the explainer says why there is none.
    ///
    /// # Errors
    /// Says what tract says, names an operator that is not run, an input or output that there is not.
    pub(super) fn load(onnx: &[u8], manifest: &OwnManifest) -> Result<Self, String> {
        let proto =
            tract_onnx::onnx().proto_model_for_read(&mut &*onnx).map_err(|e| format!("it is no ONNX file: {e}"))?;
        check(proto.graph.as_ref().ok_or("the ONNX file holds no network")?)?;
        let logits = logits(&proto, manifest);
        let typed = typed(&proto, manifest, logits.as_deref().ok())?;
        let explainer = logits.and_then(|_| {
            let settings = manifest.heatmap.as_ref().ok_or("its manifest names no layer to explain")?;
            if let Err(reason) = &typed.layer {
                return Err(format!("the layer {}: {reason}", settings.layer));
            }
            let [_, logits, layer] = typed.model.output_outlets().map_err(said)? else {
                unreachable!("asked for three")
            };
            Explainer::new(&head(&typed.model, *layer, *logits)?)
        });
        let body = typed.model.into_optimized().and_then(|model| model.into_runnable()).map_err(said)?;
        Ok(Self { body, explainer })
    }

    /// Runs it on one film.
    ///
    /// # Errors
    /// When tract fails, or a number is none.
    pub(super) fn run(&self, input: &Tensor) -> Result<Answer, String> {
        let mut found = run(&self.body, input)?.into_iter();
        let mut next = || found.next();
        let outputs = next().ok_or("it says nothing")?.values;
        let answer = Answer { outputs, logits: next().map(|logits| logits.values), layer: next() };
        let numbers = [Some(&answer.outputs), answer.logits.as_ref(), answer.layer.as_ref().map(|layer| &layer.values)];
        if numbers.into_iter().flatten().flatten().any(|value| !value.is_finite()) {
            return Err("it says a number that is none (NaN, or infinite)".into());
        }
        Ok(answer)
    }
}

/// What a network makes of an input.
pub(super) fn run(network: &Arc<TypedRunnableModel>, input: &Tensor) -> Result<Vec<Tensor>, String> {
    let run = || -> TractResult<Vec<Tensor>> {
        let input = tract_onnx::prelude::Tensor::from_shape(&input.shape, &input.values)?;
        let plain = |output: &TValue| -> TractResult<Tensor> {
            let output = output.cast_to::<f32>()?;
            Ok(Tensor::new(output.shape(), output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec()))
        };
        network.run(tvec![input.into_tvalue()])?.iter().map(plain).collect()
    };
    run().map_err(said)
}

/// A network with every shape known. Its outputs are the named one, the logits and the layer, as far as there are any.
struct Typed {
    model: TypedModel,
    layer: Result<(), String>,
}

fn typed(proto: &ModelProto, manifest: &OwnManifest, logits: Option<&str>) -> Result<Typed, String> {
    let OwnManifest { input, output, heatmap, .. } = manifest;
    let parsed = tract_onnx::onnx().parse(proto, None).map_err(said)?;
    let (mut model, outlets) = (parsed.model, parsed.outlets_by_name);
    let fed: Vec<&str> = model.inputs.iter().map(|outlet| &*model.node(outlet.node).name).collect();
    if fed != [&*input.tensor] {
        return Err(format!("it is fed {}, and input.tensor is {}", fed.join(" and "), input.tensor));
    }
    let shape = match input.layout {
        Layout::Nchw => [1, input.channels, input.rows, input.columns],
        Layout::Nhwc => [1, input.rows, input.columns, input.channels],
    };
    model.set_input_fact(0, f32::fact(shape).into()).map_err(said)?;
    let outlet = |name: &str| {
        let of_node = || model.nodes().iter().find(|node| node.name == name).map(|node| OutletId::new(node.id, 0));
        outlets.get(name).copied().or_else(of_node).ok_or_else(|| "the network has none of that name".to_owned())
    };
    let mut wanted =
        vec![outlet(&output.tensor).map_err(|reason| format!("output.tensor {}: {reason}", output.tensor))?];
    let mut layer = Err("the logits cannot be told".to_owned());
    if let Some(logits) = logits {
        wanted.push(outlet(logits)?);
        layer = heatmap
            .as_ref()
            .ok_or_else(String::new)
            .and_then(|heatmap| outlet(&heatmap.layer))
            .map(|layer| wanted.push(layer));
    }
    model.select_output_outlets(&wanted).map_err(said)?;
    let model = model.into_typed().map_err(said)?;
    for node in model.nodes() {
        for fact in node.outputs.iter().map(|output| &output.fact) {
            let numbers = fact
                .shape
                .as_concrete()
                .and_then(|shape| shape.iter().try_fold(1, |n: usize, &axis| n.checked_mul(axis)));
            let numbers = numbers.ok_or_else(|| format!("the size of {} is not fixed", node.name))?;
            if numbers > MOST_NUMBERS {
                return Err(format!("{} has {numbers} numbers, the limit is {MOST_NUMBERS}", node.name));
            }
        }
    }
    let layer = layer.and_then(|()| match model.output_fact(2).ok().and_then(|fact| fact.shape.as_concrete()) {
        Some([1, _, _, _]) => Ok(()),
        other => Err(format!("is {other:?}, and not [1, channels, rows, columns]")),
    });
    Ok(Typed { model, layer })
}

/// The tensor that holds the logits: the output, or what its sigmoid or softmax is of.
fn logits(proto: &ModelProto, manifest: &OwnManifest) -> Result<String, String> {
    let output = &manifest.output.tensor;
    let last = match manifest.output.kind {
        OutputKind::Logit => return Ok(output.clone()),
        OutputKind::Probability => "Sigmoid",
        OutputKind::Softmax => "Softmax",
    };
    let mut nodes = proto.graph.iter().flat_map(|graph| &graph.node);
    let maker = nodes.find(|node| node.output.contains(output)).ok_or("the network has no such output")?;
    let input = maker.input.first().filter(|_| maker.op_type == last).cloned();
    input.ok_or_else(|| {
        format!("its logits cannot be told: the output comes from {}, and not from {last}", maker.op_type)
    })
}

/// Refuses what cannot be run within limits, before tract looks at it.
pub(super) fn check(graph: &GraphProto) -> Result<(), String> {
    let attributes = || graph.node.iter().flat_map(|node| &node.attribute);
    let tensors =
        graph.initializer.iter().chain(attributes().flat_map(|attribute| attribute.t.iter().chain(&attribute.tensors)));
    for tensor in tensors {
        let external = tensor.data_location == Some(tensor_proto::DataLocation::External as i32);
        if external || !tensor.external_data.is_empty() {
            return Err(format!("the numbers of {} lie in another file: export the network as one file", tensor.name));
        }
        let numbers = tensor.dims.iter().try_fold(1_i64, |n, &axis| n.checked_mul(axis).filter(|n| *n >= 0));
        if numbers.is_none_or(|numbers| numbers > MOST_NUMBERS as i64) {
            return Err(format!(
                "{} says that it has {:?} numbers, the limit is {MOST_NUMBERS}",
                tensor.name, tensor.dims
            ));
        }
    }
    for node in &graph.node {
        if REFUSED.contains(&&*node.op_type) {
            return Err(format!("the operator {} ({}) is not run: it may take any time", node.op_type, node.name));
        }
    }
    let inner = attributes().filter(|attribute| attribute.r#type == attribute_proto::AttributeType::Graph as i32);
    inner.filter_map(|attribute| attribute.g.as_ref()).try_for_each(check)
}

/// What follows the layer as far as the logits, as a network whose outputs are both.
fn head(whole: &TypedModel, layer: OutletId, logits: OutletId) -> Result<TypedModel, String> {
    let mut needed = vec![false; whole.nodes().len()];
    let mut to_look_at = vec![logits];
    while let Some(outlet) = to_look_at.pop() {
        if outlet == layer || std::mem::replace(&mut needed[outlet.node], true) {
            continue;
        }
        let node = whole.node(outlet.node);
        if node.op_is::<TypedSource>() {
            return Err("the logits also depend on the film past that layer; name the last one before the head".into());
        }
        to_look_at.extend(&node.inputs);
    }
    let make = || -> TractResult<Option<TypedModel>> {
        let mut head = TypedModel::default();
        let fact = whole.outlet_fact(layer)?;
        let source = head.add_source("the explained layer", fact.datum_type.fact(fact.shape.clone()))?;
        let mut held = HashMap::from([(layer, source)]);
        for id in whole.eval_order()?.into_iter().filter(|&id| needed[id]) {
            let node = whole.node(id);
            let inputs: TVec<OutletId> = node.inputs.iter().map(|input| held[input]).collect();
            let made = head.wire_node(&node.name, node.op.clone(), &inputs)?;
            held.extend(made.into_iter().enumerate().map(|(slot, made)| (OutletId::new(id, slot), made)));
        }
        let logits = held.get(&logits).filter(|_| logits != layer).copied();
        logits.map(|logits| head.with_output_outlets(&[source, logits])).transpose()
    };
    make().map_err(said)?.ok_or_else(|| "the logits do not depend on that layer".into())
}

/// How many multiplications and additions a network takes, and at least one for each number that it makes.
pub(super) fn cost(network: &TypedModel) -> TractResult<u64> {
    let mut cost = 0;
    for node in network.nodes() {
        let inputs = network.node_input_facts(node.id)?;
        for (kind, count) in node.op.cost(&inputs)? {
            if matches!(kind, Cost::FMA(_) | Cost::Div(_)) {
                cost += count.to_usize()? as u64;
            }
        }
        let numbers = |output: &Outlet<TypedFact>| {
            output.fact.shape.as_concrete().map_or(0, |shape| shape.iter().product::<usize>())
        };
        cost += node.outputs.iter().map(numbers).sum::<usize>() as u64;
    }
    Ok(cost)
}

pub(super) fn said(error: TractError) -> String {
    format!("tract: {error:#}")
}
