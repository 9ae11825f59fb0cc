//! `lungfield decode`: the film at full resolution, and the stored values.

mod common;

use std::fs::{self, File};
use std::io::BufReader;

use common::{lungfield, repository};

#[test]
fn a_film_becomes_a_png_of_its_luma_and_an_array_of_its_stored_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let (png, npy) = (folder.path().join("film.png"), folder.path().join("film.npy"));
    let film = repository("tests/fixtures/dicom/window-linear.dcm");
    let run = lungfield(["decode".as_ref(), film.as_os_str(), png.as_os_str(), "--stored".as_ref(), npy.as_os_str()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));

    let mut reader = png::Decoder::new(BufReader::new(File::open(&png).expect("a PNG"))).read_info().expect("a PNG");
    let mut samples = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut samples).expect("samples");
    let words = |bytes: &[u8], big: bool| -> Vec<u16> {
        let word = |&pair: &[u8; 2]| if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
        bytes.as_chunks().0.iter().map(word).collect()
    };
    let expected = fs::read(repository("tests/fixtures/dicom/luma-window-linear.npy")).expect("luma");
    let found = words(&samples, true);
    let expected = words(&expected[128..], false);
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 1));

    let stored = fs::read(&npy).expect("an array");
    let expected = fs::read(repository("tests/fixtures/dicom/stored-12.npy")).expect("stored values");
    assert_eq!(words(&stored[128..], false), words(&expected[128..], false));
    assert!(String::from_utf8_lossy(&stored[..128]).contains("'<u2'"));
}

#[test]
fn what_cannot_be_decoded_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("film.png");
    let film = repository("tests/fixtures/dicom/modality-ct.dcm");
    let run = lungfield(["decode".as_ref(), film.as_os_str(), out.as_os_str()]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("modality-ct.dcm") && run.stderr.contains("CT"), "{}", run.stderr);
    assert!(!out.exists());
}
