//! Reads the arrays: NumPy's format, version 1, row by row, little-endian.

/// An array of numbers.
pub struct Array<T> {
    shape: Vec<usize>,
    values: Vec<T>,
}

/// A number as a golden array holds it.
pub trait Number: Copy {
    /// NumPy's name of the type.
    const DESCR: &'static str;
    /// Bytes of one.
    const SIZE: usize;
    /// From its bytes, little-endian.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! number {
    ($t:ty, $descr:literal) => {
        impl Number for $t {
            const DESCR: &'static str = $descr;
            const SIZE: usize = size_of::<$t>();
            fn read(bytes: &[u8]) -> Self {
                <$t>::from_le_bytes(bytes.try_into().expect("SIZE bytes"))
            }
        }
    };
}
number!(u8, "|u1");
number!(u16, "<u2");
number!(f32, "<f4");

impl<T: Number> Array<T> {
    pub fn parse(bytes: &[u8]) -> Self {
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let (header, data) = bytes[10..].split_at(usize::from(u16::from_le_bytes([bytes[8], bytes[9]])));
        let header = std::str::from_utf8(header).expect("an ASCII header");
        assert!(header.contains(&format!("'descr': '{}'", T::DESCR)), "{header}");
        assert!(header.contains("'fortran_order': False"), "{header}");
        let shape = header.split(['(', ')']).nth(1).expect("a shape");
        let shape: Vec<usize> = shape.split(',').filter_map(|n| n.trim().parse().ok()).collect();
        let values: Vec<T> = data.chunks_exact(T::SIZE).map(T::read).collect();
        assert_eq!(values.len(), shape.iter().product::<usize>());
        Self { shape, values }
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All values, row by row.
    pub fn all(&self) -> &[T] {
        &self.values
    }

    /// The `nth` part along the first axis.
    pub fn slice(&self, nth: usize) -> &[T] {
        let length = self.values.len() / self.shape[0];
        &self.values[nth * length..][..length]
    }
}
