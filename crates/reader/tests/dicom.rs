//! Every file of `tests/fixtures/dicom.json`: its stored values, its luma and its cautions are what its row says, or it is
//! turned away with the kind that its row names. A new case is a new row, written by `tests/fixtures/generate/dicom.py`.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lungfield_reader::{Decoded, HeaderFacts, Kind, Limits, StoredValues, WarningKind};
use serde::Deserialize;

/// More than any fixture takes in an unoptimised build on a busy machine, far less than a bomb that goes off.
const TIME: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
enum Case {
    /// Read, this frame or the first, with these stored values (`within` in stored units at most, `mean` on average), this luma to one 65535th of
    /// rounding, the luma of another file, this size, and these cautions.
    Read {
        file: String,
        frame: Option<NonZeroU32>,
        stored: Option<String>,
        #[serde(default)]
        within: i64,
        #[serde(default)]
        mean: f64,
        luma: Option<String>,
        like: Option<String>,
        size: Option<(u32, u32)>,
        #[serde(default)]
        cautions: Vec<WarningKind>,
    },
    /// A refusal of this kind that names this.
    Refused { file: String, kind: Kind, names: String },
    /// A failure of this kind that names this.
    Failed { file: String, kind: Kind, names: String },
}

fn bytes(file: &str) -> Vec<u8> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The 16-bit words of a `.npy` file, version 1.0, of whatever shape.
fn words(file: &str) -> Vec<u16> {
    let file = bytes(file);
    let header = 10 + usize::from(u16::from_le_bytes([file[8], file[9]]));
    file[header..].as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect()
}

fn differences(found: &[u16], expected: &[u16], signed: bool) -> Result<(i64, f64), String> {
    if found.len() != expected.len() {
        return Err(format!("{} samples, not {}", found.len(), expected.len()));
    }
    let value = |bits: u16| if signed { i64::from(bits as i16) } else { i64::from(bits) };
    let each = || found.iter().zip(expected).map(|(&a, &b)| (value(a) - value(b)).abs());
    Ok((each().max().unwrap_or(0), each().sum::<i64>() as f64 / found.len() as f64))
}

fn same(what: &str, found: &[u16], expected: &[u16], signed: bool, within: i64, mean: f64) -> Result<(), String> {
    let (found_most, found_mean) =
        differences(found, expected, signed).map_err(|difference| format!("{what}: {difference}"))?;
    if found_most > within || found_mean > mean {
        return Err(format!("{what}: off by {found_most} at most and {found_mean:.3} on average"));
    }
    Ok(())
}

fn check(case: &Case) -> Result<(), String> {
    let limits = Limits::default();
    match case {
        Case::Read { file, frame, stored, within, mean, luma, like, size, cautions } => {
            let frame = *frame;
            let film = Decoded::read_frame(&bytes(file), frame, &limits).map_err(|error| format!("{file}: {error}"))?;
            if let Some(expected) = stored {
                let found =
                    StoredValues::read(&bytes(file), frame, &limits).map_err(|error| format!("{file}: {error}"))?;
                same(file, &found.bits, &words(expected), found.signed, *within, *mean)?;
            }
            if let Some(expected) = luma {
                same(&format!("{file}, luma"), &film.radiograph.luma(), &words(expected), false, 1, 0.01)?;
            }
            if let Some(other) = like {
                let other = Decoded::read(&bytes(other), &limits).map_err(|error| format!("{other}: {error}"))?;
                let (found, expected) = (film.radiograph.luma(), other.radiograph.luma());
                same(&format!("{file}, luma"), &found, &expected, false, 0, 0.0)?;
            }
            let found = (film.radiograph.width(), film.radiograph.height());
            if size.is_some_and(|size| size != found) {
                return Err(format!("{file}: {found:?}, not {size:?}"));
            }
            let header: HeaderFacts = film.header.ok_or_else(|| format!("{file}: no header"))?;
            let found: Vec<WarningKind> =
                header.warnings().into_iter().chain(film.warnings).map(|warning| warning.kind).collect();
            if &found != cautions {
                return Err(format!("{file}: cautions {found:?}, not {cautions:?}"));
            }
            Ok(())
        }
        Case::Refused { file, kind, names } => turned_away(file, *kind, true, names),
        Case::Failed { file, kind, names } => turned_away(file, *kind, false, names),
    }
}

fn turned_away(file: &str, kind: Kind, refusal: bool, names: &str) -> Result<(), String> {
    match Decoded::read(&bytes(file), &Limits::default()) {
        Ok(_) => Err(format!("{file}: read, expected {kind:?}")),
        Err(error) if error.kind() != kind || error.kind().is_refusal() != refusal => {
            Err(format!("{file}: {error} ({:?}), expected {kind:?}", error.kind()))
        }
        Err(error) if !error.detail().contains(names) => Err(format!("{file}: \"{error}\" does not name {names}")),
        Err(_) => Ok(()),
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_slice(&bytes("dicom.json")).expect("rows")
}

#[test]
fn every_file_is_what_its_row_says() {
    let cases = cases();
    assert!(cases.len() > 100);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let start = Instant::now();
            let wrong = check(case).err();
            assert!(start.elapsed() < TIME, "{wrong:?} after {:?}", start.elapsed());
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Files of every codec, the others being the same way with other numbers.
const WAYS: [&str; 13] = [
    "implicit-little-12",
    "explicit-big-12",
    "deflated-12",
    "rle-12",
    "baseline-8",
    "extended-12",
    "lossless-sv1-12",
    "jpeg-ls-12",
    "j2k-lossless-12",
    "j2k-fine-12",
    "htj2k-lossless-12",
    "htj2k-fine-12",
    "both-luts",
];

#[test]
fn no_beginning_of_a_file_is_read_as_a_film() {
    for way in WAYS {
        let whole = bytes(&format!("dicom/{way}.dcm"));
        // The last 16 bytes may be padding and delimiters.
        for length in (0..whole.len() - 16).step_by(37) {
            let result = Decoded::read(&whole[..length], &Limits::default());
            assert!(result.is_err(), "{way}: its first {length} of {} bytes were read as a film", whole.len());
        }
    }
}

#[test]
fn no_damaged_byte_makes_a_decoder_panic() {
    for way in WAYS {
        let whole = bytes(&format!("dicom/{way}.dcm"));
        for at in (132..whole.len()).step_by(if whole.len() > 4096 { 23 } else { 1 }) {
            for damage in [0x00, 0xFF, whole[at] ^ 0x10] {
                let mut damaged = whole.clone();
                damaged[at] = damage;
                // Damage may go unnoticed in the picture's own data; what must not happen is a panic or a hang.
                let _ = Decoded::read(&damaged, &Limits::default());
            }
        }
    }
}
