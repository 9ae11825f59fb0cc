//! Archives of films that are read in one go: what the index, the answers and the way between them have in common, whoever
//! drives it: the `lungfield` command, the Python wheel with Ray or Spark, or a loop.
//!
//! ```text
//! source -> index/part-00000.parquet -> fetch -> a process that reads -> out/part-00000.parquet -> summary
//! ```
//!
//! The state is in the output: a part that exists is done. It is written beside its place and renamed.

mod answer;
mod error;
mod fetch;
mod http;
mod index;
pub mod listing;
mod model;
mod process;
mod run;
mod s3;
mod summary;
mod table;
mod worker;

pub use answer::{Answer, Column};
pub use error::{Error, Result};
pub use fetch::{Unfetched, fetch};
pub use http::Client;
pub use index::{Index, IndexWriter, IndexedFilm, PART_FILMS, Part, Place};
pub use model::ModelSource;
pub use run::{Options, Run};
pub use summary::{Answers, Group, Summary, Thresholds};
pub use worker::{Hello, serve, serve_reader};
