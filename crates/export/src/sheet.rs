//! The sheet that is taken away: the answer in words, the film, and the film with its strongest places outlined.

use lungfield_contract::{Evidence, FoundBy, Reading};
use lungfield_presenter::{Asked, ProbabilityView, QualityView, Sign, View};
use lungfield_sheet::{Bar, Block, Date, Ink, Part, Picture, Sheet, Text};

use crate::{Error, Film, Occasion, Result, Words};

const LARGE: f32 = 22.0;
const USUAL: f32 = 11.0;
const SMALL: f32 = 9.0;
const GAP: f32 = 8.0;

/// The sheet as PNG, with who answered in a text of its own.
pub(crate) fn png(film: &Film, occasion: &Occasion, words: &Words) -> Result<Vec<u8>> {
    let (width, height, rgb) = rgb(film, occasion, words)?;
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

/// The sheet as PDF/A.
pub(crate) fn pdf(film: &Film, occasion: &Occasion, words: &Words) -> Result<Vec<u8>> {
    let id = format!("{:032x}", occasion.uuid("pdf"));
    Ok(sheet(film, occasion, words)?.pdf(words.fonts, date(occasion), &id)?)
}

/// The sheet in pixels: width, height, and red, green and blue, row by row.
pub(crate) fn rgb(film: &Film, occasion: &Occasion, words: &Words) -> Result<(u32, u32, Vec<u8>)> {
    Ok(sheet(film, occasion, words)?.rgb(words.fonts)?)
}

fn date(occasion: &Occasion) -> Date {
    use chrono::{Datelike, Timelike};
    let at = &occasion.at;
    Date {
        year: at.year().clamp(0, 9999) as u16,
        month: at.month() as u8,
        day: at.day() as u8,
        hour: at.hour() as u8,
        minute: at.minute() as u8,
        second: at.second() as u8,
        offset: (at.offset().local_minus_utc() / 60) as i16,
    }
}

/// The film's own name: folders may tell of other patients, or of the user.
fn name(reading: &Reading) -> &str {
    reading.file.rsplit(['/', '\\']).next().unwrap_or_default()
}

fn sheet(film: &Film, occasion: &Occasion, words: &Words) -> Result<Sheet> {
    let (reading, texts) = (film.reading, words.texts);
    let prevalence = reading.restated.map(|restated| restated.prevalence);
    let view = View::of(reading, Some(words.manifest), texts, Asked::of(film.marks, prevalence));
    let mut page = Blocks(Vec::new());
    page.small(format!("{} · {}", name(reading), occasion.at.format("%Y-%m-%d %H:%M %:z")));
    view.caveat.iter().for_each(|caveat| page.usual(caveat));
    let headline = if view.caveat.is_some() { Ink::GREY } else { ink(view.sign) };
    page.text(&view.headline, LARGE, headline);
    view.no_number.iter().for_each(|sentence| page.usual(sentence));
    view.probability.iter().for_each(|scale| page.scale(scale));
    page.gap();
    page.pictures(film, &view, words)?;
    page.gap();
    for said in &view.said {
        page.usual(&said.text);
        said.measured.iter().for_each(|measured| page.small(measured));
    }
    view.out_of_population.iter().for_each(|sentence| page.usual(sentence));
    if let Some(restated) = &view.restated {
        let percent = lungfield_presenter::numbers::percent(prevalence.map_or(0.5, |share| share.value()), 1);
        page.usual(format!("{}: {percent}", texts.prevalence.label));
        for named in [Some(&restated.probability), restated.positive.as_ref(), restated.negative.as_ref()] {
            named.iter().for_each(|named| page.small(format!("{}: {}", named.name, named.text)));
        }
    }
    view.seen_first.iter().for_each(|seen| page.usual(seen));
    if !view.warnings.is_empty() {
        page.gap();
        page.usual(format!("{}:", texts.result.warnings));
        view.warnings.iter().for_each(|warning| page.usual(format!("– {warning}")));
    }
    corners(reading, words).into_iter().for_each(|corners| page.usual(corners));
    view.quality.iter().for_each(|quality| page.quality(quality));
    page.gap();
    texts.language.machine_made.iter().for_each(|note| page.small(&note.own));
    let model = &reading.model;
    page.small(format!("{} {} · SHA-256 {}", model.name, model.version, model.sha256));
    page.usual(&view.statement);
    let title = format!("{}: {}", name(reading), view.headline);
    Ok(Sheet { title, language: words.language.into(), blocks: page.0 })
}

/// Who squared a photograph.
fn corners<'a>(reading: &Reading, words: &'a Words) -> Option<&'a str> {
    let texts = &words.texts.photograph;
    Some(match reading.photograph?.found_by {
        FoundBy::Outline => &texts.outline,
        FoundBy::User => &texts.user,
        FoundBy::Frame => &texts.frame,
    })
}

