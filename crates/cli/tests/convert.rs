//! `lungfield convert`, as a user runs it, on networks small enough to write down.

mod common;

use std::fs;
use std::path::Path;

use common::{Run, demo_films, lungfield, readings_by, repository};
use prost::Message;
use serde_json::{Value, json};
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, type_proto,
};

/// Lungs everywhere, and activations `[1, 2, 14, 14]` of a convolution with two 32 x 32 kernels, one for bright and one for dark
/// places.
fn body() -> GraphProto {
    let kernels: Vec<f32> = (0..2048).map(|i| if i < 1024 { 0.3 } else { -0.3 } / 1024.0).collect();
    let blocks = |inputs: &[&str], output: &str, side: i64| {
        node("Conv", inputs, output, &[("kernel_shape", &[side; 2]), ("strides", &[side; 2])])
    };
    GraphProto {
        name: "small".into(),
        input: vec![
            value("film", &[1, 1, 112, 112]),
            value("picture", &[1, 1, 112, 112]),
            value("places", &[1, 1, 14, 14]),
        ],
        node: vec![
            blocks(&["film", "nothing", "everywhere"], "outline", 4),
            node(
                "Conv",
                &["picture", "kernels", "shift"],
                "convolved",
                &[("kernel_shape", &[32, 32]), ("strides", &[8, 8]), ("pads", &[12; 4])],
            ),
            node("Relu", &["convolved"], "seen", &[]),
            node("Mul", &["seen", "places"], "activations", &[]),
            node("GlobalAveragePool", &["activations"], "pool", &[]),
            node("Flatten", &["pool"], "pooled", &[]),
            node("GlobalAveragePool", &["seen"], "gate.pool", &[]),
            node("Flatten", &["gate.pool"], "gate", &[]),
            node("Gemm", &["gate", "no.weight", "upright"], "orientations", &[]),
        ],
        initializer: vec![
            tensor("nothing", &[4, 1, 4, 4], vec![0.0; 64]),
            tensor("everywhere", &[4], vec![1.0; 4]),
            tensor("kernels", &[2, 1, 32, 32], kernels),
            tensor("shift", &[2], vec![0.1, 0.2]),
            tensor("no.weight", &[2, 2], vec![0.0; 4]),
            tensor("upright", &[2], vec![1.0, 0.0]),
        ],
        output: vec![
            value("outline", &[1, 4, 28, 28]),
            value("activations", &[1, 2, 14, 14]),
            value("gate", &[1, 2]),
            value("orientations", &[1, 2]),
        ],
        ..GraphProto::default()
    }
}

/// A head of one layer. `scale` makes its weights, and with them the rounding of half precision, large.
fn linear_head(mut graph: GraphProto, scale: f32) -> ModelProto {
    graph.node.push(node("Gemm", &["pooled", "weight", "bias"], "logit", &[]));
    graph
        .initializer
        .extend([tensor("weight", &[2, 1], vec![1.1 * scale, -0.7 * scale]), tensor("bias", &[1], vec![0.3])]);
    graph.output.push(value("logit", &[1, 1]));
    model(graph)
}

/// A hidden layer with a ReLU, and a sigmoid at the end: the head of the original notebook.
fn notebook_head(mut graph: GraphProto) -> ModelProto {
    graph.node.extend([
        node("Gemm", &["pooled", "dense.weight", "dense.bias"], "dense", &[]),
        node("Relu", &["dense"], "dense.relu", &[]),
        node("Gemm", &["dense.relu", "weight", "bias"], "score", &[]),
        node("Sigmoid", &["score"], "probability", &[]),
    ]);
    graph.initializer.extend([
        tensor("dense.weight", &[2, 3], vec![0.9, -0.4, 0.2, 0.1, 0.8, -0.6]),
        tensor("dense.bias", &[3], vec![0.1, 0.2, 0.3]),
        tensor("weight", &[3, 1], vec![1.3, -0.9, 0.4]),
        tensor("bias", &[1], vec![0.05]),
    ]);
    graph.output.push(value("probability", &[1, 1]));
    model(graph)
}

fn model(graph: GraphProto) -> ModelProto {
    let opset = OperatorSetIdProto { domain: String::new(), version: 13 };
    ModelProto { ir_version: 8, opset_import: vec![opset], graph: Some(graph), ..ModelProto::default() }
}

fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, &[i64])]) -> NodeProto {
    let attribute = |&(name, ints): &(&str, &[i64])| AttributeProto {
        name: name.into(),
        r#type: AttributeType::Ints as i32,
        ints: ints.to_vec(),
        ..AttributeProto::default()
    };
    NodeProto {
        op_type: operator.into(),
        name: output.into(),
        input: inputs.iter().map(ToString::to_string).collect(),
        output: vec![output.into()],
        attribute: attributes.iter().map(attribute).collect(),
        ..NodeProto::default()
    }
}

fn tensor(name: &str, dims: &[i64], values: Vec<f32>) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        float_data: values,
        ..TensorProto::default()
    }
}

