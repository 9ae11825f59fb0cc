//! Films that come together: every archive, folder and DICOM directory of `tests/fixtures/cases.json` gives the films that
//! its rows say, in their order. A new case is new rows, written by `tests/fixtures/generate/cases.py`.

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{demo_films, lungfield, readings, repository, sort_demo_films};
use lungfield_reader::{Kind, Reading, Status};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    case: String,
    films: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    /// Read as this fixture is.
    Like { name: String, like: String },
    /// Not read, for this reason.
    NotRead { name: String, status: Status, kind: Kind },
}

impl Expected {
    fn name(&self) -> &str {
        match self {
            Expected::Like { name, .. } | Expected::NotRead { name, .. } => name,
        }
    }

    fn original(&self) -> Option<&str> {
        match self {
            Expected::Like { like, .. } => Some(like),
            Expected::NotRead { .. } => None,
        }
    }
}

fn cases() -> Vec<Case> {
    let table = fs::read(repository("tests/fixtures/cases.json")).expect("the table");
    serde_json::from_slice(&table).expect("cases")
}

fn fixture(file: &str) -> PathBuf {
    repository("tests/fixtures").join(file)
}

/// All that a reading says of a film but for its name and its times.
fn said(reading: Reading) -> Reading {
    Reading { file: String::new(), milliseconds: Default::default(), ..reading }
}

#[test]
fn every_case_gives_the_films_of_its_rows() {
    let (cases, films): (Vec<_>, Vec<_>) = cases().into_iter().map(|case| (fixture(&case.case), case.films)).unzip();
    let films: Vec<Expected> = films.into_iter().flatten().collect();
    let (status, found) = readings(&cases);
    let names: Vec<_> = found.iter().map(|reading| reading.file.clone()).collect();
    let expected: Vec<_> =
        films.iter().map(|film| fixture("cases").join(film.name()).to_string_lossy().into_owned()).collect();
    assert_eq!((status, names), (2, expected));

    let mut originals: Vec<&str> = films.iter().filter_map(Expected::original).collect();
    originals.sort_unstable();
    originals.dedup();
    let (_, read) = readings(&originals.iter().map(|film| fixture(film)).collect::<Vec<_>>());
    let originals: HashMap<&str, Reading> = originals.into_iter().zip(read.into_iter().map(said)).collect();
    for (film, reading) in films.iter().zip(found) {
        match film {
            Expected::Like { name, like } => assert_eq!(&said(reading), &originals[like.as_str()], "{name}"),
            Expected::NotRead { name, status, kind } => {
                let found = (reading.status, reading.reason.map(|reason| reason.kind));
                assert_eq!(found, (*status, Some(*kind)), "{name}");
            }
        }
    }
}

#[test]
fn a_directory_s_patients_are_named_nowhere() {
    let run = lungfield([Path::new("read"), Path::new("--json"), &fixture("cases/disc"), &fixture("cases/disc.zip")]);
    assert_eq!((run.status, run.stdout.lines().count()), (2, 6));
    assert!(fs::read(fixture("cases/disc/DICOMDIR")).expect("a directory").windows(6).any(|word| word == b"Secret"));
    assert!(!run.stdout.contains("Secret") && !run.stderr.contains("Secret"), "{}", run.stdout);
}

#[test]
fn a_directory_stands_for_its_file_set() {
    let (_, by_folder) = readings(&[fixture("cases/order")]);
    let (_, by_directory) = readings(&[fixture("cases/order/DICOMDIR")]);
    assert!(by_folder.into_iter().map(said).eq(by_directory.into_iter().map(said)));
}

/// The films beside it were not asked for.
#[test]
fn a_directory_of_no_use_stands_for_nothing_else() {
    for (directory, kind) in [
        ("cases/lost/DICOMDIR", Kind::Missing),
        ("cases/broken/DICOMDIR", Kind::Truncated),
        ("dicom/directory.dcm", Kind::UnsupportedVariant),
    ] {
        let (_, readings) = readings(&[fixture(directory)]);
        let kinds: Vec<_> = readings.into_iter().map(|reading| reading.reason.map(|reason| reason.kind)).collect();
        assert_eq!(kinds, [Some(kind)], "{directory}");
    }
}

