//! The picture that is taken away: the film, its strongest places outlined, and below it the answer in words.

use std::iter;

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use crate::answer::{Answer, STATEMENT, warnings};
use crate::{Error, Film, Occasion, Result};

/// A picture in colour.
pub(crate) struct Composed {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Red, green, blue, row by row.
    pub(crate) rgb: Vec<u8>,
}

/// Wide enough for the statement on two lines.
const LEAST_WIDTH: u32 = 640;
const MARGIN: usize = 12;
const INK: u8 = 235;

/// The picture as PNG, with who answered in a text of its own.
pub(crate) fn png(film: &Film, occasion: &Occasion) -> Result<Vec<u8>> {
    let Composed { width, height, rgb } = compose(film, occasion)?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let model = &film.reading.model;
    let software = format!("{} {} (SHA-256 {})", model.name, model.version, model.sha256);
    encoder.add_text_chunk("Software".into(), software).map_err(Error::write)?;
    let mut writer = encoder.write_header().map_err(Error::write)?;
    writer.write_image_data(&rgb).map_err(Error::write)?;
    writer.finish().map_err(Error::write)?;
    Ok(bytes)
}

/// Film and words.
pub(crate) fn compose(film: &Film, occasion: &Occasion) -> Result<Composed> {
    let picture = film.picture.ok_or(Error::NoPicture)?;
    let width = picture.width.max(LEAST_WIDTH) as usize;
    let lines = wrapped(&words(film, occasion), (width - 2 * MARGIN) / get_raster_width(FontWeight::Regular, SIZE));
    let text_height = 2 * MARGIN + lines.iter().map(|line| line.size.val() + GAP).sum::<usize>();
    let height = picture.height as usize + text_height;
    let mut rgb = vec![0; width * height * 3];
    paint_film(film, &mut rgb, width);
    let mut top = picture.height as usize + MARGIN;
    for line in &lines {
        line.paint(&mut rgb, width, top);
        top += line.size.val() + GAP;
    }
    Ok(Composed { width: width as u32, height: height as u32, rgb })
}

/// The film in the middle, and over it the places that stand out, unless the answer is held back.
fn paint_film(film: &Film, rgb: &mut [u8], width: usize) {
    let Some(picture) = film.picture else { return };
    let (columns, rows) = (picture.width as usize, picture.height as usize);
    let shown = film.reading.heatmap.as_ref().filter(|_| Answer::of(film.reading) != Some(Answer::Withheld));
    let heat = shown.map(|heatmap| heatmap.paint(columns, rows, film.reading.lungs.as_ref()));
    let left = (width - columns) / 2;
    for (y, row) in picture.grey.chunks_exact(columns).enumerate() {
        for (x, &grey) in row.iter().enumerate() {
            let over = heat.as_ref().map_or([0; 4], |heat| heat.as_chunks::<4>().0[y * columns + x]);
            let pixel = &mut rgb[(y * width + left + x) * 3..][..3];
            pixel.iter_mut().zip(over).for_each(|(to, above)| *to = blend(grey, above, over[3]));
        }
    }
}

/// A value over another.
fn blend(below: u8, above: u8, alpha: u8) -> u8 {
    let [below, above, alpha] = [below, above, alpha].map(u32::from);
    ((below * (255 - alpha) + above * alpha + 127) / 255) as u8
}

const SIZE: RasterHeight = RasterHeight::Size16;
const GAP: usize = 4;

struct Line {
    text: String,
    size: RasterHeight,
    weight: FontWeight,
}

impl Line {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), size: SIZE, weight: FontWeight::Regular }
    }

    /// Paints the text; a letter that the font lacks is a question mark.
    fn paint(&self, rgb: &mut [u8], width: usize, top: usize) {
        let mut left = MARGIN;
        for letter in self.text.chars() {
            let raster = get_raster(letter, self.weight, self.size).or_else(|| get_raster('?', self.weight, self.size));
            let Some(raster) = raster else { continue };
            if left + raster.width() > width {
                return;
            }
            for (y, row) in raster.rows().enumerate() {
                for (x, &strength) in row.iter().enumerate() {
                    rgb[((top + y) * width + left + x) * 3..][..3].fill(blend(0, INK, strength));
                }
            }
            left += raster.width();
        }
    }
}

