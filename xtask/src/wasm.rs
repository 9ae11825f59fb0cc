//! The target that the page is compiled for, and what is compiled for it.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::process;

/// Its name.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Whether `rustc` has a standard library for it.
pub fn has_wasm(rustc: &Path) -> bool {
    let Ok(folder) = process::capture(Command::new(rustc).args(["--print", "target-libdir", "--target", WASM])) else {
        return false;
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("libstd"))
}

/// A module without its section `name`, what its functions are called: a seventh of it, and of use to nobody who downloads it.
///
/// # Errors
/// If it is no module.
pub fn without_names(module: &[u8]) -> Result<Vec<u8>> {
    const NAME: &[u8] = b"\x04name";
    let (begin, mut rest) = module.split_at_checked(8).context("a wasm module is cut off")?;
    ensure!(begin.starts_with(b"\0asm"), "a wasm module does not begin like one");
    let mut kept = begin.to_vec();
    while let Some((id, after)) = rest.split_first() {
        // The section's length, in LEB128.
        let digits = after.iter().take_while(|byte| **byte >= 0x80).count() + 1;
        let length = after.iter().take(digits).rev().fold(0, |length: u64, byte| length << 7 | u64::from(byte & 0x7f));
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(1 + digits));
        let (section, next) = end.and_then(|end| rest.split_at_checked(end)).context("a wasm module is cut off")?;
        if *id != 0 || !section[1 + digits..].starts_with(NAME) {
            kept.extend(section);
        }
        rest = next;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_and_all_else_stays() {
        let before = b"\0asm\x01\0\0\0\x01\x02ab\0\x86\0\x04kept!".as_slice();
        let names = b"\0\x06\x04name!".as_slice();
        let after = b"\x0a\x01c".as_slice();
        let module = [before, names, after].concat();
        assert_eq!(without_names(&module).expect("is a module"), [before, after].concat());
        assert!(without_names(&module[..module.len() - 1]).is_err() && without_names(b"\0asm").is_err());
    }
}
