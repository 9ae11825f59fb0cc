//! NumPy's `.npy` format, version 1.0, as far as films need it: arrays in C order.
//! Specification: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::io::{Result, Seek, SeekFrom, Write};

/// Header and padding together; a multiple of 64, as the format asks. The longest shape fits.
const HEADER_BYTES: usize = 128;

/// Writes films one after the other as an array `uint8 [films, rows, columns]`. How many there are is written last, so
/// that a file whose making was interrupted holds no films instead of too few.
pub struct FilmsNpy<W: Write + Seek> {
    file: W,
    films: usize,
    rows: usize,
    columns: usize,
}

impl<W: Write + Seek> FilmsNpy<W> {
    /// Starts an array of films of `rows * columns` pixels.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn new(mut file: W, rows: usize, columns: usize) -> Result<Self> {
        file.write_all(&header("|u1", &[0, rows, columns]))?;
        Ok(Self { file, films: 0, rows, columns })
    }

    /// Appends a film's pixels, row by row.
    ///
    /// # Errors
    /// When they cannot be written.
    ///
    /// # Panics
    /// When there are not `rows * columns` of them.
    pub fn push(&mut self, pixels: &[u8]) -> Result<()> {
        assert_eq!(pixels.len(), self.rows * self.columns, "a film of another size");
        self.films += 1;
        self.file.write_all(pixels)
    }

    /// Writes the number of films into the header.
    ///
    /// # Errors
    /// When the file cannot be written to its end.
    pub fn finish(mut self) -> Result<W> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header("|u1", &[self.films, self.rows, self.columns]))?;
        self.file.flush()?;
        Ok(self.file)
    }
}

/// The header of an array of two or three dimensions; `descr` is NumPy's name of its type, such as `<u2`.
pub fn header(descr: &str, shape: &[usize]) -> [u8; HEADER_BYTES] {
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    let shape = shape.join(", ");
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
    let magic = b"\x93NUMPY\x01\x00";
    let mut header = [b' '; HEADER_BYTES];
    header[..8].copy_from_slice(magic);
    header[8..10].copy_from_slice(&(HEADER_BYTES as u16 - 10).to_le_bytes());
    header[10..10 + text.len()].copy_from_slice(text.as_bytes());
    header[HEADER_BYTES - 1] = b'\n';
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn is_what_numpy_writes() {
        let mut array = FilmsNpy::new(Cursor::new(Vec::new()), 1, 2).expect("writes");
        array.push(&[7, 8]).expect("writes");
        array.push(&[9, 10]).expect("writes");
        let bytes = array.finish().expect("writes").into_inner();
        // numpy.save(file, numpy.array([[[7, 8]], [[9, 10]]], numpy.uint8))
        let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 2), }";
        let padding = " ".repeat(117 - text.len());
        let expected = [b"\x93NUMPY\x01\x00\x76\x00", text.as_bytes(), padding.as_bytes(), b"\n\x07\x08\x09\x0a"];
        assert_eq!(bytes, expected.concat());
    }

    #[test]
    fn holds_no_films_until_it_is_finished() {
        let mut bytes = Cursor::new(Vec::new());
        FilmsNpy::new(&mut bytes, 1, 1).expect("writes").push(&[1]).expect("writes");
        assert!(String::from_utf8_lossy(bytes.get_ref()).contains("'shape': (0, 1, 1)"));
    }

    #[test]
    fn the_longest_shape_fits() {
        let longest = header("|u1", &[usize::MAX, 4096, 4096]);
        assert_eq!(longest[HEADER_BYTES - 2..], *b" \n");
    }
}
