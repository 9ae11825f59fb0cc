use serde::{Deserialize, Serialize};

/// A file in a ZIP archive: where it lies and what the archive says of it, of which nothing is believed. Plain, so that it
/// can be sent to whoever has the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveEntry {
    /// The place of its local header, in bytes from the archive's beginning.
    pub header: u64,
    /// How many bytes it has packed.
    pub packed: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// The CRC-32 of its bytes.
    pub crc32: u32,
    /// How it is packed (APPNOTE.TXT 4.4.5).
    pub method: u16,
    /// It is locked with a password.
    pub encrypted: bool,
}
