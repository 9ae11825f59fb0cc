//! The worker that reads films.

fn main() {
    lungfield::worker::run();
}
