//! Grey pictures for the screen.

use crate::bridge::Picture;

/// The RGBA bytes of grey ones, opaque: what a canvas takes.
pub fn rgba(grey: &[u8]) -> Vec<u8> {
    let mut rgba = vec![255; grey.len() * 4];
    for (pixel, &grey) in rgba.as_chunks_mut::<4>().0.iter_mut().zip(grey) {
        *pixel = [grey, grey, grey, 255];
    }
    rgba
}

/// The middle square of a picture, `side` pixels wide, each the mean of the pixels that it covers.
pub fn thumbnail(picture: &Picture, side: u32) -> Option<Picture> {
    let (width, height) = (picture.width(), picture.height());
    let square = width.min(height);
    let (left, top) = ((width - square) / 2, (height - square) / 2);
    let span = |i: u32| (i * square / side)..((i + 1) * square / side).max(i * square / side + 1);
    let mean = |x: u32, y: u32| {
        let (xs, ys) = (span(x), span(y));
        let count = xs.len() * ys.len();
        let row = |y: u32| (top + y) as usize * width as usize + left as usize;
        let sum: u32 = ys
            .flat_map(|y| picture.grey()[row(y)..][xs.start as usize..xs.end as usize].iter())
            .map(|&grey| u32::from(grey))
            .sum();
        (sum as usize / count) as u8
    };
    let grey = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
    Picture::new(side, side, grey)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, grey: &[u8]) -> Picture {
        Picture::new(width, height, grey.to_vec()).expect("as many bytes as pixels")
    }

    #[test]
    fn grey_becomes_opaque_rgba() {
        assert_eq!(rgba(&[0, 200]), [0, 0, 0, 255, 200, 200, 200, 255]);
    }

    #[test]
    fn a_thumbnail_is_the_mean_of_the_middle_square() {
        let wide = picture(4, 2, &[99, 10, 20, 99, 99, 30, 40, 99]);
        assert_eq!(thumbnail(&wide, 1), Some(picture(1, 1, &[25])));
        assert_eq!(thumbnail(&wide, 2), Some(picture(2, 2, &[10, 20, 30, 40])));
    }

    #[test]
    fn a_small_picture_is_enlarged() {
        let small = picture(1, 1, &[7]);
        assert_eq!(thumbnail(&small, 3), Some(picture(3, 3, &[7; 9])));
    }
}
