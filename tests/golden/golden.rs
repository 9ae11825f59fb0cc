//! The reader against PyTorch, stage by stage. What is in which file, and how it was made, is in README.md beside this.
//!
//! The same tests run natively and, by wasm-bindgen-test, in a worker of a real browser: x86-64 and wasm take different
//! kernels, so both are held to PyTorch within a tolerance, not to each other bit by bit.

#[cfg(feature = "onnx")]
mod notebook;
mod npy;

use lungfield_reader::{
    Class, Decoded, FilmCopy, Heatmap, Kernels, Limits, LungField, Manifest, Model, ModelInput, Radiograph, Rectangle,
};
use npy::Array;
use serde::Deserialize;
#[cfg(not(target_family = "wasm"))]
use std::prelude::rust_2024::test as golden_test;
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as golden_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MANIFEST: &[u8] = include_bytes!("../../models/manifest.json");
#[cfg(feature = "onnx")]
const ONNX: &[u8] = include_bytes!("../../models/lungfield.onnx");
const NETWORK: &[u8] = include_bytes!("../../models/lungfield.network");
const CASES: &[u8] = include_bytes!("cases.json");
// The heads whose maps `film_maps.npy` holds, in its order.
const LINEAR: usize = 0;
#[cfg(feature = "onnx")]
const HIDDEN: usize = 1;
const CLASSES: [Class; 2] = [Class::Pneumonia, Class::Normal];

/// The demo films, by name.
macro_rules! films {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../www/films/", $name)).as_slice())),*]
    };
}
const FILMS: &[(&str, &[u8])] = films![
    "NORMAL2-IM-1427-0001.jpeg",
    "NORMAL2-IM-1430-0001.jpeg",
    "NORMAL2-IM-1431-0001.jpeg",
    "NORMAL2-IM-1436-0001.jpeg",
    "NORMAL2-IM-1437-0001.jpeg",
    "NORMAL2-IM-1438-0001.jpeg",
    "NORMAL2-IM-1440-0001.jpeg",
    "NORMAL2-IM-1442-0001.jpeg",
    "person1946_bacteria_4874.jpeg",
    "person1946_bacteria_4875.jpeg",
    "person1947_bacteria_4876.jpeg",
    "person1949_bacteria_4880.jpeg",
    "person1950_bacteria_4881.jpeg",
    "person1951_bacteria_4882.jpeg",
    "person1952_bacteria_4883.jpeg",
    "person1954_bacteria_4886.jpeg",
];

#[derive(Deserialize)]
struct Cases {
    model: String,
    films: Vec<FilmCase>,
    pictures: Vec<PictureCase>,
}

#[derive(Deserialize)]
struct FilmCase {
    file: String,
    width: u32,
    height: u32,
    mean_luma: f64,
    crop: Crop,
    lungs: Rectangle,
    logits: Logits,
}

#[derive(Deserialize)]
struct Crop {
    left: usize,
    top: usize,
}

#[derive(Deserialize)]
struct Logits {
    linear: f64,
    #[cfg(feature = "onnx")]
    hidden: f64,
}

#[derive(Deserialize)]
struct PictureCase {
    name: String,
    width: u32,
    height: u32,
}

fn cases() -> Cases {
    let cases: Cases = serde_json::from_slice(CASES).expect("cases.json has these fields");
    assert_eq!(cases.films.len(), FILMS.len());
    cases
}

fn manifest() -> Manifest {
    Manifest::from_json(MANIFEST).expect("the shipped manifest")
}

fn decode(nth: usize) -> Radiograph {
    Decoded::read(FILMS[nth].1, &Limits::default()).map(|decoded| decoded.radiograph).expect("a demo film")
}

/// The stored squashed film `nth`, so that what follows is compared apart from decoding and resizing.
fn stored(inputs: &Array<u16>, nth: usize) -> Radiograph {
    Radiograph::from_luma(224, 224, inputs.slice(nth).to_vec())
}

fn largest(values: &[f32]) -> f32 {
    values.iter().copied().fold(0.0, f32::max)
}

#[golden_test]
fn the_goldens_belong_to_the_shipped_model() {
    assert_eq!(cases().model, manifest().sha256);
}

