//! The worker that keeps the history.

fn main() {
    lungfield::history::run();
}
