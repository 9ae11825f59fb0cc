//! A film's own file with a straight margin has the answer of the film without it. `tests/fixtures/generate/margins.py` makes
//! the files, of a film that is black at its sides.

use std::fs;

use lungfield_reader::{Kernels, Manifest, Model, ReadOptions, Reader, WarningKind};

const MANIFEST: &[u8] = include_bytes!("../../../models/manifest.json");
const NETWORK: &[u8] = include_bytes!("../../../models/lungfield.network");
/// What a margin may move the probability by: JPEG's blocks lie otherwise on the film.
const NEAR: f64 = 0.05;

#[test]
fn a_film_with_a_margin_has_the_answer_of_the_film() {
    let manifest = Manifest::from_json(MANIFEST).expect("the manifest that ships");
    let model = Model::load(&manifest, NETWORK, Kernels::default()).expect("the model that ships");
    let reader = Reader::new(manifest, model);
    for ending in ["png", "jpeg"] {
        let read = |margin: &str| {
            let name = format!("{margin}-margin.{ending}");
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/odd");
            let bytes = fs::read(format!("{folder}/{name}")).expect("is a fixture");
            let reading = reader.read(&name, &bytes, ReadOptions::default()).reading;
            let is_cut = reading.warnings.iter().any(|warning| warning.kind == WarningKind::MarginCut);
            assert_eq!((reading.photograph, is_cut), (None, margin != "no"), "{name}");
            (reading.outcome, reading.probability.expect("an answer").value())
        };
        let (outcome, probability) = read("no");
        for margin in ["black", "black-side", "white", "grey"] {
            let found = read(margin);
            assert_eq!(found.0, outcome, "{margin}, {ending}");
            assert!((found.1 - probability).abs() < NEAR, "{margin}, {ending}: {} for {probability}", found.1);
        }
    }
}
