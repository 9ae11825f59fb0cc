//! What is taken away has the same bytes whoever makes it: natively, as the command does, and in wasm in a real browser, as the page
//! and the element do. Both are held to the digests in `exports.json`, which a change of texts or formats writes anew:
//! `LUNGFIELD_WRITE_DIGESTS=1 cargo test -p lungfield-export --test bytes`.

use std::collections::BTreeMap;

use lungfield_contract::{FilmHeader, Grade, HeaderElement, Manifest, Prevalence, Seen};
use lungfield_export::{Film, Format, Marks, Occasion, Picture, Table, Words, example, export};
use lungfield_presenter::Texts;
use lungfield_sheet::Fonts;
use sha2::{Digest, Sha256};
#[cfg(not(target_family = "wasm"))]
use std::prelude::rust_2024::test as bytes_test;
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test as bytes_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const DIGESTS: &str = include_str!("exports.json");
/// One of Latin letters, and one whose letters take other shapes and places beside each other.
const LANGUAGES: [(&str, &str); 2] =
    [("en", include_str!("../../www/locales/en.json")), ("hi", include_str!("../../www/locales/hi.json"))];
const SIDE: u32 = 448;

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file of one film, by language and format.
fn made() -> BTreeMap<String, String> {
    let manifest = Manifest::from_json(include_bytes!("../../models/manifest.json")).expect("a manifest");
    let reading = example().with_prevalence(Prevalence::new(0.05).expect("a prevalence"));
    let seen = Seen { quality: Grade::Suboptimal, consolidation: true, other_infiltrate: false, effusion: true };
    let marks = Marks { shown_on_request: false, seen_first: Some(seen) };
    // A picture of every grey, without a pattern that would hide a pixel out of place.
    let grey: Vec<u8> = (0..SIDE * SIDE).map(|pixel| (pixel.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let element = |tag, value: &str| HeaderElement { tag, value: Some(value.into()), length: value.len() as u32 };
    let header = FilmHeader::new(vec![
        element(0x0008_0020, "20261129"),
        element(0x0010_0010, "ROE^RICHARD"),
        element(0x0010_0020, "4711"),
        element(0x0020_000D, "1.2.826.0.1.3680043.8.498.1"),
    ]);
    let occasion = Occasion::new(&"2026-11-29T10:00:00+05:30".parse().expect("a time"), 7);
    let fonts = Fonts::noto();
    let mut digests = BTreeMap::new();
    for (language, json) in LANGUAGES {
        let texts = Texts::from_json(json).expect("texts");
        let words = Words { language, texts: &texts, manifest: &manifest, fonts: &fonts };
        for format in Format::ALL {
            let picture = Some(Picture { width: SIDE, height: SIDE, grey: &grey });
            let film = Film { reading: &reading, picture, header: Some(&header), marks, captured: false };
            let bytes = export(&film, format, &occasion, &words).expect("is made").expect("the film was read");
            digests.insert(format!("{language} {}", format.name()), digest(&bytes));
        }
    }
    let mut table = Table::new(Vec::new());
    table.add(&reading, marks).expect("a row");
    digests.insert("table csv".into(), digest(&table.finish().expect("a table")));
    digests
}

#[bytes_test]
fn the_same_film_clock_and_chance_give_the_same_bytes_everywhere() {
    let made = made();
    #[cfg(not(target_family = "wasm"))]
    if std::env::var_os("LUNGFIELD_WRITE_DIGESTS").is_some() {
        let json = serde_json::to_string_pretty(&made).expect("writes");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/exports.json");
        std::fs::write(path, json + "\n").expect("is written");
        return;
    }
    let expected: BTreeMap<String, String> = serde_json::from_str(DIGESTS).expect("digests");
    assert_eq!(made, expected, "write them anew natively; if they differ only in a browser, it makes other files");
}