/// What is said below the film.
fn words(film: &Film, occasion: &Occasion) -> Vec<Line> {
    let reading = film.reading;
    let answer = Answer::of(reading);
    let headline = match answer {
        Some(answer @ Answer::Given(_, probability)) => format!("{}: {:.0} %", answer.code().1, probability * 100.0),
        Some(Answer::Withheld) => "Answer held back".into(),
        None => "No answer".into(),
    };
    let headline = Line { text: headline, size: RasterHeight::Size24, weight: FontWeight::Bold };
    let t = &reading.thresholds;
    let scale = format!(
        "Probability of pneumonia. Unlikely below {:.0} %, likely from {:.0} %.",
        t.unlikely_below * 100.0,
        t.likely_from * 100.0
    );
    let scale = matches!(answer, Some(Answer::Given(..))).then(|| Line::plain(scale));
    let cautions = warnings(reading).map(Line::plain);
    let model = &reading.model;
    let by = format!(
        "{} {} (SHA-256 {}), {}",
        model.name,
        model.version,
        model.sha256.get(..12).unwrap_or_default(),
        occasion.at.format("%Y-%m-%d %H:%M")
    );
    let end = [Line::plain(reading.file.as_str()), Line::plain(by), Line::plain(STATEMENT)];
    iter::once(headline).chain(scale).chain(cautions).chain(end).collect()
}

/// Lines of at most so many letters, broken between words; a longer word is broken.
fn wrapped(lines: &[Line], most: usize) -> Vec<Line> {
    let mut all = Vec::new();
    for line in lines {
        let mut text = String::new();
        let mut push = |text: &mut String| all.push(Line { text: std::mem::take(text), ..*line });
        for word in line.text.split_whitespace() {
            if !text.is_empty() && text.chars().count() + 1 + word.chars().count() > most {
                push(&mut text);
            }
            if !text.is_empty() {
                text.push(' ');
            }
            for letter in word.chars() {
                if text.chars().count() == most {
                    push(&mut text);
                }
                text.push(letter);
            }
        }
        push(&mut text);
    }
    all
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{Warning, WarningKind};

    use super::*;
    use crate::{Picture, example};

    fn made(reading: &lungfield_contract::Reading) -> Composed {
        let grey = vec![100; 300 * 200];
        let film = Film {
            reading,
            picture: Some(Picture { width: 300, height: 200, grey: &grey }),
            file: None,
            captured: false,
        };
        let occasion = Occasion::new(&"2026-11-29T10:00:00+05:30".parse().expect("a time"), 1);
        compose(&film, &occasion).expect("composes")
    }

    fn is_coloured(rgb: &[u8]) -> bool {
        rgb.chunks(3).any(|pixel| pixel[0] != pixel[2])
    }

    #[test]
    fn shows_the_film_its_places_and_words() {
        let mut reading = example();
        let heatmap = reading.heatmap.as_mut().expect("a heatmap");
        heatmap.values.fill(0.0);
        heatmap.values[heatmap.columns * 6 + 4] = 2.0 * heatmap.full_scale;
        let Composed { width, height, rgb } = made(&reading);
        assert_eq!(rgb.len(), (width * height * 3) as usize);
        let film = &rgb[..width as usize * 200 * 3];
        assert_eq!(&film[..3], [0; 3], "beside the film is nothing");
        assert!(is_coloured(film));
        assert!(rgb[film.len()..].contains(&INK));
    }

    #[test]
    fn of_a_withheld_answer_no_place_is_shown() {
        let mut reading = example();
        reading.warnings.push(Warning::new(WarningKind::UnlikeTrainingFilms, "far"));
        assert!(!is_coloured(&made(&reading).rgb));
    }

    #[test]
    fn long_words_are_broken() {
        let lines = wrapped(&[Line::plain("one two abcdefghijkl")], 7);
        assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["one two", "abcdefg", "hijkl"]);
    }
}
