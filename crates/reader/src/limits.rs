/// What a film may cost, in one place. Checked from the header, before anything is allocated.
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
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 96 << 20, pixels: 52_000_000, least_side: 64, decoder_bytes: 320 << 20 }
    }
}
