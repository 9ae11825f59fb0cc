//! The worker that makes what is taken away.

fn main() {
    lungfield::exporter::run();
}
