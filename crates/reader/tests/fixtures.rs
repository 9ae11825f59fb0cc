//! Every file of `tests/fixtures/fixtures.json`: read as the same film, or turned away with the kind that its row names.
//! A new case is a new row, written by `tests/fixtures/generate/make.py`.

mod support {
    pub mod fixture;
    pub mod turned_away;
}

use std::time::Instant;

use lungfield_reader::{Decoded, Kind, Limits, Radiograph, WarningKind};
use serde::Deserialize;
use support::fixture::{TIME, bytes};
use support::turned_away::turned_away;

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
enum Case {
    /// The film of `like`, but for what the encoding itself changes (luma, 0 to 1), with these cautions.
    Read {
        file: String,
        like: String,
        largest: f32,
        mean: f32,
        #[serde(default)]
        cautions: Vec<WarningKind>,
    },
    /// A refusal of this kind that `names` the format, if given.
    Refused { file: String, kind: Kind, names: Option<String> },
    /// A failure of this kind.
    Failed { file: String, kind: Kind },
}

fn decode(file: &str) -> lungfield_reader::Result<Radiograph> {
    Decoded::read(&bytes(file), &Limits::default()).map(|decoded| decoded.radiograph)
}

fn check(case: &Case) -> Result<(), String> {
    match case {
        Case::Read { file, like, largest, mean, cautions } => {
            let Decoded { radiograph: film, warnings, .. } =
                Decoded::read(&bytes(file), &Limits::default()).map_err(|error| format!("{file}: {error}"))?;
            let found: Vec<WarningKind> = warnings.into_iter().map(|warning| warning.kind).collect();
            if found != *cautions {
                return Err(format!("{file}: cautions {found:?}, not {cautions:?}"));
            }
            let expected = decode(like).map_err(|error| format!("{like}: {error}"))?;
            same_film(&film, &expected, *largest, *mean).map_err(|difference| format!("{file}: {difference}"))
        }
        Case::Refused { file, kind, names } => turned_away(file, *kind, true, names.as_deref().unwrap_or_default()),
        Case::Failed { file, kind } => turned_away(file, *kind, false, ""),
    }
}

fn same_film(film: &Radiograph, expected: &Radiograph, largest: f32, mean: f32) -> Result<(), String> {
    let size = |film: &Radiograph| (film.width(), film.height());
    if size(film) != size(expected) {
        return Err(format!("the size is {:?}, not {:?}", size(film), size(expected)));
    }
    let differences: Vec<f32> =
        film.luma().iter().zip(expected.luma().iter()).map(|(&a, &b)| f32::from(a.abs_diff(b)) / 65535.0).collect();
    let found_largest = differences.iter().copied().fold(0.0, f32::max);
    let found_mean = differences.iter().sum::<f32>() / differences.len() as f32;
    if found_largest > largest || found_mean > mean {
        return Err(format!(
            "luma differs by {found_largest:.4} at most and {found_mean:.4} on average, allowed are {largest} and {mean}"
        ));
    }
    Ok(())
}

#[test]
fn every_fixture_is_what_its_row_says() {
    let cases: Vec<Case> = serde_json::from_slice(&bytes("fixtures.json")).expect("rows");
    assert!(!cases.is_empty());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let start = Instant::now();
            let wrong = check(case).err();
            assert!(start.elapsed() < TIME, "{wrong:?} after {:?}", start.elapsed());
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} fixtures:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
