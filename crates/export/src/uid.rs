//! Identifiers made of what they stand for: UUIDs (RFC 9562, version 8), and DICOM's UIDs of them (PS3.5, B.2).

use sha2::{Digest, Sha256};

/// A UUID made of the parts' SHA-256.
pub(crate) fn of(parts: &[&[u8]]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let bytes: [u8; 16] = hash.finalize()[..16].try_into().expect("32 bytes");
    let (version, variant) = (0xF_u128 << 76, 0x3_u128 << 62);
    u128::from_be_bytes(bytes) & !version & !variant | 0x8 << 76 | 0x2 << 62
}

/// The DICOM UID of a UUID.
pub(crate) fn dicom(uuid: u128) -> String {
    format!("2.25.{uuid}")
}

/// The URN of a UUID.
pub(crate) fn urn(uuid: u128) -> String {
    let hex = format!("{uuid:032x}");
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_of_version_8_and_no_longer_than_allowed() {
        let uuid = of(&[b"a", b"b"]);
        let urn = urn(uuid);
        assert_eq!((&urn[23..24], urn.len()), ("8", 45));
        assert!("89ab".contains(&urn[28..29]), "{urn}");
        assert!(dicom(u128::MAX).len() <= 64);
        assert_ne!(uuid, of(&[b"ab", b""]));
    }
}
