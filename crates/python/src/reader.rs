use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use lungfield_bulk::{Client, ModelSource, Place, Unfetched, fetch, serve_reader};
use lungfield_reader::{self as reader, Kernels, Limits, Milliseconds, ReadOptions, Reading, Site};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::{batch, raised};

/// Reads films: how likely pneumonia is, and where the model looked.
///
/// Without ``model_dir`` the shipped model reads; with it, the one of a folder that holds a ``manifest.json`` and the file that
/// it names. With ``manifest_sha256`` a model whose manifest has another SHA-256 is refused with an :class:`Error`. With ``site``,
/// the path or the bytes of what ``lungfield evaluate --write-site`` wrote, films are answered at a site's own thresholds.
///
/// A reader may be used by many threads at once: other Python code runs on while it reads. It is pickled as its folder's path,
/// its manifest's SHA-256 and the site's thresholds.
///
/// >>> from lungfield import Reader
/// >>> Reader().read("film.dcm")["outcome"]
/// 'unlikely'
#[pyclass(module = "lungfield", frozen)]
pub struct Reader {
    model_dir: Option<PathBuf>,
    manifest_sha256: String,
    /// `lungfield.site/1`.
    site: Option<String>,
    reader: reader::Reader,
    client: Client,
}

impl Reader {
    pub fn model_dir(&self) -> Option<&PathBuf> {
        self.model_dir.as_ref()
    }

    pub fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }
}

#[pymethods]
impl Reader {
    #[new]
    #[pyo3(signature = (model_dir=None, manifest_sha256=None, site=None))]
    fn new(
        py: Python,
        model_dir: Option<PathBuf>,
        manifest_sha256: Option<String>,
        site: Option<&Bound<PyAny>>,
    ) -> PyResult<Self> {
        let site = site.map(text_of).transpose()?;
        py.detach(|| {
            let model_dir = model_dir.map(std::path::absolute).transpose()?;
            let source = ModelSource::of(model_dir.as_deref()).map_err(raised)?;
            let found = source.manifest_sha256();
            if let Some(wanted) = manifest_sha256.filter(|wanted| *wanted != found) {
                let place = model_dir.map_or(Cow::from("the shipped model"), |it| it.display().to_string().into());
                return Err(raised(format!(
                    "{place}: its manifest has the SHA-256 {found}, and {wanted} is asked for. Bring the same model there, \
                     and the same version of lungfield."
                )));
            }
            let mut reader = source.open(Kernels::default()).map_err(raised)?;
            if let Some(site) = &site {
                reader = reader.at_site(Site::from_json(site.as_bytes()).map_err(raised)?).map_err(raised)?;
            }
            Ok(Self { model_dir, manifest_sha256: found, site, reader, client: Client::from_environment() })
        })
    }

    /// The reading of a film, ``lungfield.reading/1`` as ``lungfield read --json`` writes it, to the last digit. ``film`` is
    /// the path or the bytes of its file.
    ///
    /// A film that cannot be read, or that is not there, has a reading that says so.
    fn read<'py>(&self, py: Python<'py>, film: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let film = if let Ok(bytes) = film.extract::<PyBackedBytes>() {
            Film::Bytes(bytes)
        } else if let Ok(path) = film.extract::<PathBuf>() {
            Film::Path(path.into_os_string().into_string().map_err(|_| raised("the film's path is no UTF-8"))?)
        } else {
            return Err(PyTypeError::new_err("a film is a path or bytes"));
        };
        let json = py.detach(|| {
            let reading = match &film {
                Film::Bytes(bytes) => self.reading("", Ok(&bytes[..])),
                Film::Path(path) => {
                    match fetch(&self.client, &Place::Slice(path.clone(), 0, u64::MAX), &Limits::default()) {
                        Ok(bytes) => self.reading(path, Ok(&bytes)),
                        Err(Unfetched::Film(reason) | Unfetched::Absent(reason)) => self.reading(path, Err(&reason)),
                        Err(Unfetched::Storage(error)) => return Err(raised(error)),
                    }
                }
            };
            serde_json::to_string(&reading).map_err(raised)
        })?;
        Ok(py.import("json")?.call_method1("loads", (json,))?.cast_into()?)
    }

    /// The answers of a batch of films, a row each: a ``pyarrow.RecordBatch`` with the columns that an archive's answers have.
    ///
    /// ``batch`` is a ``pyarrow.RecordBatch`` with the column ``id`` and either ``bytes``, the films' files, or ``url``, their
    /// paths or addresses (``http``, ``https``, ``s3``), and then ``offset`` and ``length`` for films that lie inside of a file:
    /// a part of an index is such a batch. All cores read; ``threads`` says how many.
    ///
    /// When a storage does not answer, or refuses the login, it raises an :class:`Error`.
    #[pyo3(signature = (batch, threads=None))]
    fn read_batch<'py>(
        &self,
        py: Python<'py>,
        batch: &Bound<'py, PyAny>,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        batch::read(py, &self.reader, &self.client, batch, threads)
    }

    /// SHA-256 of the model, as readings and answers have it.
    #[getter]
    fn model_sha256(&self) -> &str {
        &self.reader.manifest().sha256
    }

    /// SHA-256 of the model's manifest, which names the model and says what is made of its scores.
    #[getter]
    pub fn manifest_sha256(&self) -> &str {
        &self.manifest_sha256
    }

    fn _serve(&self, py: Python, max_seconds: f64) -> PyResult<()> {
        Ok(py.detach(|| serve_reader(&self.reader, max_seconds))?)
    }

    #[expect(clippy::type_complexity, reason = "the constructor's arguments")]
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> (Bound<'py, PyType>, (Option<PathBuf>, String, Option<Bound<'py, PyBytes>>)) {
        let this = slf.get();
        let site = this.site.as_ref().map(|site| PyBytes::new(slf.py(), site.as_bytes()));
        (slf.get_type(), (this.model_dir.clone(), this.manifest_sha256.clone(), site))
    }
}

/// The text of a file, of which there is the path or what it holds.
fn text_of(file: &Bound<PyAny>) -> PyResult<String> {
    let bytes = match file.extract::<PyBackedBytes>() {
        Ok(bytes) => bytes.to_vec(),
        Err(_) => {
            let path = file.extract::<PathBuf>().map_err(|_| PyTypeError::new_err("site is a path or bytes"))?;
            fs::read(&path).map_err(|error| raised(format!("{}: could not be read: {error}", path.display())))?
        }
    };
    String::from_utf8(bytes).map_err(raised)
}

/// What `read` is given.
enum Film {
    Bytes(PyBackedBytes),
    Path(String),
}

impl Reader {
    fn reading(&self, name: &str, bytes: Result<&[u8], &reader::Error>) -> Reading {
        let started = Instant::now();
        let clock = || started.elapsed().as_secs_f64() * 1000.0;
        match bytes {
            Ok(bytes) => {
                self.reader.read(name, bytes, ReadOptions { clock: Some(&clock), ..ReadOptions::default() }).reading
            }
            Err(reason) => Reading::without_answer(name, self.reader.manifest(), reason, Milliseconds::default()),
        }
    }
}
