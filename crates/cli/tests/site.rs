//! A site's own thresholds, chosen by `lungfield evaluate` and used by `lungfield read`, as a user does it.

mod common;

use std::fs;
use std::path::Path;

use common::{demo_films, lungfield, readings, sort_demo_films};
use lungfield_bulk::Answer;
use lungfield_reader::{Reading, Site};

/// Chooses thresholds on the demo films, eight of each class, and writes them to `site`: exit status and what was said.
fn choose(folder: &Path, site: &Path, more: &[&str]) -> (i32, String, String) {
    let arguments = ["evaluate".as_ref(), folder.as_os_str(), "--write-site".as_ref(), site.as_os_str()];
    let run = lungfield(arguments.into_iter().chain(more.iter().map(|word| word.as_ref())));
    (run.status, run.stdout, run.stderr)
}

#[test]
fn films_are_answered_at_thresholds_that_were_chosen_on_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let (films, site, exports) =
        (folder.path().join("films"), folder.path().join("site.json"), folder.path().join("exports"));
    sort_demo_films(&films);
    let (status, said, _) = choose(&films, &site, &["--error-level", "0.2", "--operating-point", "0.6"]);
    assert_eq!(status, 0, "{said}");
    for part in ["8 normal films and 8 with pneumonia", "operating point 0.600", "too few to say"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    let chosen = Site::from_json(&fs::read(&site).expect("a file")).expect("a site's thresholds");
    assert_eq!((chosen.films.normal, chosen.films.pneumonia), (8, 8));

    let film = &demo_films()[8];
    let arguments = ["read".as_ref(), film.as_os_str(), "--json".as_ref(), "--site".as_ref(), site.as_os_str()];
    let export = ["--export".as_ref(), exports.as_os_str(), "--as".as_ref(), "csv,pdf,fhir-r4".as_ref()];
    let run = lungfield(arguments.into_iter().chain(export));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let reading: Reading = serde_json::from_str(&run.stdout).expect("a reading");
    let (_, without) = readings(std::slice::from_ref(film));
    assert_eq!(reading.probability, without[0].probability);
    assert_eq!((reading.thresholds.operating_point, without[0].thresholds.operating_point), (0.6, 0.5));
    assert_eq!((&reading.thresholds.site, &without[0].thresholds.site), (&Some(chosen.films.clone()), &None));
    let name = film.file_stem().expect("a name").to_string_lossy();
    let sentence = format!("chosen on {} on 8 films without pneumonia and 8 with it", chosen.films.date);
    let bundle = fs::read_to_string(exports.join(format!("{name}.fhir-r4.json"))).expect("a bundle");
    assert!(bundle.contains(&sentence), "{bundle}");
    let table = fs::read_to_string(exports.join("readings.csv")).expect("a table");
    assert!(table.contains(&format!("8 normal, 8 pneumonia, {}", chosen.films.date)), "{table}");
}

#[test]
fn an_archive_is_answered_at_them_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (films, site, index, out) = (place("films"), place("site.json"), place("index"), place("out"));
    sort_demo_films(films.as_ref());
    let (status, ..) = choose(films.as_ref(), site.as_ref(), &["--error-level", "0.2"]);
    assert_eq!(status, 0);
    let chosen = Site::from_json(&fs::read(&site).expect("a file")).expect("a site's thresholds");

    assert_eq!(lungfield(["index", &films, "--out", &index, "--part-films", "10"]).status, 0);
    let missing = lungfield(["read", "--index", &index, "--out", &out, "--site", &place("none.json")]);
    assert_eq!(missing.status, 1);
    assert!(missing.stderr.contains("none.json: could not be read") && !Path::new(&out).exists(), "{}", missing.stderr);

    let run = lungfield(["read", "--index", &index, "--out", &out, "--site", &site]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = lungfield(["summary", &out]).stdout;
    let at = format!("likely from {:.3}, unlikely below {:.3}", chosen.likely_from, chosen.unlikely_below);
    assert!(said.contains(&at) && !said.contains("different thresholds"), "{said}");
    let answers = Answer::read(&Path::new(&out).join("part-00001.parquet")).expect("a part");
    assert_eq!(answers.len(), 6);
    for answer in &answers {
        let probability = answer.probability.expect("a probability");
        let outcome = match probability {
            _ if probability >= chosen.likely_from => "likely",
            _ if probability < chosen.unlikely_below => "unlikely",
            _ => "uncertain",
        };
        assert_eq!((answer.outcome.as_deref(), answer.likely_from), (Some(outcome), Some(chosen.likely_from)));
    }

    // What is left is read at the model's own, and nobody is told that all is one.
    fs::remove_file(Path::new(&out).join("part-00001.parquet")).expect("there");
    assert_eq!(lungfield(["read", "--index", &index, "--out", &out]).status, 0);
    let said = lungfield(["summary", &out]).stdout;
    assert!(said.contains(&at) && said.contains("at different thresholds"), "{said}");
}

#[test]
fn thresholds_are_refused_of_too_few_films_and_with_another_model() {
    let folder = tempfile::tempdir().expect("a folder");
    let (films, site) = (folder.path().join("films"), folder.path().join("site.json"));
    sort_demo_films(&films);
    let (status, _, said) = choose(&films, &site, &[]);
    assert_eq!((status, site.exists()), (1, false));
    assert!(said.contains("8 films with pneumonia are too few for an error level of 0.05: it takes 19"), "{said}");

    let (status, ..) = choose(&films, &site, &["--error-level", "0.2"]);
    assert_eq!(status, 0);
    let mut other = Site::from_json(&fs::read(&site).expect("a file")).expect("a site's thresholds");
    other.model_sha256 = "0".repeat(64);
    fs::write(&site, serde_json::to_vec(&other).expect("JSON")).expect("a file");
    let film = &demo_films()[0];
    let run = lungfield(["read".as_ref(), film.as_os_str(), "--site".as_ref(), site.as_os_str()]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("another model, and are void"), "{}", run.stderr);
}

#[test]
fn a_list_gives_the_classes_and_what_is_wrong_with_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let (films, list) = (folder.path().join("films"), folder.path().join("answers.csv"));
    fs::create_dir_all(films.join("2026")).expect("a folder");
    fs::copy(&demo_films()[0], films.join("a.jpeg")).expect("a copy");
    fs::copy(&demo_films()[8], films.join("2026/b.jpeg")).expect("a copy");
    let evaluate = |text: &str| {
        fs::write(&list, text).expect("a file");
        lungfield(["evaluate".as_ref(), films.as_os_str(), "--labels".as_ref(), list.as_os_str()])
    };
    let run = evaluate("class,file\nNormal,a.jpeg\npneumonia,2026/b.jpeg\n");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("2 films read (1 normal, 1 pneumonia)"), "{}", run.stdout);
    let run = evaluate("file,class\na.jpeg,normal\n");
    assert!(run.stdout.contains("(1 normal, 0 pneumonia)") && run.stdout.contains("2026/b.jpeg"), "{}", run.stdout);
    for (text, reason) in [
        ("file,class\na.jpeg,ill\n", "\"ill\" is no class"),
        ("file,class\na.jpeg,normal\na.jpeg,pneumonia\n", "a.jpeg has two lines"),
        ("file,class\nc.jpeg,normal\n", "lists c.jpeg, which is not in"),
        ("name,answer\na.jpeg,normal\n", "missing field `file`"),
        ("file,class\n", "lists no film"),
    ] {
        let run = evaluate(text);
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{text}");
        assert!(run.stderr.contains(reason), "{reason} is not in: {}", run.stderr);
    }
}
