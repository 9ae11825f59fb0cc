use lungfield_contract::ByHand;
use lungfield_reader::{CloseFilm, ReadOptions, Reader};
use web_sys::File;

use super::read::{Opened, open};
use crate::bridge::{FilmId, Location};

/// The film that is looked at closely, kept until another one is read.
pub(super) struct Close {
    id: FilmId,
    by_hand: ByHand,
    pub film: CloseFilm,
}

impl Close {
    /// Decodes a film once more; `None` when that cannot be done, or its file holds several.
    pub fn open(reader: &Reader, id: FilmId, location: Location, by_hand: ByHand, file: Option<&File>) -> Option<Self> {
        let Ok(Opened::Film(bytes)) = open("", location, file) else { return None };
        Some(Self { id, by_hand, film: reader.look(&bytes, ReadOptions { by_hand, ..ReadOptions::default() })? })
    }

    /// Whether it is this film, read so.
    pub fn is_of(&self, id: FilmId, by_hand: ByHand) -> bool {
        (self.id, self.by_hand) == (id, by_hand)
    }
}
