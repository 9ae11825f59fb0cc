use crate::Radiograph;

/// A part of a picture, from a column and row to before others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub start: [usize; 2],
    pub end: [usize; 2],
}

impl Area {
    pub fn whole(picture: &Radiograph) -> Self {
        Self { start: [0, 0], end: [picture.width() as usize, picture.height() as usize] }
    }

    pub fn size(&self) -> [usize; 2] {
        [self.end[0] - self.start[0], self.end[1] - self.start[1]]
    }

    /// The part without so many lines at the near or the far end of an axis.
    pub fn without(mut self, axis: usize, far: bool, lines: usize) -> Self {
        if far {
            self.end[axis] -= lines;
        } else {
            self.start[axis] += lines;
        }
        self
    }

    /// The value of a line, counted from the near or the far end of an axis, at a place along it.
    pub fn value(&self, picture: &Radiograph, axis: usize, far: bool, line: usize, along: usize) -> u16 {
        let across = if far { self.end[axis] - 1 - line } else { self.start[axis] + line };
        let along = self.start[1 - axis] + along;
        if axis == 0 { picture.at(across, along) } else { picture.at(along, across) }
    }
}
