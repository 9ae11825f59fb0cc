//! What is shown of a picture that the shipped model refuses.

use lungfield_reader::{FoundBy, Kernels, Kind, Manifest, Model, ReadOptions, Reader};

const MANIFEST: &[u8] = include_bytes!("../../../models/manifest.json");
const NETWORK: &[u8] = include_bytes!("../../../models/lungfield.network");

const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;

/// A drawing as a BMP file: a sky that fades, above water and sand of one tone each, as no film has.
fn drawing(colour: impl Fn([u8; 3]) -> [u8; 3]) -> Vec<u8> {
    let size = 54 + WIDTH * HEIGHT * 3;
    let header: [u32; 12] = [size, 0, 54, 40, WIDTH, HEIGHT.wrapping_neg(), 1 | 24 << 16, 0, 0, 0, 0, 0];
    let mut file = b"BM".to_vec();
    file.extend(header.iter().flat_map(|word| word.to_le_bytes()));
    file.resize(54, 0);
    for y in 0..HEIGHT {
        let fades = (y * 255 / HEIGHT) as u8;
        let [r, g, b] = colour(match y * 10 / HEIGHT {
            0..6 => [40 + fades, 110 + fades / 2, 214 - fades / 4],
            6..8 => [29, 127, 134],
            _ => [226, 195, 123],
        });
        for _ in 0..WIDTH {
            file.extend([b, g, r]);
        }
    }
    file
}

#[test]
fn a_picture_that_is_no_film_is_shown_as_it_came() {
    let manifest = Manifest::from_json(MANIFEST).expect("the shipped manifest");
    let model = Model::load(&manifest, NETWORK, Kernels::FAST[0]).expect("the shipped network");
    let reader = Reader::new(manifest, model);
    let read = |bytes: Vec<u8>| reader.read("drawing.bmp", &bytes, ReadOptions::default());

    let coloured = read(drawing(|colour| colour));
    let grey = read(drawing(|[r, g, b]| [((u32::from(r) + u32::from(g) + u32::from(b)) / 3) as u8; 3]));
    for film in [&coloured, &grey] {
        assert_eq!(film.reading.reason.as_ref().map(|reason| reason.kind), Some(Kind::NotAChestFilm));
        let shown = film.picture.as_ref().or(film.radiograph.as_ref()).expect("a picture");
        assert_eq!((shown.width(), shown.height()), (WIDTH, HEIGHT));
    }
    assert_eq!(coloured.reading.photograph.map(|photograph| photograph.found_by), Some(FoundBy::Frame));
    assert_eq!(grey.reading.photograph, None);
}
