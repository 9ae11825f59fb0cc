//! A sheet of words and pictures, as a picture and as PDF/A: one layout, two painters.
//!
//! ```
//! use lungfield_sheet::{Block, Fonts, Ink, Sheet, Text};
//!
//! let words = Text { text: "निमोनिया की संभावना अधिक".into(), size: 20.0, ink: Ink::BLACK };
//! let sheet = Sheet { title: "A film".into(), language: "hi".into(), blocks: vec![Block::Text(words)] };
//! let fonts = Fonts::noto();
//! let (width, height, rgb) = sheet.rgb(&fonts)?;
//! assert_eq!(rgb.len(), (width * height * 3) as usize);
//! # Ok::<(), lungfield_sheet::Error>(())
//! ```
//!
//! Lengths are points of 1/72 inch from the upper left corner. A letter that no font has is written as a question mark.

mod error;
mod fonts;
mod layout;
mod pdf;
mod raster;
mod sheet;

pub use error::{Error, Result};
pub use fonts::Fonts;
pub use sheet::{Bar, Block, Date, Ink, Part, Picture, Sheet, Text};

/// How wide a page is: A4.
pub const PAGE_WIDTH: f32 = 595.28;
/// How high a page of the PDF is.
pub const PAGE_HEIGHT: f32 = 841.89;
/// What stays free at each side.
pub const MARGIN: f32 = 40.0;
