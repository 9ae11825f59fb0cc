use lungfield_contract::Corners;
use lungfield_reader::{CloseFilm, ReadOptions, Reader};
use web_sys::File;

use super::read::{Opened, open};
use crate::bridge::{FilmId, Location};

/// The film that is looked at closely, kept until another one is read.
pub(super) struct Close {
    id: FilmId,
    corners: Option<Corners>,
    pub film: CloseFilm,
}

impl Close {
    /// Decodes a film once more; `None` when that cannot be done, or its file holds several.
    pub fn open(
        reader: &Reader,
        id: FilmId,
        location: Location,
        corners: Option<Corners>,
        file: Option<&File>,
    ) -> Option<Self> {
        let Ok(Opened::Film(bytes)) = open("", location, file) else { return None };
        Some(Self { id, corners, film: reader.look(&bytes, ReadOptions { corners, ..ReadOptions::default() })? })
    }

    /// Whether it is this film, read between these corners.
    pub fn is_of(&self, id: FilmId, corners: Option<Corners>) -> bool {
        (self.id, self.corners) == (id, corners)
    }
}
