//! The kernels against tract, the rules against slopes, the parts of a network by themselves.

#[cfg(feature = "onnx")]
mod against_tract;
#[cfg(feature = "onnx")]
mod numbers;
mod slopes;
#[cfg(feature = "onnx")]
mod two_parts;
