use std::sync::Arc;

use parley::{
    FontContext,
    fontique::{Blob, Collection, CollectionOptions, SourceCache},
};
use skrifa::{FontRef, MetadataProvider};

use crate::{Error, Result};

/// The fonts of a sheet. The fonts of the system are not looked at: a sheet is the same everywhere.
pub struct Fonts {
    context: FontContext,
    families: Vec<String>,
    files: Vec<Arc<[u8]>>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("families", &self.families).finish_non_exhaustive()
    }
}

impl Fonts {
    /// Fonts from TrueType files; a letter is taken from the first that has it.
    ///
    /// # Errors
    /// [`Error::Font`] where a file is no font.
    pub fn new(files: impl IntoIterator<Item = Arc<[u8]>>) -> Result<Self> {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        let files: Vec<Arc<[u8]>> = files.into_iter().collect();
        let mut families = Vec::new();
        for file in &files {
            FontRef::new(file).map_err(|error| Error::Font(error.to_string()))?;
            let registered = collection.register_fonts(Blob::new(Arc::new(file.clone())), None);
            let (family, _) = registered.first().ok_or_else(|| Error::Font("it has no name".into()))?;
            families.extend(collection.family_name(*family).map(str::to_owned));
        }
        Ok(Self { context: FontContext { collection, source_cache: SourceCache::default() }, families, files })
    }

    /// Noto Sans with the scripts of the app's languages (SIL Open Font License 1.1).
    pub fn noto() -> Self {
        let files: [&[u8]; 7] = [
            include_bytes!("../fonts/NotoSans.ttf"),
            include_bytes!("../fonts/NotoSansDevanagari.ttf"),
            include_bytes!("../fonts/NotoSansBengali.ttf"),
            include_bytes!("../fonts/NotoSansGujarati.ttf"),
            include_bytes!("../fonts/NotoSansTamil.ttf"),
            include_bytes!("../fonts/NotoSansTelugu.ttf"),
            include_bytes!("../fonts/NotoSansKannada.ttf"),
        ];
        Self::new(files.map(Arc::from)).expect("the fonts beside this file are whole")
    }

    pub(crate) fn families(&self) -> &[String] {
        &self.families
    }

    pub(crate) fn context(&self) -> FontContext {
        self.context.clone()
    }

    /// The text with a question mark for each letter that no font has, and a space for what is no letter.
    pub(crate) fn writable(&self, text: &str) -> String {
        let maps: Vec<_> =
            self.files.iter().filter_map(|file| FontRef::new(file).ok()).map(|font| font.charmap()).collect();
        let has = |letter: char| maps.iter().any(|map| map.map(letter).is_some_and(|glyph| glyph.to_u32() != 0));
        let writable = |letter: char| match letter {
            letter if letter.is_control() => ' ',
            letter if has(letter) => letter,
            _ => '?',
        };
        text.chars().map(writable).collect()
    }
}
