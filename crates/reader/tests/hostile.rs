//! Damaged films of every coding, archives and DICOM directories: each is a picture within the limits or a typed error, never
//! a panic, a hang or a picture of another size than it says.
//!
//! A plain runner instead of a coverage-guided one, so that it runs with every toolchain and wherever the tests do. The
//! damage follows from the film's name and the execution's number alone. `LUNGFIELD_EXECUTIONS` sets how many there are of
//! each film, `LUNGFIELD_FIRST_EXECUTION` where they begin; what fails is written to the folder `LUNGFIELD_CRASHERS`, if one
//! is named, and belongs among the fixtures then.

use std::io::{self, Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use lungfield_reader::{Decoded, Limits, Manifest, StoredValues, archive, file_set};

/// Films of each way through the decoders, below `tests/fixtures`.
const FILMS: [&str; 28] = [
    "odd/baseline.jpeg",
    "odd/progressive.jpeg",
    "odd/rgb-4-2-0.jpeg",
    "odd/restart-markers.jpeg",
    "odd/orientation-6.jpeg",
    "odd/rgb.png",
    "odd/interlaced-16.png",
    "odd/palette.png",
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
];

/// Executions of each film in a usual test run, which takes some seconds.
const EXECUTIONS: u64 = 500;

/// More than a small film of any coding takes in an unoptimised build on a busy machine.
const TIME: Duration = Duration::from_secs(10);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn number(variable: &str, usual: u64) -> u64 {
    env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

/// SplitMix64: a stream of numbers that a seed fixes.
struct Chance(u64);

impl Chance {
    fn new(name: &str, execution: u64) -> Self {
        let hash = name
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        Self(hash ^ execution.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Damages a file in one to eight ways, half of them near its beginning, where the headers are.
fn damage(file: &mut Vec<u8>, chance: &mut Chance) {
    const ODD: [u32; 10] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF];
    for _ in 0..=chance.below(8) {
        if file.is_empty() {
            return;
        }
        let reach = if chance.below(2) == 0 { file.len() } else { file.len().min(1024) };
        let at = chance.below(reach);
        let most = file.len() - at;
        match chance.below(8) {
            0 => file[at] ^= 1 << chance.below(8),
            1 => file[at] = chance.next() as u8,
            2 | 3 => {
                let odd = ODD[chance.below(ODD.len())];
                let odd = if chance.below(2) == 0 { odd.to_le_bytes() } else { odd.to_be_bytes() };
                let width = [1, 2, 4][chance.below(3)].min(most);
                file[at..at + width].copy_from_slice(&odd[..width]);
            }
            4 => file[at] = file[at].wrapping_add([1, 255, 16, 240][chance.below(4)]),
            5 => drop(file.drain(at..at + chance.below(most.min(64)) + 1)),
            6 => {
                let copied = file[at..at + chance.below(most.min(64)) + 1].to_vec();
                let place = chance.below(file.len());
                file.splice(place..place, copied);
            }
            // Seldom: it makes much of the other damage idle.
            _ if chance.below(4) == 0 => file.truncate(at),
            _ => file[at] = 0xFF,
        }
    }
}

/// Gives the chunks of a damaged PNG their checksums, without which no damage would get past them.
fn mend_png(file: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = file.get(at..).and_then(<[u8]>::first_chunk).map(|&length| u32::from_be_bytes(length)) {
        let end = at.saturating_add(8).saturating_add(length as usize);
        let Some(covered) = file.get(at + 4..end) else { return };
        let sum = !covered.iter().fold(!0u32, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 })
        });
        if let Some(place) = file.get_mut(end..end + 4) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        at = end + 4;
    }
}

/// Reads a film every way that there is, and says whether it is one. A film must have the pixels that it says.
fn read(file: &[u8], limits: &Limits) -> bool {
    let mut film = false;
    for frame in [None, "2".parse().ok()] {
        if let Ok(Decoded { radiograph, .. }) = Decoded::read_frame(file, frame, limits) {
            let pixels = u64::from(radiograph.width()) * u64::from(radiograph.height());
            assert_eq!(radiograph.luma().len() as u64, pixels);
            assert!(pixels <= limits.pixels, "{pixels} pixels");
            film = true;
        }
        if let Ok(stored) = StoredValues::read(file, frame, limits) {
            let samples = u64::from(stored.rows) * u64::from(stored.columns) * u64::from(stored.samples);
            assert_eq!(stored.bits.len() as u64, samples);
        }
    }
    film
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

/// Small, so that a size that is damaged costs no time.
fn limits() -> Limits {
    Limits { pixels: 1 << 20, decoder_bytes: 64 << 20, ..Limits::default() }
}

/// Damages a file as often as is asked for, and says which damage `read` failed by. It gives whether there is still
/// something to read.
fn failures(name: &str, whole: &[u8], read: impl Fn(&[u8]) -> bool) -> Vec<String> {
    let (first, executions) = (number("LUNGFIELD_FIRST_EXECUTION", 0), number("LUNGFIELD_EXECUTIONS", EXECUTIONS));
    let start = Instant::now();
    let (mut films, mut slowest) = (0, Duration::ZERO);
    let mut failures = Vec::new();
    for execution in first..first + executions {
        let mut file = whole.to_vec();
        damage(&mut file, &mut Chance::new(name, execution));
        if whole.starts_with(b"\x89PNG") {
            mend_png(&mut file);
        }
        let began = Instant::now();
        match tried(|| read(&file)) {
            Ok(film) => films += u64::from(film),
            Err(how) => {
                keep(&format!("{execution}-{name}"), &file);
                failures.push(format!("{name}, execution {execution}: {how}"));
            }
        }
        slowest = slowest.max(began.elapsed());
    }
    let rate = executions as f64 / start.elapsed().as_secs_f64();
    let line = format!("{name}: {executions} executions, {films} still films, {rate:.0}/s, slowest {slowest:?}");
    writeln!(io::stderr(), "{line}").expect("stderr");
    failures
}

#[test]
fn a_damaged_film_is_a_picture_or_an_error() {
    let films = FILMS.map(|name| (name, bytes(&fixtures().join(name))));
    let failures: Vec<String> =
        films.iter().flat_map(|(name, whole)| failures(name, whole, |file| read(file, &limits()))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Unpacks all that a damaged archive still lists, and says whether that is anything. What it unpacks must have the size
/// that the limits allow.
fn unpack(archive: &[u8]) -> bool {
    let limits = limits();
    let Ok(films) = archive::films(&mut Cursor::new(archive), &limits) else { return false };
    assert!(!films.is_empty() && films.len() <= limits.entries);
    let unpacked = films.into_iter().filter_map(|film| film.place.ok()?.read(&mut Cursor::new(archive), &limits).ok());
    let most = archive.len() as u64 * limits.archive_ratio;
    unpacked.map(|film| assert!(film.len() as u64 <= most, "{} bytes of {}", film.len(), archive.len())).count() > 0
}

#[test]
fn a_damaged_archive_gives_its_films_or_errors() {
    let failures: Vec<String> = ["films.zip", "damaged.zip", "zip64.zip", "disc.zip", "overlapping.zip"]
        .map(|name| format!("cases/{name}"))
        .iter()
        .flat_map(|name| failures(name, &bytes(&fixtures().join(name)), unpack))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Lists the films of a damaged directory, and says whether it is still of use. No file may be listed that is not there,
/// and none twice.
fn list(directory: &[u8]) -> bool {
    let names = ["DICOMDIR", "IM/A", "IM/B", "PT000000/ST000000/SE000000/IM000000"];
    let films = file_set::films_or_all(&names, 0, Ok(directory.to_vec()), &limits());
    let mut places: Vec<usize> = films.iter().filter_map(|film| film.place.as_ref().ok().copied()).collect();
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    assert!(places.len() == count && places.iter().all(|place| *place < names.len()), "{films:?}");
    films.first().is_some_and(|film| film.place.is_ok())
}

#[test]
fn a_damaged_directory_lists_its_films_or_is_an_error() {
    let failures: Vec<String> = ["disc", "order"]
        .map(|folder| format!("cases/{folder}/DICOMDIR"))
        .iter()
        .flat_map(|name| failures(name, &bytes(&fixtures().join(name)), list))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_damaged_manifest_is_one_or_an_error() {
    let whole = bytes(&fixtures().join("../../models/manifest.json"));
    for execution in 0..number("LUNGFIELD_EXECUTIONS", EXECUTIONS) {
        let mut file = whole.clone();
        damage(&mut file, &mut Chance::new("manifest", execution));
        let parsed = tried(|| Manifest::from_json(&file).is_ok());
        assert!(parsed.is_ok(), "execution {execution}: {parsed:?}");
    }
}
