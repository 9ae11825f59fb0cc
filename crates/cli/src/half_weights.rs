//! An ONNX network with its weights stored in half precision, which halves what the browser downloads.

use std::collections::HashSet;

use half::f16;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, attribute_proto::AttributeType};

/// A weight of fewer values stays as it is. These are a thousandth of the bytes and the first filters of the network, whose
/// large values nearly cancel: halving the 288 of one of them moved a logit by 0.09, and all the others together by 0.02.
const FEW: i64 = 1024;

/// Stores every weight of two or more dimensions, but for the smallest, as f16, with a `Cast` back to f32 before its use, so
/// that the network computes in f32 as before. Biases and other vectors stay as they are: they are a hundredth of the bytes.
/// So do the weights of the nodes that make the outputs `exact`.
/// What does not compute (doc strings, metadata, shapes of values in between) is dropped: exporters put paths and source code
/// there.
///
/// # Errors
/// When the file holds no graph or more than one, or a weight is stored in a way that is not known here or is too large
/// for f16; the text names it.
pub fn store_weights_as_f16(model: ModelProto, exact: &[String]) -> Result<ModelProto, String> {
    let graph = model.graph.ok_or("the file holds no graph")?;
    if !model.functions.is_empty() || !model.training_info.is_empty() {
        return Err("the file holds functions or training steps beside the graph".into());
    }
    let makes_exact = |node: &&NodeProto| node.output.iter().any(|output| exact.contains(output));
    let kept: HashSet<String> = graph.node.iter().filter(makes_exact).flat_map(|node| node.input.clone()).collect();
    let mut casts = Vec::new();
    let mut initializer = Vec::with_capacity(graph.initializer.len());
    for tensor in graph.initializer {
        let is_float = tensor.data_type == DataType::Float as i32;
        let is_weight = is_float && tensor.dims.len() >= 2 && !kept.contains(&tensor.name);
        initializer.push(if is_weight && tensor.dims.iter().product::<i64>() >= FEW {
            let (stored, cast) = halve(tensor)?;
            casts.push(cast);
            stored
        } else {
            TensorProto { doc_string: String::new(), ..tensor }
        });
    }
    let node = graph.node.into_iter().map(|node| NodeProto { doc_string: String::new(), ..node });
    let plain = GraphProto {
        node: casts.into_iter().chain(node).collect(),
        name: graph.name,
        initializer,
        input: graph.input,
        output: graph.output,
        sparse_initializer: graph.sparse_initializer,
        ..GraphProto::default()
    };
    Ok(ModelProto {
        ir_version: model.ir_version,
        opset_import: model.opset_import,
        producer_name: "lungfield".into(),
        graph: Some(plain),
        ..ModelProto::default()
    })
}

/// A weight as `<name>.f16`, and the node that makes `<name>` of it.
fn halve(tensor: TensorProto) -> Result<(TensorProto, NodeProto), String> {
    let raw_data = floats(&tensor)?
        .into_iter()
        .map(f16::from_f32)
        .map(|half| {
            if half.is_finite() { Ok(half.to_le_bytes()) } else { Err(format!("{} is too large for f16", tensor.name)) }
        })
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    let cast = NodeProto {
        input: vec![format!("{}.f16", tensor.name)],
        output: vec![tensor.name.clone()],
        name: format!("{}.cast", tensor.name),
        op_type: "Cast".into(),
        attribute: vec![AttributeProto {
            name: "to".into(),
            r#type: AttributeType::Int as i32,
            i: DataType::Float as i64,
            ..AttributeProto::default()
        }],
        ..NodeProto::default()
    };
    let stored = TensorProto {
        name: format!("{}.f16", tensor.name),
        dims: tensor.dims,
        data_type: DataType::Float16 as i32,
        raw_data,
        ..TensorProto::default()
    };
    Ok((stored, cast))
}