/// JPEG leaves the inverse cosine transform's rounding open: one grey level, in a small part of the pixels.
#[golden_test]
fn films_decode_as_pillow_decodes_them() {
    let crops = Array::<u8>::parse(include_bytes!("film_crops.npy"));
    let side = crops.shape()[1];
    for (nth, case) in cases().films.iter().enumerate() {
        assert_eq!(case.file, FILMS[nth].0);
        let film = decode(nth);
        assert_eq!((film.width(), film.height()), (case.width, case.height), "{}", case.file);
        let mean = film.luma().iter().map(|&v| f64::from(v) / 257.0).sum::<f64>() / film.luma().len() as f64;
        assert!((mean - case.mean_luma).abs() < 0.02, "{}: mean {mean}, Pillow {}", case.file, case.mean_luma);
        let mut off_by_one = 0;
        for (at, &expected) in crops.slice(nth).iter().enumerate() {
            let (y, x) = (case.crop.top + at / side, case.crop.left + at % side);
            let luma = film.luma()[y * film.width() as usize + x];
            let difference = (i32::from(luma) - 257 * i32::from(expected)).abs();
            assert!(
                difference <= 257,
                "{}: row {y}, column {x}: {luma}, Pillow {}",
                case.file,
                257 * u32::from(expected)
            );
            off_by_one += usize::from(difference > 0);
        }
        assert!(off_by_one * 5 < side * side, "{}: {off_by_one} pixels differ", case.file);
    }
}

/// From equal pixels, the squash is PyTorch's to two steps of 65,535: rounding, once for each direction.
#[golden_test]
fn pictures_are_squashed_as_pytorch_squashes_them() {
    let sources: [&[u8]; 4] = [
        include_bytes!("picture_enlarged.npy"),
        include_bytes!("picture_shrunk.npy"),
        include_bytes!("picture_both.npy"),
        include_bytes!("picture_near.npy"),
    ];
    let expected = Array::<u16>::parse(include_bytes!("picture_inputs.npy"));
    let cases = cases().pictures;
    assert_eq!(cases.len(), sources.len());
    for (nth, case) in cases.iter().enumerate() {
        let picture = Radiograph::from_luma(case.width, case.height, Array::<u16>::parse(sources[nth]).all().to_vec());
        let squashed = picture.resize(224, 224);
        let difference = squashed.luma().iter().zip(expected.slice(nth)).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(difference <= Some(2), "{}: {difference:?} of 65,535", case.name);
    }
}

/// From the film's bytes: what one grey level of JPEG rounding leaves after averaging many pixels into one.
#[golden_test]
fn films_are_squashed_as_pytorch_squashes_them() {
    let inputs = Array::<u16>::parse(include_bytes!("film_inputs.npy"));
    for (nth, (name, _)) in FILMS.iter().enumerate() {
        let squashed = decode(nth).resize(224, 224);
        let differences: Vec<u16> =
            squashed.luma().iter().zip(inputs.slice(nth)).map(|(a, b)| a.abs_diff(*b)).collect();
        let mean = differences.iter().map(|&d| f64::from(d)).sum::<f64>() / differences.len() as f64;
        assert!(differences.iter().all(|&d| d <= 257) && mean < 26.0, "{name}: mean difference {mean} of 65,535");
    }
}

/// The lungs that the network finds in a film's copy, and what the classifier is fed of them.
fn framed(model: &Model, manifest: &Manifest, film: &Radiograph) -> (LungField, ModelInput) {
    let copy = FilmCopy::of(film, manifest.input.film);
    let lungs = model.find_lungs(&copy).expect("lungs");
    let input = ModelInput::prepare(&copy, &lungs, &manifest.input);
    (lungs, input)
}

/// An edge of the lungs may lie a pixel of 224 further where the outline's logit is nearly 0: the frame is compared where it
/// does not, which is nearly always.
#[golden_test]
fn the_lungs_are_framed_as_pytorch_frames_them() {
    let manifest = manifest();
    let model = Model::load(&manifest, NETWORK, Kernels::default()).expect("the shipped network");
    let inputs = Array::<u16>::parse(include_bytes!("film_inputs.npy"));
    let frames = Array::<f32>::parse(include_bytes!("film_frames.npy"));
    let places = Array::<f32>::parse(include_bytes!("film_places.npy"));
    for (nth, case) in cases().films.iter().enumerate() {
        let (lungs, input) = framed(&model, &manifest, &stored(&inputs, nth));
        assert_eq!(lungs.lungs().rectangle, case.lungs, "{}", case.file);
        for (found, golden) in input.values().into_iter().zip([frames.slice(nth), places.slice(nth)]) {
            assert_eq!(found.len(), golden.len());
            let difference = found.iter().zip(golden).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(difference < 1e-3, "{}: a difference of {difference}", case.file);
        }
    }
}

