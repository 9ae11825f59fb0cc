//! Pages as PDF/A-2u: it keeps its fonts with it, and its words can be searched and copied.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder},
    geom::{Path, PathBuilder, Point, Rect, Size, Transform},
    image::Image,
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};

use crate::{
    Date, Error, Ink, PAGE_HEIGHT, PAGE_WIDTH, Picture, Result, Sheet,
    layout::{Line, Page, Placed},
};

/// Fonts by the number that the layout has given them.
type Fonts = HashMap<(u64, u32), Font>;

pub(crate) fn write(sheet: &Sheet, pages: &[Page], at: Date, id: &str) -> Result<Vec<u8>> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| Error::Write(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut fonts = Fonts::new();
    for page in pages {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT);
        let mut started = document.start_page_with(settings.ok_or_else(|| Error::Write("it has no size".into()))?);
        let mut surface = started.surface();
        for placed in &page.placed {
            draw(&mut surface, placed, &mut fonts)?;
        }
        surface.finish();
        started.finish();
    }
    document.set_metadata(
        Metadata::new()
            .title(sheet.title.clone())
            .language(sheet.language.clone())
            .creator("Lungfield".into())
            .document_id(id.into())
            .creation_date(date(at)),
    );
    document.finish().map_err(|error| Error::Write(format!("{error:?}")))
}

fn date(at: Date) -> DateTime {
    DateTime::new(at.year)
        .month(at.month)
        .day(at.day)
        .hour(at.hour)
        .minute(at.minute)
        .second(at.second)
        .utc_offset_hour((at.offset / 60) as i8)
        .utc_offset_minute((at.offset % 60).unsigned_abs() as u8)
}

fn draw(surface: &mut Surface, placed: &Placed, fonts: &mut Fonts) -> Result<()> {
    match placed {
        Placed::Line(line) => write_line(surface, line, fonts)?,
        Placed::Picture(picture, [left, top, width, height]) => {
            surface.push_transform(&Transform::from_translate(*left, *top));
            let size = Size::from_wh(*width, *height).ok_or_else(|| Error::Write("a picture has no size".into()))?;
            surface.draw_image(image(picture), size);
            surface.pop();
        }
        Placed::Box([left, top, width, height], ink) => {
            let mut path = PathBuilder::new();
            if let Some(rectangle) = Rect::from_xywh(*left, *top, *width, *height) {
                path.push_rect(rectangle);
            }
            fill(surface, path.finish(), *ink);
        }
        Placed::Disc([x, y], radius, ink) => fill(surface, disc([*x, *y], *radius), *ink),
    }
    Ok(())
}

fn image(picture: &Picture) -> Image {
    let rgba: Vec<u8> = picture.rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
    Image::from_rgba8(rgba, picture.width, picture.height)
}

fn ink_of(ink: Ink) -> Fill {
    let [red, green, blue] = ink.0;
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn fill(surface: &mut Surface, path: Option<Path>, ink: Ink) {
    if let Some(path) = path {
        surface.set_fill(Some(ink_of(ink)));
        surface.draw_path(&path);
    }
}

/// Four cubic curves, each a quarter of the circle to 0.03 % of the radius.
fn disc([x, y]: [f32; 2], r: f32) -> Option<Path> {
    let k = 0.552_28 * r;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    path.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    path.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    path.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    path.close();
    path.finish()
}

fn write_line(surface: &mut Surface, line: &Line, fonts: &mut Fonts) -> Result<()> {
    let font = match fonts.entry((line.font.data.id(), line.font.index)) {
        Entry::Occupied(known) => known.get().clone(),
        Entry::Vacant(place) => {
            let data: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(line.font.data.as_ref().to_vec());
            let font = Font::new(data.into(), line.font.index);
            place.insert(font.ok_or_else(|| Error::Font("the PDF cannot hold it".into()))?).clone()
        }
    };
    let glyphs: Vec<_> = line
        .glyphs
        .iter()
        .map(|glyph| {
            let [across, down] = glyph.offset.map(|offset| offset / line.size);
            let id = GlyphId::new(glyph.id);
            KrillaGlyph::new(id, glyph.advance / line.size, across, down, 0.0, glyph.letters.clone(), None)
        })
        .collect();
    surface.set_fill(Some(ink_of(line.ink)));
    let at = Point::from_xy(line.at[0], line.at[1]);
    surface.draw_glyphs(at, &glyphs, font, &line.text, line.size, false);
    Ok(())
}
