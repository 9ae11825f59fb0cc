//! `lungfield prepare`, as a user runs it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Run, demo_films, lungfield, repository, sort_demo_films};

/// A file of TFRecords.
fn tfrecord<B: AsRef<[u8]>>(records: impl IntoIterator<Item = B>) -> Vec<u8> {
    let checksum = |bytes: &[u8]| crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes();
    let mut file = Vec::new();
    for record in records {
        let record = record.as_ref();
        let length = (record.len() as u64).to_le_bytes();
        file.extend(length);
        file.extend(checksum(&length));
        file.extend(record);
        file.extend(checksum(record));
    }
    file
}

/// The demo films as a pair of TFRecord files in `folder`, with the paths that they have in a labelled folder.
fn pair_of_demo_films(folder: &Path) -> (PathBuf, PathBuf) {
    let films = demo_films();
    let name = |film: &PathBuf| {
        let name = film.file_name().expect("a name").to_string_lossy().into_owned();
        format!("{}/{name}", if name.starts_with("NORMAL") { "NORMAL" } else { "PNEUMONIA" })
    };
    let (images, paths) = (folder.join("images.tfrec"), folder.join("paths.tfrec"));
    fs::write(&images, tfrecord(films.iter().map(|film| fs::read(film).expect("a film")))).expect("a file");
    fs::write(&paths, tfrecord(films.iter().map(name))).expect("a file");
    (images, paths)
}

fn prepare_pair((images, paths): &(PathBuf, PathBuf), out: &Path) -> Run {
    let [prepare, tfrecord, flag] = ["prepare", "--tfrecord", "--out"].map(Path::new);
    lungfield([prepare, tfrecord, images, paths, flag, out])
}

fn written(out: &Path) -> (Vec<u8>, String) {
    (fs::read(out.join("films.npy")).expect("an array"), fs::read_to_string(out.join("index.csv")).expect("an index"))
}

#[test]
fn a_folder_and_a_tfrecord_pair_of_the_same_films_are_prepared_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    sort_demo_films(&folder.path().join("films"));
    let (films, from_folder) = (folder.path().join("films"), folder.path().join("from folder"));
    let run = lungfield(["prepare".as_ref(), films.as_os_str(), "--out".as_ref(), from_folder.as_os_str()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("16 films (8 normal, 8 pneumonia) of "), "{}", run.stdout);

    let from_pair = folder.path().join("from pair");
    let run = prepare_pair(&pair_of_demo_films(folder.path()), &from_pair);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(written(&from_folder) == written(&from_pair), "the outputs differ");

    let (array, index) = written(&from_folder);
    assert_eq!(array.len(), 128 + 16 * 224 * 224);
    assert!(String::from_utf8_lossy(&array[..128]).contains("'shape': (16, 224, 224)"));
    let rows: Vec<_> = index.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>()).collect();
    assert_eq!(rows.len(), 16);
    assert_eq!(rows[0][..5], ["0", "NORMAL/NORMAL2-IM-1427-0001.jpeg", "normal", "NORMAL2-IM-1427", "normal"]);
    assert_eq!(
        rows[8][..5],
        ["8", "PNEUMONIA/person1946_bacteria_4874.jpeg", "pneumonia", "bacteria-1946", "bacteria"]
    );
}

#[test]
fn sources_follow_each_other_and_films_of_equal_bytes_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    sort_demo_films(&folder.path().join("films"));
    let (images, paths) = pair_of_demo_films(folder.path());
    let (films, out) = (folder.path().join("films"), folder.path().join("out"));
    let [prepare, tfrecord, flag] = ["prepare", "--tfrecord", "--out"].map(Path::new);
    let run = lungfield([prepare, &films, flag, &out, tfrecord, &images, &paths, Path::new("--rows"), Path::new("32")]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.stderr.lines().filter(|line| line.contains("the same file as")).count(), 16);
    let (array, index) = written(&out);
    assert_eq!((array.len(), index.lines().count()), (128 + 32 * 32 * 224, 33));
}

#[test]
fn a_film_that_cannot_be_read_is_left_out_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let films = folder.path().join("films");
    fs::create_dir_all(films.join("PNEUMONIA")).expect("a folder");
    fs::copy(&demo_films()[8], films.join("PNEUMONIA/b.jpeg")).expect("a copy");
    fs::copy(repository("tests/fixtures/bad/truncated.png"), films.join("PNEUMONIA/a.png")).expect("a copy");
    let out = folder.path().join("out");
    let run = lungfield(["prepare".as_ref(), films.as_os_str(), "--out".as_ref(), out.as_os_str()]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with("PNEUMONIA/a.png: left out, "), "{}", run.stderr);
    assert!(written(&out).1.lines().nth(1).expect("a row").starts_with("0,PNEUMONIA/b.jpeg,"));
}

/// What is wrong with a pair, how it is made so, and what the error says of it.
#[test]
fn a_pair_that_is_not_sound_is_an_error_that_names_the_record() {
    type Damage = fn(&mut Vec<u8>, &mut Vec<u8>);
    let cases: [(Damage, &str); 6] = [
        (
            |images, _| *images.last_mut().expect("a byte") ^= 1,
            "images.tfrec: record 15 (from 0): the checksum of its bytes",
        ),
        (|_, paths| paths[0] ^= 1, "paths.tfrec: record 0 (from 0): the checksum of its length"),
        (|images, _| images.truncate(images.len() - 9), "images.tfrec: record 15 (from 0): the file ends"),
        (|_, paths| paths.extend(tfrecord(["NORMAL/more.jpeg"])), "images.tfrec: record 16 (from 0): there is none"),
        (|images, _| images.extend(tfrecord(["more"])), "paths.tfrec: record 16 (from 0): there is none"),
        (
            |_, paths| paths.extend(tfrecord(["train/OTHER/a.jpeg"])),
            "record 16 (from 0): \"train/OTHER/a.jpeg\" lies in no folder",
        ),
    ];
    for (damage, message) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let pair = pair_of_demo_films(folder.path());
        let (mut images, mut paths) = (fs::read(&pair.0).expect("bytes"), fs::read(&pair.1).expect("bytes"));
        damage(&mut images, &mut paths);
        fs::write(&pair.0, images).expect("a file");
        fs::write(&pair.1, paths).expect("a file");
        let run = prepare_pair(&pair, &folder.path().join("out"));
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{message}");
        assert!(run.stderr.contains(message), "{message} is not in: {}", run.stderr);
    }
}
