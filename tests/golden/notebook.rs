//! A model as the original notebook makes it: the shipped network's body under another head.

use lungfield_reader::{Manifest, Outputs};
use prost::Message;
use sha2::{Digest, Sha256};
use tract_onnx::pb::{GraphProto, ModelProto, ValueInfoProto};

const EXPLAINED: &str = "explained";
const PROBABILITY: &str = "probability";

/// The body of `model` up to the explained layer, followed by `head`.
pub fn with_head(model: &[u8], head: &[u8]) -> Vec<u8> {
    let mut model = ModelProto::decode(model).expect("the shipped model is ONNX");
    let head = ModelProto::decode(head).expect("the head is ONNX").graph.expect("a graph");
    let body: &mut GraphProto = model.graph.as_mut().expect("a graph");
    let last = body.node.iter().position(|node| node.output.iter().any(|name| name == EXPLAINED));
    body.node.truncate(last.expect("the explained layer") + 1);
    body.node.extend(head.node);
    body.initializer.extend(head.initializer);
    body.output.retain(|output| output.name != "logit");
    body.output.push(ValueInfoProto { name: PROBABILITY.into(), ..ValueInfoProto::default() });
    model.encode_to_vec()
}

/// The shipped manifest, for that model.
pub fn manifest(shipped: Manifest, onnx: &[u8]) -> Manifest {
    Manifest {
        sha256: Sha256::digest(onnx).iter().map(|byte| format!("{byte:02x}")).collect(),
        outputs: Outputs { logit: PROBABILITY.into(), ..shipped.outputs },
        ..shipped
    }
}
