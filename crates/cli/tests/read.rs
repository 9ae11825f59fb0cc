//! `lungfield read`, as a user runs it.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use common::{command, demo_films, lungfield, readings, repository};
use lungfield_reader::{FoundBy, Kind, Reading, Rectangle, Status, WarningKind};
use serde_json::Value;

#[test]
fn the_demo_films_are_read_in_the_order_given() {
    let mut films = demo_films();
    films.reverse();
    let (status, readings) = readings(&films);
    assert_eq!(status, 0);
    let files: Vec<_> = readings.iter().map(|reading| PathBuf::from(&reading.file)).collect();
    assert_eq!(files, films);
    for reading in readings {
        assert_eq!((reading.status, reading.reason), (Status::Read, None));
        let map = reading.heatmap.expect("a heatmap");
        assert!(map.values.iter().any(|&value| value > 0.0), "{} looked nowhere", reading.file);
        assert!(reading.milliseconds.decode > 0.0 && reading.milliseconds.infer > 0.0);
    }
}

/// Every file of `tests/fixtures` ends as its table says; one that cannot be read does not stop the next.
#[test]
fn odd_and_bad_files_end_as_the_table_says() {
    let table = fs::read(repository("tests/fixtures/fixtures.json")).expect("the table");
    let table: Vec<Value> = serde_json::from_slice(&table).expect("a list");
    let files: Vec<_> =
        table.iter().map(|row| repository("tests/fixtures").join(row["file"].as_str().expect("a file"))).collect();
    let (status, readings) = readings(&files);
    assert_eq!(status, 2);
    assert_eq!(readings.len(), table.len());
    for (row, reading) in table.iter().zip(readings) {
        let found = serde_json::to_value(&reading).expect("a value");
        // A picture that is decoded may still be none that the gate lets pass.
        let expected = match &row["gate"] {
            Value::Null => (row["status"].clone(), row["kind"].clone()),
            kind => ("refused".into(), kind.clone()),
        };
        assert_eq!((found["status"].clone(), found["reason"]["kind"].clone()), expected, "{}", reading.file);
    }
}

#[test]
fn many_files_of_unequal_cost_keep_their_order() {
    let heavy = demo_films().remove(0);
    let light = repository("tests/fixtures/bad/empty.jpeg");
    let files: Vec<_> = (0..90).map(|i| if i % 9 == 0 { heavy.clone() } else { light.clone() }).collect();
    let (status, readings) = readings(&files);
    assert_eq!(status, 2);
    assert!(readings.iter().map(|reading| PathBuf::from(&reading.file)).eq(files));
}

#[test]
fn a_file_that_cannot_be_opened_has_a_reading_that_says_so() {
    let film = demo_films().remove(0);
    let (status, readings) = readings(&["no-such-film.png".into(), film]);
    assert_eq!(status, 2);
    let reason = readings[0].reason.as_ref().expect("a reason");
    assert_eq!((readings[0].status, reason.kind), (Status::Failed, Kind::Unreadable));
    assert_eq!(readings[1].status, Status::Read);
}

#[test]
fn folders_are_read_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["b.jpeg", "a/z.jpeg"] {
        fs::create_dir_all(folder.path().join(name).parent().expect("a parent")).expect("a folder");
        fs::copy(demo_films().remove(0), folder.path().join(name)).expect("a copy");
    }
    let (status, readings) = readings(&[folder.path().to_owned()]);
    assert_eq!(status, 0);
    let names: Vec<_> =
        readings.iter().map(|reading| reading.file.rsplit(['/', '\\']).next().expect("a name")).collect();
    assert_eq!(names, ["z.jpeg", "b.jpeg"]);
}

#[test]
fn lines_for_people_name_outcome_probability_and_file() {
    let film = demo_films().remove(0);
    let bad = repository("tests/fixtures/bad/report.pdf");
    let run = lungfield(["read".as_ref(), film.as_os_str(), bad.as_os_str()]);
    assert_eq!((run.status, run.stderr.as_str()), (2, ""), "no progress bar where there is no terminal");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains(" %  ") && lines[0].ends_with(&*film.to_string_lossy()), "{}", lines[0]);
    assert!(lines[1].starts_with("refused ") && lines[1].contains("PDF"), "{}", lines[1]);
}

