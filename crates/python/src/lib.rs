//! `lungfield._lungfield`, the compiled half of the Python package: the reader, a batch of films, an archive part by part.
//! Python sees it as `lungfield`, whose types are in `python/lungfield/_lungfield.pyi`.

mod archive;
mod batch;
mod reader;

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(lungfield, Error, PyException, "Why the work cannot go on: the place, the reason and what to do.");

/// The same for Python.
fn raised(error: impl std::fmt::Display) -> PyErr {
    Error::new_err(error.to_string())
}

#[pymodule]
mod _lungfield {
    #[pymodule_export]
    use super::Error;
    #[pymodule_export]
    use super::archive::Archive;
    #[pymodule_export]
    use super::reader::Reader;
}
