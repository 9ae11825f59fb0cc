//! Archives read in one go: `index`, `read --index`, `summary`, from every kind of source.

mod common;

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use common::{command, demo_films, lungfield, readings, repository};
use lungfield_bulk::Answer;
use tempfile::TempDir;

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Lists `source` in parts of `part_films`.
fn index(source: &str, index: &Path, part_films: usize) {
    let run = lungfield(["index", source, "--out", text(index), "--part-films", &part_films.to_string()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

/// All answers in a folder, without their times.
fn answers(out: &Path) -> Vec<Answer> {
    let files = fs::read_dir(out).expect("the answers").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|it| it == "parquet")).collect();
    files.sort();
    let rows = files.iter().flat_map(|file| Answer::read(file).expect("a part"));
    rows.map(|answer| Answer { ms: None, ..answer }).collect()
}

/// What the command says of these films by their names, in the place of an answer's.
fn expected(films: &[PathBuf]) -> Vec<Answer> {
    let (_, readings) = readings(films);
    let name = |file: &str| Path::new(file).file_name().expect("a name").to_string_lossy().into_owned();
    readings.iter().map(|reading| Answer { id: name(&reading.file), ms: None, ..Answer::from(reading) }).collect()
}

#[test]
fn a_folder_with_archives_is_read_with_the_numbers_of_read() {
    let folder = TempDir::new().expect("a folder");
    let films = folder.path().join("films");
    fs::create_dir(&films).expect("a folder");
    let broken = films.join("z-broken.png");
    fs::write(&broken, &fs::read(repository("tests/fixtures/film.png")).expect("a film")[..900]).expect("a film");
    let demo = demo_films();
    fs::copy(&demo[0], films.join("a.jpeg")).expect("a film");
    let mut tar = tar::Builder::new(fs::File::create(films.join("b.tar")).expect("an archive"));
    tar.append_path_with_name(&demo[8], "ward/b.jpeg").expect("packed");
    tar.finish().expect("an archive");
    drop(tar);
    let mut zip = rawzip::ZipArchiveWriter::new(Vec::new());
    let (mut entry, config) = zip.new_file("ward/c.jpeg").start().expect("an entry");
    let mut data = config.wrap(&mut entry);
    data.write_all(&fs::read(&demo[9]).expect("a film")).expect("packed");
    let (_, descriptor) = data.finish().expect("packed");
    entry.finish(descriptor).expect("packed");
    fs::write(films.join("c.zip"), zip.finish().expect("an archive")).expect("an archive");

    let (place, out) = (folder.path().join("index"), folder.path().join("out"));
    index(text(&films), &place, 3);
    let run = lungfield(["read", "--index", text(&place), "--out", text(&out), "--workers", "1"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    let said = ["4 of 4 films", "films/s", "left"];
    assert!(said.iter().all(|said| run.stderr.contains(said)), "{}", run.stderr);
    let mut wanted = expected(&[demo[0].clone(), demo[8].clone(), demo[9].clone(), broken]);
    for (answer, id) in wanted.iter_mut().zip(["a.jpeg", "b.tar/ward/b.jpeg", "c.zip/ward/c.jpeg", "z-broken.png"]) {
        answer.id = id.into();
    }
    assert_eq!(answers(&out), wanted);

    let plots = folder.path().join("plots");
    let run = lungfield(["summary", text(&out), "--plots", text(&plots)]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("every film has one answer, and no other film has any"), "{}", run.stdout);
    assert!(run.stdout.contains("truncated") && plots.join("outcomes.svg").exists(), "{}", run.stdout);
    let run = lungfield(["read", "--index", text(&place), "--out", text(&out)]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "nothing is left to be read");
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_is_not() {
    let folder = TempDir::new().expect("a folder");
    let films = folder.path().join("films");
    fs::create_dir(&films).expect("a folder");
    for (number, film) in demo_films().iter().cycle().take(24).enumerate() {
        fs::copy(film, films.join(format!("{number:02}.jpeg"))).expect("a film");
    }
    let place = folder.path().join("index");
    index(text(&films), &place, 2);
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let start = Instant::now();
    assert_eq!(lungfield(["read", "--index", text(&place), "--out", text(&whole)]).status, 0);
    let whole_run = start.elapsed();
    let (mut kills, mut wait) = (0, whole_run / 3);
    loop {
        let mut run = command(["read", "--index", text(&place), "--out", text(&killed)]).spawn().expect("starts");
        thread::sleep(wait);
        // No regular moments: a third of the time, then more and more of it.
        wait += whole_run / 7;
        if let Some(status) = run.try_wait().expect("waited for") {
            assert!(status.success());
            break;
        }
        run.kill().expect("killed");
        run.wait().expect("ended");
        kills += 1;
    }
    assert!(kills > 0, "it was never killed");
    assert_eq!(lungfield(["summary", text(&killed)]).status, 0);
    assert_eq!(answers(&killed), answers(&whole));
}

/// A server of these files on a port of its own: its address.
fn server(files: HashMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            let mut lines = BufReader::new(connection.try_clone().expect("a connection")).lines();
            let request = lines.next().and_then(Result::ok).unwrap_or_default();
            let rest: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let target = request.split(' ').nth(1).unwrap_or_default();
            let signature = target.find("&X-Amz-Signature").is_some();
            let wanted = if target.contains("list-type=2") {
                let token =
                    if target.contains("continuation-token=second") { "/bucket?second" } else { "/bucket?first" };
                if signature { token } else { "unsigned" }
            } else if target.starts_with("/bucket") {
                target.split('?').next().unwrap_or_default()
            } else {
                target
            };
            let denied = target.starts_with("/secret") && !rest.iter().any(|line| line.ends_with("Basic abc"));
            let (status, body) = match files.get(wanted) {
                _ if denied => ("401 Unauthorized", &b""[..]),
                Some(body) => ("200 OK", body.as_slice()),
                None => ("404 Not Found", &b""[..]),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body));
            let _ = connection.shutdown(std::net::Shutdown::Write);
            let _ = connection.read(&mut [0]);
        }
    });
    address
}