/// The page's own colours, dark enough for paper.
fn ink(sign: Sign) -> Ink {
    match sign {
        Sign::Likely => Ink([0xb0, 0x43, 0x0a]),
        Sign::Unlikely => Ink([0x1b, 0x68, 0x83]),
        Sign::Uncertain => Ink([0x5f, 0x5a, 0x50]),
        Sign::Later | Sign::Withheld | Sign::NoAnswer => Ink::GREY,
    }
}

/// What has been put on the sheet so far.
struct Blocks(Vec<Block>);

impl Blocks {
    fn text(&mut self, text: impl Into<String>, size: f32, ink: Ink) {
        self.0.push(Block::Text(Text { text: text.into(), size, ink }));
    }

    fn usual(&mut self, text: impl Into<String>) {
        self.text(text, USUAL, Ink::BLACK);
    }

    fn small(&mut self, text: impl Into<String>) {
        self.text(text, SMALL, Ink::GREY);
    }

    fn gap(&mut self) {
        self.0.push(Block::Gap(GAP));
    }

    fn scale(&mut self, scale: &ProbabilityView) {
        self.usual(format!("{}: {}", scale.probability.name, scale.probability.text));
        let parts = scale.zones.iter().map(|zone| Part { to: zone.to, ink: ink(zone.sign) }).collect();
        self.0.push(Block::Bar(Bar { parts, at: scale.probability.value }));
        let zones: Vec<String> = scale.zones.iter().map(|zone| format!("{}: {}", zone.name, zone.range)).collect();
        self.small(zones.join(" · "));
    }

    fn quality(&mut self, quality: &QualityView) {
        self.usual(format!("{}: {}", quality.title, quality.grade));
        quality.flaws.iter().for_each(|flaw| self.small(format!("– {} {}", flaw.text, flaw.measured)));
    }

    /// The film, and beside it the film with the places that stand out, if there are any and the answer is not held back.
    fn pictures(&mut self, film: &Film, view: &View, words: &Words) -> Result<()> {
        let shown = film.picture.ok_or(Error::NoPicture)?;
        let texts = &words.texts.heat;
        let lungs = film.reading.lungs.as_ref();
        let caption = |text: String| Text { text, size: SMALL, ink: Ink::GREY };
        let picture = |rgb: Vec<u8>, text: String| Picture {
            width: shown.width,
            height: shown.height,
            rgb,
            caption: caption(text),
        };
        let grey = shown.grey.iter().flat_map(|&grey| [grey; 3]).collect();
        let named = lungfield_presenter::interpolate(&texts.film, &[("name", name(film.reading))]);
        let mut pictures = vec![picture(grey, named)];
        if let Some(map) = film.reading.heatmap.as_ref().filter(|_| view.probability.is_some()) {
            let found = match map.evidence(lungs) {
                Evidence::Weak => Err(&texts.weak),
                Evidence::NoPlace => Err(&texts.no_place),
                Evidence::Places { outside_lungs } => Ok(outside_lungs),
            };
            match found {
                Ok(outside) => {
                    let heat = map.paint(shown.width as usize, shown.height as usize, lungs);
                    let over =
                        |(&grey, heat): (&u8, &[u8; 4])| [0, 1, 2].map(|channel| blend(grey, heat[channel], heat[3]));
                    let rgb = shown.grey.iter().zip(heat.as_chunks::<4>().0).flat_map(over).collect();
                    let mut text = format!("{} {}", texts.class(map.class), texts.places);
                    if outside {
                        text = format!("{text} {}", texts.outside);
                    }
                    pictures.push(picture(rgb, text));
                }
                Err(none) => {
                    let own = &mut pictures[0].caption.text;
                    *own = format!("{own}. {} {none}", texts.class(map.class));
                }
            }
        }
        self.0.push(Block::Pictures(pictures));
        Ok(())
    }
}

