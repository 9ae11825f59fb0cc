//! Where everything lies: a sheet is cut into strips, which are never parted, and the strips are put on pages.

use std::{borrow::Cow, ops::Range, sync::Arc};

use parley::{
    Alignment, AlignmentOptions, FontContext, FontData, FontFamily, FontFamilyName, LayoutContext, LineHeight,
    OverflowWrap, StyleProperty,
};

use crate::{Bar, Block, Fonts, Ink, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, Picture, Sheet, Text};

const COLUMN: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// Between pictures, and between a picture and its caption.
const GUTTER: f32 = 10.0;
const CAPTION_GAP: f32 = 4.0;
/// Pictures are at most so high, so that the words have room on the page.
const HIGHEST_PICTURE: f32 = 360.0;
const BAR_HEIGHT: f32 = 10.0;
const MARKER_RADIUS: f32 = 6.0;

/// Something with its place; in a strip that is from the strip's top, on a page from the page's.
#[derive(Clone)]
pub(crate) enum Placed<'a> {
    Line(Line),
    /// Left, top, width, height.
    Picture(&'a Picture, [f32; 4]),
    /// Left, top, width, height.
    Box([f32; 4], Ink),
    /// The middle and the radius of a disc.
    Disc([f32; 2], f32, Ink),
}

/// The part of a line that is in one font.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) font: FontData,
    pub(crate) size: f32,
    pub(crate) ink: Ink,
    /// Where it begins, on its baseline.
    pub(crate) at: [f32; 2],
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) text: Arc<str>,
}

/// A glyph as it follows the one before it.
#[derive(Clone)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) advance: f32,
    pub(crate) offset: [f32; 2],
    /// What of the text it stands for.
    pub(crate) letters: Range<usize>,
}

/// What is never parted: a line of text, a row of pictures, a bar.
pub(crate) struct Strip<'a> {
    height: f32,
    placed: Vec<Placed<'a>>,
}

/// A page; the one of a picture is as high as it must be.
pub(crate) struct Page<'a> {
    pub(crate) height: f32,
    pub(crate) placed: Vec<Placed<'a>>,
}

/// The strips of a sheet.
pub(crate) fn strips<'a>(sheet: &'a Sheet, fonts: &Fonts) -> Vec<Strip<'a>> {
    let mut setter = Setter { fonts, context: fonts.context(), layouts: LayoutContext::new() };
    let mut strips = Vec::new();
    for block in &sheet.blocks {
        match block {
            Block::Text(text) => strips.extend(setter.lines(text, MARGIN, COLUMN)),
            Block::Pictures(pictures) if pictures.is_empty() => {}
            Block::Pictures(pictures) => strips.push(setter.row(pictures)),
            Block::Bar(bar) => strips.push(of_bar(bar)),
            Block::Gap(height) => strips.push(Strip { height: *height, placed: Vec::new() }),
        }
    }
    strips
}

/// All strips on one page.
pub(crate) fn one_page<'a>(strips: &[Strip<'a>]) -> Page<'a> {
    let mut page = Page { height: MARGIN, placed: Vec::new() };
    strips.iter().for_each(|strip| page.add(strip));
    page.height += MARGIN;
    page
}

/// The strips on as many pages as they need.
pub(crate) fn pages<'a>(strips: &[Strip<'a>]) -> Vec<Page<'a>> {
    let mut pages = vec![Page { height: MARGIN, placed: Vec::new() }];
    for strip in strips {
        let page =
            pages.last().filter(|page| page.height + strip.height <= PAGE_HEIGHT - MARGIN || page.placed.is_empty());
        if page.is_none() {
            pages.push(Page { height: MARGIN, placed: Vec::new() });
        }
        if let Some(page) = pages.last_mut() {
            page.add(strip);
        }
    }
    pages.iter_mut().for_each(|page| page.height = PAGE_HEIGHT);
    pages
}

impl<'a> Page<'a> {
    fn add(&mut self, strip: &Strip<'a>) {
        self.placed.extend(strip.placed.iter().map(|placed| placed.lowered(self.height)));
        self.height += strip.height;
    }
}

impl Placed<'_> {
    fn lowered(&self, by: f32) -> Self {
        let mut placed = self.clone();
        match &mut placed {
            Placed::Line(line) => line.at[1] += by,
            Placed::Picture(_, place) | Placed::Box(place, _) => place[1] += by,
            Placed::Disc(middle, ..) => middle[1] += by,
        }
        placed
    }
}