#[test]
fn films_come_from_servers_of_every_kind() {
    let folder = TempDir::new().expect("a folder");
    let demo = demo_films();
    let film = |number: usize| fs::read(&demo[number]).expect("a film");
    let object = |key: &str| format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", film(0).len());
    let list = |rest: &str| {
        format!(r#"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{rest}</ListBucketResult>"#)
            .into_bytes()
    };
    let changes = |ids: &[&str], done: bool, last: u32| {
        let change =
            |id: &&str| format!(r#"{{"ChangeType":"NewInstance","ID":"{id}"}},{{"ChangeType":"NewStudy","ID":"s"}}"#);
        let changes: Vec<String> = ids.iter().map(change).collect();
        format!(r#"{{"Changes":[{}],"Done":{done},"Last":{last}}}"#, changes.join(",")).into_bytes()
    };
    let address = server(HashMap::from([
        ("/films/".into(), br#"<a href="../">up</a><a href="a.jpeg">a</a><a href="sub/">sub</a>"#.to_vec()),
        ("/films/sub/".into(), br#"<a href="b.jpeg">b</a><a href="gone.jpeg">gone</a>"#.to_vec()),
        ("/films/a.jpeg".into(), film(0)),
        ("/films/sub/b.jpeg".into(), film(8)),
        ("/list.txt".into(), b"films/a.jpeg\n/films/sub/b.jpeg\n".to_vec()),
        (
            "/bucket?first".into(),
            list(&format!("{}<NextContinuationToken>second</NextContinuationToken>", object("x/a.jpeg"))),
        ),
        ("/bucket?second".into(), list(&object("x/b.jpeg"))),
        ("/bucket/x/a.jpeg".into(), film(0)),
        ("/bucket/x/b.jpeg".into(), film(8)),
        ("/secret/changes?since=0&limit=1000".into(), changes(&["a"], false, 7)),
        ("/secret/changes?since=7&limit=1000".into(), changes(&["b", "a"], true, 9)),
        ("/secret/instances/a/file".into(), film(0)),
        ("/secret/instances/b/file".into(), film(8)),
    ]));
    let run = |arguments: &[&str]| {
        let mut command = command(arguments);
        command
            .env("AWS_ENDPOINT_URL", &address)
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret");
        let output = command.env("LUNGFIELD_AUTHORIZATION", "Basic abc").output().expect("the command starts");
        assert!(matches!(output.status.code(), Some(0 | 2)), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let wanted = expected(&[demo[0].clone(), demo[8].clone()]);
    let sources = [
        (format!("{address}/films/"), vec!["a.jpeg", "sub/b.jpeg", "sub/gone.jpeg"]),
        (format!("{address}/list.txt"), vec![]),
        ("s3://bucket/x/".into(), vec!["x/a.jpeg", "x/b.jpeg"]),
        (format!("{address}/secret/changes"), vec!["a", "b"]),
    ];
    for (number, (source, ids)) in sources.iter().enumerate() {
        let (place, out) = (folder.path().join(format!("index{number}")), folder.path().join(format!("out{number}")));
        run(&["index", source, "--out", text(&place)]);
        run(&["read", "--index", text(&place), "--out", text(&out), "--workers", "1"]);
        let found = answers(&out);
        let found_ids: Vec<&str> = found.iter().map(|answer| answer.id.as_str()).collect();
        let whole = [format!("{address}/films/a.jpeg"), format!("{address}/films/sub/b.jpeg")];
        let ids = if ids.is_empty() { whole.iter().map(String::as_str).collect() } else { ids.clone() };
        assert_eq!(found_ids, ids, "{source}");
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found, &Answer { id: found.id.clone(), ..wanted.clone() }, "{source}");
        }
        if let Some(gone) = found.get(2) {
            assert_eq!(gone.reason.as_deref(), Some("unreadable"), "{gone:?}");
        }
    }
}

#[test]
fn a_table_of_identifiers_is_a_source() {
    let folder = TempDir::new().expect("a folder");
    let films = folder.path().join("films");
    fs::create_dir(&films).expect("a folder");
    for (name, film) in ["a", "b"].iter().zip(demo_films()) {
        fs::copy(film, films.join(name)).expect("a film");
    }
    // An index is such a table itself: it has a column of identifiers, and one of paths.
    let place = folder.path().join("index");
    index(text(&films), &place, 10);
    let table = place.join("part-00000.parquet");
    let pattern = format!("{}/{{id}}", text(&films));
    for (name, options) in [("column", &["--url-column", "url"]), ("pattern", &["--url-pattern", pattern.as_str()])] {
        let (again, out) = (folder.path().join(name), folder.path().join(format!("{name}-out")));
        let run = lungfield([&["index", text(&table), "--out", text(&again)], &options[..]].concat());
        assert_eq!((run.status, run.stdout.as_str()), (0, "2 films in 1 parts\n"), "{}", run.stderr);
        assert_eq!(lungfield(["read", "--index", text(&again), "--out", text(&out)]).status, 0);
        assert_eq!(answers(&out), expected(&["a", "b"].map(|name| films.join(name))));
    }
    let run = lungfield(["index", text(&table), "--out", text(&folder.path().join("x")), "--url-column", "no"]);
    assert!(run.status == 1 && run.stderr.contains("has no no"), "{}", run.stderr);
}

#[test]
fn a_film_may_take_only_so_long() {
    let folder = TempDir::new().expect("a folder");
    let (place, out) = (folder.path().join("index"), folder.path().join("out"));
    index(text(&demo_films()[0]), &place, 10);
    let run = lungfield(["read", "--index", text(&place), "--out", text(&out), "--max-seconds", "0.001"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert_eq!(answers(&out)[0].reason.as_deref(), Some("hung"));
}
