//! What becomes of a panic at something in a file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Error, Kind, Result, Stage};

/// What `read` gives, or, where it panics, a failure of that file and of no other. Where panics abort, as in the browser,
/// whoever runs the reader has to start it again.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    // What is left half done is dropped with it.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let detail = "the reader stopped at something in the file that it does not expect";
        Err(Error::new(Stage::Decode, Kind::Engine, detail))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_of_the_film() {
        let failure = guarded::<()>(|| panic!("a decoder's")).expect_err("a failure");
        assert_eq!((failure.kind(), failure.kind().is_refusal()), (Kind::Engine, false));
    }
}
