/// What a film may cost, and an archive or a DICOM directory that holds many, in one place. Checked from the header,
/// before anything is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes.
    pub bytes: usize,
    /// The most pixels, width times height. A digital radiograph has 5 to 16 million, a phone's photograph up to 50.
    pub pixels: u64,
    /// The smallest width and height that a film is read from, in pixels.
    pub least_side: u32,
    /// The most memory that a decoder may take, in bytes.
    pub decoder_bytes: u64,
    /// The most files in an archive, and the most films that a DICOM directory lists.
    pub entries: usize,
    /// The largest index of a case, in bytes: a DICOM directory, or the names in an archive.
    pub index_bytes: usize,
    /// The most bytes of all files in an archive, unpacked.
    pub archive_bytes: u64,
    /// How many times its packed size a file in an archive may have, and all of them together the archive's. Films pack to
    /// a half or a twentieth; what packs a thousandfold is blank, or a bomb.
    pub archive_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 96 << 20,
            pixels: 52_000_000,
            least_side: 64,
            decoder_bytes: 320 << 20,
            entries: 10_000,
            index_bytes: 16 << 20,
            archive_bytes: 32 << 30,
            archive_ratio: 100,
        }
    }
}
