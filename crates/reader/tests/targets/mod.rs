//! What is tried with damaged bytes, one function for each way into the reader. Each says whether there was still something
//! to read, and panics when what it read is not as it must be. `hostile.rs` damages files at random and in the same way each
//! time, `fuzz` lets coverage guide the damage.

use std::io::Cursor;
use std::sync::LazyLock;

use lungfield_reader::study::{archive, file_set};
use lungfield_reader::{Decoded, Kernels, Kind, Limits, Manifest, StoredValues, UnverifiedModel};
use sha2::{Digest, Sha256};

const MANIFEST: &[u8] = include_bytes!("../../../../models/manifest.json");
const NETWORK: &[u8] = include_bytes!("../../../../models/lungfield.network");

/// A way in: bytes, and whether they held anything.
pub type Target = fn(&[u8]) -> bool;

/// Every way in, by name.
pub const TARGETS: [(&str, Target); 6] = [
    ("dicom", film),
    ("picture", film),
    ("archive", archive),
    ("directory", directory),
    ("manifest", manifest),
    ("network", network),
];

/// Small, so that a size that is damaged costs no time.
fn limits() -> Limits {
    Limits { pixels: 1 << 20, decoder_bytes: 64 << 20, ..Limits::default() }
}

/// Reads a film every way that there is. A film must have the pixels that it says.
pub fn film(file: &[u8]) -> bool {
    let limits = &limits();
    let mended;
    let file = if file.starts_with(b"\x89PNG") {
        mended = mended_png(file);
        &mended
    } else {
        file
    };
    let mut film = false;
    for frame in [None, "2".parse().ok()] {
        match Decoded::read_frame(file, frame, limits) {
            Ok(Decoded { radiograph, .. }) => {
                let pixels = u64::from(radiograph.width()) * u64::from(radiograph.height());
                assert_eq!(radiograph.luma().len() as u64, pixels);
                assert!(pixels <= limits.pixels, "{pixels} pixels");
                film = true;
            }
            // A panic that the reader caught, which ends it where panics abort.
            Err(error) => assert_ne!(error.kind(), Kind::Engine, "{error}"),
        }
        if let Ok(stored) = StoredValues::read(file, frame, limits) {
            let samples = u64::from(stored.rows) * u64::from(stored.columns) * u64::from(stored.samples);
            assert_eq!(stored.bits.len() as u64, samples);
        }
    }
    film
}

/// Gives the chunks of a damaged PNG their checksums, without which no damage would get past them.
fn mended_png(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let mut at = 8;
    while let Some(length) = file.get(at..).and_then(<[u8]>::first_chunk).map(|&length| u32::from_be_bytes(length)) {
        let end = at.saturating_add(8).saturating_add(length as usize);
        let Some(covered) = file.get(at + 4..end) else { break };
        let sum = !covered.iter().fold(!0u32, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 })
        });
        if let Some(place) = file.get_mut(end..end + 4) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        at = end + 4;
    }
    file
}

/// Unpacks all that an archive still lists. What it unpacks must have the size that the limits allow.
pub fn archive(bytes: &[u8]) -> bool {
    let limits = limits();
    let Ok(films) = archive::films(&mut Cursor::new(bytes), &limits) else { return false };
    assert!(!films.is_empty() && films.len() <= limits.entries);
    let unpacked =
        films.into_iter().filter_map(|film| archive::unpack(&film.place.ok()?, &mut Cursor::new(bytes), &limits).ok());
    let most = bytes.len() as u64 * limits.archive_ratio;
    unpacked.map(|film| assert!(film.len() as u64 <= most, "{} bytes of {}", film.len(), bytes.len())).count() > 0
}

/// Lists the films of a DICOM directory. No file may be listed that is not there, and none twice.
pub fn directory(bytes: &[u8]) -> bool {
    let names = ["DICOMDIR", "IM/A", "IM/B", "PT000000/ST000000/SE000000/IM000000"];
    let films = file_set::films_or_all(&names, 0, Ok(bytes.to_vec()), &limits());
    let mut places: Vec<usize> = films.iter().filter_map(|film| film.place.as_ref().ok().copied()).collect();
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    assert!(places.len() == count && places.iter().all(|place| *place < names.len()), "{films:?}");
    films.first().is_some_and(|film| film.place.is_ok())
}

/// Reads a manifest.
pub fn manifest(bytes: &[u8]) -> bool {
    Manifest::from_json(bytes).is_ok()
}

/// Makes a network ready from a damaged beginning, with the constants of the one that ships.
pub fn network(beginning: &[u8]) -> bool {
    static SHIPPED: LazyLock<(Manifest, [u8; 32])> = LazyLock::new(|| {
        let manifest = Manifest::from_json(MANIFEST).expect("the manifest that ships");
        (manifest, Sha256::digest(NETWORK).into())
    });
    let (manifest, digest) = &*SHIPPED;
    let end = |network: &[u8]| Some(12 + u32::from_le_bytes(*network.get(8..)?.first_chunk()?) as usize);
    let constants = &NETWORK[end(NETWORK).expect("a length")..];
    let beginning = end(beginning).and_then(|end| beginning.get(..end)).unwrap_or(beginning);
    let bytes = [beginning, constants].concat();
    UnverifiedModel::prepare(manifest, &bytes, Kernels::default()).verify(manifest, digest).is_ok()
}
