//! Reading an index part by part into a folder, whose parts are what is done.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use lungfield_reader::Limits;

use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::fetch::{AGAIN, Unfetched, fetch};
use crate::http::Client;
use crate::index::{self, Index, IndexedFilm, Part};
use crate::process::{End, Process};
use crate::table;

/// How a run works.
#[derive(Clone, Debug)]
pub struct Options {
    /// The command of a process that reads, which calls [`crate::serve`].
    pub worker: Vec<String>,
    /// How many such processes there are.
    pub workers: usize,
    /// How many films are fetched at a time.
    pub fetches: usize,
    /// How many bytes of films may wait in memory; a film that is larger than that waits alone.
    pub bytes: u64,
    /// How long a film may be read.
    pub max_seconds: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { worker: Vec::new(), workers: 1, fetches: 16, bytes: 512 << 20, max_seconds: 60.0 }
    }
}

/// A size for films of which none is said.
const LIKELY_BYTES: u64 = 16 << 20;

/// What is left to be read of an index, and what reads it.
pub struct Run {
    index: PathBuf,
    out: PathBuf,
    contents: Index,
    options: Options,
    client: Client,
    processes: Vec<Mutex<Option<Process>>>,
}

impl Run {
    /// Reads `index` into `out`, which becomes this index's alone.
    ///
    /// # Errors
    /// When the index cannot be read, or `out` cannot be written or is another's.
    pub fn open(index: &Path, out: &Path, options: Options) -> Result<Self> {
        let contents = Index::open(index)?;
        fs::create_dir_all(out).map_err(|e| Error::write(out, &e))?;
        if out.join(Index::FILE).exists() {
            if Index::open(out)? != contents {
                let advice = "Name the folder that belongs to this index, or one that is not there yet.";
                return Err(Error::at(out.display(), "has the answers of another index", advice));
            }
        } else {
            contents.save(out)?;
        }
        let processes = (0..options.workers.max(1)).map(|_| Mutex::new(None)).collect();
        let client = Client::from_environment();
        Ok(Self { index: index.to_owned(), out: out.to_owned(), contents, options, client, processes })
    }

    /// The parts of the index.
    pub fn parts(&self) -> &[Part] {
        &self.contents.parts
    }

    /// Whether a part is done.
    pub fn is_done(&self, part: &Part) -> bool {
        self.out.join(&part.file).exists()
    }

    /// Reads a part, unless it is done, and says how many of its films have no answer. `on_film` is called after each.
    ///
    /// # Errors
    /// When the part cannot be read or written, its storage does not answer or has none of its films, or no process can be
    /// started. Then nothing is written of it.
    pub fn read_part(&self, part: &Part, on_film: impl Fn() + Sync) -> Result<usize> {
        if self.is_done(part) {
            return Ok(0);
        }
        let films = index::films(&self.index.join(&part.file))?;
        let answers = self.read_films(&films, &on_film)?;
        table::write(&self.out.join(&part.file), Answer::columns(&answers))?;
        Ok(answers.iter().filter(|answer| answer.status != "read").count())
    }

