//! TFRecord framing, as the public ChestXRay2017 release has it: the records are plain bytes, no `tf.Example` inside.
//!
//! A record is its length (u64, little endian), a checksum of the length, its bytes, and a checksum of the bytes. A
//! checksum is CRC-32C, rotated and offset ("masked") so that a file of checksums does not check itself.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The longest record that is believed. A damaged length must not become an allocation.
const LONGEST_RECORD: u64 = 1 << 30;

/// The records of one file, in order. Ends after the first error.
pub struct Records<R> {
    source: R,
    path: PathBuf,
    next: usize,
    broken: bool,
}

impl Records<BufReader<File>> {
    /// Opens a TFRecord file.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::read(path, &e))?;
        Ok(Self::new(BufReader::new(file), path))
    }
}

impl<R: Read> Records<R> {
    /// The records in `source`; `path` is what errors call it.
    pub fn new(source: R, path: &Path) -> Self {
        Self { source, path: path.to_owned(), next: 0, broken: false }
    }

    /// The next record, `None` at the end of the file.
    fn record(&mut self) -> Result<Option<Vec<u8>>> {
        let mut header = [0; 12];
        match self.fill(&mut header)? {
            0 => return Ok(None),
            12 => {}
            n => return Err(self.damaged(format!("the file ends {n} bytes into the record's length"))),
        }
        let (length, checksum) = header.split_at(8);
        if masked_crc32c(length) != little_endian(checksum) {
            return Err(self.damaged("the checksum of its length does not match"));
        }
        let length = length.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
        if length > LONGEST_RECORD {
            return Err(self.damaged(format!("a length of {length} bytes is not believed")));
        }
        let mut bytes = Vec::new();
        let present =
            (&mut self.source).take(length).read_to_end(&mut bytes).map_err(|e| Error::read(&self.path, &e))?;
        let mut checksum = [0; 4];
        if (present as u64) < length || self.fill(&mut checksum)? < 4 {
            return Err(self.damaged(format!("the file ends inside it, {length} bytes were announced")));
        }
        if masked_crc32c(&bytes) != little_endian(&checksum) {
            return Err(self.damaged("the checksum of its bytes does not match"));
        }
        self.next += 1;
        Ok(Some(bytes))
    }

    /// Fills `buffer` as far as the file goes; returns how far.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.source.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(Error::read(&self.path, &e)),
            }
        }
        Ok(filled)
    }

    fn damaged(&self, what: impl std::fmt::Display) -> Error {
        record_error(&self.path, self.next, what)
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let record = self.record();
        self.broken = record.is_err();
        record.transpose()
    }
}

/// An error at a record of a file; records count from 0, as the rows of `index.csv` do.
pub fn record_error(path: &Path, record: usize, what: impl std::fmt::Display) -> Error {
    Error::at(path, format!("record {record} (from 0): {what}"), "Download the file again, or leave this pair out.")
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte))
}

fn masked_crc32c(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: &[u8]) -> Vec<u8> {
        let length = (bytes.len() as u64).to_le_bytes();
        let mut framed = length.to_vec();
        framed.extend(masked_crc32c(&length).to_le_bytes());
        framed.extend(bytes);
        framed.extend(masked_crc32c(bytes).to_le_bytes());
        framed
    }

    fn two_records() -> Vec<u8> {
        [frame(b"first film"), frame(b"second")].concat()
    }

    fn read(file: &[u8]) -> Vec<Result<Vec<u8>>> {
        Records::new(file, Path::new("films.tfrec")).collect()
    }

    fn message(file: &[u8]) -> String {
        read(file).pop().expect("a record").expect_err("an error").to_string()
    }

    #[test]
    fn reads_a_record_that_tensorflow_wrote() {
        // The first record of the public ChestXRay2017 path file.
        let path = b"train/NORMAL/IM-0117-0001.jpeg";
        let length = b"\x1e\0\0\0\0\0\0\0\xd9\xdc\x12\x32";
        let file = [length.as_slice(), path, b"\x1b\x92\xd0\x59"].concat();
        assert_eq!(read(&file)[0].as_ref().expect("sound"), path);
        assert_eq!(frame(path), file);
    }

    #[test]
    fn reads_every_record_in_order() {
        let records: Vec<_> = read(&two_records()).into_iter().map(|r| r.expect("sound")).collect();
        assert_eq!(records, [b"first film".to_vec(), b"second".to_vec()]);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn names_the_record_whose_bytes_are_damaged() {
        let mut file = two_records();
        let last = file.len() - 5;
        file[last] ^= 1;
        assert!(read(&file)[0].is_ok());
        assert!(
            message(&file).starts_with("films.tfrec: record 1 (from 0): the checksum of its bytes"),
            "{}",
            message(&file)
        );
    }

    #[test]
    fn does_not_believe_a_damaged_length() {
        let mut file = two_records();
        file[7] = 0x7f;
        assert!(message(&file).contains("record 0 (from 0): the checksum of its length"), "{}", message(&file));
        let length = (LONGEST_RECORD + 1).to_le_bytes();
        let forged = [length.as_slice(), &masked_crc32c(&length).to_le_bytes()].concat();
        assert!(message(&forged).contains("is not believed"), "{}", message(&forged));
    }

    #[test]
    fn every_truncation_is_an_error_and_ends_the_records() {
        let file = two_records();
        let first = frame(b"first film").len();
        for end in (1..file.len()).filter(|&end| end != first) {
            let records = read(&file[..end]);
            assert!(records.last().expect("a record").is_err(), "cut at {end}");
            assert_eq!(records.len(), if end < first { 1 } else { 2 }, "cut at {end}");
        }
    }
}