fn value(name: &str, shape: &[i64]) -> ValueInfoProto {
    let dim = |&side: &i64| Dimension { value: Some(dimension::Value::DimValue(side)), ..Dimension::default() };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: shape.iter().map(dim).collect() }),
    };
    let r#type = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() };
    ValueInfoProto { name: name.into(), r#type: Some(r#type), ..ValueInfoProto::default() }
}

/// What a training run leaves: the shipped manifest without what `convert` adds, and a network.
fn training_run(folder: &Path, network: &ModelProto, logit: &str) {
    let manifest = fs::read(repository("models/manifest.json")).expect("the shipped manifest");
    let mut manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    let fields = manifest.as_object_mut().expect("an object");
    for added in ["file", "sha256", "bytes"] {
        fields.remove(added);
    }
    fields["outputs"]["logit"] = json!(logit);
    fields["outputs"]["activations"] = json!("activations");
    fields["outputs"].as_object_mut().expect("outputs").remove("adult");
    let films = json!({ "group": "children", "count": 0 });
    // Everything passes.
    fields["gate"] = json!({
        "orientations": [{ "quarter_turns": 0, "inverted": false }, null],
        "unlike_from": 1e6, "refused_from": 1e6, "films": films,
    });
    fields["calibration"] = json!({ "temperature": 1.0, "films": films });
    fs::write(folder.join("manifest.json"), manifest.to_string()).expect("a file");
    fs::write(folder.join("model.onnx"), network.encode_to_vec()).expect("a file");
}

fn convert(run: &Path) -> Run {
    let films = repository("www/films");
    let out = run.join("out");
    lungfield([Path::new("convert"), run, Path::new("--out"), &out, Path::new("--films"), &films])
}

#[test]
fn both_kinds_of_head_become_a_model_that_reads_films() {
    for (network, logit) in [(linear_head(body(), 1.0), "logit"), (notebook_head(body()), "probability")] {
        let folder = tempfile::tempdir().expect("a folder");
        training_run(folder.path(), &network, logit);
        let run = convert(folder.path());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains("largest difference of a logit on "), "{}", run.stdout);

        let out = folder.path().join("out");
        let size = |path| fs::metadata(path).expect("a file").len();
        let (before, after) = (size(folder.path().join("model.onnx")), size(out.join("lungfield.onnx")));
        assert!(after < before * 6 / 10, "{after} bytes of {before}");
        let (status, readings) = readings_by(&out, &demo_films());
        assert_eq!(status, 0);
        let mut logits: Vec<f64> = readings.iter().map(|reading| reading.logit.expect("an answer")).collect();
        logits.dedup();
        assert_eq!(logits.len(), 16, "the films are told apart: {logits:?}");
    }
}

#[test]
fn what_half_precision_changes_too_much_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    training_run(folder.path(), &linear_head(body(), 9000.0), "logit");
    let run = convert(folder.path());
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("half precision change a logit by"), "{}", run.stderr);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn an_output_that_the_network_does_not_have_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    training_run(folder.path(), &linear_head(body(), 1.0), "no-such-output");
    let run = convert(folder.path());
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("no-such-output"), "{}", run.stderr);
}

#[test]
fn a_head_without_a_gradient_rule_is_refused_by_the_operators_name() {
    let mut graph = body();
    let pooled = graph.node.iter_mut().find(|node| node.output == ["pooled"]);
    pooled.expect("the pooling").output = vec!["straight".into()];
    graph.node.push(node("Sin", &["straight"], "pooled", &[]));
    let network = linear_head(graph, 1.0);
    let folder = tempfile::tempdir().expect("a folder");
    training_run(folder.path(), &network, "logit");
    let run = convert(folder.path());
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("Sin"), "{}", run.stderr);
}

#[test]
fn scores_that_the_manifest_does_not_name_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    training_run(folder.path(), &linear_head(body(), 1.0), "logit");
    let path = folder.path().join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).expect("a manifest")).expect("JSON");
    let turned = json!({ "quarter_turns": 1, "inverted": false });
    manifest["gate"]["orientations"].as_array_mut().expect("orientations").push(turned);
    fs::write(&path, manifest.to_string()).expect("a file");
    let run = convert(folder.path());
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("orientations has 2 numbers, the manifest's gate 3 orientations"), "{}", run.stderr);
}

#[test]
fn a_manifest_of_the_former_schema_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    training_run(folder.path(), &linear_head(body(), 1.0), "logit");
    let path = folder.path().join("manifest.json");
    let manifest =
        fs::read_to_string(&path).expect("a manifest").replace("lungfield.manifest/3", "lungfield.manifest/2");
    fs::write(&path, manifest).expect("a file");
    let run = convert(folder.path());
    assert_eq!(run.status, 1);
    for part in ["lungfield.manifest/2", "lungfield.manifest/3", "train and convert the model again"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
}

#[test]
fn a_file_that_is_no_network_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    training_run(folder.path(), &linear_head(body(), 1.0), "logit");
    fs::write(folder.path().join("model.onnx"), "not a network").expect("a file");
    let run = convert(folder.path());
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("model.onnx"), "{}", run.stderr);
}
