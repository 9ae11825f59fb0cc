use crate::{Error, Fonts, Result, layout, pdf, raster};

/// What stands on a sheet, from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The document's title.
    pub title: String,
    /// The BCP 47 tag of the language that most of it is in.
    pub language: String,
    /// In the order that they are read in.
    pub blocks: Vec<Block>,
}

/// One thing on a sheet.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(Text),
    /// Pictures side by side, all as high as there is room for them.
    Pictures(Vec<Picture>),
    /// A scale with a place on it.
    Bar(Bar),
    /// Room, so many points high.
    Gap(f32),
}

/// A paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// In one language, with names and numbers in any.
    pub text: String,
    /// Of the letters, in points.
    pub size: f32,
    /// Its colour.
    pub ink: Ink,
}

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ink(pub [u8; 3]);

impl Ink {
    /// Of words.
    pub const BLACK: Ink = Ink([0x1a; 3]);
    /// Of words that matter less.
    pub const GREY: Ink = Ink([0x55; 3]);
}

/// A picture with what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue, row by row.
    pub rgb: Vec<u8>,
    /// Below it.
    pub caption: Text,
}

/// A scale from 0 to 1 with a place on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// They touch, and reach from 0 to 1.
    pub parts: Vec<Part>,
    /// Where the place lies, `0..=1`.
    pub at: f64,
}

/// A part of a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Where it ends, `0..=1`.
    pub to: f64,
    /// Its colour.
    pub ink: Ink,
}

/// When a document was made, where the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// Of the Gregorian calendar.
    pub year: u16,
    /// `1..=12`.
    pub month: u8,
    /// `1..=31`.
    pub day: u8,
    /// `0..=23`.
    pub hour: u8,
    /// `0..=59`.
    pub minute: u8,
    /// `0..=59`.
    pub second: u8,
    /// From UTC, in minutes.
    pub offset: i16,
}

impl Sheet {
    /// The sheet as a picture, 1,488 pixels wide and as high as it must be: width, height, and red, green and blue, row by row.
    ///
    /// # Errors
    /// [`Error::Picture`] where a picture is none, [`Error::Font`] and [`Error::Write`] where it cannot be painted.
    pub fn rgb(&self, fonts: &Fonts) -> Result<(u32, u32, Vec<u8>)> {
        self.check()?;
        let painted = raster::paint(&layout::one_page(&layout::strips(self, fonts)))?;
        let rgb = painted.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        Ok((painted.width(), painted.height(), rgb))
    }

    /// The sheet as PDF/A-2u, with as many pages of A4 as it must have. The same sheet, date and `id` give the same bytes.
    ///
    /// # Errors
    /// As [`Sheet::rgb`].
    pub fn pdf(&self, fonts: &Fonts, at: Date, id: &str) -> Result<Vec<u8>> {
        self.check()?;
        pdf::write(self, &layout::pages(&layout::strips(self, fonts)), at, id)
    }

    fn check(&self) -> Result<()> {
        for block in &self.blocks {
            let Block::Pictures(pictures) = block else { continue };
            for &Picture { width, height, ref rgb, .. } in pictures {
                let bytes = u64::from(width) * u64::from(height) * 3;
                if bytes == 0 || bytes != rgb.len() as u64 {
                    return Err(Error::Picture { width, height, bytes: rgb.len() });
                }
            }
        }
        Ok(())
    }
}
