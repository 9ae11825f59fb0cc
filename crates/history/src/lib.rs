//! What is kept of readings on a device, for those who switch it on: the cases, a log of everything that was done with them, and
//! the file that both travel in. No film is among it.
//!
//! Each entry of the log and each case is sealed for itself; this crate never sees the key. Every entry names the digest of the
//! sealed entry before it, and every kept case is in the log with the digest of its sealed parts: what was changed, taken out or
//! put in by something else than this program is found.
//!
//! ```
//! use lungfield_history::{Event, Log, digest};
//!
//! let mut log = Log::default();
//! let entry = log.next("2026-11-30T12:00:00Z", "Dr A", Event::Set { days: 30 });
//! let sealed = serde_json::to_vec(&entry).expect("writes"); // really sealed with the key
//! log.append(&sealed, &entry);
//!
//! let again = Log::read([(sealed.as_slice(), Some(entry))], log.head());
//! assert!(again.faults().is_empty());
//! assert_eq!(again.head().digest, digest(&[&sealed]));
//! ```

mod case;
mod chain;
mod entry;
mod file;

pub use case::{Brief, Case, Thumbnail};
pub use chain::{Fault, Head, Kept, Log};
pub use entry::{Entry, Event};
pub use file::{HistoryFile, NotAHistory, Sealed, SealedCase, Vault, bytes};

use sha2::{Digest, Sha256};

/// SHA-256 of parts one after the other, in lower-case hexadecimal.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
