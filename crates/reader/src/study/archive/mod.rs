//! Films packed into a ZIP archive (PKWARE's APPNOTE.TXT 6.3.10). The archive stays where it is: its index is read once,
//! and each film's bytes when its turn comes.

mod list;
mod unpack;

pub use list::{MODEL, films, is_model};
pub use unpack::unpack;
