//! `lungfield evaluate`, as a user runs it.

mod common;

use std::fs;

use common::{demo_films, lungfield, readings, repository, sort_demo_films};
use lungfield_reader::Reading;
use serde_json::Value;

fn is_pneumonia(film: &str) -> bool {
    film.contains("person")
}

fn probability(reading: &Reading) -> f64 {
    reading.probability.expect("an answer").value()
}

#[test]
fn the_numbers_are_those_of_the_readings() {
    let folder = tempfile::tempdir().expect("a folder");
    sort_demo_films(folder.path());
    let run = lungfield(["evaluate".as_ref(), folder.path().as_os_str(), "--json".as_ref()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let found: Value = serde_json::from_str(&run.stdout).expect("JSON");

    let (_, readings) = readings(&demo_films());
    let normal: Vec<&Reading> = readings.iter().filter(|reading| !is_pneumonia(&reading.file)).collect();
    let pneumonia: Vec<&Reading> = readings.iter().filter(|reading| is_pneumonia(&reading.file)).collect();
    let is_called = |reading: &&&Reading| probability(reading) >= reading.thresholds.operating_point;
    let (caught, alarms) = (pneumonia.iter().filter(is_called).count(), normal.iter().filter(is_called).count());
    assert_eq!(found["schema"], "lungfield.evaluation/1");
    assert_eq!((&found["sensitivity"]["count"], &found["sensitivity"]["of"]), (&caught.into(), &8.into()));
    assert_eq!((&found["specificity"]["count"], &found["specificity"]["of"]), (&(8 - alarms).into(), &8.into()));

    let pairs = normal.iter().flat_map(|a| pneumonia.iter().map(|b| (a.logit, b.logit)));
    assert_eq!(found["auroc"]["value"].as_f64(), Some(pairs.filter(|(a, b)| a < b).count() as f64 / 64.0));
    let errors =
        normal.iter().map(|film| probability(film)).chain(pneumonia.iter().map(|film| 1.0 - probability(film)));
    let squares: f64 = errors.map(|error| error * error).sum();
    assert!((found["brier"].as_f64().expect("a number") - squares / 16.0).abs() < 1e-12);
    let class = |class: &str| -> u64 {
        ["likely", "uncertain", "unlikely"]
            .iter()
            .map(|answer| found["outcomes"][answer][class].as_u64().expect("a count"))
            .sum()
    };
    assert_eq!((class("normal"), class("pneumonia")), (8, 8));
}

#[test]
fn a_list_picks_the_films_and_a_film_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    sort_demo_films(folder.path());
    let names: Vec<String> = demo_films()
        .iter()
        .map(|film| film.file_name().expect("a name").to_str().expect("UTF-8"))
        .map(|name| format!("{}/{name}", if is_pneumonia(name) { "PNEUMONIA" } else { "NORMAL" }))
        .collect();
    let list = folder.path().join("held-out.txt");
    let evaluate = || {
        let arguments = ["evaluate".as_ref(), folder.path().as_os_str(), "--json".as_ref(), "--only".as_ref()];
        lungfield(arguments.into_iter().chain([list.as_os_str()]))
    };
    fs::write(&list, format!("{}\n{}\n", names[0], names[8])).expect("a file");
    let run = evaluate();
    assert_eq!(run.status, 0, "{}", run.stderr);
    let found: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((&found["films"]["normal"], &found["films"]["pneumonia"]), (&1.into(), &1.into()));

    fs::write(&list, format!("{}\nNORMAL/elsewhere.jpeg\n", names[0])).expect("a file");
    let run = evaluate();
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("held-out.txt: lists 1 films that"), "{}", run.stderr);
}

#[test]
fn films_that_cannot_be_read_are_listed_and_the_status_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    for (class, film) in [("Normal", &demo_films()[0]), ("pneumonia/virus", &demo_films()[8])] {
        fs::create_dir_all(folder.path().join(class)).expect("a folder");
        fs::copy(film, folder.path().join(class).join("film.jpeg")).expect("a copy");
    }
    fs::copy(repository("tests/fixtures/bad/truncated.png"), folder.path().join("Normal/cut.png")).expect("a copy");
    fs::write(folder.path().join("notes.txt"), "of the ward").expect("a file");
    let run = lungfield(["evaluate".as_ref(), folder.path().as_os_str()]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    for part in
        ["(1 normal, 1 pneumonia), 0 refused, 1 failed", "Normal/cut.png: ", "notes.txt", "AUROC", "the three answers"]
    {
        assert!(run.stdout.contains(part), "{part} is not in:\n{}", run.stdout);
    }
}

#[test]
fn the_plots_need_no_other_file() {
    let folder = tempfile::tempdir().expect("a folder");
    sort_demo_films(&folder.path().join("films"));
    let (films, plots) = (folder.path().join("films"), folder.path().join("new/plots"));
    let run = lungfield(["evaluate".as_ref(), films.as_os_str(), "--plots".as_ref(), plots.as_os_str()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for name in ["roc.svg", "reliability.svg"] {
        let svg = fs::read_to_string(plots.join(name)).expect("a plot");
        let svg = roxmltree::Document::parse(&svg).expect("sound XML");
        let names: Vec<_> = svg.descendants().filter(|node| node.is_element()).collect();
        assert!(
            names.iter().any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "circle"))),
            "{name} is empty"
        );
        let points_elsewhere =
            |node: &&roxmltree::Node| node.attributes().any(|a| a.name() == "href" || a.name() == "style");
        assert_eq!(names.iter().find(points_elsewhere), None);
    }
}

#[test]
fn a_folder_without_classes_ends_with_1() {
    let run = lungfield(["evaluate".as_ref(), repository("www/films").as_os_str()]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("NORMAL/ and PNEUMONIA/"), "{}", run.stderr);
}
