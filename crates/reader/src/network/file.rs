//! The form in which a network ships: `lungfield.network/2`.
//!
//! ```text
//! b"lungnet2"      8 bytes
//! header length    u32, little-endian
//! header           JSON: the nodes in order, each with its shape and where it comes from, and the outputs by name
//! constants        in the nodes' order, little-endian, f16 or f32 as the header says
//! ```
//!
//! It holds what [`Graph`] holds and no more, so that nothing has to be parsed, inferred or simplified before it runs.

use std::collections::BTreeMap;

#[cfg(feature = "onnx")]
use half::f16;
use serde::{Deserialize, Serialize};

use super::graph::{Graph, Node, Operator, Source};

const MAGIC: &[u8; 8] = b"lungnet2";

/// What the files of every version of this form begin with.
const FORM: &[u8] = b"lungnet";

#[derive(Serialize, Deserialize)]
struct Header {
    nodes: Vec<HeaderNode>,
    outputs: BTreeMap<String, usize>,
}

#[derive(Serialize, Deserialize)]
struct HeaderNode {
    shape: Vec<usize>,
    #[serde(flatten)]
    source: HeaderSource,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HeaderSource {
    Input(String),
    Constant(Precision),
    Computed(Operator, Vec<usize>),
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Precision {
    F16,
    F32,
}

/// Whether these are the bytes of a network in this form, of whichever version.
pub(super) fn is_network(bytes: &[u8]) -> bool {
    bytes.starts_with(FORM)
}

/// Writes a network. Constants that f16 holds exactly are stored in it, so nothing is lost.
#[cfg(feature = "onnx")]
pub(super) fn write(graph: &Graph) -> Vec<u8> {
    let mut constants = Vec::new();
    let node = |node: &Node| {
        let source = match &node.source {
            Source::Input(name) => HeaderSource::Input(name.clone()),
            Source::Computed(operator, inputs) => HeaderSource::Computed(operator.clone(), inputs.clone()),
            Source::Constant(values) if values.iter().all(|&value| f16::from_f32(value).to_f32() == value) => {
                constants.extend(values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()));
                HeaderSource::Constant(Precision::F16)
            }
            Source::Constant(values) => {
                constants.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                HeaderSource::Constant(Precision::F32)
            }
        };
        HeaderNode { shape: node.shape.clone(), source }
    };
    let header = Header { nodes: graph.nodes.iter().map(node).collect(), outputs: graph.outputs.clone() };
    let header = serde_json::to_vec(&header).expect("plain data");
    let length = u32::try_from(header.len()).expect("a header of kilobytes").to_le_bytes();
    [MAGIC.as_slice(), &length, &header, &constants].concat()
}

/// Reads a network.
///
/// # Errors
/// When the bytes are cut off, say more than they hold, or describe what cannot be computed.
pub(super) fn read(bytes: &[u8]) -> Result<Graph, String> {
    let cut_off = || "the network file is cut off".to_owned();
    let other = "the network file is not lungfield.network/2, which is what this version of Lungfield reads: use a version as \
                 old as the model, or convert the model again";
    let rest = bytes.strip_prefix(MAGIC).ok_or(other)?;
    let (length, rest) = rest.split_first_chunk().ok_or_else(cut_off)?;
    let (header, mut constants) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(cut_off)?;
    let header: Header = serde_json::from_slice(header).map_err(|e| format!("the network's header: {e}"))?;
    let mut nodes = Vec::with_capacity(header.nodes.len());
    for HeaderNode { shape, source } in header.nodes {
        let source = match source {
            HeaderSource::Input(name) => Source::Input(name),
            HeaderSource::Computed(operator, inputs) => Source::Computed(operator, inputs),
            HeaderSource::Constant(precision) => {
                let width = if precision == Precision::F16 { 2usize } else { 4 };
                let length = shape.iter().try_fold(width, |length, &axis| length.checked_mul(axis));
                let (stored, rest) =
                    length.and_then(|length| constants.split_at_checked(length)).ok_or_else(cut_off)?;
                constants = rest;
                Source::Constant(match precision {
                    Precision::F16 => {
                        stored.as_chunks().0.iter().map(|bytes| widened(u16::from_le_bytes(*bytes))).collect()
                    }
                    Precision::F32 => stored.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
                })
            }
        };
        nodes.push(Node { shape, source });
    }
    if !constants.is_empty() {
        return Err(format!("the network file has {} bytes too many", constants.len()));
    }
    Graph { nodes, outputs: header.outputs }.checked()
}

/// The f32 of an f16's bits, without a branch, so that several are widened at a time: there are millions, and a browser has not
/// optimised this code yet when it runs.
fn widened(bits: u16) -> f32 {
    /// From f16's exponent bias, 15, to f32's, 127.
    const EXPONENT: f32 = f32::from_bits((127 + 127 - 15) << 23);
    const BEYOND: f32 = 65_536.0;
    let (sign, size) = (u32::from(bits & 0x8000) << 16, u32::from(bits & 0x7FFF) << 13);
    let size = f32::from_bits(size) * EXPONENT;
    let infinite = if size >= BEYOND { f32::INFINITY.to_bits() } else { 0 };
    f32::from_bits(size.to_bits() | infinite | sign)
}

#[cfg(all(test, feature = "onnx"))]
mod tests {
    use super::*;

    #[test]
    fn every_f16_is_widened_to_itself() {
        for bits in 0..=u16::MAX {
            let (widened, defined) = (widened(bits), f16::from_bits(bits).to_f32());
            assert!(widened.to_bits() == defined.to_bits() || widened.is_nan() && defined.is_nan(), "{bits:#x}");
        }
    }
}
