//! A process that reads films, seen from outside: a film that hangs or crashes it costs itself.

use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::worker::{Hello, read_frame, write_frame};

/// How long a process may take to load its model.
const LOADING: Duration = Duration::from_secs(120);

/// A process that has its model loaded. It ends when it is dropped.
pub struct Process {
    child: Child,
    films: mpsc::Sender<Arc<Vec<u8>>>,
    frames: mpsc::Receiver<io::Result<Vec<u8>>>,
    hello: Hello,
}

/// How a process ended on a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It took too long, and was ended.
    Hung,
    /// It ended by itself.
    Crashed,
}

impl Process {
    /// Starts a command that is a [`crate::serve`], and waits until its model is loaded.
    pub fn start(command: &[String]) -> Result<Self> {
        let place = command.join(" ");
        let failed = |why: String| Error::at(&place, why, "The lines above say why; run it by itself to see more.");
        let [program, arguments @ ..] = command else { return Err(failed("names no program".into())) };
        // A core each: they share the machine.
        let mut command = Command::new(program);
        command.args(arguments).env("RAYON_NUM_THREADS", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| failed(format!("does not start: {e}")))?;
        let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("has no pipes".into()));
        };
        let (films, waiting) = mpsc::channel::<Arc<Vec<u8>>>();
        let (answered, frames) = mpsc::channel();
        // Ends when the process does, or when nobody sends films any more.
        thread::spawn(move || {
            let ended = || io::Error::from(io::ErrorKind::UnexpectedEof);
            let mut next = || read_frame(&mut output).and_then(|frame| frame.ok_or_else(ended));
            let mut sent = answered.send(next());
            while sent.is_ok() {
                let Ok(film) = waiting.recv() else { break };
                sent = answered.send(write_frame(&mut input, &film).and_then(|()| next()));
            }
        });
        let hello = frames.recv_timeout(LOADING).ok().and_then(io::Result::ok);
        let hello = hello.and_then(|frame| serde_json::from_slice(&frame).ok());
        match hello {
            Some(hello) => Ok(Self { child, films, frames, hello }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                Err(failed("ended before its model was loaded".into()))
            }
        }
    }

    /// SHA-256 of its model.
    pub fn model_sha256(&self) -> &str {
        &self.hello.model_sha256
    }

    /// The answer of a film. After an error the process is of no use.
    pub fn read(&mut self, film: Arc<Vec<u8>>, patience: Duration) -> std::result::Result<Answer, End> {
        self.films.send(film).map_err(|_| End::Crashed)?;
        match self.frames.recv_timeout(patience) {
            Ok(Ok(frame)) => serde_json::from_slice(&frame).map_err(|_| End::Crashed),
            Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(End::Crashed),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(End::Hung),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
