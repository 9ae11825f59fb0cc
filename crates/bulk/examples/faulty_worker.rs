//! A process for the tests of runs: it hangs on a film of the word `hang`, crashes on `crash`, and calls all others likely.

use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use lungfield_bulk::{Answer, Hello, serve};

fn main() -> io::Result<()> {
    serve(&Hello { model_sha256: "ab".repeat(32) }, 60.0, |film| match film {
        b"hang" => loop {
            thread::sleep(Duration::from_secs(1));
        },
        b"crash" => process::abort(),
        _ => Answer {
            status: "read".into(),
            outcome: Some("likely".into()),
            // A number that decimal digits do not reach, unless they are read with care.
            logit: Some(f64::from_bits(0x3fd5_5555_5555_5555 + film.len() as u64)),
            model_sha256: "ab".repeat(32),
            ..Answer::default()
        },
    })
}
