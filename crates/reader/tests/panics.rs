//! A panic on the way of a film is a failure of that film, and of no other.

use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use lungfield_reader::study::archive::{self, unpack};
use lungfield_reader::{Decoded, Kernels, Kind, Limits, Manifest, Model, ReadOptions, Reader, Stage, Status};

const MANIFEST: &[u8] = include_bytes!("../../../models/manifest.json");
const NETWORK: &[u8] = include_bytes!("../../../models/lungfield.network");

fn bytes(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A stream that panics when it is read for the last time that it may be.
struct Panics<'a> {
    stream: Cursor<&'a [u8]>,
    reads: usize,
}

impl Read for Panics<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads = self.reads.checked_sub(1).expect("another read");
        self.stream.read(buffer)
    }
}

impl Seek for Panics<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

/// Grants more and more reads until there are enough, and says how many panics came before.
fn panics<T>(archive: &[u8], mut read: impl FnMut(&mut Panics) -> lungfield_reader::Result<T>) -> (usize, T) {
    for reads in 0.. {
        match read(&mut Panics { stream: Cursor::new(archive), reads }) {
            Ok(found) => return (reads, found),
            Err(error) => assert_eq!(error.kind(), Kind::Engine, "{error}"),
        }
    }
    unreachable!("no archive is read for ever")
}

#[test]
fn a_panic_below_an_archive_is_a_failure() {
    let archive = bytes("tests/fixtures/cases/films.zip");
    let limits = Limits::default();
    let (before, films) = panics(&archive, |stream| archive::films(stream, &limits));
    assert!(before > 0 && !films.is_empty());
    for entry in films.into_iter().filter_map(|film| film.place.ok()) {
        let (before, _) = panics(&archive, |stream| unpack(&entry, stream, &limits));
        assert!(before > 0);
    }
}

/// Films are prepared for training without a reader.
#[test]
#[cfg_attr(not(debug_assertions), ignore = "numbers do not overflow without")]
fn a_panic_of_a_decoder_is_a_failure() {
    // A limit beyond what the decoder can count with.
    let limits = Limits { pixels: u64::MAX, ..Limits::default() };
    let film = bytes("tests/fixtures/dicom/deflated-8.dcm");
    let failure = Decoded::read(&film, &limits).expect_err("an overflow");
    assert_eq!((failure.stage(), failure.kind()), (Stage::Decode, Kind::Engine));
    assert!(Decoded::read(&film, &Limits::default()).is_ok());
}

#[test]
fn a_panic_at_any_stage_is_a_failure_of_that_film_alone() {
    let manifest = Manifest::from_json(MANIFEST).expect("the shipped manifest");
    let model = Model::load(&manifest, NETWORK, Kernels::FAST[0]).expect("the shipped network");
    let reader = Reader::new(manifest, model);
    let film = bytes("www/films/person1952_bacteria_4883.jpeg");
    for panics_at in [Stage::Decode, Stage::Prepare, Stage::Infer, Stage::Check, Stage::Explain] {
        let on_stage = &mut |stage| assert_ne!(stage, panics_at, "a panic at this stage");
        let options = ReadOptions { on_stage: Some(on_stage), ..ReadOptions::default() };
        let reading = reader.read("film", &film, options).reading;
        let kind = reading.reason.map(|reason| reason.kind);
        assert_eq!((reading.status, kind), (Status::Failed, Some(Kind::Engine)), "{panics_at:?}");
    }
    assert_eq!(reader.read("film", &film, ReadOptions::default()).reading.status, Status::Read);
}
