use std::path::PathBuf;

use lungfield_bulk::{Options, Run};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::raised;
use crate::reader::Reader;

/// An archive that is read part by part: what ``lungfield read --index INDEX --out OUT`` does, and into the same files.
///
/// ``index`` is a folder that ``lungfield index`` made, ``out`` the folder for the answers. A part whose file is in ``out`` is
/// done, whoever wrote it. ``workers`` processes read, and ``fetches`` films are fetched at a time; a film that takes longer than
/// ``max_seconds`` has failed.
///
/// It is pickled as its arguments, so that each process of an engine has its own.
///
/// >>> from lungfield import Archive
/// >>> archive = Archive("index", "out")
/// >>> for part in archive.to_read():
/// ...     archive.read_part(part)
#[pyclass(module = "lungfield", frozen)]
pub struct Archive {
    index: PathBuf,
    out: PathBuf,
    reader: Py<Reader>,
    options: Options,
    run: Run,
}

#[pymethods]
impl Archive {
    #[new]
    #[pyo3(signature = (index, out, reader=None, workers=1, fetches=16, max_seconds=60.0))]
    fn new(
        py: Python,
        index: PathBuf,
        out: PathBuf,
        reader: Option<Py<Reader>>,
        workers: usize,
        fetches: usize,
        max_seconds: f64,
    ) -> PyResult<Self> {
        if !(0.001..=86_400.0).contains(&max_seconds) {
            return Err(PyValueError::new_err("max_seconds is between 0.001 and 86400"));
        }
        let reader = match reader {
            Some(reader) => reader,
            None => py.get_type::<Reader>().call0()?.cast_into::<Reader>()?.unbind(),
        };
        let (index, out) = (std::path::absolute(index)?, std::path::absolute(out)?);
        let python: String = py.import("sys")?.getattr("executable")?.extract()?;
        let mut worker = vec![python, "-m".into(), "lungfield._worker".into(), max_seconds.to_string()];
        worker.push(reader.get().manifest_sha256().to_owned());
        let folder = reader.get().model_dir().map(|folder| {
            let advice = "the model's folder has a path that is no UTF-8";
            folder.to_str().ok_or_else(|| PyValueError::new_err(advice))
        });
        worker.push(folder.transpose()?.unwrap_or_default().to_owned());
        worker.push(reader.get().site().unwrap_or_default().to_owned());
        let options = Options { worker, workers, fetches, max_seconds, ..Options::default() };
        let run = py.detach(|| Run::open(&index, &out, options.clone())).map_err(raised)?;
        Ok(Self { index, out, reader, options, run })
    }

    /// The parts that are still to be read.
    fn to_read(&self) -> Vec<&str> {
        let parts = self.run.parts().iter().filter(|part| !self.run.is_done(part));
        parts.map(|part| part.file.as_str()).collect()
    }

    /// How many films each part has.
    #[getter]
    fn parts(&self) -> std::collections::BTreeMap<&str, u64> {
        self.run.parts().iter().map(|part| (part.file.as_str(), part.films)).collect()
    }

    /// Reads a part, unless it is done, and says how many of its films have no answer.
    ///
    /// When a storage does not answer, or has none of the part's films, it raises an :class:`Error`, and nothing is written.
    fn read_part(&self, py: Python, part: &str) -> PyResult<usize> {
        let found = self.run.parts().iter().find(|it| it.file == part);
        let part = found.ok_or_else(|| PyValueError::new_err(format!("the index has no {part}")))?;
        py.detach(|| self.run.read_part(part, || {})).map_err(raised)
    }

    #[expect(clippy::type_complexity, reason = "the constructor's arguments")]
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> (Bound<'py, PyType>, (PathBuf, PathBuf, Py<Reader>, usize, usize, f64)) {
        let (py, this) = (slf.py(), slf.get());
        let Options { workers, fetches, max_seconds, .. } = this.options;
        let arguments =
            (this.index.clone(), this.out.clone(), this.reader.clone_ref(py), workers, fetches, max_seconds);
        (slf.get_type(), arguments)
    }
}
