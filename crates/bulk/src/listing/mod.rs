//! Where films are: what is not a folder or a ZIP archive, which only the command lists.

mod identifiers;
mod orthanc;
mod store;
mod tar;
mod web;

pub use identifiers::{Columns, identifiers};
pub use orthanc::orthanc;
pub use store::store;
pub use tar::{is_tar, tar};
pub use web::web;

use crate::error::Result;
use crate::index::IndexedFilm;

/// What takes the films of a listing, one after the other.
pub type Add<'a> = &'a mut dyn FnMut(IndexedFilm) -> Result<()>;