#[test]
fn overlays_of_films_with_one_name_do_not_overwrite_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let films = demo_films();
    let mut files = Vec::new();
    for (place, film) in [("a", &films[4]), ("b", &films[12])] {
        fs::create_dir(folder.path().join(place)).expect("a folder");
        files.push(folder.path().join(place).join("film.jpeg"));
        fs::copy(film, &files[files.len() - 1]).expect("a copy");
    }
    let out = folder.path().join("heat");
    let run =
        lungfield(["read".as_ref(), files[0].as_os_str(), files[1].as_os_str(), "--heatmap".as_ref(), out.as_os_str()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let overlays = ["film.heatmap.png", "film-2.heatmap.png"].map(|name| fs::read(out.join(name)).expect("an overlay"));
    assert_ne!(overlays[0], overlays[1]);
    for overlay in overlays {
        let mut png = png::Decoder::new(std::io::Cursor::new(overlay)).read_info().expect("a PNG");
        let mut rgb = vec![0; png.output_buffer_size().expect("a size")];
        png.next_frame(&mut rgb).expect("a picture");
        let (pixels, _) = rgb.as_chunks::<3>();
        assert!(pixels.iter().any(|[r, g, b]| r != g || g != b), "there is no colour on the film");
    }
}

#[test]
fn what_makes_work_impossible_ends_with_1_and_says_what_to_do() {
    let film = demo_films().remove(0).to_string_lossy().into_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().to_string_lossy().into_owned();
    let cases: [(&[&str], &str); 6] = [
        (&["read"], "required"),
        (&["read", &film, "--no-such-option"], "--no-such-option"),
        (&["read", &film, "--model", &empty], "manifest.json"),
        (&["read", &film, "--heatmap", &film], "could not be written"),
        (&["read", &empty], "holds no files"),
        (&["no-such-command"], "no-such-command"),
    ];
    for (arguments, reason) in cases {
        let run = lungfield(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{arguments:?}");
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_model_that_its_manifest_does_not_name_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(repository("models/manifest.json"), folder.path().join("manifest.json")).expect("a copy");
    let mut model = fs::read(repository("models/lungfield.network")).expect("the model");
    let middle = model.len() / 2;
    model[middle] ^= 1;
    fs::write(folder.path().join("lungfield.network"), model).expect("a file");
    let film = demo_films().remove(0);
    let run = lungfield(["read".as_ref(), film.as_os_str(), "--model".as_ref(), folder.path().as_os_str()]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("lungfield.network") && run.stderr.contains("SHA-256"), "{}", run.stderr);
}

#[test]
fn a_reader_that_hangs_up_ends_the_command_without_a_word() {
    let films = demo_films();
    let many = films.iter().cycle().take(64).map(|film| film.as_os_str());
    let mut child = command(["read".as_ref(), "--json".as_ref()].into_iter().chain(many))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut first = String::new();
    let mut out = BufReader::with_capacity(64, child.stdout.take().expect("a pipe"));
    out.read_line(&mut first).expect("a line");
    drop(out);
    let end = child.wait_with_output().expect("it ends");
    assert!(first.starts_with('{'), "{first}");
    assert_eq!((end.status.code(), String::from_utf8_lossy(&end.stderr).as_ref()), (Some(1), ""));
}

/// `photograph.jpeg` is of one of the demo films: `docs/photographs.md` says how it was made.
#[test]
fn a_photograph_is_told_from_its_film_and_its_film_is_found() {
    const TRUE_CORNERS: [[f64; 2]; 4] = [[0.10764, 0.05304], [0.92811, 0.11966], [0.84589, 0.93404], [0.1216, 0.88378]];
    let film = repository("www/films/person1952_bacteria_4883.jpeg");
    let (status, readings) = readings(&[repository("tests/fixtures/photograph.jpeg"), film]);
    assert_eq!(status, 0);
    let [photograph, film] = readings.try_into().expect("two readings");
    assert_eq!(film.photograph, None);
    let found = photograph.photograph.expect("a photograph");
    assert_eq!(found.found_by, FoundBy::Outline);
    for (found, corner) in found.corners.places().as_flattened().iter().zip(TRUE_CORNERS.as_flattened()) {
        assert!((found - corner).abs() < 0.01, "{found} for {corner}");
    }
    assert!(photograph.warnings.iter().any(|warning| warning.kind == WarningKind::Photograph));
    let [a, b] = [photograph.probability, film.probability].map(|p| p.expect("an answer").value());
    assert!((a - b).abs() < 0.05, "{a} for the photograph, {b} for the film");
}

#[test]
fn lungs_are_read_where_they_are_set() {
    let film = repository("www/films/person1952_bacteria_4883.jpeg");
    let (_, found) = readings(std::slice::from_ref(&film));
    let of = |reading: &Reading| reading.lungs.clone().expect("lungs");
    let around = of(&found[0]).rectangle;
    // As it was found, and without the lowest quarter of the lungs.
    for set in [around, Rectangle { bottom: around.bottom - around.height() / 4.0, ..around }] {
        let Rectangle { left, top, right, bottom } = set;
        let rectangle = format!("{left},{top},{right},{bottom}");
        let run = lungfield([
            "read".as_ref(),
            "--json".as_ref(),
            "--lungs".as_ref(),
            OsStr::new(&rectangle),
            film.as_os_str(),
        ]);
        let reading: Reading = serde_json::from_str(&run.stdout).expect("a reading");
        let lungs = of(&reading);
        assert_eq!((lungs.rectangle, lungs.by_hand), (set, true));
        assert!(reading.warnings.iter().any(|warning| warning.kind == WarningKind::LungsByHand));
        let lowest = lungs.outline.iter().flatten().map(|[_, y]| *y).fold(0.0, f32::max);
        assert!((lowest - bottom).abs() < 0.03, "down to {lowest}, set to {bottom}");
        let [a, b] = [&reading, &found[0]].map(|reading| reading.probability.expect("an answer").value());
        assert!(set != around || (a - b).abs() < 0.05, "{a} in {rectangle}, {b} before");
    }
}

#[test]
fn a_rectangle_that_is_none_on_a_film_is_refused_before_anything_is_read() {
    let film = repository("www/films/person1952_bacteria_4883.jpeg");
    for lungs in ["0.5,0.1,0.4,0.9", "0,0,1", "0,0,1,1.1", "here"] {
        let run = lungfield([OsStr::new("read"), OsStr::new("--lungs"), OsStr::new(lungs), film.as_os_str()]);
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{lungs}: {}", run.stderr);
    }
}

#[test]
fn corners_that_are_no_film_s_are_refused_before_anything_is_read() {
    let film = repository("tests/fixtures/photograph.jpeg");
    for corners in ["0,0,1,1,1,0,0,1", "0,0,1,0,1,1", "here"] {
        let run = lungfield([OsStr::new("read"), OsStr::new("--corners"), OsStr::new(corners), film.as_os_str()]);
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{corners}: {}", run.stderr);
    }
}
