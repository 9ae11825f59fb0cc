use std::io::{self, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{File, FileReaderSync};

/// A file as a stream, of which only what is asked for is in memory.
pub(super) struct FileStream<'a> {
    file: &'a File,
    reader: FileReaderSync,
    position: u64,
}

impl<'a> FileStream<'a> {
    /// The file from its beginning.
    pub fn open(file: &'a File) -> io::Result<Self> {
        Ok(Self { file, reader: FileReaderSync::new().map_err(refused)?, position: 0 })
    }

    fn length(&self) -> u64 {
        self.file.size() as u64
    }
}

impl Read for FileStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.position.saturating_add(buffer.len() as u64).min(self.length());
        if end <= self.position {
            return Ok(0);
        }
        let slice = self.file.slice_with_f64_and_f64(self.position as f64, end as f64).map_err(refused)?;
        let read = self.reader.read_as_array_buffer(&slice).map_err(refused)?;
        let bytes = Uint8Array::new(&read);
        let read = bytes.length() as usize;
        let target = buffer.get_mut(..read).ok_or_else(|| io::Error::other("the file has changed"))?;
        bytes.copy_to(target);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for FileStream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

fn refused(_: JsValue) -> io::Error {
    io::Error::other("the browser could not open the file")
}
