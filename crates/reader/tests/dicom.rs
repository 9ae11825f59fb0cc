//! Every file of `tests/fixtures/dicom.json`: its stored values, its luma and its cautions are what its row says, or it is
//! turned away with the kind that its row names. A new case is a new row, written by `tests/fixtures/generate/dicom.py`.

mod support {
    pub mod fixture;
    pub mod turned_away;
}

use std::num::NonZeroU32;
use std::time::Instant;

use lungfield_reader::{Decoded, HeaderFacts, Kind, Limits, StoredValues, WarningKind};
use serde::Deserialize;
use support::fixture::{TIME, bytes};
use support::turned_away::turned_away;

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