/// The values of an f32 tensor: ONNX stores them as bytes or as a list.
fn floats(tensor: &TensorProto) -> Result<Vec<f32>, String> {
    let (values, rest) = tensor.raw_data.as_chunks::<4>();
    let values = if values.is_empty() {
        tensor.float_data.clone()
    } else {
        values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    };
    let expected: i64 = tensor.dims.iter().product();
    if !rest.is_empty() || values.len() as i64 != expected {
        let (name, found) = (&tensor.name, values.len());
        return Err(format!("{name} has {found} values in the file where {expected} are announced"));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
        TensorProto {
            name: name.into(),
            dims: dims.to_vec(),
            data_type: DataType::Float as i32,
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            doc_string: "made at /home/someone".into(),
            ..TensorProto::default()
        }
    }

    fn network(initializer: Vec<TensorProto>) -> ModelProto {
        let gemm = NodeProto {
            op_type: "Gemm".into(),
            name: "head".into(),
            doc_string: "a trace".into(),
            ..NodeProto::default()
        };
        let graph = GraphProto { node: vec![gemm], initializer, doc_string: "a trace".into(), ..GraphProto::default() };
        ModelProto { graph: Some(graph), doc_string: "a trace".into(), ir_version: 8, ..ModelProto::default() }
    }

    fn halved(initializer: Vec<TensorProto>) -> Result<GraphProto, String> {
        store_weights_as_f16(network(initializer), &[]).map(|model| model.graph.expect("a graph"))
    }

    /// A weight that is not among the smallest, these values over and over.
    fn weight(name: &str, values: &[f32]) -> TensorProto {
        let many: Vec<f32> = values.iter().copied().cycle().take(FEW as usize).collect();
        tensor(name, &[2, FEW / 2], &many)
    }

    #[test]
    fn weights_are_stored_in_half_the_bytes_under_a_name_of_their_own() {
        let graph = halved(vec![weight("w", &[0.5, -2.0]), tensor("b", &[1], &[0.1])]).expect("sound");
        let names: Vec<_> = graph.initializer.iter().map(|t| (t.name.as_str(), t.raw_data.len())).collect();
        assert_eq!(names, [("w.f16", 2 * FEW as usize), ("b", 4)]);
        assert_eq!(graph.initializer[0].raw_data[..4], [0x00, 0x38, 0x00, 0xc0]);
        assert_eq!(graph.initializer[0].data_type, DataType::Float16 as i32);
    }

    #[test]
    fn the_smallest_weights_stay_as_they_are() {
        let few =
            [tensor("vector", &[FEW], &[0.1; FEW as usize]), tensor("filter", &[1, FEW - 1], &[0.1; FEW as usize - 1])];
        assert_eq!(halved(few.to_vec()).expect("sound").node.len(), 1, "no casts beside the head");
    }

    #[test]
    fn weights_of_an_exact_output_stay_as_they_are() {
        let mut model = network(vec![weight("w", &[0.1]), weight("scores.w", &[0.1])]);
        let scores = NodeProto {
            input: vec!["x".into(), "scores.w".into()],
            output: vec!["scores".into()],
            ..NodeProto::default()
        };
        model.graph.as_mut().expect("a graph").node.push(scores);
        let graph = store_weights_as_f16(model, &["scores".into()]).expect("sound").graph.expect("a graph");
        let names: Vec<_> = graph.initializer.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["w.f16", "scores.w"]);
    }

    #[test]
    fn the_cast_comes_first_and_gives_the_weight_its_name_back() {
        let graph = halved(vec![weight("w", &[1.0])]).expect("sound");
        let kinds: Vec<_> = graph.node.iter().map(|node| node.op_type.as_str()).collect();
        assert_eq!(kinds, ["Cast", "Gemm"]);
        assert_eq!((graph.node[0].input[0].as_str(), graph.node[0].output[0].as_str()), ("w.f16", "w"));
        assert_eq!(graph.node[0].attribute[0].i, 1, "ONNX's number for f32");
    }

    #[test]
    fn what_does_not_compute_is_dropped() {
        let model =
            store_weights_as_f16(network(vec![weight("w", &[1.0]), tensor("b", &[1], &[1.0])]), &[]).expect("sound");
        let text = format!("{model:?}");
        assert!(!text.contains("a trace") && !text.contains("someone"), "{text}");
    }

    #[test]
    fn values_listed_one_by_one_are_read_too() {
        let stored = weight("w", &[0.5, -2.0]);
        let listed =
            TensorProto { raw_data: Vec::new(), float_data: floats(&stored).expect("sound"), ..stored.clone() };
        assert_eq!(halved(vec![listed]), halved(vec![stored]));
    }

    #[test]
    fn refuses_what_half_precision_cannot_hold_and_what_is_not_all_there() {
        let message = |tensor: TensorProto| halved(vec![tensor]).expect_err("refused");
        assert_eq!(message(weight("stem", &[1e6])), "stem is too large for f16");
        let short = TensorProto { dims: vec![FEW, 2], ..weight("stem", &[1.0]) };
        assert_eq!(message(short), "stem has 1024 values in the file where 2048 are announced");
        assert!(store_weights_as_f16(ModelProto::default(), &[]).is_err());
    }
}
