//! Damaged films of every coding, archives, DICOM directories and manifests: each is what it was within the limits or a typed
//! error, never a panic, a hang or a picture of another size than it says.
//!
//! A plain runner, so that it runs with every toolchain and wherever the tests do; `fuzz` is the coverage-guided one,
//! whose corpora are replayed here. The damage follows from the film's name and the execution's number alone. `LUNGFIELD_EXECUTIONS` sets how many there are of
//! each film, `LUNGFIELD_FIRST_EXECUTION` where they begin; what fails is written to the folder `LUNGFIELD_CRASHERS`, if one
//! is named, and belongs among the fixtures then.

mod support {
    pub mod damage;
    pub mod fixture;
}
mod targets;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use lungfield_reader::{Decoded, Limits};
use support::damage::{Chance, damage, each_byte};
use support::fixture::{TIME, bytes};
use targets::{TARGETS, Target};

/// Films of each way through the decoders, below `tests/fixtures`.
const FILMS: [&str; 65] = [
    "odd/baseline.jpeg",
    "odd/progressive.jpeg",
    "odd/rgb-4-2-0.jpeg",
    "odd/restart-markers.jpeg",
    "odd/orientation-6.jpeg",
    "odd/rgb.png",
    "odd/interlaced-16.png",
    "odd/palette.png",
    "odd/grey-16-big-endian.tiff",
    "odd/deflate-16.tiff",
    "odd/lzw.tiff",
    "odd/lossless.webp",
    "odd/lossy.webp",
    "odd/grey.bmp",
    "odd/luma-subsampled.jpeg",
    "odd/3-1-1.jpeg",
    "odd/jpeg.tiff",
    "odd/jpeg-tiles.tiff",
    "odd/moving.png",
    "odd/moving.webp",
    "odd/non-interleaved-4-2-0.jpeg",
    "odd/fill-order-2-lzw.tiff",
    "odd/bigtiff.tiff",
    "odd/three-pages.tiff",
    "odd/packed.png.gz",
    "odd/multiplied-by-opacity.tiff",
    "odd/tiles.tiff",
    "odd/planes.tiff",
    "odd/no-opacity.bmp",
    "odd/run-lengths.bmp",
    "bad/tiled-planar.tiff",
    "bad/lzw-tiles.tiff",
    "dicom/implicit-little-12.dcm",
    "dicom/explicit-big-12.dcm",
    "dicom/deflated-12.dcm",
    "dicom/no-meta-implicit.dcm",
    "dicom/both-luts.dcm",
    "dicom/palette.dcm",
    "dicom/ybr-full-422.dcm",
    "dicom/frames.dcm",
    "dicom/rle-rgb.dcm",
    "dicom/baseline-ybr.dcm",
    "dicom/extended-12.dcm",
    "dicom/lossless-rgb.dcm",
    "dicom/lossless-6-12.dcm",
    "dicom/j2k-rgb.dcm",
    "dicom/j2k-fine-12.dcm",
    "dicom/htj2k-lossless-12.dcm",
    "dicom/htj2k-fine-12.dcm",
    "dicom/htj2k-fine-rgb.dcm",
    "dicom/jpeg-ls-rgb-1-near-2.dcm",
    "dicom/jpeg-ls-16.dcm",
    "dicom/un-explicit-items.dcm",
    "dicom/unclosed-item.dcm",
    "dicom/items-too-long-in-too-short.dcm",
    "dicom/implicit-known-sequence-too-short-open.dcm",
    "dicom/implicit-private-sequence-too-long.dcm",
    "dicom/little-items-in-big-open.dcm",
    "dicom/says-explicit.dcm",
    "dicom/question-vr.dcm",
    "dicom/no-offset-table-rle-12.dcm",
    "dicom/j2k-psot-0.dcm",
    "dicom/voi-lut-negative-implicit.dcm",
    "dicom/shutter-both.dcm",
    "dicom/shutter-polygon.dcm",
];

/// Executions of each film in a usual test run, which takes some seconds.
const EXECUTIONS: u64 = 500;

fn number(variable: &str, usual: u64) -> u64 {
    env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

/// What `read` gives, or how it failed.
fn tried(read: impl FnOnce() -> bool) -> Result<bool, String> {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(read)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })?;
    let took = start.elapsed();
    if took > TIME { Err(format!("took {took:?}")) } else { Ok(result) }
}

