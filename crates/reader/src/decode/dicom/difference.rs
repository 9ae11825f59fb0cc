//! Where a file's header and its picture say different things, and the picture was believed.

use crate::{Warning, WarningKind};

/// What was found, to be said with the answer.
#[derive(Debug, Default)]
pub(super) struct Differences(Vec<Warning>);

impl Differences {
    /// Notes a difference: a clause that names both values.
    pub(super) fn note(&mut self, says: String) {
        let text = format!("the file contradicts itself: {says}; the picture was believed");
        self.0.push(Warning::new(WarningKind::HeaderDiffers, text));
    }

    /// Notes something else about the picture.
    pub(super) fn warn(&mut self, warning: Warning) {
        self.0.push(warning);
    }

    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.0
    }
}
