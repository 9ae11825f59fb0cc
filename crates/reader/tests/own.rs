//! Models of a hospital's own, small ones with made-up weights, against PyTorch, and what is refused of them.

#![allow(clippy::print_stdout, reason = "how far apart they are is worth seeing")]

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::{env, fs, path::PathBuf};

use lungfield_reader::own::OwnModel;
use lungfield_reader::study::archive::{films, unpack};
use lungfield_reader::{Error, Kernels, Kind, Limits, Manifest, Model, ReadOptions, Reader, Status, sha256};
use prost::Message;
use serde::Deserialize;
use serde_json::{Value, json};
use tract_onnx::pb::{GraphProto, ModelProto};

/// What PyTorch says of `other.png`: `tests/fixtures/generate/own_models.py`.
#[derive(Deserialize)]
struct Expected {
    outputs: Vec<f64>,
    maps: Vec<Vec<f32>>,
}

/// The folder of the models: the small ones', or that of larger ones which the script has written elsewhere.
fn folder() -> PathBuf {
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/own");
    env::var_os("LUNGFIELD_OWN_MODELS").map_or(small.into(), PathBuf::from)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).expect("is a fixture")
}

fn gate() -> Reader {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
    let file = |name: &str| fs::read(format!("{models}/{name}")).expect("is the shipped model");
    let manifest = Manifest::from_json(&file("manifest.json")).expect("is a manifest");
    let model = Model::load(&manifest, &file("lungfield.network"), Kernels::default()).expect("is the model");
    Reader::new(manifest, model)
}

#[test]
fn models_of_every_family_say_and_explain_what_pytorch_does() {
    let (gate, film) = (gate(), bytes("other.png"));
    let all: BTreeMap<String, Expected> = serde_json::from_slice(&bytes("expected.json")).expect("is JSON");
    for (name, expected) in all {
        let model = OwnModel::open(&bytes(&format!("{name}.zip"))).expect("reproduces its self-test");
        assert_eq!(model.without_heatmap(), None, "{name}");
        let reading = model.read("other.png", &film, &gate, ReadOptions::default());
        assert_eq!(reading.status, Status::Read, "{name}: {:?}", reading.reason);
        let classes: Vec<usize> = (0..)
            .zip(&model.manifest().output.classes)
            .filter_map(|(nth, class)| class.as_ref().map(|_| nth))
            .collect();
        assert_eq!(reading.findings.len(), classes.len(), "{name}");
        let (mut off, mut map_off) = (0.0_f64, 0.0_f32);
        for (finding, nth) in reading.findings.iter().zip(classes) {
            off = off.max((finding.output - expected.outputs[nth]).abs() / expected.outputs[nth].abs().max(1.0));
            let (found, map) = (finding.heatmap.as_ref().expect("is explained"), &expected.maps[nth]);
            let largest = map.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(*value));
            map_off = found.values.iter().zip(map).fold(map_off, |off, (a, b)| off.max((a - b).abs() / largest));
        }
        let method = &reading.findings[0].heatmap.as_ref().expect("is explained").method;
        println!("{name}: {method}; output off by {off:.1e}, map by {map_off:.1e} of its largest value");
        assert!(off < 1e-4 && map_off < 2e-3, "{name}: {off} {map_off}");
        let by_rules = ["resnet", "densenet"].contains(&name.as_str());
        if folder().ends_with("own") {
            assert_eq!(method, if by_rules { "grad-cam, reverse" } else { "grad-cam, differences" }, "{name}");
        }
        assert!(!reading.model.measured && reading.model.notice.contains("a made-up hospital"), "{name}");
    }
}

/// A file in the archive of a small model.
fn content(archive: &str, name: &str) -> Vec<u8> {
    let mut archive = Cursor::new(bytes(archive));
    let entries = films(&mut archive, &Limits::default()).expect("is an archive");
    let entry = entries.iter().find(|entry| entry.name == name).expect("is in it").place.as_ref().expect("is whole");
    unpack(entry, &mut archive, &Limits::default()).expect("unpacks")
}

fn network(archive: &str) -> Vec<u8> {
    content(archive, "model.onnx")
}