    fn read_films(&self, films: &[IndexedFilm], on_film: &(impl Fn() + Sync)) -> Result<Vec<Answer>> {
        let budget = Budget { free: Mutex::new(self.options.bytes), all: self.options.bytes, changed: Condvar::new() };
        let (next, stop, absent) = (AtomicUsize::new(0), AtomicBool::new(false), AtomicUsize::new(0));
        let answers: Mutex<Vec<Option<Answer>>> = Mutex::new(vec![None; films.len()]);
        let failure: Mutex<Option<Error>> = Mutex::new(None);
        let fail = |error| {
            stop.store(true, Ordering::Relaxed);
            lock(&failure).get_or_insert(error);
        };
        let (fetched, waiting) = mpsc::channel();
        let waiting: Mutex<mpsc::Receiver<Fetched>> = Mutex::new(waiting);
        let fetch_all = |fetched: mpsc::Sender<_>| {
            while !stop.load(Ordering::Relaxed) {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(film) = films.get(place) else { break };
                let share = budget.take(film.bytes.unwrap_or(LIKELY_BYTES));
                let bytes = match fetch(&self.client, &film.place, &Limits::default()) {
                    Ok(bytes) => Ok(Arc::new(bytes)),
                    Err(Unfetched::Film(reason)) => Err(reason),
                    Err(Unfetched::Absent(reason)) => {
                        absent.fetch_add(1, Ordering::Relaxed);
                        Err(reason)
                    }
                    Err(Unfetched::Storage(error)) => return fail(error),
                };
                let _ = fetched.send((place, share, bytes));
            }
        };
        let read_all = |process: &Mutex<Option<Process>>| {
            let mut process = lock(process);
            loop {
                let Ok((place, share, bytes)) = lock(&waiting).recv() else { break };
                // What was fetched before a failure is let go, so that nobody waits for room.
                if !stop.load(Ordering::Relaxed) {
                    match self.answer(&mut process, bytes) {
                        Ok(answer) => {
                            lock(&answers)[place] = Some(Answer { id: films[place].id.clone(), ..answer });
                            on_film();
                        }
                        Err(error) => fail(error),
                    }
                }
                drop(share);
            }
        };
        let (fetch_all, read_all) = (&fetch_all, &read_all);
        thread::scope(|scope| {
            for _ in 0..self.options.fetches.clamp(1, films.len().max(1)) {
                let fetched = fetched.clone();
                scope.spawn(move || fetch_all(fetched));
            }
            drop(fetched);
            for process in &self.processes {
                scope.spawn(move || read_all(process));
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        // A disk that is not mounted has no film; one that is lacks a few.
        if films.len() > 1 && absent.into_inner() == films.len() {
            return Err(Error::at(
                &self.contents.source,
                format!("none of {} films in a row is there", films.len()),
                AGAIN,
            ));
        }
        Ok(answers.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect())
    }

    /// A film's answer. One that the process crashed on is tried once more: something else may have ended it.
    fn answer(&self, process: &mut Option<Process>, bytes: Bytes) -> Result<Answer> {
        let mut crashed = false;
        loop {
            let reader = match process {
                Some(reader) => reader,
                None => process.insert(Process::start(&self.options.worker)?),
            };
            let model_sha256 = reader.model_sha256().to_owned();
            let bytes = match &bytes {
                Ok(bytes) => bytes.clone(),
                Err(reason) => return Ok(Answer::without_bytes(reason, &model_sha256)),
            };
            let end = match reader.read(bytes, Duration::from_secs_f64(self.options.max_seconds)) {
                Ok(answer) => return Ok(answer),
                Err(end) => end,
            };
            *process = None;
            match end {
                End::Hung => {
                    let message = format!("reading the film took more than {} seconds", self.options.max_seconds);
                    return Ok(Answer::failed("hung", message, &model_sha256));
                }
                End::Crashed if crashed => {
                    return Ok(Answer::failed("crashed", "reading the film ended the process, twice", &model_sha256));
                }
                End::Crashed => crashed = true,
            }
        }
    }
}

/// A film's place in its part, its share of the memory, and its bytes.
type Fetched<'a> = (usize, Share<'a>, Bytes);

/// A film's bytes, or why there are none.
type Bytes = std::result::Result<Arc<Vec<u8>>, lungfield_reader::Error>;

/// Bytes that may be in memory.
struct Budget {
    free: Mutex<u64>,
    all: u64,
    changed: Condvar,
}

/// Some of them, which are free again when this is dropped.
struct Share<'a>(&'a Budget, u64);

impl Budget {
    /// Waits for so many bytes; for all, where they are more.
    fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.all);
        let free = self.changed.wait_while(lock(&self.free), |free| *free < bytes);
        *free.unwrap_or_else(PoisonError::into_inner) -= bytes;
        Share(self, bytes)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += self.1;
        self.0.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_waits_until_there_is_room_for_it() {
        let budget = Budget { free: Mutex::new(10), all: 10, changed: Condvar::new() };
        let first = budget.take(8);
        let (taken, waits) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                drop(budget.take(1000));
                let _ = taken.send(());
            });
            assert!(waits.recv_timeout(Duration::from_millis(100)).is_err(), "there is no room yet");
            drop(first);
            waits.recv_timeout(Duration::from_secs(10)).expect("one that is too large waits for all the room there is");
        });
        assert_eq!(*lock(&budget.free), 10);
    }
}
