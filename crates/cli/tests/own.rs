//! `lungfield read --model ARCHIVE` and `lungfield convert FILE`, as a user runs them, on the small models of `tests/fixtures/own`.

mod common;

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use common::{Run, lungfield, repository};
use lungfield_reader::study::archive::{films, unpack};
use lungfield_reader::{Limits, sha256};
use prost::Message;
use serde_json::Value;
use tract_onnx::pb::{
    AttributeProto, ModelProto, NodeProto, TensorProto, attribute_proto::AttributeType, tensor_proto::DataType,
};

fn own(name: &str) -> PathBuf {
    repository("tests/fixtures/own").join(name)
}

fn read(model: &Path, more: &[&str]) -> Run {
    let arguments =
        ["read".as_ref(), "--model".as_ref(), model.as_os_str(), own("other.png").as_os_str()].map(ToOwned::to_owned);
    lungfield(arguments.into_iter().chain(more.iter().map(Into::into)))
}

fn content(archive: &str, name: &str) -> Vec<u8> {
    let mut archive = Cursor::new(fs::read(own(archive)).expect("is a fixture"));
    let entries = films(&mut archive, &Limits::default()).expect("is an archive");
    let entry = entries.iter().find(|entry| entry.name == name).expect("is in it");
    unpack(entry.place.as_ref().expect("is whole"), &mut archive, &Limits::default()).expect("unpacks")
}

#[test]
fn what_a_model_says_is_told_as_its_hospitals() {
    let run = read(&own("mobilenet.zip"), &[]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for says in
        ["normal ", "pneumonia ", "uncertain", "other.png: Model of a made-up hospital, not measured by Lungfield"]
    {
        assert!(run.stdout.contains(says), "{says}: {}", run.stdout);
    }
    let run = read(&own("mobilenet.zip"), &["--json"]);
    let reading: Value = serde_json::from_str(&run.stdout).expect("is JSON");
    assert_eq!(reading["schema"], "lungfield.own-reading/1");
    assert_eq!(
        (&reading["model"]["site"], &reading["model"]["measured"]),
        (&"a made-up hospital".into(), &false.into())
    );
    let [normal, pneumonia] = [0, 1].map(|nth| reading["findings"][nth]["probability"].as_f64().expect("a number"));
    assert!((normal + pneumonia - 1.0).abs() < 1e-6);
    assert_eq!(reading["findings"][0]["heatmap"]["values"].as_array().expect("a map").len(), 144);
}

#[test]
fn a_model_of_ones_own_reads_and_no_more() {
    for more in [["--heatmap", "out"], ["--prevalence", "0.1"]] {
        let run = read(&own("resnet.zip"), &more);
        assert_eq!(run.status, 1);
        assert!(run.stderr.contains("reads films, and no more"), "{}", run.stderr);
    }
}

/// A network that would fill 256 GB, in an archive that is right otherwise.
fn memory_hog() -> Vec<u8> {
    let mut network = ModelProto::decode(content("resnet.zip", "model.onnx").as_slice()).expect("is ONNX");
    let graph = network.graph.as_mut().expect("has a graph");
    let shape = TensorProto {
        name: "huge".into(),
        dims: vec![2],
        data_type: DataType::Int64 as i32,
        int64_data: vec![1 << 18, 1 << 18],
        ..TensorProto::default()
    };
    let axes = AttributeProto {
        name: "axes".into(),
        r#type: AttributeType::Ints as i32,
        ints: vec![0, 1],
        ..AttributeProto::default()
    };
    let keep = AttributeProto {
        name: "keepdims".into(),
        r#type: AttributeType::Int as i32,
        i: 1,
        ..AttributeProto::default()
    };
    let node = |op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>| NodeProto {
        op_type: op.into(),
        name: output.into(),
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        attribute,
        ..NodeProto::default()
    };
    graph.initializer.push(shape);
    let last = graph.node.last_mut().expect("has nodes");
    last.output[0] = "almost".into();
    graph.node.extend([
        node("ConstantOfShape", &["huge"], "zeros", vec![]),
        node("ReduceMax", &["zeros"], "zero", vec![axes, keep]),
        node("Add", &["almost", "zero"], "said", vec![]),
    ]);
    network.encode_to_vec()
}

#[cfg(unix)]
#[test]
fn a_model_that_takes_all_memory_is_refused_and_harms_nobody() {
    let onnx = memory_hog();
    let mut manifest: Value = serde_json::from_slice(&content("resnet.zip", "model.json")).expect("is JSON");
    manifest["sha256"] = sha256(&onnx).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    let manifest = manifest.to_string();
    let film = content("resnet.zip", "selftest.png");
    let mut writer = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in [("model.json", manifest.as_bytes()), ("model.onnx", &onnx), ("selftest.png", &film)] {
        let (mut entry, config) = writer.new_file(name).start().expect("an entry");
        let mut data = config.wrap(&mut entry);
        data.write_all(bytes).expect("written");
        let (_, descriptor) = data.finish().expect("written");
        entry.finish(descriptor).expect("written");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("hog.zip");
    fs::write(&archive, writer.finish().expect("an archive")).expect("written");
    let run = read(&archive, &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stderr.contains("hog.zip"), "{}", run.stderr);
}

#[test]
fn what_is_wrong_with_a_model_is_said_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("cut.zip");
    fs::write(&archive, &fs::read(own("resnet.zip")).expect("is a fixture")[..5000]).expect("written");
    let run = read(&archive, &[]);
    assert_eq!(run.status, 1);
    assert_eq!(
        (run.stderr.matches("cut.zip").count(), run.stderr.matches("See docs").count()),
        (1, 1),
        "{}",
        run.stderr
    );
}

#[test]
fn convert_says_which_engine_runs_a_network_and_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let says = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        lungfield(["convert".as_ref(), path.as_os_str()])
    };
    let shipped = fs::read(repository("models/lungfield.onnx")).expect("is the shipped model");
    let run = says("shipped.onnx", &shipped);
    assert!(run.status == 0 && run.stdout.contains("own kernels run it"), "{} {}", run.stdout, run.stderr);
    let run = says("convnext.onnx", &content("convnext.zip", "model.onnx"));
    assert!(run.status == 0 && run.stdout.contains("kernels do not: the operator"), "{} {}", run.stdout, run.stderr);
    let mut network = ModelProto::decode(content("resnet.zip", "model.onnx").as_slice()).expect("is ONNX");
    network.graph.as_mut().expect("has a graph").node[1].op_type = "Frobnicate".into();
    let run = says("unknown.onnx", &network.encode_to_vec());
    assert!(run.status == 1 && run.stderr.contains("Frobnicate"), "{} {}", run.stdout, run.stderr);
}
