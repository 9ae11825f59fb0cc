//! Reading an index with a process that hangs and crashes where it is told to.

use std::fs;
use std::path::{Path, PathBuf};

use lungfield_bulk::{Answer, Answers, Index, IndexWriter, IndexedFilm, Options, Place, Run, Summary};
use tempfile::TempDir;

fn index(folder: &Path, films: &[&str], part_films: usize) -> PathBuf {
    let index = folder.join("index");
    let mut writer = IndexWriter::create("films", &index, part_films).expect("an index");
    for (number, film) in films.iter().enumerate() {
        let path = folder.join(format!("{number}.film"));
        fs::write(&path, film).expect("a film");
        let place = Place::Whole(path.to_string_lossy().into_owned());
        writer.add(IndexedFilm { id: number.to_string(), place, bytes: None }).expect("listed");
    }
    writer.finish().expect("an index");
    index
}

fn options() -> Options {
    let program = std::env::current_exe().expect("this test");
    let built = program.ancestors().nth(2).expect("the folder of what is built");
    let worker = built.join("examples").join(format!("faulty_worker{}", std::env::consts::EXE_SUFFIX));
    let worker = vec![worker.to_str().expect("UTF-8").to_owned()];
    Options { worker, workers: 2, max_seconds: 2.0, ..Options::default() }
}

fn read(index: &Path, out: &Path) {
    let run = Run::open(index, out, options()).expect("a run");
    for part in run.parts() {
        run.read_part(part, || {}).expect("read");
    }
}

#[test]
fn a_film_that_hangs_or_crashes_costs_itself() {
    let folder = TempDir::new().expect("a folder");
    let index = index(folder.path(), &["a", "hang", "b", "crash", "c", "d"], 4);
    let out = folder.path().join("out");
    fs::remove_file(folder.path().join("5.film")).expect("removed");
    read(&index, &out);
    let summary = Summary::of(&out).expect("a summary");
    assert!(summary.is_complete(), "{summary:?}");
    let answers: Vec<Answers> = summary.groups.iter().map(|group| group.answers).collect();
    assert_eq!(answers, [Answers { likely: 3, failed: 3, ..Answers::default() }]);
    let reasons: Vec<_> = summary.reasons.iter().map(|(reason, films)| (reason.as_str(), *films)).collect();
    assert_eq!(reasons, [("crashed", 1), ("hung", 1), ("unreadable", 1)]);
    let first = Answer::read(&out.join("part-00000.parquet")).expect("a part");
    let ids: Vec<_> = first.iter().map(|answer| answer.id.as_str()).collect();
    assert_eq!(ids, ["0", "1", "2", "3"]);
    assert_eq!(first[0].logit.map(f64::to_bits), Some(0x3fd5_5555_5555_5556));
}

#[test]
fn what_is_there_is_kept_and_what_is_not_is_read() {
    let folder = TempDir::new().expect("a folder");
    let films: Vec<String> = (0..25).map(|n| "x".repeat(n + 1)).collect();
    let index = index(folder.path(), &films.iter().map(String::as_str).collect::<Vec<_>>(), 10);
    let out = folder.path().join("out");
    read(&index, &out);
    let part = |n: usize| out.join(format!("part-{n:05}.parquet"));
    let before: Vec<Vec<u8>> = (0..3).map(|n| fs::read(part(n)).expect("a part")).collect();
    fs::remove_file(part(1)).expect("removed");
    let summary = Summary::of(&out).expect("a summary");
    assert_eq!((summary.answered, summary.is_complete()), (15, false));
    assert_eq!(summary.parts_to_read, ["part-00001.parquet"]);
    // What a run left that was ended while it wrote.
    fs::write(out.join(".part-00001.parquet.x.tmp"), "half").expect("written");
    fs::write(part(0), &before[1]).expect("another part's answers");
    read(&index, &out);
    assert_eq!(fs::read(part(1)).expect("a part"), before[1]);
    assert!(!out.join(".part-00001.parquet.x.tmp").exists(), "what was left is removed");
    let summary = Summary::of(&out).expect("a summary");
    assert_eq!(summary.parts_that_differ, ["part-00000.parquet"]);
    assert_eq!((summary.answered, summary.answered_twice, summary.is_complete()), (25, 10, false));
    fs::write(part(0), &before[0]).expect("its own");
    assert!(Summary::of(&out).expect("a summary").is_complete());
    fs::copy(part(0), part(7)).expect("a part too many");
    assert_eq!(Summary::of(&out).expect("a summary").parts_too_many, ["part-00007.parquet"]);
}

#[test]
fn a_folder_belongs_to_one_index_and_an_index_names_a_film_once() {
    let folder = TempDir::new().expect("a folder");
    let first = index(folder.path(), &["a"], 10);
    let out = folder.path().join("out");
    read(&first, &out);
    let other = folder.path().join("other");
    let mut writer = IndexWriter::create("films", &other, 10).expect("an index");
    for id in ["1", "2", "1"] {
        writer.add(IndexedFilm { id: id.into(), place: Place::Whole("/a".into()), bytes: None }).expect("listed");
    }
    let index: Index = writer.finish().expect("an index");
    assert_eq!((index.films, index.named_again), (2, 1));
    assert!(Run::open(&other, &out, options()).is_err(), "the folder is the first index's");
    assert!(IndexWriter::create("films", &other, 10).is_err(), "the index is there");
}

#[test]
fn a_storage_that_does_not_answer_ends_the_run_and_nothing_is_written() {
    let folder = TempDir::new().expect("a folder");
    let index = folder.path().join("index");
    let mut writer = IndexWriter::create("films", &index, 10).expect("an index");
    // Nobody listens at the port 9, discard.
    let place = Place::Whole("http://127.0.0.1:9/a.dcm".into());
    writer.add(IndexedFilm { id: "a".into(), place, bytes: None }).expect("listed");
    writer.finish().expect("an index");
    let out = folder.path().join("out");
    let run = Run::open(&index, &out, options()).expect("a run");
    let error = run.read_part(&run.parts()[0], || {}).expect_err("nobody answers");
    assert!(error.to_string().contains("does not answer"), "{error}");
    assert!(!out.join("part-00000.parquet").exists());
}

#[test]
fn a_storage_that_has_no_film_of_a_part_is_not_believed() {
    let folder = TempDir::new().expect("a folder");
    let index = index(folder.path(), &["a", "b"], 10);
    let out = folder.path().join("out");
    let away = |number: u8| folder.path().join(format!("{number}.film"));
    for number in [0, 1] {
        fs::rename(away(number), folder.path().join(number.to_string())).expect("moved");
    }
    let run = Run::open(&index, &out, options()).expect("a run");
    let error = run.read_part(&run.parts()[0], || {}).expect_err("no film is there");
    assert!(error.to_string().contains("none of 2 films"), "{error}");
    fs::rename(folder.path().join("1"), away(1)).expect("moved");
    assert_eq!(run.read_part(&run.parts()[0], || {}).expect("one is there"), 1);
}
