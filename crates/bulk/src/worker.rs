//! What a process that reads does: a film in on standard input, its answer out on standard output, until the input ends.

use std::io::{self, Read, Write};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lungfield_reader::Reader;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;

/// The first frame of a process: that its model is loaded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hello {
    /// SHA-256 of the model.
    pub model_sha256: String,
}

/// Answers films with `read` until the input ends, which it does when the process is no longer wanted. If a film takes
/// twice `seconds` and a minute, this process ends: nobody is there any more to end it.
///
/// # Errors
/// When input or output are closed in the middle.
pub fn serve(hello: &Hello, seconds: f64, mut read: impl FnMut(&[u8]) -> Answer) -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let busy_since = watch(Duration::from_secs_f64(2.0 * seconds + 60.0));
    write_frame(&mut output, &serde_json::to_vec(hello)?)?;
    while let Some(film) = read_frame(&mut input)? {
        busy_since.start();
        let answer = serde_json::to_vec(&read(&film))?;
        busy_since.stop();
        write_frame(&mut output, &answer)?;
    }
    Ok(())
}

/// The same with this reader.
///
/// # Errors
/// As [`serve`].
pub fn serve_reader(reader: &Reader, seconds: f64) -> io::Result<()> {
    let hello = Hello { model_sha256: reader.manifest().sha256.clone() };
    serve(&hello, seconds, |film| Answer::of_film(reader, film))
}

/// Since when a film is read, in milliseconds of a clock; 0 between films.
struct Busy {
    clock: Instant,
    since: AtomicU64,
}

impl Busy {
    fn now(&self) -> u64 {
        self.clock.elapsed().as_millis() as u64 + 1
    }

    fn start(&self) {
        self.since.store(self.now(), Ordering::Relaxed);
    }

    fn stop(&self) {
        self.since.store(0, Ordering::Relaxed);
    }
}

fn watch(longest: Duration) -> &'static Busy {
    let busy: &Busy = Box::leak(Box::new(Busy { clock: Instant::now(), since: AtomicU64::new(0) }));
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let since = busy.since.load(Ordering::Relaxed);
            if since > 0 && u128::from(busy.now() - since) > longest.as_millis() {
                process::exit(1);
            }
        }
    });
    busy
}

/// Writes bytes with their number before them.
pub fn write_frame(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}

/// The next bytes; `None` at the end.
pub fn read_frame(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    if let Err(e) = input.read_exact(&mut length) {
        return if e.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(e) };
    }
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    if input.take(length).read_to_end(&mut bytes)? as u64 == length {
        Ok(Some(bytes))
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