struct Setter<'f> {
    fonts: &'f Fonts,
    context: FontContext,
    layouts: LayoutContext<Ink>,
}

impl Setter<'_> {
    /// The lines of a paragraph, each from its own top.
    fn lines<'a>(&mut self, text: &Text, left: f32, width: f32) -> Vec<Strip<'a>> {
        let writable: Arc<str> = self.fonts.writable(&text.text).into();
        let families: Vec<_> =
            self.fonts.families().iter().map(|name| FontFamilyName::Named(Cow::Borrowed(&**name))).collect();
        let mut builder = self.layouts.ranged_builder(&mut self.context, &writable, 1.0, false);
        builder.push_default(StyleProperty::Brush(text.ink));
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Owned(families))));
        builder.push_default(StyleProperty::FontSize(text.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.45)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut layout = builder.build(&writable);
        layout.break_all_lines(Some(width));
        layout.align(Alignment::Start, AlignmentOptions::default());
        let mut top = 0.0;
        let mut strips = Vec::new();
        for line in layout.lines() {
            let metrics = line.metrics();
            let mut at = left + metrics.offset;
            let mut placed = Vec::new();
            for run in line.runs() {
                let begin = at;
                let mut glyphs: Vec<Glyph> = Vec::new();
                for cluster in run.visual_clusters() {
                    if cluster.is_ligature_continuation() {
                        let start = glyphs.last().map(|glyph| glyph.letters.start);
                        for glyph in glyphs.iter_mut().rev().take_while(|glyph| Some(glyph.letters.start) == start) {
                            glyph.letters.end = cluster.text_range().end;
                        }
                        continue;
                    }
                    for glyph in cluster.glyphs() {
                        let (id, advance, offset) = (glyph.id, glyph.advance, [glyph.x, glyph.y]);
                        glyphs.push(Glyph { id, advance, offset, letters: cluster.text_range() });
                        at += advance;
                    }
                }
                placed.push(Placed::Line(Line {
                    font: run.font().clone(),
                    size: run.font_size(),
                    ink: text.ink,
                    at: [begin, metrics.baseline - top],
                    glyphs,
                    text: writable.clone(),
                }));
            }
            strips.push(Strip { height: metrics.line_height, placed });
            top += metrics.line_height;
        }
        strips
    }

    /// Pictures side by side, of one height, with their captions.
    fn row<'a>(&mut self, pictures: &'a [Picture]) -> Strip<'a> {
        let gutters = GUTTER * (pictures.len() - 1) as f32;
        let shapes: Vec<f32> = pictures.iter().map(|picture| picture.width as f32 / picture.height as f32).collect();
        let height = ((COLUMN - gutters) / shapes.iter().sum::<f32>()).min(HIGHEST_PICTURE);
        let mut strip = Strip { height, placed: Vec::new() };
        let mut left = MARGIN;
        for (picture, shape) in pictures.iter().zip(shapes) {
            let width = height * shape;
            strip.placed.push(Placed::Picture(picture, [left, 0.0, width, height]));
            let mut top = height + CAPTION_GAP;
            for line in self.lines(&picture.caption, left, width) {
                strip.placed.extend(line.placed.iter().map(|placed| placed.lowered(top)));
                top += line.height;
            }
            strip.height = strip.height.max(top);
            left += width + GUTTER;
        }
        strip
    }
}

fn of_bar<'a>(bar: &Bar) -> Strip<'a> {
    let top = MARKER_RADIUS - BAR_HEIGHT / 2.0 + 1.0;
    let mut from = 0.0;
    let mut placed = Vec::new();
    for part in &bar.parts {
        let (left, right) = (from as f32, part.to as f32);
        placed.push(Placed::Box([MARGIN + left * COLUMN, top, (right - left) * COLUMN, BAR_HEIGHT], part.ink));
        from = part.to;
    }
    let middle = [MARGIN + bar.at as f32 * COLUMN, top + BAR_HEIGHT / 2.0];
    placed.push(Placed::Disc(middle, MARKER_RADIUS, Ink::BLACK));
    placed.push(Placed::Disc(middle, MARKER_RADIUS / 2.0, Ink([255; 3])));
    Strip { height: 2.0 * MARKER_RADIUS + 2.0, placed }
}
