//! What came of an archive, as an SVG file that needs nothing else: a bar for each model and quality.

use std::fmt::Write;

use lungfield_bulk::Summary;

/// The width of a whole bar in pixels, and its height with the room below it.
const WIDTH: f64 = 480.0;
const STEP: f64 = 44.0;
/// Left of the bars, for their names, and above them, for title and legend.
const LEFT: f64 = 200.0;
const TOP: f64 = 92.0;

/// Likely, uncertain, unlikely, refused, failed: told apart without colour by their order and their shade.
const COLOURS: [&str; 5] = ["#b3541e", "#e3b778", "#0b5fa5", "#aab4be", "#5b6875"];

/// The shares of the answers, by model and quality.
pub fn outcomes(found: &Summary) -> String {
    let height = TOP + STEP * found.groups.len().max(1) as f64 + 16.0;
    let width = LEFT + WIDTH + 96.0;
    let title = format!("{} of {} films answered", found.answered, found.films);
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{title}" font-family="sans-serif" font-size="13" fill="#1b2733">
<rect width="{width}" height="{height}" fill="#fff"/>
<text x="16" y="28" font-size="16" font-weight="600">{title}</text>
<text x="16" y="48" fill="#5b6875">shares of the answers, by model and quality of the film</text>"##
    );
    for (place, (name, _)) in lungfield_bulk::Answers::default().named().iter().enumerate() {
        let (x, colour) = (LEFT + 96.0 * place as f64, COLOURS[place]);
        let _ = writeln!(
            svg,
            r#"<rect x="{x}" y="62" width="12" height="12" fill="{colour}"/><text x="{}" y="73">{name}</text>"#,
            x + 18.0
        );
    }
    for (row, group) in found.groups.iter().enumerate() {
        let (y, films) = (TOP + STEP * row as f64, group.answers.films());
        let model = group.model_sha256.get(..8).unwrap_or(&group.model_sha256);
        let quality = group.quality.as_deref().unwrap_or("not told");
        let _ = writeln!(
            svg,
            r#"<text x="16" y="{:.0}">{model} {quality}</text><text x="{:.0}" y="{:.0}">{films}</text>"#,
            y + 18.0,
            LEFT + WIDTH + 8.0,
            y + 18.0
        );
        let mut x = LEFT;
        for ((name, count), colour) in group.answers.named().iter().zip(COLOURS) {
            let across = WIDTH * *count as f64 / films.max(1) as f64;
            if *count > 0 {
                let _ = writeln!(
                    svg,
                    r##"<rect x="{x:.2}" y="{y:.0}" width="{across:.2}" height="28" fill="{colour}" stroke="#fff"><title>{name}: {count} of {films}</title></rect>"##
                );
            }
            x += across;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use lungfield_bulk::{Answers, Group};
    use roxmltree::Document;

    #[test]
    fn a_bar_has_the_shares_of_its_films() {
        let answers = Answers { likely: 1, unlikely: 2, failed: 1, ..Answers::default() };
        let group = Group { model_sha256: "ab".repeat(32), quality: None, answers };
        let found = Summary {
            schema: String::new(),
            source: String::new(),
            films: 4,
            answered: 4,
            parts_to_read: Vec::new(),
            parts_that_differ: Vec::new(),
            parts_too_many: Vec::new(),
            answered_twice: 0,
            groups: vec![group],
            thresholds: Vec::new(),
            reasons: Default::default(),
        };
        let svg = outcomes(&found);
        let document = Document::parse(&svg).expect("sound XML");
        let bars = document.descendants().filter(|node| node.attribute("height") == Some("28"));
        let widths: Vec<_> = bars.filter_map(|bar| bar.attribute("width")).collect();
        assert_eq!(widths, ["120.00", "240.00", "120.00"]);
    }
}
