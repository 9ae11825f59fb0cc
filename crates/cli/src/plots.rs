//! Plots as SVG files that need nothing else: no script, no font file, no style sheet.

use std::fmt::Write;

use crate::evaluation::Evaluation;

/// The side of the unit square in pixels.
const SIDE: f64 = 400.0;
/// Left of the square, for the axis.
const LEFT: f64 = 64.0;
/// Above the square, for the title.
const TOP: f64 = 64.0;

/// The receiver operating characteristic, with the operating point on it.
pub fn roc(found: &Evaluation) -> String {
    let title = match found.auroc {
        Some(a) => format!("AUROC {:.3} (95 % interval {:.3} to {:.3})", a.value, a.low, a.high),
        None => "No curve: the films are of one class".into(),
    };
    let films = format!("{} normal films, {} with pneumonia", found.films.normal, found.films.pneumonia);
    let mut plot = Plot::new(&title, &films, "1 - specificity", "sensitivity");
    if let Some(roc) = &found.roc {
        plot.line(roc.points());
    }
    if let (Some(sensitivity), Some(specificity)) = (found.sensitivity, found.specificity) {
        let (x, y) = (1.0 - specificity.value, sensitivity.value);
        plot.cross(x, y, (1.0 - specificity.high, 1.0 - specificity.low), (sensitivity.low, sensitivity.high));
        plot.note(x, y, &format!("operating point {:.2}", found.thresholds.operating_point));
    }
    plot.finish()
}

/// The reliability diagram: for each bin of probability the share of films that show pneumonia.
pub fn reliability(found: &Evaluation) -> String {
    let title = match found.expected_calibration_error {
        Some(error) => format!("Expected calibration error {error:.3}"),
        None => "No films".into(),
    };
    let films = format!("{} films in bins of equal width", found.films.normal + found.films.pneumonia);
    let mut plot = Plot::new(&title, &films, "probability of pneumonia", "films with pneumonia");
    for bin in &found.calibration_bins {
        let x = bin.mean_probability;
        plot.cross(x, bin.pneumonia.value, (x, x), (bin.pneumonia.low, bin.pneumonia.high));
        plot.note(x, bin.pneumonia.value, &bin.pneumonia.of.to_string());
    }
    plot.finish()
}

/// A unit square with axes, a diagonal, and marks in it.
struct Plot {
    svg: String,
}