/// The archive of a small model with its manifest changed, and perhaps its network.
fn changed(name: &str, change: impl Fn(&mut Value), onnx: Option<&[u8]>) -> Vec<u8> {
    let mut archive = Cursor::new(bytes(name));
    let entries = films(&mut archive, &Limits::default()).expect("is an archive");
    let mut content = |name: &str| {
        let entry =
            entries.iter().find(|entry| entry.name == name).expect("is in it").place.as_ref().expect("is whole");
        unpack(entry, &mut archive, &Limits::default()).expect("unpacks")
    };
    let mut manifest: Value = serde_json::from_slice(&content("model.json")).expect("is JSON");
    let (file, film) = (content("model.onnx"), content("selftest.png"));
    let file = onnx.unwrap_or(&file);
    manifest["sha256"] = sha256(file).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    change(&mut manifest);
    zipped(&[("model.json", manifest.to_string().as_bytes()), ("model.onnx", file), ("selftest.png", &film)])
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, content) in files {
        let (mut entry, config) = archive.new_file(name).start().expect("begins");
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content).expect("is written");
        let (_, output) = writer.finish().expect("ends");
        entry.finish(output).expect("ends");
    }
    archive.finish().expect("ends")
}

fn refusal(archive: &[u8]) -> Error {
    OwnModel::open(archive).map(|_| "a model that is to be refused").expect_err("is refused")
}

#[test]
fn a_manifest_that_is_wrong_in_any_field_is_refused_for_it() {
    let wrong: &[(&str, Value, &str)] = &[
        ("/schema", json!("lungfield.model/2"), "schema"),
        ("/name", json!(""), "name"),
        ("/version", json!(" "), "version"),
        ("/site", json!("a".repeat(501)), "site"),
        ("/licence", json!(""), "licence"),
        ("/population", json!(""), "population"),
        ("/not_for", json!(""), "not_for"),
        ("/file", json!("other.onnx"), "no other.onnx"),
        ("/sha256", json!("00".repeat(32)), "SHA-256"),
        ("/sha256", json!("AB"), "sha256"),
        ("/input/tensor", json!("picture"), "input.tensor is picture"),
        ("/input/layout", json!("chwn"), "chwn"),
        ("/input/layout", json!("nhwc"), ""),
        ("/input/channels", json!(2), "channels"),
        ("/input/channels", json!(1), "mean"),
        ("/input/rows", json!(0), "rows"),
        ("/input/columns", json!(1_u64 << 40), "columns"),
        ("/input/fit", json!("stretch"), "stretch"),
        ("/input/fit", json!("crop"), "self-test"),
        ("/input/filter", json!("lanczos"), "lanczos"),
        ("/input/range", json!([1, 1]), "range"),
        ("/input/range", json!([0, 255]), "self-test"),
        ("/input/mean", json!([0.5]), "mean"),
        ("/input/mean", json!([0, 0, 0]), "self-test"),
        ("/input/std", json!([0, 1, 1]), "std"),
        ("/output/tensor", json!("logit"), "output.tensor logit"),
        ("/output/kind", json!("score"), "score"),
        ("/output/temperature", json!(0), "temperature"),
        ("/output/classes", json!([]), "classes"),
        ("/output/classes", json!([{"name": "a"}, {"name": "b"}]), "selftest.outputs"),
        ("/output/classes/0/name", json!(""), "name"),
        (
            "/output/classes/0/thresholds",
            json!({"unlikely_below": 0.8, "likely_from": 0.2, "films": "a"}),
            "thresholds",
        ),
        ("/heatmap/full_scale", json!(0), "full_scale"),
        ("/gate", json!("ours"), "ours"),
        ("/selftest/film", json!("other.png"), "no other.png"),
        ("/selftest/film", json!("model.onnx"), "selftest.film"),
        ("/selftest/outputs", json!([9]), "self-test"),
        ("/selftest/tolerance", json!(1e9), "tolerance"),
        ("/heatmap/more", json!(1), "more"),
    ];
    for (field, value, says) in wrong {
        let archive = changed(
            "resnet.zip",
            |manifest| {
                let (parent, last) = field.rsplit_once('/').expect("is a path");
                match manifest.pointer_mut(parent).expect("is there") {
                    Value::Array(items) => items[last.parse::<usize>().expect("a number")] = value.clone(),
                    other => other[last] = value.clone(),
                }
            },
            None,
        );
        let error = refusal(&archive);
        assert!(matches!(error.kind(), Kind::Manifest | Kind::Model), "{field}: {error}");
        assert!(error.detail().contains(says), "{field} {value}: {error}");
    }
}

