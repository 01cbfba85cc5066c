//! Pixels in memory, 8 bits a channel.

/// What the bytes of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Grey,
    Rgb,
    /// Brightness, and its differences to blue and red, as JPEGs have them (ITU-T T.871).
    YCbCr,
    /// Alpha not multiplied in.
    Rgba,
    /// 255 is full ink.
    Cmyk,
}

impl Layout {
    /// Bytes a pixel.
    pub(crate) const fn channels(self) -> usize {
        match self {
            Layout::Grey => 1,
            Layout::Rgb | Layout::YCbCr => 3,
            Layout::Rgba | Layout::Cmyk => 4,
        }
    }
}

/// Pixels, row by row from the top left, without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) layout: Layout,
    pub(crate) data: Vec<u8>,
}

impl Raster {
    /// Takes the alpha channel away when every pixel is opaque.
    pub(crate) fn without_needless_alpha(self) -> Raster {
        if self.layout != Layout::Rgba || self.data.chunks_exact(4).any(|pixel| pixel[3] != 255) {
            return self;
        }
        let data = self.data.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Raster { layout: Layout::Rgb, data, ..self }
    }

    /// Puts a picture with transparency on white.
    pub(crate) fn on_white(self) -> Raster {
        if self.layout != Layout::Rgba {
            return self;
        }
        let over = |colour: u8, alpha: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        let data =
            self.data.chunks_exact(4).flat_map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]).collect();
        Raster { layout: Layout::Rgb, data, ..self }
    }

    /// The same pixels as red, green and blue, where they are brightness and colours.
    pub(crate) fn into_rgb(mut self) -> Raster {
        if self.layout == Layout::YCbCr {
            for pixel in self.data.chunks_exact_mut(3) {
                pixel.copy_from_slice(&jpeg::ycbcr_to_rgb(pixel[0], pixel[1], pixel[2]));
            }
            self.layout = Layout::Rgb;
        }
        self
    }

    /// The same pixels with four channels. Not for CMYK.
    pub(crate) fn to_rgba(&self) -> Vec<u8> {
        match self.layout {
            Layout::Grey => self.data.iter().flat_map(|&grey| [grey, grey, grey, 255]).collect(),
            Layout::Rgb => self.data.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
            Layout::YCbCr => {
                let pixel = |p: &[u8]| jpeg::ycbcr_to_rgb(p[0], p[1], p[2]);
                self.data.chunks_exact(3).map(pixel).flat_map(|[r, g, b]| [r, g, b, 255]).collect()
            }
            Layout::Rgba | Layout::Cmyk => self.data.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgba(data: &[u8]) -> Raster {
        Raster { width: (data.len() / 4) as u32, height: 1, layout: Layout::Rgba, data: data.to_vec() }
    }

    #[test]
    fn alpha_goes_when_nothing_is_transparent() {
        assert_eq!(rgba(&[1, 2, 3, 255]).without_needless_alpha().data, [1, 2, 3]);
        assert_eq!(rgba(&[1, 2, 3, 254]).without_needless_alpha().layout, Layout::Rgba);
    }

    #[test]
    fn transparency_on_white() {
        assert_eq!(
            rgba(&[0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 128]).on_white().data,
            [255, 255, 255, 0, 0, 0, 127, 127, 127]
        );
    }
}
