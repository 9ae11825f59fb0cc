//! The form in which a network ships: `lungfield.network/3`.
//!
//! ```text
//! b"lungnet3"      8 bytes
//! header length    u32, little-endian
//! header           JSON: the nodes in order, each with its shape and where it comes from, and the outputs by name
//! constants        in the nodes' order, little-endian, as the header says: f32, f16, or i8, which is a step for each entry of
//!                  the first axis, f16, and then how many steps each value is
//! ```
//!
//! It holds what [`Graph`] holds and no more, so that nothing has to be parsed, inferred or simplified before it runs.

use std::collections::BTreeMap;

#[cfg(feature = "onnx")]
use half::f16;
use serde::{Deserialize, Serialize};

use super::graph::{Graph, Node, Operator, Source};

const MAGIC: &[u8; 8] = b"lungnet3";

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Precision {
    I8,
    F16,
    F32,
}

/// Whether these are the bytes of a network in this form, of whichever version.
pub(super) fn is_network(bytes: &[u8]) -> bool {
    bytes.starts_with(FORM)
}

/// Writes a network. Each constant is stored in as few bits as hold it exactly, so nothing is lost.
#[cfg(feature = "onnx")]
pub(super) fn write(graph: &Graph) -> Vec<u8> {
    let mut constants = Vec::new();
    let node = |node: &Node| {
        let source = match &node.source {
            Source::Input(name) => HeaderSource::Input(name.clone()),
            Source::Computed(operator, inputs) => HeaderSource::Computed(operator.clone(), inputs.clone()),
            Source::Constant(values) => {
                let (precision, stored) = stored(&node.shape, values);
                constants.extend(stored);
                HeaderSource::Constant(precision)
            }
        };
        HeaderNode { shape: node.shape.clone(), source }
    };
    let header = Header { nodes: graph.nodes.iter().map(node).collect(), outputs: graph.outputs.clone() };
    let header = serde_json::to_vec(&header).expect("plain data");
    let length = u32::try_from(header.len()).expect("a header of kilobytes").to_le_bytes();
    [MAGIC.as_slice(), &length, &header, &constants].concat()
}

/// A constant's bytes in the shortest form that holds it exactly.
#[cfg(feature = "onnx")]
fn stored(shape: &[usize], values: &[f32]) -> (Precision, Vec<u8>) {
    let halves: Option<Vec<f16>> = values.iter().map(|&value| exact_half(value)).collect();
    let Some(halves) = halves else {
        return (Precision::F32, values.iter().flat_map(|value| value.to_le_bytes()).collect());
    };
    match multiples(shape, &halves) {
        Some(bytes) if bytes.len() < 2 * values.len() => (Precision::I8, bytes),
        _ => (Precision::F16, halves.iter().flat_map(|half| half.to_le_bytes()).collect()),
    }
}

#[cfg(feature = "onnx")]
fn exact_half(value: f32) -> Option<f16> {
    let half = f16::from_f32(value);
    (half.to_f32() == value).then_some(half)
}

/// The steps, one for each entry of the first axis, and how many of them each value is; `None` if a value is no whole multiple, or
/// one of more than eight bits.
#[cfg(feature = "onnx")]
fn multiples(shape: &[usize], values: &[f16]) -> Option<Vec<u8>> {
    /// The least value of an f16 above 0, of which every one is a whole multiple.
    const LEAST: f64 = 1.0 / (1 << 24) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "at most 40 bits")]
    let whole = |value: &f16| (value.is_finite()).then(|| (value.to_f64() / LEAST) as i64);
    let each = shape.iter().skip(1).product::<usize>().max(1);
    let (mut steps, mut counts) = (Vec::new(), Vec::with_capacity(values.len()));
    for values in values.chunks(each) {
        let values: Vec<i64> = values.iter().map(whole).collect::<Option<_>>()?;
        let step = values.iter().fold(0, |divisor, value| greatest_common_divisor(divisor, value.abs()));
        #[expect(clippy::cast_precision_loss, reason = "at most 40 bits")]
        let half = f16::from_f64(step as f64 * LEAST);
        (whole(&half) == Some(step)).then(|| steps.extend(half.to_le_bytes()))?;
        for value in values {
            counts.push(i8::try_from(value / step.max(1)).ok()?.to_le_bytes()[0]);
        }
    }
    Some([steps, counts].concat())
}

