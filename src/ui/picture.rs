//! Grey pictures for the screen.

/// The RGBA bytes of grey ones, opaque: what a canvas takes.
pub fn rgba(grey: &[u8]) -> Vec<u8> {
    let mut rgba = vec![255; grey.len() * 4];
    for (pixel, &grey) in rgba.as_chunks_mut::<4>().0.iter_mut().zip(grey) {
        *pixel = [grey, grey, grey, 255];
    }
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_becomes_opaque_rgba() {
        assert_eq!(rgba(&[0, 200]), [0, 0, 0, 255, 200, 200, 200, 255]);
    }
}
