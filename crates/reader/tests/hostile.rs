//! Damaged films of every coding, archives, DICOM directories and manifests: each is what it was within the limits or a typed
//! error, never a panic, a hang or a picture of another size than it says.
//!
//! A plain runner, so that it runs with every toolchain and wherever the tests do; `fuzz` is the coverage-guided one,
//! whose corpora are replayed here. The damage follows from the film's name and the execution's number alone. `LUNGFIELD_EXECUTIONS` sets how many there are of
//! each film, `LUNGFIELD_FIRST_EXECUTION` where they begin; what fails is written to the folder `LUNGFIELD_CRASHERS`, if one
//! is named, and belongs among the fixtures then.

mod targets;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use targets::{TARGETS, Target};

/// Films of each way through the decoders, below `tests/fixtures`.
const FILMS: [&str; 48] = [
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
    "odd/non-interleaved-4-2-0.jpeg",
    "odd/fill-order-2-lzw.tiff",
    "odd/bigtiff.tiff",
    "odd/three-pages.tiff",
    "odd/packed.png.gz",
    "bad/tiled-planar.tiff",
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
    "dicom/says-explicit.dcm",
    "dicom/question-vr.dcm",
    "dicom/no-offset-table-rle-12.dcm",
    "dicom/j2k-psot-0.dcm",
    "dicom/voi-lut-negative-implicit.dcm",
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
    let failures: Vec<String> =
        names.iter().flat_map(|name| failures(target, name, &bytes(&fixtures().join(name)))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
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
        let corpus = bytes(&fixtures().join("../../fuzz/corpus").join(name).with_extension("hex"));
        let lines = corpus.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        for (nth, line) in lines.enumerate() {
            let digit = |byte: u8| char::from(byte).to_digit(16).expect("hexadecimal") as u8;
            let input: Vec<u8> = line.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
            let result = tried(|| target(&input));
            assert!(result.is_ok(), "{name}, line {}: {result:?}", nth + 1);
        }
    }
}