#[cfg(feature = "onnx")]
fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Reads a network.
///
/// # Errors
/// When the bytes are cut off, say more than they hold, or describe what cannot be computed.
pub(super) fn read(bytes: &[u8]) -> Result<Graph, String> {
    let cut_off = || "the network file is cut off".to_owned();
    let other = "the network file is not lungfield.network/3, which is what this version of Lungfield reads: use a version as \
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
                let stored = stored_length(precision, &shape).and_then(|length| constants.split_at_checked(length));
                let (stored, rest) = stored.ok_or_else(cut_off)?;
                constants = rest;
                Source::Constant(match precision {
                    Precision::I8 => multiplied(stored, shape.first().copied().unwrap_or(1)),
                    Precision::F16 => stored.as_chunks().0.iter().map(|b| widened(u16::from_le_bytes(*b))).collect(),
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

/// How many bytes a constant takes; `None` if nothing can be so long.
fn stored_length(precision: Precision, shape: &[usize]) -> Option<usize> {
    let values = shape.iter().try_fold(1usize, |length, &axis| length.checked_mul(axis))?;
    match precision {
        Precision::I8 => shape.first().copied().unwrap_or(1).checked_mul(2)?.checked_add(values),
        Precision::F16 => values.checked_mul(2),
        Precision::F32 => values.checked_mul(4),
    }
}

/// The values of which `stored` has so many `steps` and then how many of them each is.
fn multiplied(stored: &[u8], steps: usize) -> Vec<f32> {
    let (steps, counts) = stored.split_at(2 * steps);
    let mut values = Vec::with_capacity(counts.len());
    if let Some(each) = counts.len().checked_div(steps.len() / 2).filter(|&each| each > 0) {
        for (step, counts) in steps.as_chunks().0.iter().zip(counts.chunks_exact(each)) {
            let step = widened(u16::from_le_bytes(*step));
            values.extend(counts.iter().map(|&count| f32::from(count.cast_signed()) * step));
        }
    }
    values
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

    /// A constant of this shape, written and read, and how it was stored.
    fn kept(shape: &[usize], values: Vec<f32>) -> (Vec<f32>, Precision) {
        let (precision, bytes) = stored(shape, &values);
        assert_eq!(stored_length(precision, shape), Some(bytes.len()));
        let graph = Graph {
            nodes: vec![Node { shape: shape.to_vec(), source: Source::Constant(values) }],
            outputs: BTreeMap::from([("constant".to_owned(), 0)]),
        };
        let mut read = read(&write(&graph)).expect("a graph").nodes;
        match read.remove(0).source {
            Source::Constant(values) => (values, precision),
            _ => panic!("no constant"),
        }
    }

    #[test]
    fn whole_multiples_of_a_step_are_kept_in_eight_bits_and_others_are_not() {
        let row = |step: f32, most: i16| (-most..=most).map(move |count| f32::from(count) * step);
        let rows = |most: i16| row(15.0 / 4096.0, most).chain(row(11.0 / 65_536.0, most)).collect::<Vec<f32>>();
        let cases = [
            (vec![2, 255], rows(127), Precision::I8),
            // One count more than eight bits hold.
            (vec![2, 261], rows(130), Precision::F16),
            // A step each is longer than what it saves.
            (vec![255], row(0.5, 127).collect(), Precision::F16),
            (vec![1, 3], vec![0.1, 0.2, 0.3], Precision::F32),
            (vec![2, 2], vec![0.0; 4], Precision::F16),
            (vec![2, 5], vec![0.0; 10], Precision::I8),
            (vec![1, 4], vec![f32::INFINITY, 1.0, 2.0, 3.0], Precision::F16),
        ];
        for (shape, values, precision) in cases {
            assert_eq!(kept(&shape, values.clone()), (values, precision), "{shape:?}");
        }
    }
}
