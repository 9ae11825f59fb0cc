//! The worker of a first visit: it reads JPEG and PNG alone, and is half as much to download.

fn main() {
    lungfield::worker::run();
}
