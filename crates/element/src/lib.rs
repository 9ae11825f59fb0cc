//! The reader and what is said of a reading, for JavaScript. The worker of `<lungfield-reader>` (`packages/reader/src/worker.js`) runs
//! it; whoever draws films without the element can call it too.
//!
//! ```js
//! const engine = new Engine(manifest, network); // the bytes of two files of the package
//! const film = engine.read("film.dcm", bytes, "{}", (stage) => {});
//! const said = engine.say(film.reading, locale, "{}"); // lungfield.view/1, in the words of a locale's file
//! ```
//!
//! Readings, views and what is asked are JSON, as the command writes it. A film that cannot be read is a reading with its reason; only
//! what the caller got wrong is thrown.

mod ask;
mod close;
mod engine;
mod film;
#[cfg(feature = "own")]
mod own;
mod paint;

pub use close::FilmPart;
pub use engine::Engine;
pub use film::FilmRead;
pub use paint::{paint, paint_own, swatch};
