//! The eight orientations of Exif (CIPA DC-008, tag 274).

use crate::raster::Raster;

/// How the stored pixels have to be turned to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// From the tag's value; what isn't 1 to 8 counts as 1.
    pub(crate) fn from_exif(value: u32) -> Orientation {
        Orientation(if (1..=8).contains(&value) { value as u8 } else { 1 })
    }

    /// Whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// Width and height as shown.
    pub(crate) fn shown(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// Turns the pixels.
    pub(crate) fn apply(self, raster: Raster) -> Raster {
        if self.0 <= 1 {
            return raster;
        }
        let channels = raster.layout.channels();
        let (from_width, from_height) = (raster.width as usize, raster.height as usize);
        let (width, height) = self.shown(raster.width, raster.height);
        let mut data = Vec::with_capacity(raster.data.len());
        for y in 0..height as usize {
            for x in 0..width as usize {
                // Where the pixel shown at (x, y) is stored.
                let (row, column) = match self.0 {
                    2 => (y, from_width - 1 - x),
                    3 => (from_height - 1 - y, from_width - 1 - x),
                    4 => (from_height - 1 - y, x),
                    5 => (x, y),
                    6 => (from_height - 1 - x, y),
                    7 => (from_height - 1 - x, from_width - 1 - y),
                    _ => (x, from_width - 1 - y),
                };
                let at = (row * from_width + column) * channels;
                data.extend_from_slice(&raster.data[at..at + channels]);
            }
        }
        Raster { width, height, data, layout: raster.layout }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::raster::Layout;

    // The picture to be shown is "abc" above "def"; the cases are how a camera stores it.
    #[rstest]
    #[case(1, 3, "abcdef")]
    #[case(2, 3, "cbafed")]
    #[case(3, 3, "fedcba")]
    #[case(4, 3, "defabc")]
    #[case(5, 2, "adbecf")]
    #[case(6, 2, "cfbead")]
    #[case(7, 2, "fcebda")]
    #[case(8, 2, "daebfc")]
    #[case(9, 3, "abcdef")]
    fn every_orientation_is_undone(#[case] value: u32, #[case] width: u32, #[case] stored: &str) {
        let raster = Raster { width, height: 6 / width, layout: Layout::Grey, data: stored.as_bytes().to_vec() };
        let shown = Orientation::from_exif(value).apply(raster);
        assert_eq!((shown.width, shown.height), (3, 2));
        assert_eq!(std::str::from_utf8(&shown.data).unwrap(), "abcdef");
    }
}