#[test]
fn a_path_through_an_archive_names_a_film_or_a_folder_in_it() {
    let names = |path: &str| -> Vec<String> {
        let (_, readings) = readings(&[fixture(path)]);
        readings.into_iter().map(|reading| reading.file).collect()
    };
    let expected = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| fixture("cases").join(name).to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("cases/films.zip/b/second.dcm"), expected(&["films.zip/b/second.dcm"]));
    assert_eq!(names("cases/films.zip/a"), expected(&["films.zip/a/cut.png", "films.zip/a/first.jpeg"]));
    let (status, none) = readings(&[fixture("cases/films.zip/no/such.png")]);
    assert_eq!((status, none[0].reason.as_ref().map(|reason| reason.kind)), (2, Some(Kind::Unreadable)));
}

#[test]
fn a_film_in_an_archive_is_decoded_and_an_archive_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let decode = |film: &str, out: &Path| {
        let run = lungfield(["decode".as_ref(), fixture(film).as_os_str(), out.as_os_str()]);
        (run.status, run.stderr)
    };
    let (packed, plain) = (folder.path().join("packed.png"), folder.path().join("plain.png"));
    assert_eq!(decode("cases/films.zip/b/second.dcm", &packed), (0, String::new()));
    assert_eq!(decode("dicom/baseline-8.dcm", &plain), (0, String::new()));
    assert_eq!(fs::read(packed).expect("a PNG"), fs::read(plain).expect("a PNG"));
    let (status, message) = decode("cases/films.zip", &folder.path().join("none.png"));
    assert!(status == 1 && message.contains("case.zip/film.dcm"), "{message}");
}

#[test]
fn an_archive_of_labelled_films_is_evaluated_as_their_folder_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let films = folder.path().join("films");
    sort_demo_films(&films);
    let archive = folder.path().join("films.zip");
    fs::write(&archive, stored(&films)).expect("an archive");
    let evaluate = |source: &Path| {
        let run = lungfield(["evaluate".as_ref(), source.as_os_str(), "--json".as_ref()]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let mut found: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        found["folder"].take();
        found
    };
    assert_eq!(evaluate(&archive), evaluate(&films));
}

#[test]
fn overlays_of_an_archive_s_films_lie_in_their_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let (films, archive, out) =
        (folder.path().join("films"), folder.path().join("case.zip"), folder.path().join("heat"));
    fs::create_dir(&films).expect("a folder");
    fs::copy(&demo_films()[0], films.join("film.jpeg")).expect("a copy");
    let long = "n".repeat(200) + ".jpeg";
    fs::copy(&demo_films()[8], films.join(long)).expect("a copy");
    fs::write(&archive, stored(&films)).expect("an archive");
    let run = lungfield(["read".as_ref(), archive.as_os_str(), "--heatmap".as_ref(), out.as_os_str()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(fs::read_dir(out).expect("a folder").count(), 2);
}

/// A ZIP archive of the files below a folder, stored as they are.
fn stored(folder: &Path) -> Vec<u8> {
    let mut writer = rawzip::ZipArchiveWriter::new(Vec::new());
    for path in walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("an entry").into_path()) {
        if path.is_file() {
            let name = path.strip_prefix(folder).expect("below").to_str().expect("UTF-8").replace('\\', "/");
            let (mut entry, config) = writer.new_file(&name).start().expect("an entry");
            let mut data = config.wrap(&mut entry);
            std::io::Write::write_all(&mut data, &fs::read(&path).expect("a file")).expect("written");
            let (_, descriptor) = data.finish().expect("written");
            entry.finish(descriptor).expect("written");
        }
    }
    writer.finish().expect("an archive")
}
