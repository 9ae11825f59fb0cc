//! The files of `tests/fixtures`.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// More than any fixture takes in an unoptimised build on a busy machine, far less than a bomb that goes off.
pub const TIME: Duration = Duration::from_secs(10);

/// A fixture's bytes.
pub fn bytes(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
