/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A picture has other than three bytes a pixel, or no pixel.
    #[error(
        "export: a picture of {width} by {height} pixels has {bytes} bytes of colour; this is an error of Lungfield's"
    )]
    Picture {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Of `rgb`.
        bytes: usize,
    },
    /// A font cannot be used.
    #[error("export: a font is damaged ({0}); install Lungfield again")]
    Font(String),
    /// The file cannot be put together.
    #[error("export: the sheet cannot be written ({0}); export the film in another format")]
    Write(String),
}

/// A sheet, or why there is none.
pub type Result<T> = std::result::Result<T, Error>;