/// A value over another.
fn blend(below: u8, above: u8, alpha: u8) -> u8 {
    let [below, above, alpha] = [below, above, alpha].map(u32::from);
    ((below * (255 - alpha) + above * alpha + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{Grade, Manifest, Marks, Seen, Warning, WarningKind};
    use lungfield_presenter::{LOCALES, Texts};
    use lungfield_sheet::Fonts;

    use super::*;
    use crate::example;

    /// The blocks of a reading's sheet in a language.
    fn made(reading: &Reading, tag: &str) -> Sheet {
        marked(reading, tag, Marks::default())
    }

    fn marked(reading: &Reading, tag: &str, marks: Marks) -> Sheet {
        let manifest = Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("a manifest");
        let (_, json) = LOCALES.into_iter().find(|(own, _)| *own == tag).expect("a language");
        let texts = Texts::from_json(json).expect("texts");
        let words = Words { language: tag, texts: &texts, manifest: &manifest, fonts: &Fonts::noto() };
        let grey = vec![100; 300 * 200];
        let picture = Some(crate::Picture { width: 300, height: 200, grey: &grey });
        let film = Film { reading, picture, header: None, marks, captured: false };
        let occasion = Occasion::new(&"2026-11-29T10:00:00+05:30".parse().expect("a time"), 1);
        sheet(&film, &occasion, &words).expect("composes")
    }

    fn pictures(sheet: &Sheet) -> &[Picture] {
        let found = sheet.blocks.iter().find_map(|block| match block {
            Block::Pictures(pictures) => Some(&**pictures),
            _ => None,
        });
        found.expect("there are pictures")
    }

    fn says(sheet: &Sheet, words: &str) -> bool {
        let text = |block: &Block| matches!(block, Block::Text(text) if text.text.contains(words));
        sheet.blocks.iter().any(text)
    }

    fn of_one_place() -> Reading {
        let mut reading = example();
        let heatmap = reading.heatmap.as_mut().expect("a heatmap");
        heatmap.values.fill(0.0);
        heatmap.values[heatmap.columns * 6 + 4] = 2.0 * heatmap.full_scale;
        reading
    }

    #[test]
    fn shows_the_film_by_itself_and_with_its_places() {
        let sheet = made(&of_one_place(), "en");
        let [film, places] = pictures(&sheet) else { panic!("two pictures") };
        assert!(film.rgb.iter().all(|&value| value == 100));
        assert!(places.rgb.chunks(3).any(|pixel| pixel[0] != pixel[2]));
        assert!(
            says(&sheet, "Pneumonia likely")
                && says(&sheet, &example().model.sha256)
                && says(&sheet, "2026-11-29 10:00 +05:30")
        );
    }

    #[test]
    fn of_a_withheld_answer_neither_place_nor_number_nor_scale_is_shown() {
        let mut reading = of_one_place();
        reading.warnings.push(Warning::new(WarningKind::UnlikeTrainingFilms, "far"));
        let sheet = made(&reading, "en");
        assert_eq!(pictures(&sheet).len(), 1);
        assert!(!sheet.blocks.iter().any(|block| matches!(block, Block::Bar(_))));
        assert!(
            says(&sheet, "Held back")
                && !says(&sheet, "Pneumonia likely")
                && !says(&sheet, "Probability of pneumonia:")
        );
    }

    #[test]
    fn the_words_are_those_of_the_language_and_say_who_made_them() {
        for (tag, json) in LOCALES {
            let sheet = made(&of_one_place(), tag);
            assert_eq!(sheet.language, tag);
            assert_eq!(says(&sheet, "Pneumonia"), tag == "en", "{tag}");
            let texts = Texts::from_json(json).expect("texts");
            assert!(texts.language.machine_made.is_none_or(|note| says(&sheet, &note.own)), "{tag}");
        }
    }

    #[test]
    fn what_she_saw_first_is_on_it() {
        let seen = Seen { quality: Grade::Adequate, consolidation: false, other_infiltrate: true, effusion: false };
        let seen_first = Some(seen);
        assert!(says(&marked(&example(), "en", Marks { seen_first, ..Marks::default() }), "Other infiltrate"));
        assert!(!says(&made(&example(), "en"), "You saw first"));
    }

    #[test]
    fn a_prevalence_and_the_user_s_corners_are_on_it() {
        let mut reading = of_one_place();
        reading.photograph =
            serde_json::from_str(r#"{"corners": [[0,0],[1,0],[1,1],[0,1]], "found_by": "user", "chroma": 0.1}"#)
                .expect("a photograph");
        let reading = reading.with_prevalence(lungfield_contract::Prevalence::new(0.05).expect("a prevalence"));
        let sheet = made(&reading, "en");
        assert!(says(&sheet, ": 5%") && says(&sheet, "between your corners"));
    }
}
