use std::fmt;

use lungfield_contract::Manifest;
use lungfield_presenter::Texts;
use lungfield_sheet::Fonts;

/// What a sheet is written with: a language, and the model that it tells of.
pub struct Words<'a> {
    /// The language's BCP 47 tag.
    pub language: &'a str,
    /// Its texts.
    pub texts: &'a Texts,
    /// The model's contract.
    pub manifest: &'a Manifest,
    /// The letters.
    pub fonts: &'a Fonts,
}

impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}
