use super::limits::judge;
use super::moire::moire;
use super::tilt::tilt;
use crate::image::{Plane, percentile};
use crate::lungs::Shape;
use crate::{Flaw, Grade, Quality, Radiograph};

/// Measures an upright film, most of it on its small copy, and its lungs.
pub(crate) fn assess(film: &Radiograph, small: &Radiograph, lungs: &Shape) -> Quality {
    let plane = Plane::of(small);
    let mut middle: Vec<f32> = plane.middle().collect();
    let brightness = f64::from(middle.iter().sum::<f32>()) / middle.len() as f64;
    let contrast = f64::from(percentile(&mut middle, 0.95) - percentile(&mut middle, 0.05));
    let findings: Vec<_> = Flaw::ALL
        .into_iter()
        .map(|flaw| {
            let value = match flaw {
                Flaw::TooDark | Flaw::TooBright => brightness,
                Flaw::LowContrast => contrast,
                Flaw::Blurred => sharpness(&plane),
                Flaw::Tilted => tilt(small).abs(),
                Flaw::OffCentre => f64::from(lungs.off_centre),
                Flaw::CutOff => f64::from(lungs.cut_off),
                Flaw::Uneven => f64::from(lungs.asymmetry.unwrap_or(0.0)),
                Flaw::FarAway => f64::from(lungs.smaller_side),
                Flaw::Small => f64::from(film.width().min(film.height())),
                Flaw::Glare => share_of_white(&middle),
                Flaw::Moire => moire(film),
            };
            judge(flaw, value)
        })
        .collect();
    let grade = findings.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Adequate);
    Quality { grade, findings }
}

/// The share of values that nothing was left to be seen in.
fn share_of_white(values: &[f32]) -> f64 {
    const WHITE: f32 = 0.98;
    values.iter().filter(|&&v| v >= WHITE).count() as f64 / values.len() as f64
}

/// Detail of the finest octave as a share of that two octaves coarser: root mean squares of the differences of a
/// Gaussian pyramid (Burt and Adelson 1983) in the film's middle. Films hold about half; 0 for a picture without any.
fn sharpness(plane: &Plane) -> f64 {
    let mut level = plane.clone();
    let bands = [(); 3].map(|()| {
        let smooth = level.smooth();
        let detail = level.values.iter().zip(&smooth.values).map(|(a, b)| a - b).collect();
        let detail = Plane { values: detail, ..level };
        level = smooth.halved();
        let (sum, count) = detail.middle().fold((0.0, 0u32), |(sum, count), v| (sum + f64::from(v * v), count + 1));
        (sum / f64::from(count.max(1))).sqrt()
    });
    if bands[2] > 0.0 { bands[0] / bands[2] } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LUNGS: Shape = Shape { cut_off: 0.0, off_centre: 0.01, smaller_side: 0.7, asymmetry: Some(0.03) };

    /// A chest in outline: bright mediastinum and belly, dark lungs, and a grain over all.
    fn chest(width: u32, height: u32) -> Radiograph {
        let luma = (0..width * height).map(|i| {
            let (x, y) = (f64::from(i % width) / f64::from(width), f64::from(i / width) / f64::from(height));
            let middle = 0.35 * (-((x - 0.5) / 0.1).powi(2)).exp();
            let belly = 0.35 / (1.0 + (-(y - 0.8) / 0.03).exp());
            let mixed = (i ^ i >> 15).wrapping_mul(0x85EB_CA6B);
            let grain = f64::from((mixed ^ mixed >> 13).wrapping_mul(0xC2B2_AE35) >> 24) / 2550.0;
            ((0.35 + middle.max(belly) + grain) * 65535.0) as u16
        });
        Radiograph::from_luma(width, height, luma.collect())
    }

    fn changed(film: &Radiograph, change: impl Fn(f64) -> f64) -> Radiograph {
        let luma = film.luma().iter().map(|&v| (change(f64::from(v) / 65535.0) * 65535.0) as u16).collect();
        Radiograph::from_luma(film.width(), film.height(), luma)
    }

    fn quality(film: &Radiograph) -> Quality {
        let [columns, rows] = film.size_within(256);
        assess(film, &film.resize(columns, rows), &LUNGS)
    }

    fn flaws(film: &Radiograph) -> Vec<(Flaw, Grade)> {
        quality(film).flaws().map(|finding| (finding.kind, finding.grade)).collect()
    }

    #[test]
    fn a_plain_chest_is_adequate() {
        let quality = quality(&chest(500, 400));
        assert_eq!(quality.grade, Grade::Adequate, "{:?}", quality.flaws().collect::<Vec<_>>());
        assert!(quality.findings.iter().map(|finding| finding.kind).eq(Flaw::ALL));
    }

    #[test]
    fn each_flaw_is_found() {
        let film = chest(500, 400);
        let found = |film: &Radiograph, flaw| flaws(film).iter().any(|(found, _)| *found == flaw);
        assert!(found(&changed(&film, |v| v * 0.3), Flaw::TooDark));
        assert!(found(&changed(&film, |v| 1.0 - (1.0 - v) * 0.3), Flaw::TooBright));
        assert!(found(&changed(&film, |v| 0.4 + v * 0.2), Flaw::LowContrast));
        assert!(found(&film.resize(32, 26).resize(500, 400), Flaw::Blurred));
        assert!(found(&film.resize(220, 220), Flaw::Small));
    }

    #[test]
    fn what_the_lungs_lack_is_found() {
        let film = chest(500, 400);
        let flaws = |lungs: Shape| -> Vec<Flaw> {
            assess(&film, &film.resize(256, 205), &lungs).flaws().map(|finding| finding.kind).collect()
        };
        assert_eq!(flaws(LUNGS), []);
        assert_eq!(flaws(Shape { cut_off: 0.6, ..LUNGS }), [Flaw::CutOff]);
        assert_eq!(flaws(Shape { off_centre: 0.2, smaller_side: 0.3, ..LUNGS }), [Flaw::OffCentre, Flaw::FarAway]);
        assert_eq!(flaws(Shape { asymmetry: Some(0.4), ..LUNGS }), [Flaw::Uneven]);
    }

    #[test]
    fn a_picture_of_one_grey_is_uninterpretable() {
        let grey = Radiograph::from_luma(300, 300, vec![30000; 90000]);
        let found = flaws(&grey);
        assert!(found.contains(&(Flaw::LowContrast, Grade::Uninterpretable)), "{found:?}");
        assert!(quality(&grey).findings.iter().all(|finding| finding.value.is_finite()));
    }
}
