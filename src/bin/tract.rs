//! The worker that reads films with the inference engine tract, on the ONNX file.

fn main() {
    lungfield::worker::run();
}
