//! A page as a picture.

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};
use tiny_skia::{
    Color, FillRule, FilterQuality, IntSize, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Rect, Transform,
};

use crate::{
    Error, Ink, PAGE_WIDTH, Picture, Result,
    layout::{Line, Page, Placed},
};

/// Pixels for each point.
const SCALE: f32 = 2.5;

/// The page in pixels, opaque.
pub(crate) fn paint(page: &Page) -> Result<Pixmap> {
    let [width, height] = [PAGE_WIDTH, page.height].map(|points| (points * SCALE).floor() as u32);
    let mut pixmap = Pixmap::new(width, height).ok_or_else(|| Error::Write("it would be too large".into()))?;
    pixmap.fill(Color::WHITE);
    let scale = Transform::from_scale(SCALE, SCALE);
    for placed in &page.placed {
        match placed {
            Placed::Line(line) => write(&mut pixmap, line)?,
            Placed::Picture(picture, place) => lay(&mut pixmap, picture, *place)?,
            Placed::Box([left, top, width, height], ink) => {
                if let Some(rectangle) = Rect::from_xywh(*left, *top, *width, *height) {
                    pixmap.fill_rect(rectangle, &of(*ink), scale, None);
                }
            }
            Placed::Disc([x, y], radius, ink) => {
                if let Some(disc) = PathBuilder::from_circle(*x, *y, *radius) {
                    pixmap.fill_path(&disc, &of(*ink), FillRule::Winding, scale, None);
                }
            }
        }
    }
    Ok(pixmap)
}

fn of(ink: Ink) -> Paint<'static> {
    let [red, green, blue] = ink.0;
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, 255);
    paint
}

fn lay(pixmap: &mut Pixmap, picture: &Picture, [left, top, width, height]: [f32; 4]) -> Result<()> {
    let rgba: Vec<u8> = picture.rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
    let size = IntSize::from_wh(picture.width, picture.height);
    let source = size.and_then(|size| Pixmap::from_vec(rgba, size)).ok_or(Error::Picture {
        width: picture.width,
        height: picture.height,
        bytes: picture.rgb.len(),
    })?;
    let (across, down) = (width / picture.width as f32, height / picture.height as f32);
    let transform = Transform::from_row(across * SCALE, 0.0, 0.0, down * SCALE, left * SCALE, top * SCALE);
    let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
    pixmap.draw_pixmap(0, 0, source.as_ref(), &paint, transform, None);
    Ok(())
}

fn write(pixmap: &mut Pixmap, line: &Line) -> Result<()> {
    let font = FontRef::from_index(line.font.data.as_ref(), line.font.index);
    let outlines = font.map_err(|error| Error::Font(error.to_string()))?.outline_glyphs();
    let mut left = line.at[0];
    for glyph in &line.glyphs {
        let mut pen = Pen(PathBuilder::new());
        if let Some(outline) = outlines.get(GlyphId::new(glyph.id)) {
            let settings = DrawSettings::unhinted(Size::new(line.size), LocationRef::default());
            outline.draw(settings, &mut pen).map_err(|error| Error::Font(error.to_string()))?;
        }
        if let Some(path) = pen.finish() {
            let [across, down] = [left + glyph.offset[0], line.at[1] + glyph.offset[1]];
            // An outline grows upwards, a page downwards.
            let place = Transform::from_row(SCALE, 0.0, 0.0, -SCALE, across * SCALE, down * SCALE);
            pixmap.fill_path(&path, &of(line.ink), FillRule::Winding, place, None);
        }
        left += glyph.advance;
    }
    Ok(())
}

struct Pen(PathBuilder);

impl Pen {
    fn finish(self) -> Option<Path> {
        self.0.finish()
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.0.quad_to(cx0, cy0, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.cubic_to(cx0, cy0, cx1, cy1, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
