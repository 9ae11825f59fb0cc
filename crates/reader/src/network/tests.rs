//! The kernels against tract, the rules against slopes.

#[cfg(feature = "onnx")]
mod against_tract;
mod slopes;
