use crate::decode;
use crate::guard::guarded;

/// What a file holds, as far as its beginning tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A film, or something else that may be taken for one.
    Film,
    /// Files, packed into a ZIP archive: see [`super::archive`].
    Archive,
    /// The index of a DICOM file-set, a DICOMDIR (PS3.10, section 8.6): see [`super::file_set`].
    Directory,
}

impl FileKind {
    /// How many bytes of a file [`FileKind::of`] has to see.
    pub const HEAD: usize = 1024;

    /// Tells by content, never by name, what a file is that begins with these bytes.
    pub fn of(head: &[u8]) -> Self {
        if decode::is_archive(head) {
            FileKind::Archive
        } else if guarded(|| Ok(decode::is_directory(head))) == Ok(true) {
            FileKind::Directory
        } else {
            FileKind::Film
        }
    }
}

/// Whether a file that begins like this is a JPEG or PNG picture: what a build without the feature `all-formats` reads.
pub fn is_jpeg_or_png(head: &[u8]) -> bool {
    decode::is_jpeg_or_png(head)
}

/// Whether a file's bytes, or its beginning, are those of a DICOM one, whatever its name.
pub fn is_dicom(head: &[u8]) -> bool {
    guarded(|| Ok(decode::is_dicom(head))) == Ok(true)
}
