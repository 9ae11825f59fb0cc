//! Storages over HTTP that break off, refuse and come back.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lungfield_bulk::{Answer, IndexWriter, IndexedFilm, Options, Place, Run};
use tempfile::TempDir;

/// A server that answers each request with a head and a body, which it is told the number of; its address, and how many there
/// were.
fn server(answer: impl Fn(usize) -> (&'static str, &'static [u8]) + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/a.film", listener.local_addr().expect("an address"));
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            let lines = BufReader::new(connection.try_clone().expect("a connection")).lines();
            assert!(lines.map_while(Result::ok).take_while(|line| !line.is_empty()).count() > 0, "a request");
            let (head, body) = answer(counted.fetch_add(1, Ordering::Relaxed));
            let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
            let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body));
            let _ = connection.shutdown(Shutdown::Write);
            let _ = connection.read(&mut [0]);
        }
    });
    (address, requests)
}

/// A run of an index of one film at `address`, and where its answers are.
fn run(folder: &Path, address: String) -> (Run, PathBuf) {
    let index = folder.join("index");
    let mut writer = IndexWriter::create("films", &index, 10).expect("an index");
    writer.add(IndexedFilm { id: "a".into(), place: Place::Whole(address), bytes: None }).expect("listed");
    writer.finish().expect("an index");
    let program = std::env::current_exe().expect("this test");
    let built = program.ancestors().nth(2).expect("the folder of what is built");
    let worker = built.join("examples").join(format!("faulty_worker{}", std::env::consts::EXE_SUFFIX));
    let options = Options { worker: vec![worker.to_str().expect("UTF-8").to_owned()], ..Options::default() };
    let out = folder.join("out");
    (Run::open(&index, &out, options).expect("a run"), out.join("part-00000.parquet"))
}

const WHOLE: &str = "200 OK\r\nContent-Length: 9";

#[test]
fn a_film_that_breaks_off_is_fetched_again() {
    let folder = TempDir::new().expect("a folder");
    // The faulty worker's logit tells how many bytes it was given.
    let (address, requests) = server(|request| (WHOLE, if request < 2 { b"film" } else { b"film film" }));
    let (run, part) = run(folder.path(), address);
    assert_eq!(run.read_part(&run.parts()[0], || {}).expect("read"), 0);
    assert_eq!(requests.load(Ordering::Relaxed), 3);
    let answers = Answer::read(&part).expect("a part");
    assert_eq!(answers[0].logit.map(f64::to_bits), Some(0x3fd5_5555_5555_5555 + 9));
}

#[test]
fn a_film_that_always_breaks_off_ends_the_run_and_nothing_is_written() {
    let folder = TempDir::new().expect("a folder");
    let (address, requests) = server(|_| (WHOLE, b"film"));
    let (run, part) = run(folder.path(), address);
    let error = run.read_part(&run.parts()[0], || {}).expect_err("it never comes whole");
    assert!(error.to_string().contains("does not answer"), "{error}");
    assert_eq!((requests.load(Ordering::Relaxed), part.exists()), (5, false));
}

#[test]
fn a_refused_login_ends_the_run_at_once_and_the_next_run_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let (address, requests) = server(|request| match request {
        0 => ("401 Unauthorized\r\nContent-Length: 0", b""),
        1 => ("403 Forbidden\r\nContent-Length: 0", b""),
        _ => (WHOLE, b"film film"),
    });
    let (run, part) = run(folder.path(), address);
    for status in ["401", "403"] {
        let error = run.read_part(&run.parts()[0], || {}).expect_err("who asks is not known");
        assert!(error.to_string().contains(status), "{error}");
        assert!(!part.exists());
    }
    assert_eq!(requests.load(Ordering::Relaxed), 2, "a refusal is not asked again");
    assert_eq!(run.read_part(&run.parts()[0], || {}).expect("read"), 0);
    assert!(part.exists());
    let left = fs::read_dir(part.parent().expect("a folder")).expect("the answers").count();
    assert_eq!(left, 2, "a part and its index");
}
