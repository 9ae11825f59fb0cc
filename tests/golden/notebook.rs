//! A model as the original notebook makes it: the shipped network's body under another head.

use lungfield_reader::{Manifest, Outputs};
use prost::Message;
use sha2::{Digest, Sha256};
use tract_onnx::pb::{GraphProto, ModelProto, ValueInfoProto};

const ACTIVATIONS: &str = "activations";
const PROBABILITY: &str = "probability";
const GATE: &str = "gate";
const ORIENTATIONS: &str = "orientations";
const ADULT: &str = "adult";

/// The body of `model` up to its activations, followed by `head`.
pub fn with_head(model: &[u8], head: &[u8]) -> Vec<u8> {
    let mut model = ModelProto::decode(model).expect("the shipped model is ONNX");
    let head = ModelProto::decode(head).expect("the head is ONNX").graph.expect("a graph");
    let body: &mut GraphProto = model.graph.as_mut().expect("a graph");
    let last = body.node.iter().position(|node| node.output.iter().any(|name| name == ACTIVATIONS));
    body.node.truncate(last.expect("the explained layer") + 1);
    body.node.extend(head.node);
    body.initializer.extend(head.initializer);
    body.output = [ACTIVATIONS, PROBABILITY, GATE, ORIENTATIONS, ADULT].map(output).to_vec();
    model.encode_to_vec()
}

fn output(name: &str) -> ValueInfoProto {
    ValueInfoProto { name: name.into(), ..ValueInfoProto::default() }
}

/// The shipped manifest, for that model.
pub fn manifest(shipped: Manifest, onnx: &[u8]) -> Manifest {
    Manifest {
        sha256: Sha256::digest(onnx).iter().map(|byte| format!("{byte:02x}")).collect(),
        outputs: Outputs {
            activations: ACTIVATIONS.into(),
            logit: PROBABILITY.into(),
            gate: GATE.into(),
            orientations: ORIENTATIONS.into(),
            adult: Some(ADULT.into()),
        },
        ..shipped
    }
}