#[test]
fn a_layer_that_cannot_be_explained_leaves_the_answer_and_says_why() {
    for (layer, says) in [
        ("nothing", "none of that name"),
        ("said", "not [1, channels, rows, columns]"),
        ("/body/body.3/inner/inner.0/inner.0.0/Conv", "past that layer"),
    ] {
        let archive = changed("resnet.zip", |manifest| manifest["heatmap"]["layer"] = json!(layer), None);
        let model = OwnModel::open(&archive).expect("reproduces its self-test");
        let why = model.without_heatmap().expect("has no heatmap");
        assert!(why.contains(says), "{layer}: {why}");
        let reading = model.read("other.png", &bytes("other.png"), &gate(), ReadOptions::default());
        assert_eq!((reading.status, reading.findings[0].heatmap.as_ref()), (Status::Read, None));
    }
    let archive = changed("resnet.zip", |manifest| manifest["heatmap"] = Value::Null, None);
    assert!(OwnModel::open(&archive).expect("opens").without_heatmap().expect("has none").contains("no layer"));
}

#[test]
fn with_the_gate_what_is_no_chest_film_is_refused() {
    let archive = changed("resnet.zip", |manifest| manifest["gate"] = json!("lungfield"), None);
    let model = OwnModel::open(&archive).expect("reproduces its self-test");
    let noise = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/two-tones.png");
    let reading = model.read("two-tones.png", &fs::read(noise).expect("is a fixture"), &gate(), ReadOptions::default());
    assert_ne!(reading.status, Status::Read);
    let film = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/films/NORMAL2-IM-1427-0001.jpeg");
    let reading = model.read("film.jpeg", &fs::read(film).expect("is a film"), &gate(), ReadOptions::default());
    assert_eq!((reading.status, reading.gate.is_some()), (Status::Read, true));
}

/// The resnet's archive with its network changed.
fn with_network(change: impl Fn(&mut GraphProto)) -> Vec<u8> {
    let mut network = ModelProto::decode(network("resnet.zip").as_slice()).expect("is ONNX");
    change(network.graph.as_mut().expect("has a graph"));
    changed("resnet.zip", |_| (), Some(&network.encode_to_vec()))
}

#[test]
fn hostile_networks_are_refused_for_what_they_are() {
    let says = |archive: Vec<u8>, says: &str| {
        let error = refusal(&archive);
        assert!(error.kind() == Kind::Model && error.detail().contains(says), "{says}: {error}");
    };
    says(changed("resnet.zip", |_| (), Some(b"no network")), "no ONNX file");
    says(changed("resnet.zip", |_| (), Some(b"")), "");
    says(with_network(|graph| graph.initializer[0].data_location = Some(1)), "another file");
    says(with_network(|graph| graph.initializer[0].dims = vec![1 << 40, 1 << 40]), "numbers, the limit is");
    says(with_network(|graph| graph.initializer[0].dims = vec![7]), "");
    says(with_network(|graph| graph.node[1].op_type = "Loop".into()), "Loop");
    says(with_network(|graph| graph.node[1].op_type = "Frobnicate".into()), "Frobnicate");
    says(with_network(|graph| graph.node[1].input.clear()), "");
    says(with_network(|graph| graph.node[1].input[0] = "layer".into()), "");
    let not_a_number = |graph: &mut GraphProto| {
        let bytes: Vec<u8> = std::iter::repeat_n(f32::NAN.to_le_bytes(), 8).flatten().collect();
        let weights = graph.initializer.iter_mut().find(|tensor| tensor.dims == [1, 8]).expect("the last layer's");
        weights.raw_data = bytes;
    };
    says(with_network(not_a_number), "NaN");
}

#[test]
fn archives_that_hold_no_model_or_a_bomb_are_refused() {
    for (archive, says) in [
        (b"PK\x05\x06".to_vec(), ""),
        (zipped(&[("a.txt", b"a")]), "no model.json"),
        (zipped(&[("model.json", b"{")]), "model.json"),
        (zipped(&[("model.json", &vec![b' '; 64 << 20])]), "model.json"),
    ] {
        let error = refusal(&archive);
        assert!(
            matches!(error.kind(), Kind::Manifest | Kind::Model) && error.detail().contains(says),
            "{says}: {error}"
        );
    }
}

#[test]
fn a_damaged_network_is_refused_or_reads_and_never_more() {
    let network = network("resnet.zip");
    // Of any seed: a linear congruential generator (Knuth).
    let mut state = 34_u64;
    let mut random = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    };
    let executions = env::var("LUNGFIELD_EXECUTIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(200);
    for _ in 0..executions {
        let mut damaged = network.clone();
        for _ in 0..=random(3) {
            let at = random(damaged.len());
            damaged[at] ^= 1 << random(8);
        }
        if let Err(error) = OwnModel::open(&changed("resnet.zip", |_| (), Some(&damaged))) {
            assert_eq!(error.kind(), Kind::Model, "{error}");
        }
    }
}
