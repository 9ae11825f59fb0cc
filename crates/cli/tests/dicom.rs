//! DICOM films, as a user reads them.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{demo_films, lungfield, readings, repository};
use lungfield_reader::{Decoded, Kind, Limits, Radiograph, Reading, Status};

/// An element with a value representation whose length has 16 bits (PS3.5, 7.1.2), its value padded to an even length.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let length = value.len().next_multiple_of(2);
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(vr.bytes());
    bytes.extend(u16::try_from(length).expect("short").to_le_bytes());
    bytes.extend(value);
    bytes.resize(8 + length, b' ');
    bytes
}

/// A film of 8 bits as a DICOM file that is not compressed and loses nothing: `bits` stored, each grey level as many of
/// their steps as fit, the window from the first level to the last.
fn as_dicom(film: &Radiograph, bits: u16, inverted: bool) -> Vec<u8> {
    let short = |number, value: u16| element(0x0028, number, "US", &value.to_le_bytes());
    let side = |side: u32| u16::try_from(side).expect("a film's side");
    let allocated = if bits > 8 { 16 } else { 8 };
    let step = ((1u32 << bits) - 1) / 255;
    let most = 255 * step;
    let mut file = [[0; 128].as_slice(), b"DICM", &element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0")].concat();
    for part in [
        element(0x0008, 0x0060, "CS", b"DX"),
        short(0x0002, 1),
        element(0x0028, 0x0004, "CS", if inverted { b"MONOCHROME1" } else { b"MONOCHROME2" }),
        short(0x0010, side(film.height())),
        short(0x0011, side(film.width())),
        short(0x0100, allocated),
        short(0x0101, bits),
        short(0x0102, bits - 1),
        short(0x0103, 0),
        element(0x0028, 0x1050, "DS", (f64::from(most + 1) / 2.0).to_string().as_bytes()),
        element(0x0028, 0x1051, "DS", (most + 1).to_string().as_bytes()),
    ] {
        file.extend(part);
    }
    let pixels: Vec<u8> = film
        .luma()
        .iter()
        .map(|&luma| u32::from(luma) / 257 * step)
        .map(|value| if inverted { most - value } else { value })
        .flat_map(|value| value.to_le_bytes().into_iter().take(usize::from(allocated / 8)))
        .collect();
    file.extend([0xE0, 0x7F, 0x10, 0x00]);
    file.extend(b"OW\0\0");
    file.extend(u32::try_from(pixels.len()).expect("a film's bytes").to_le_bytes());
    file.extend(pixels);
    file
}

#[test]
fn a_film_has_the_probability_that_it_has_as_jpeg() {
    const TOLERANCE: f64 = 1e-6;
    let folder = tempfile::tempdir().expect("a folder");
    let jpegs: Vec<PathBuf> = demo_films().into_iter().step_by(5).collect();
    assert!(jpegs.len() > 1);
    for jpeg in jpegs {
        let film = Decoded::read(&fs::read(&jpeg).expect("a film"), &Limits::default())
            .map(|decoded| decoded.radiograph)
            .expect("a film");
        let mut paths = vec![jpeg];
        for (bits, inverted) in [(8, false), (8, true), (12, false), (16, true)] {
            let path = folder.path().join(format!("{bits}-{inverted}.dcm"));
            fs::write(&path, as_dicom(&film, bits, inverted)).expect("written");
            paths.push(path);
        }
        let (status, readings) = readings(&paths);
        assert_eq!(status, 0);
        let values: Vec<f64> = readings.iter().map(|reading| reading.probability.expect("an answer").value()).collect();
        for (path, value) in paths.iter().zip(&values) {
            assert!((value - values[0]).abs() <= TOLERANCE, "{}: {value}, {}", path.display(), values[0]);
        }
    }
}

#[test]
fn the_frame_that_is_asked_for_is_decoded_and_no_other() {
    const PIXELS: usize = 81 * 69 * 2;
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("stored.npy");
    let file = repository("tests/fixtures/dicom/frames.dcm");
    let decode = |frame: &str| {
        lungfield([Path::new("decode"), &file, Path::new("--frame"), Path::new(frame), Path::new("--stored"), &out])
    };
    for (frame, expected) in [("1", "stored-12.npy"), ("2", "stored-second-frame.npy")] {
        let run = decode(frame);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let expected = fs::read(repository("tests/fixtures/dicom").join(expected)).expect("values");
        let found = fs::read(&out).expect("values");
        assert_eq!(found[found.len() - PIXELS..], expected[expected.len() - PIXELS..], "frame {frame}");
    }
    let run = decode("3");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no frame 3"), "{}", run.stderr);
}

#[test]
fn a_reading_is_of_the_frame_that_is_asked_for() {
    let file = repository("tests/fixtures/dicom/frames.dcm");
    let run = lungfield([Path::new("read"), Path::new("--json"), Path::new("--frame"), Path::new("3"), &file]);
    let reading: Reading = serde_json::from_str(&run.stdout).expect("a reading");
    assert_eq!(reading.status, Status::Refused);
    assert_eq!(reading.reason.map(|reason| reason.kind), Some(Kind::UnsupportedVariant));
}
