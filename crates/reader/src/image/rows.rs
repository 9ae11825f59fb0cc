/// The rows of a film, or of a part of one.
pub(crate) enum Rows<'a> {
    Eight(Vec<&'a [u8]>),
    Sixteen(Vec<&'a [u16]>),
}

impl Rows<'_> {
    /// Width and height.
    pub(crate) fn size(&self) -> [usize; 2] {
        match self {
            Self::Eight(rows) => [rows[0].len(), rows.len()],
            Self::Sixteen(rows) => [rows[0].len(), rows.len()],
        }
    }

    /// The luma of a row from a column on, as far as there is any, into `values`.
    #[inline(always)]
    pub(crate) fn fetch(&self, row: usize, column: usize, values: &mut [f32]) {
        match self {
            Self::Eight(rows) => {
                values.iter_mut().zip(&rows[row][column..]).for_each(|(value, &grey)| *value = f32::from(luma(grey)));
            }
            Self::Sixteen(rows) => {
                values.iter_mut().zip(&rows[row][column..]).for_each(|(value, &luma)| *value = f32::from(luma));
            }
        }
    }
}

/// A sample of 8 bits on the scale of 16.
pub(super) fn luma(grey: u8) -> u16 {
    u16::from(grey) * 257
}
