//! What a file is called that no decoder here reads, by its first bytes.

use super::dicom::has_prefix;

/// How far into a file another one is looked for.
const HEAD: usize = 4096;
const MESSAGES: [&[u8]; 4] = [b"--", b"HTTP/", b"MIME-Version:", b"Content-"];
const BASE64: &str = "a film in base64; decode it, then choose the film";

/// Whether the bytes begin as a ZIP archive does, with a file's header or, where it holds none, with its end (APPNOTE.TXT
/// 4.3.7 and 4.3.16).
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    (bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")) && !has_prefix(bytes)
}

/// The name of a format, with what to do where that is not what is said of every format.
pub(super) fn name(bytes: &[u8]) -> &'static str {
    if let Some(name) = bytes.get(4..).and_then(|rest| rest.strip_prefix(b"ftyp")).and_then(name_by_brand) {
        return name;
    }
    let holds = |what: &[u8]| bytes[..bytes.len().min(HEAD)].windows(what.len()).any(|window| window == what);
    if holds(b"DICM\x02\0") || MESSAGES.iter().any(|begins| bytes.starts_with(begins)) && holds(b"ontent-") {
        return "a server's message (MIME, HTTP) or a film behind other bytes; save the film in it alone";
    }
    // What a preamble ends with.
    if holds(b"AABESUNN") {
        return BASE64;
    }
    let known = NAMES.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    known.map_or("of no format that is known here", |(_, _, name)| name)
}

const NAMES: [(usize, &[u8], &str); 29] = [
    (0, b"%PDF", "a PDF document"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"\0\0\0\x0CjP  ", "a JPEG 2000 picture outside of DICOM"),
    (0, b"\xFF\x4F\xFF\x51", "a JPEG 2000 picture outside of DICOM"),
    (0, b"\0\0\0\x0CJXL ", "a JPEG XL picture"),
    (0, b"\xFF\x0A", "a JPEG XL picture"),
    (0, b"8BPS", "a Photoshop picture"),
    (0, b"Rar!\x1A\x07", "a RAR archive; unpack it, then choose the films or their folder"),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive; unpack it, then choose the films or their folder"),
    (0, b"BZh", "packed by bzip2; unpack it, then choose the film"),
    (0, b"\xFD7zXZ\0", "packed by xz; unpack it, then choose the film"),
    (0, b"\x28\xB5\x2F\xFD", "packed by zstd; unpack it, then choose the film"),
    (0, b"\x04\x22\x4D\x18", "packed by LZ4; unpack it, then choose the film"),
    (0, b"\x1F\x9D", "packed by compress; unpack it, then choose the film"),
    (0, b"\0\x05\x16\x07", "what a Mac keeps beside a file; choose the file without ._ before its name"),
    (0, b"II\xBC\x01", "a JPEG XR picture"),
    (8, b"AVI ", "a video"),
    (0, b"\x1A\x45\xDF\xA3", "a video"),
    (0, b"NRRD", "an NRRD volume"),
    (0, b"\x5C\x01\0\0", "a NIfTI volume"),
    (257, b"ustar", "a TAR archive; unpack it, then choose the films or their folder"),
    (344, b"n+1\0", "a NIfTI volume"),
    (344, b"ni1\0", "a NIfTI volume"),
    (0, b"\x89HDF\r\n\x1A\n", "an HDF5 file"),
    (0, b"\xD0\xCF\x11\xE0", "a Microsoft Office document"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"data:image/", BASE64),
    (0, b"/9j/", BASE64),
    (0, b"iVBORw0KGgo", BASE64),
];

/// The name of a file of the ISO base media format (ISO/IEC 14496-12), by the brands that it says to conform to, after
/// the type of its first box.
fn name_by_brand(brands: &[u8]) -> Option<&'static str> {
    // The major brand, a version, and compatible brands: all of the box's, of which a hundred bytes are enough.
    let brands: Vec<&[u8; 4]> = brands.as_chunks::<4>().0.iter().take(25).collect();
    let has = |wanted: &[&[u8; 4]]| brands.iter().any(|brand| wanted.contains(brand));
    const AVIF: [&[u8; 4]; 5] = [b"avif", b"avis", b"avio", b"MA1A", b"MA1B"];
    const HEIF: [&[u8; 4]; 4] = [b"mif1", b"mif2", b"msf1", b"miaf"];
    let hevc = |brand: &&[u8; 4]| brand.starts_with(b"hei") || brand.starts_with(b"hev");
    let first = brands.first()?;
    if has(&AVIF) {
        Some("an AVIF picture; save or share it as JPEG")
    } else if brands.iter().any(hevc) || has(&HEIF) {
        Some(
            "a HEIC picture, as phones take them; share it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)",
        )
    } else if matches!(*first, b"isom" | b"iso2" | b"mp41" | b"mp42" | b"qt  " | b"M4V " | b"3gp4" | b"3gp5") {
        Some("a video")
    } else {
        Some("a picture or a video as phones and cameras take them; share a picture as JPEG")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_pictures_are_named_by_any_of_their_brands() {
        let of = |brands: &[u8]| name(&[b"\0\0\0\x20ftyp", brands].concat());
        for heic in [
            &b"heic\0\0\0\0mif1heic"[..],
            b"heix\0\0\0\0mif1",
            b"mif1\0\0\0\0mif1heic",
            b"hevc\0\0\0\0",
            b"msf1\0\0\0\0",
            b"heiz\0\0\0\0",
            b"vvic\0\0\0\0mif1",
        ] {
            assert!(of(heic).contains("HEIC"), "{heic:?}");
        }
        for avif in [&b"avif\0\0\0\0mif1"[..], b"avis\0\0\0\0", b"mif1\0\0\0\0avifmif1", b"MA1A\0\0\0\0miaf"] {
            assert!(of(avif).contains("AVIF"), "{avif:?}");
        }
        assert_eq!(of(b"qt  \0\0\0\0"), "a video");
        assert!(of(b"zzzz\0\0\0\0").contains("JPEG"));
    }
}