fn keep(name: &str, file: &[u8]) {
    if let Ok(folder) = env::var("LUNGFIELD_CRASHERS") {
        let path = Path::new(&folder).join(name.replace('/', "-"));
        fs::write(&path, file).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// Damages a file as often as is asked for, and says which damage the target failed by.
fn failures(target: Target, name: &str, whole: &[u8]) -> Vec<String> {
    let (first, executions) = (number("LUNGFIELD_FIRST_EXECUTION", 0), number("LUNGFIELD_EXECUTIONS", EXECUTIONS));
    let start = Instant::now();
    let (mut films, mut slowest) = (0, Duration::ZERO);
    let mut failures = Vec::new();
    for execution in first..first + executions {
        let mut file = whole.to_vec();
        damage(&mut file, &mut Chance::new(name, execution));
        let began = Instant::now();
        match tried(|| target(&file)) {
            Ok(film) => films += u64::from(film),
            Err(how) => {
                keep(&format!("{execution}-{name}"), &file);
                failures.push(format!("{name}, execution {execution}: {how}"));
            }
        }
        slowest = slowest.max(began.elapsed());
    }
    let rate = executions as f64 / start.elapsed().as_secs_f64();
    let line = format!("{name}: {executions} executions, {films} still readable, {rate:.0}/s, slowest {slowest:?}");
    writeln!(io::stderr(), "{line}").expect("stderr");
    failures
}

/// Damages each of these files and asserts that none of the damage makes the target fail.
fn withstands(target: Target, names: &[&str]) {
    let failures: Vec<String> = names.iter().flat_map(|name| failures(target, name, &bytes(name))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Pictures of every coding, and films of every codec of DICOM, that are cut off and damaged byte by byte.
const PICTURES: [&str; 12] = [
    "film.png",
    "odd/interlaced.png",
    "odd/palette.png",
    "odd/baseline.jpeg",
    "odd/progressive.jpeg",
    "odd/restart-markers.jpeg",
    "odd/ycck.jpeg",
    "odd/lzw.tiff",
    "odd/jpeg.tiff",
    "odd/lossless.webp",
    "odd/lossy.webp",
    "odd/grey.bmp",
];
const DICOM: [&str; 13] = [
    "dicom/implicit-little-12.dcm",
    "dicom/explicit-big-12.dcm",
    "dicom/deflated-12.dcm",
    "dicom/rle-12.dcm",
    "dicom/baseline-8.dcm",
    "dicom/extended-12.dcm",
    "dicom/lossless-sv1-12.dcm",
    "dicom/jpeg-ls-12.dcm",
    "dicom/j2k-lossless-12.dcm",
    "dicom/j2k-fine-12.dcm",
    "dicom/htj2k-lossless-12.dcm",
    "dicom/htj2k-fine-12.dcm",
    "dicom/both-luts.dcm",
];

#[test]
fn no_beginning_of_a_film_is_read_as_a_film() {
    // A PNG's last 12 bytes are its end chunk, which adds nothing to the picture; DICOM's last 16 may be padding and
    // delimiters.
    let pictures = PICTURES.map(|file| (file, if file.ends_with("png") { 12 } else { 0 }, 1));
    for (file, end, step) in pictures.into_iter().chain(DICOM.map(|file| (file, 16, 37))) {
        let whole = bytes(file);
        for length in (0..whole.len() - end).step_by(step) {
            let result = Decoded::read(&whole[..length], &Limits::default());
            assert!(result.is_err(), "{file}: its first {length} of {} bytes were read as a film", whole.len());
        }
    }
}

#[test]
fn no_damaged_byte_makes_a_decoder_panic() {
    let pictures = PICTURES.map(|file| (file, 0, 1));
    for (file, first, step) in pictures.into_iter().chain(DICOM.map(|file| (file, 132, 23))) {
        for damaged in each_byte(&bytes(file), first, step) {
            // Damage may go unnoticed in the picture's own data.
            targets::film(&damaged);
        }
    }
}

#[test]
fn a_damaged_film_is_a_picture_or_an_error() {
    withstands(targets::film, &FILMS);
}

#[test]
fn a_damaged_archive_gives_its_films_or_errors() {
    let archives = ["films.zip", "damaged.zip", "zip64.zip", "disc.zip", "overlapping.zip"];
    withstands(targets::archive, &archives.map(|name| format!("cases/{name}")).each_ref().map(String::as_str));
}

#[test]
fn a_damaged_directory_lists_its_films_or_is_an_error() {
    withstands(targets::directory, &["cases/disc/DICOMDIR", "cases/order/DICOMDIR"]);
}

#[test]
fn a_damaged_manifest_is_one_or_an_error() {
    withstands(targets::manifest, &["../../models/manifest.json"]);
}

/// What coverage-guided runs found worth keeping, `fuzz/corpus/<target>.hex`, one input a line.
#[test]
fn the_kept_corpora_are_withstood() {
    for (name, target) in TARGETS {
        let corpus = bytes(&format!("../../fuzz/corpus/{name}.hex"));
        let lines = corpus.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        for (nth, line) in lines.enumerate() {
            let digit = |byte: u8| char::from(byte).to_digit(16).expect("hexadecimal") as u8;
            let input: Vec<u8> = line.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
            let result = tried(|| target(&input));
            assert!(result.is_ok(), "{name}, line {}: {result:?}", nth + 1);
        }
    }
}
