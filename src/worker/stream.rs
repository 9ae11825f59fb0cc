use std::io::{self, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{File, FileReaderSync};

/// A file as a stream, of which only what is asked for is in memory.
pub(super) struct FileStream<'a> {
    file: &'a File,
    reader: FileReaderSync,
    place: u64,
}

impl<'a> FileStream<'a> {
    /// The file from its beginning.
    pub fn open(file: &'a File) -> io::Result<Self> {
        Ok(Self { file, reader: FileReaderSync::new().map_err(refused)?, place: 0 })
    }

    fn length(&self) -> u64 {
        self.file.size() as u64
    }
}

impl Read for FileStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.place.saturating_add(buffer.len() as u64).min(self.length());
        if end <= self.place {
            return Ok(0);
        }
        let slice = self.file.slice_with_f64_and_f64(self.place as f64, end as f64).map_err(refused)?;
        let read = self.reader.read_as_array_buffer(&slice).map_err(refused)?;
        let bytes = Uint8Array::new(&read);
        let read = bytes.length() as usize;
        let place = buffer.get_mut(..read).ok_or_else(|| io::Error::other("the file has changed"))?;
        bytes.copy_to(place);
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for FileStream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
        };
        self.place = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}

fn refused(_: JsValue) -> io::Error {
    io::Error::other("the browser could not open the file")
}