#[golden_test]
fn the_shipped_network_agrees_with_pytorch() {
    let manifest = manifest();
    for &kernels in Kernels::FAST {
        let model = Model::load(&manifest, NETWORK, kernels).expect("the shipped network");
        agrees(&model, &manifest, LINEAR, |case| case.logits.linear);
    }
}

/// tract, which can be chosen by name, on the ONNX file.
#[cfg(feature = "onnx")]
#[test]
fn the_network_in_tract_agrees_with_pytorch() {
    let manifest = manifest();
    let model = Model::load(&manifest, ONNX, Kernels::Tract).expect("the shipped model");
    agrees(&model, &manifest, LINEAR, |case| case.logits.linear);
}

/// What ships is the ONNX file that the goldens were made from, and nothing else.
#[cfg(feature = "onnx")]
#[test]
fn the_shipped_network_is_the_onnx_network() {
    let manifest = manifest();
    let converted = lungfield_reader::to_network_file(ONNX).expect("the shipped model");
    assert!(converted == NETWORK, "run `lungfield convert`");
    Model::load(&manifest, ONNX, Kernels::default()).expect("an ONNX network can be loaded too");
}

/// The original notebook's head: a hidden layer, and a sigmoid that has to be skipped.
#[cfg(feature = "onnx")]
#[test]
fn a_head_with_a_hidden_layer_agrees_with_pytorch() {
    let onnx = notebook::with_head(ONNX, include_bytes!("hidden_head.onnx"));
    let manifest = notebook::manifest(manifest(), &onnx);
    let model = Model::load(&manifest, &onnx, Kernels::default()).expect("a model with the notebook's head");
    agrees(&model, &manifest, HIDDEN, |case| case.logits.hidden);
}

/// Logits and maps of both classes for all films: from the stored inputs strictly, and from the films' bytes as closely
/// as one grey level of JPEG rounding allows.
fn agrees(model: &Model, manifest: &Manifest, head: usize, logit: fn(&FilmCase) -> f64) {
    let inputs = Array::<u16>::parse(include_bytes!("film_inputs.npy"));
    let maps = Array::<f32>::parse(include_bytes!("film_maps.npy"));
    assert_eq!(maps.shape(), [FILMS.len(), 2, CLASSES.len(), 14, 14]);
    for (nth, case) in cases().films.iter().enumerate() {
        let golden = |class: usize| &maps.slice(nth)[(head * CLASSES.len() + class) * 196..][..196];
        let evidence = largest(golden(0)).max(largest(golden(1)));
        assert!(evidence > 1e-3, "{}: both golden maps are blank", case.file);
        for (film, strict) in [(stored(&inputs, nth), true), (decode(nth), false)] {
            let tolerance: f32 = if strict { 1e-4 } else { 2e-2 };
            let activations = model.infer(&framed(model, manifest, &film).1).expect("runs");
            let (found, expected) = (activations.logit(), logit(case) as f32);
            let difference = (found - expected).abs();
            assert!(
                difference < tolerance * expected.abs().max(1.0),
                "{}: logit {found}, PyTorch {expected}",
                case.file
            );
            // A hidden unit at the edge of its ReLU may switch on with a grey level, and its whole weight with it: such a
            // head's map is held to the same input alone.
            if head != LINEAR && !strict {
                continue;
            }
            for (nth_class, class) in CLASSES.into_iter().enumerate() {
                let [map] = model.explain(&activations, [class]).expect("explains");
                // Both maps are sums of the same terms with opposite signs: where one has next to nothing in it, what is
                // left is the rounding of terms as large as the other's.
                let bound = match strict {
                    true => (tolerance * largest(golden(nth_class))).max(ROUNDING * evidence),
                    false => tolerance * evidence,
                };
                assert_alike(&map, golden(nth_class), bound, &format!("{}, {class:?}", case.file));
            }
        }
    }
}

/// What adding the same numbers in another order may change: 32 units in the last place.
const ROUNDING: f32 = 32.0 * f32::EPSILON;

/// No value differs by more than `bound`.
fn assert_alike(map: &Heatmap, golden: &[f32], bound: f32, what: &str) {
    let difference = map.values().iter().zip(golden).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(difference <= bound, "{what}: a difference of {difference}, the map's maximum is {}", largest(golden));
}
