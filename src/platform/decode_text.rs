use web_sys::TextDecoder;

/// The text of bytes in an encoding, by its name on the web; what is none of its characters becomes a question mark in a box.
pub fn decoded(encoding: &str, bytes: &[u8]) -> String {
    let decoder = TextDecoder::new_with_label(encoding).or_else(|_| TextDecoder::new());
    decoder.and_then(|decoder| decoder.decode_with_u8_array(bytes)).unwrap_or_default()
}