impl Plot {
    fn new(title: &str, films: &str, x_axis: &str, y_axis: &str) -> Self {
        let (width, height) = (LEFT + SIDE + 32.0, TOP + SIDE + 56.0);
        let mut plot = Plot { svg: String::new() };
        plot.put(format_args!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{title}" font-family="sans-serif" font-size="13" fill="#1b2733">
<rect width="{width}" height="{height}" fill="#fff"/>
<text x="{LEFT}" y="28" font-size="16" font-weight="600">{title}</text>
<text x="{LEFT}" y="48" fill="#5b6875">{films}</text>
<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#c3cbd3"/>"##
        ));
        for tick in 0..=5 {
            let value = f64::from(tick) / 5.0;
            let ((x, _), (_, y)) = (at(value, 0.0), at(0.0, value));
            let (below, left) = (TOP + SIDE + 20.0, LEFT - 8.0);
            plot.put(format_args!(r#"<text x="{x:.1}" y="{below}" text-anchor="middle">{value:.1}</text>"#));
            plot.put(format_args!(r#"<text x="{left}" y="{:.1}" text-anchor="end">{value:.1}</text>"#, y + 4.5));
        }
        let ((middle, _), (_, centre)) = (at(0.5, 0.0), at(0.0, 0.5));
        plot.put(format_args!(r#"<text x="{middle}" y="{}" text-anchor="middle">{x_axis}</text>"#, TOP + SIDE + 44.0));
        plot.put(format_args!(
            r#"<text transform="translate(20 {centre}) rotate(-90)" text-anchor="middle">{y_axis}</text>"#
        ));
        let ((x0, y0), (x1, y1)) = (at(0.0, 0.0), at(1.0, 1.0));
        plot.put(format_args!(r##"<path d="M{x0} {y0}L{x1} {y1}" stroke="#c3cbd3" stroke-dasharray="4 4"/>"##));
        plot
    }

    fn line(&mut self, points: impl Iterator<Item = (f64, f64)>) {
        let mut path = String::new();
        for (x, y) in points {
            let (x, y) = at(x, y);
            let command = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{command}{x:.2} {y:.2}");
        }
        self.put(format_args!(r##"<path d="{path}" fill="none" stroke="#0b5fa5" stroke-width="2"/>"##));
    }

    /// A point with its intervals.
    fn cross(&mut self, x: f64, y: f64, across: (f64, f64), up: (f64, f64)) {
        let ((left, middle), (right, _)) = (at(across.0, y), at(across.1, y));
        let ((centre, bottom), (_, top)) = (at(x, up.0), at(x, up.1));
        self.put(format_args!(
            r##"<path d="M{left:.2} {middle:.2}H{right:.2}M{centre:.2} {bottom:.2}V{top:.2}" stroke="#b3541e" stroke-width="1.5"/>
<circle cx="{centre:.2}" cy="{middle:.2}" r="4" fill="#b3541e"/>"##
        ));
    }

    /// A word beside a point, on the side where there is room.
    fn note(&mut self, x: f64, y: f64, text: &str) {
        let (px, py) = at(x, y);
        let (anchor, shift) = if x > 0.6 { ("end", -9.0) } else { ("start", 9.0) };
        let drop = if y > 0.9 { 20.0 } else { -9.0 };
        self.put(format_args!(
            r##"<text x="{:.1}" y="{:.1}" text-anchor="{anchor}" fill="#8a3f14">{text}</text>"##,
            px + shift,
            py + drop
        ));
    }

    fn put(&mut self, mark: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.svg, "{mark}");
    }

    fn finish(mut self) -> String {
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

/// A point of the unit square in pixels.
fn at(x: f64, y: f64) -> (f64, f64) {
    (LEFT + x * SIDE, TOP + (1.0 - y) * SIDE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{PASSED, Tally};
    use lungfield_reader::{Class, Heatmap, Manifest, Milliseconds, Reading};
    use roxmltree::{Document, Node};

    fn evaluation(films: &[(Class, f64)]) -> Evaluation {
        let manifest = Manifest::from_json(include_bytes!("../../../models/manifest.json"))
            .expect("the shipped manifest is sound");
        let mut tally = Tally::default();
        for &(label, logit) in films {
            let heatmap = Heatmap::new(1, 1, vec![0.0], label);
            let reading = Reading::read("a film", &manifest, logit, &heatmap, PASSED, Milliseconds::default());
            tally.add(&manifest, label, reading);
        }
        tally.evaluate("films".as_ref(), Vec::new(), &manifest)
    }

    const SEPARATED: [(Class, f64); 4] =
        [(Class::Normal, -900.0), (Class::Normal, -800.0), (Class::Pneumonia, 800.0), (Class::Pneumonia, 900.0)];

    fn numbers(node: Node, names: [&str; 2]) -> [f64; 2] {
        names.map(|name| node.attribute(name).expect("the attribute").parse().expect("a number"))
    }

    #[test]
    fn the_operating_point_of_a_perfect_model_is_the_upper_left_corner() {
        let svg = roc(&evaluation(&SEPARATED));
        let document = Document::parse(&svg).expect("sound XML");
        let point = document.descendants().find(|node| node.has_tag_name("circle")).expect("a point");
        assert_eq!(numbers(point, ["cx", "cy"]), [LEFT, TOP]);
        assert!(svg.contains("M64.00 464.00L64.00 264.00L64.00 64.00L264.00 64.00L464.00 64.00"), "{svg}");
    }

    #[test]
    fn each_bin_has_a_point_at_its_probability_and_share() {
        let document = reliability(&evaluation(&SEPARATED));
        let document = Document::parse(&document).expect("sound XML");
        let points = document.descendants().filter(|node| node.has_tag_name("circle"));
        let points: Vec<_> = points.map(|point| numbers(point, ["cx", "cy"])).collect();
        assert_eq!(points, [[LEFT, TOP + SIDE], [LEFT + SIDE, TOP]]);
    }

    #[test]
    fn films_of_one_class_or_none_still_make_a_plot_that_says_so() {
        for films in [&SEPARATED[..2], &[]] {
            let found = evaluation(films);
            assert!(roc(&found).contains("No curve"));
            Document::parse(&roc(&found)).expect("sound XML");
            Document::parse(&reliability(&found)).expect("sound XML");
        }
    }
}
