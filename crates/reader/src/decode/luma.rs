//! Luma (ITU-R BT.601, as in JPEG itself) on the 16-bit scale, rounded to nearest.

/// Luma of 8-bit red, green and blue.
pub(super) fn luma8([r, g, b]: [u8; 3]) -> u16 {
    let thousandths = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    ((thousandths * 257 + 500) / 1000) as u16
}

/// Luma of 16-bit red, green and blue.
pub(super) fn luma16([r, g, b]: [u16; 3]) -> u16 {
    ((299 * u64::from(r) + 587 * u64::from(g) + 114 * u64::from(b) + 500) / 1000) as u16
}

/// A sample seen on black through its opacity of `alpha` in `0..=65535`.
pub(super) fn on_black(luma: u16, alpha: u16) -> u16 {
    ((u32::from(luma) * u32::from(alpha) + 32767) / 65535) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_stays_exactly_grey() {
        for v in 0..=255u8 {
            assert_eq!(luma8([v, v, v]), u16::from(v) * 257);
        }
        for v in [0u16, 1, 32767, 65534, 65535] {
            assert_eq!(luma16([v, v, v]), v);
        }
    }

    #[test]
    fn colours_weigh_as_bt601_says() {
        assert_eq!(luma8([255, 0, 0]), (0.299f64 * 65535.0).round() as u16);
        assert_eq!(luma16([0, 65535, 0]), (0.587f64 * 65535.0).round() as u16);
    }

    #[test]
    fn transparency_is_seen_on_black() {
        assert_eq!(on_black(40000, 0), 0);
        assert_eq!(on_black(40000, 65535), 40000);
        assert_eq!(on_black(65535, 32768), 32768);
    }
}
