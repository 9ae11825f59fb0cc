//! A record batch of films in, a record batch of answers out.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lungfield_bulk::{Answer, Client, Column, IndexedFilm, Unfetched, fetch};
use lungfield_reader::{Limits, Reader};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;

use crate::raised;

/// Reads the films of `batch` with so many threads; without a number, one for each core.
pub fn read<'py>(
    py: Python<'py>,
    reader: &Reader,
    client: &Client,
    batch: &Bound<'py, PyAny>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let rows = Rows::of(batch)?;
    let threads = threads.or(thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let answers = py.detach(|| {
        let (next, answers) = (AtomicUsize::new(0), Mutex::new(vec![None::<Answer>; rows.count]));
        let read = || -> PyResult<()> {
            loop {
                let row = next.fetch_add(1, Ordering::Relaxed);
                if row >= rows.count {
                    return Ok(());
                }
                let film = Python::attach(|py| rows.film(py, row))?;
                let answer = answer(reader, client, film).inspect_err(|_| next.store(rows.count, Ordering::Relaxed))?;
                answers.lock().unwrap_or_else(PoisonError::into_inner)[row] = Some(answer);
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads.clamp(1, rows.count.max(1))).map(|_| scope.spawn(read)).collect();
            threads.into_iter().try_for_each(|it| it.join().unwrap_or_else(|_| Err(raised("a thread panicked"))))
        })?;
        let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        PyResult::Ok(answers.into_iter().flatten().collect::<Vec<Answer>>())
    })?;
    table(py, &answers)
}

/// The rows of a batch, taken out of it one by one: a film's bytes are copied when its turn comes.
struct Rows {
    columns: Vec<(String, Py<PyAny>)>,
    count: usize,
}

/// A row.
enum Film {
    Bytes(String, PyBackedBytes),
    Indexed(IndexedFilm),
}

impl Rows {
    fn of(batch: &Bound<PyAny>) -> PyResult<Self> {
        let names: Vec<String> = batch.getattr("schema")?.getattr("names")?.extract()?;
        let missing = |name| !names.iter().any(|it| it == name);
        if missing("id") || (missing("bytes") && missing("url")) {
            return Err(PyValueError::new_err(format!(
                "a batch of films has the column id, and bytes or url; this one has {}",
                names.join(", ")
            )));
        }
        let count = batch.getattr("num_rows")?.extract()?;
        let columns = names.into_iter().map(|name| {
            let column = batch.call_method1("column", (&name,))?.unbind();
            Ok((name, column))
        });
        Ok(Self { columns: columns.collect::<PyResult<_>>()?, count })
    }

    fn film(&self, py: Python, row: usize) -> PyResult<Film> {
        let value = |name: &str| -> Option<Bound<PyAny>> {
            let (_, column) = self.columns.iter().find(|(it, _)| it == name)?;
            column.bind(py).get_item(row).and_then(|value| value.call_method0("as_py")).ok()
        };
        let text = |name: &str| value(name)?.extract::<String>().ok();
        let number = |name: &str| value(name)?.extract::<u64>().ok();
        let bytes = value("bytes").and_then(|bytes| bytes.extract::<PyBackedBytes>().ok());
        if let (Some(id), Some(bytes)) = (text("id"), bytes) {
            return Ok(Film::Bytes(id, bytes));
        }
        let film = IndexedFilm::of_columns(text, number).map(Film::Indexed);
        film.ok_or_else(|| PyValueError::new_err(format!("row {row} has no id, or neither bytes nor url")))
    }
}

fn answer(reader: &Reader, client: &Client, film: Film) -> PyResult<Answer> {
    let (id, answer) = match film {
        Film::Bytes(id, bytes) => (id, Answer::of_film(reader, &bytes)),
        Film::Indexed(IndexedFilm { id, place, .. }) => match fetch(client, &place, &Limits::default()) {
            Ok(bytes) => (id, Answer::of_film(reader, &bytes)),
            Err(Unfetched::Film(reason) | Unfetched::Absent(reason)) => {
                (id, Answer::without_bytes(&reason, &reader.manifest().sha256))
            }
            Err(Unfetched::Storage(error)) => return Err(raised(error)),
        },
    };
    Ok(Answer { id, ..answer })
}

fn table<'py>(py: Python<'py>, answers: &[Answer]) -> PyResult<Bound<'py, PyAny>> {
    let pyarrow = py.import("pyarrow")?;
    let (mut names, mut arrays) = (Vec::new(), Vec::new());
    for (name, column) in Answer::columns(answers) {
        let (values, kind) = match column {
            Column::Text(texts) => (texts.into_pyobject(py)?, "string"),
            Column::Number(numbers) => (numbers.into_pyobject(py)?, "float64"),
            Column::Integer(numbers) => (numbers.into_pyobject(py)?, "int64"),
        };
        let options = PyDict::new(py);
        options.set_item("type", pyarrow.call_method0(kind)?)?;
        arrays.push(pyarrow.call_method("array", (values,), Some(&options))?);
        names.push(name);
    }
    pyarrow.getattr("RecordBatch")?.call_method1("from_arrays", (arrays, names))
}
