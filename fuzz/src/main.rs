//! libFuzzer's entry: the target that LUNGFIELD_TARGET names.

#![no_main]

#[path = "../../crates/reader/tests/targets/mod.rs"]
mod targets;

use std::env;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let wanted = env::var("LUNGFIELD_TARGET").expect("LUNGFIELD_TARGET names a target");
    let found = targets::TARGETS.into_iter().find(|(name, _)| *name == wanted);
    found.unwrap_or_else(|| panic!("no target {wanted}")).1
});

fuzz_target!(|bytes: &[u8]| {
    TARGET(bytes);
});
