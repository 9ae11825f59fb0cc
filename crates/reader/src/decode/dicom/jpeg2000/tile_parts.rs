//! The lengths of a codestream's tile-parts (ISO/IEC 15444-1, A.4.2).

use std::borrow::Cow;

const TILE_PART: u8 = 0x90;

/// The codestream with the length of its last tile-part, where that is 0, which stands for all up to the end: the decoders
/// here take it for a length.
pub(super) fn with_last_length(bytes: &[u8]) -> Cow<'_, [u8]> {
    match last_without_length(bytes) {
        Some(at) => {
            let padding = usize::from(bytes.last() == Some(&0));
            let end = bytes.len() - padding;
            let end = if bytes[..end].ends_with(&[0xFF, 0xD9]) { end - 2 } else { bytes.len() };
            let mut mended = bytes.to_vec();
            let length = u32::try_from(end.saturating_sub(at)).unwrap_or(0);
            mended[at + 6..at + 10].copy_from_slice(&length.to_be_bytes());
            mended.into()
        }
        None => bytes.into(),
    }
}

/// Where a tile-part begins whose length is 0.
fn last_without_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let &[0xFF, marker, high, low, _, _, a, b, c, d] = bytes.get(at..)?.first_chunk()? else { return None };
        at += match marker {
            TILE_PART if [a, b, c, d] == [0; 4] => return Some(at),
            TILE_PART => u32::from_be_bytes([a, b, c, d]) as usize,
            _ => 2 + usize::from(u16::from_be_bytes([high, low])),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_length_of_0_is_filled_in() {
        let head = [0xFF, 0x4F, 0xFF, 0x52, 0, 3, 9];
        let part = |length: u8| [0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, length, 0, 1, 0xFF, 0x93, 7, 7];
        let known = [&head[..], &part(16), &part(16), &[0xFF, 0xD9]].concat();
        assert!(matches!(with_last_length(&known), Cow::Borrowed(_)));
        for end in [&[0xFF, 0xD9][..], &[0xFF, 0xD9, 0]] {
            let unknown = [&head[..], &part(16), &part(0), end].concat();
            assert_eq!(with_last_length(&unknown)[..known.len()], known);
        }
    }
}
