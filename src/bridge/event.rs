use std::rc::Rc;

use web_sys::File;

use lungfield_contract::{FilmHeader, Manifest, Reading, Rectangle, ReportedHeatmap, Stage};

use super::{FilmId, LoadFailure};

/// How many films' pictures the page keeps, at 1 MB each. A film whose picture is gone is read again when it is looked at.
pub const CACHED_PICTURES: usize = 3;

/// What the page hears of its workers, whichever they are by now.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerEvent {
    /// A worker starts, once more.
    Starting,
    /// The worker's code and the model are on their way.
    Downloading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// So many seconds are left, as it has gone so far.
        seconds: Option<u32>,
        /// Nothing comes just now.
        still: bool,
    },
    /// The model is being optimised.
    Preparing,
    /// Films are read from now on.
    Ready(Rc<Manifest>),
    /// No film can be read.
    NotReady(LoadFailure),
    /// A film as it came, before it is read.
    Shown(FilmId, Rc<Picture>),
    /// A film has come to a stage.
    Stage(FilmId, Stage),
    /// What was taken for a film holds these, which have numbers and names of their own.
    Expanded(FilmId, Vec<(FilmId, String)>),
    /// What was taken for a film is the archive of a model of the user's own.
    IsModel(FilmId, File),
    /// A film has its answer.
    Answered(FilmId, Answer),
    /// A part of a film with its detail has come.
    Looked(FilmId, Rc<Detail>),
    /// The worker stopped while it read this film, at this stage.
    Crashed(FilmId, Stage),
}

/// A film's answer, with what is needed to show it. It is made once and then handed on, so answers are told apart by where
/// they are kept: the page compares those of all its films whenever one of them changes.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What is said of the film.
    pub reading: Rc<Reading>,
    /// The heatmap of the class that the reading's own heatmap does not explain.
    pub other: Option<Rc<ReportedHeatmap>>,
    /// The film in the list, if it could be decoded.
    pub thumbnail: Option<Rc<Picture>>,
    /// The film, to look at.
    pub picture: Option<Rc<Picture>>,
    /// The photograph that the film was found in.
    pub photograph: Option<Rc<Picture>>,
    /// It failed for a reason that reading the film once more may not meet.
    pub retriable: bool,
    /// Width and height of the film in its own pixels.
    pub size: Option<(u32, u32)>,
    /// What its header says; gone with the picture.
    pub header: Option<Rc<FilmHeader>>,
}

/// A part of a film with its detail.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// Which part, in shares of the film's sides.
    pub part: Rectangle,
    /// Its samples.
    pub picture: Rc<Picture>,
    /// Where they show more of the film's values than its picture: what that shows of them, the middle between black and white and
    /// how far those are apart, as shares of their range.
    pub shown: Option<[f64; 2]>,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.reading, &other.reading)
            && self.picture == other.picture
            && self.photograph == other.photograph
    }
}

/// A film or a part of one to look at: grey, as it is hung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    samples: Samples,
}

/// The samples of a picture, from black to white, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// Of 8 bits.
    Eight(Vec<u8>),
    /// Of 16 bits.
    Sixteen(Vec<u16>),
}

impl Picture {
    /// A picture of `width * height` samples; `None` when their number is another, or a side is 0.
    pub fn new(width: u32, height: u32, samples: Samples) -> Option<Self> {
        let count = match &samples {
            Samples::Eight(samples) => samples.len(),
            Samples::Sixteen(samples) => samples.len(),
        };
        let fits = width > 0 && height > 0 && count as u64 == u64::from(width) * u64::from(height);
        fits.then_some(Self { width, height, samples })
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The samples.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_a_sample_for_each_pixel() {
        let picture = |width, height, count| Picture::new(width, height, Samples::Eight(vec![0; count]));
        assert!(picture(2, 3, 6).is_some());
        assert!(picture(2, 3, 5).is_none());
        assert!(picture(0, 3, 0).is_none());
        assert!(picture(u32::MAX, u32::MAX, 0).is_none());
        assert!(Picture::new(2, 3, Samples::Sixteen(vec![0; 6])).is_some());
    }
}
