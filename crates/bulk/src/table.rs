//! Parquet tables of plain columns, written beside their place and renamed.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;

use crate::error::{Error, Result};

/// The values of a column, any of which may be missing.
pub enum Column {
    /// Texts.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
}

/// Writes a table: beside its place, then renamed, so that it is there whole or not at all.
pub fn write(path: &Path, columns: Vec<(&str, Column)>) -> Result<()> {
    write_beside(path, |file| encode(file, columns).map_err(|e| Error::write(path, &e)))
}

/// Lets `fill` write a file beside `path`, and renames it. What a run that was ended had left there is removed.
pub fn write_beside(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let failed = |e: io::Error| Error::write(path, &e);
    let folder = path.parent().unwrap_or(Path::new("."));
    let prefix = format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy());
    let mut beside = tempfile::Builder::new();
    beside.prefix(&prefix).suffix(".tmp");
    #[cfg(unix)]
    let everybody = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    beside.permissions(everybody);
    let mut beside = beside.tempfile_in(folder).map_err(failed)?;
    fill(beside.as_file_mut())?;
    beside.as_file().sync_all().map_err(failed)?;
    match beside.persist(path) {
        // Another run finished the same part and tidied up after this one.
        Err(e) if e.error.kind() == io::ErrorKind::NotFound && path.exists() => {}
        done => drop(done.map_err(|e| failed(e.error))?),
    }
    for entry in fs::read_dir(folder).map_err(failed)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

fn encode(file: &mut File, columns: Vec<(&str, Column)>) -> parquet::errors::Result<()> {
    let fields: String = columns
        .iter()
        .map(|(name, column)| match column {
            Column::Text(_) => format!("optional binary {name} (STRING);"),
            Column::Integer(_) => format!("optional int64 {name};"),
            Column::Number(_) => format!("optional double {name};"),
        })
        .collect();
    let schema = parse_message_type(&format!("message films {{ {fields} }}"))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let mut rows = writer.next_row_group()?;
    for (_, column) in columns {
        let Some(writer) = rows.next_column()? else { break };
        match column {
            Column::Text(values) => put::<ByteArrayType, _>(writer, values, |text| ByteArray::from(text.into_bytes())),
            Column::Integer(values) => put::<Int64Type, _>(writer, values, |number| number),
            Column::Number(values) => put::<DoubleType, _>(writer, values, |number| number),
        }?;
    }
    rows.close()?;
    writer.close()?;
    Ok(())
}

fn put<T: DataType, V>(
    mut writer: SerializedColumnWriter,
    values: Vec<Option<V>>,
    to: impl Fn(V) -> T::T,
) -> parquet::errors::Result<()> {
    let present: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().map(to).collect();
    writer.typed::<T>().write_batch(&values, Some(&present), None)?;
    writer.close()
}

/// The rows of a table; of all columns, or of those that are named.
pub fn rows(path: &Path, only: Option<&[&str]>) -> Result<impl Iterator<Item = Result<Row>> + use<>> {
    let failed = |e: parquet::errors::ParquetError| Error::read(path, &e);
    let file = File::open(path).map_err(|e| Error::read(path, &e))?;
    let table = SerializedFileReader::new(file).map_err(failed)?;
    let schema = table.metadata().file_metadata().schema();
    let wanted = only
        .map(|names| {
            let fields = schema.get_fields().iter().filter(|field| names.contains(&field.name())).cloned().collect();
            Type::group_type_builder(schema.name()).with_fields(fields).build()
        })
        .transpose()
        .map_err(failed)?;
    let rows = RowIter::from_file_into(Box::new(table)).project(wanted).map_err(failed)?;
    let path = path.to_owned();
    Ok(rows.map(move |row| row.map_err(|e| Error::read(&path, &e))))
}

/// The values of a row, by their columns' names.
pub fn values(row: &Row) -> impl Iterator<Item = (&str, &Field)> {
    row.get_column_iter().map(|(name, field)| (name.as_str(), field))
}

/// The value of a row in a column.
pub fn value<'a>(row: &'a Row, name: &str) -> Option<&'a Field> {
    values(row).find(|(column, _)| *column == name).map(|(_, field)| field)
}

/// A text, or a number written as one.
pub fn text(field: &Field) -> Option<String> {
    match field {
        Field::Null => None,
        Field::Str(text) => Some(text.clone()),
        Field::Bytes(bytes) => String::from_utf8(bytes.data().to_vec()).ok(),
        other => Some(other.to_string()),
    }
}

/// A whole number that is not negative.
pub fn integer(field: &Field) -> Option<u64> {
    match *field {
        Field::Long(number) => number.try_into().ok(),
        Field::Int(number) => number.try_into().ok(),
        Field::ULong(number) => Some(number),
        Field::UInt(number) => Some(number.into()),
        _ => None,
    }
}

/// A number.
pub fn number(field: &Field) -> Option<f64> {
    match *field {
        Field::Double(number) => Some(number),
        _ => None,
    }
}
