//! Archives and file-sets within their limits. What comes of each case of `tests/fixtures/cases.json`, the command's tests
//! say.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use lungfield_reader::ArchiveEntry;
use lungfield_reader::study::archive::{self, unpack};
use lungfield_reader::study::{FileKind, file_set};
use lungfield_reader::{Error, Kind, Limits, Listed};

fn bytes(case: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/cases").join(case);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn films(archive: &[u8], limits: &Limits) -> Result<Vec<Listed<ArchiveEntry>>, Error> {
    archive::films(&mut Cursor::new(archive), limits)
}

fn kind<T>(result: Result<T, Error>) -> Option<Kind> {
    result.err().map(|error| error.kind())
}

#[test]
fn a_file_is_told_by_its_content() {
    let cases = [
        ("films.zip", FileKind::Archive),
        ("empty.zip", FileKind::Archive),
        ("cut.zip", FileKind::Archive),
        ("disc/DICOMDIR", FileKind::Directory),
        ("broken/DICOMDIR", FileKind::Directory),
        ("named/DICOMDIR", FileKind::Film),
        ("named/film.dcm", FileKind::Film),
        ("disc/VIEWER/VIEWER.EXE", FileKind::Film),
    ];
    for (file, expected) in cases {
        let whole = bytes(file);
        let head = &whole[..whole.len().min(FileKind::HEAD)];
        assert_eq!((FileKind::of(head), FileKind::of(&whole)), (expected, expected), "{file}");
    }
    assert_eq!(FileKind::of(&[]), FileKind::Film);
}

#[test]
fn an_archive_beyond_a_limit_is_refused_before_anything_is_unpacked() {
    let archive = bytes("films.zip");
    assert_eq!(films(&archive, &Limits::default()).map(|films| films.len()), Ok(5));
    let usual = Limits::default();
    for limits in
        [Limits { entries: 7, ..usual }, Limits { index_bytes: 60, ..usual }, Limits { archive_bytes: 8_000, ..usual }]
    {
        assert_eq!(kind(films(&archive, &limits)), Some(Kind::TooLarge), "{limits:?}");
    }
    let enough = Limits { entries: 8, index_bytes: 200, archive_bytes: 20_000, ..usual };
    assert_eq!(kind(films(&archive, &enough)), None);
}

#[test]
fn a_film_beyond_a_limit_is_refused_alone() {
    let archive = bytes("films.zip");
    let limits = Limits { bytes: 2_600, ..Limits::default() };
    let read = |film: Listed<ArchiveEntry>| {
        kind(film.place.and_then(|entry| unpack(&entry, &mut Cursor::new(&archive), &limits)))
    };
    let kinds: Vec<_> = films(&archive, &limits).expect("an archive").into_iter().map(read).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == Some(Kind::TooLarge)).count(), 2, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| kind.is_none()).count(), 3, "{kinds:?}");
}

/// The page sends an entry to another worker than the one that has listed it.
#[test]
fn an_entry_that_was_sent_is_read_without_its_archive_s_index() {
    let archive = bytes("zip64.zip");
    let listed = films(&archive, &Limits::default()).expect("an archive").remove(0).place;
    let sent = serde_json::to_string(&listed).expect("serialises");
    let received: Result<ArchiveEntry, Error> = serde_json::from_str(&sent).expect("parses");
    assert_eq!(received, listed);
    let index = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("an index");
    let entry = received.expect("a film");
    let film = unpack(&entry, &mut Cursor::new(&archive[..index]), &Limits::default()).expect("unpacks");
    assert_eq!(film, bytes("lost/film.jpeg"));
}

#[test]
fn no_beginning_of_an_archive_is_one() {
    let whole = bytes("disc.zip");
    for length in 0..whole.len() {
        let found = films(&whole[..length], &Limits::default());
        assert!(found.is_err(), "its first {length} of {} bytes are", whole.len());
    }
}

#[test]
fn a_directory_beyond_a_limit_is_refused_and_its_folder_is_read() {
    let names = ["IM/A", "IM/B", "DICOMDIR"];
    let directory = bytes("order/DICOMDIR");
    let usual = Limits::default();
    for limits in [Limits { entries: 4, ..usual }, Limits { index_bytes: directory.len() - 1, ..usual }] {
        let found = file_set::films_or_all(&names, 2, Ok(directory.clone()), &limits);
        let places: Vec<_> = found.into_iter().map(|film| film.place.map_err(|error| error.kind())).collect();
        assert_eq!(places, [Err(Kind::TooLarge), Ok(0), Ok(1)]);
    }
    let enough = Limits { entries: 5, index_bytes: directory.len(), ..usual };
    assert_eq!(
        file_set::films_or_all(&names, 2, Ok(directory), &enough)[0].place.as_ref().map_err(Error::kind),
        Err(Kind::Missing)
    );
}
