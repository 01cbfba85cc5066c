//! Pictures coded by AV1.

use heifer::heifer_isobmff::ItemId;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use re_rav1d::dav1d::pixel::{ToPrimitive, YUVRange};
use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent as Component, Settings};

use super::canvas::Canvas;
use super::reading::Reading;
use super::yuv::{Coding, Frame, Plane};
use crate::Limits;
use crate::decode::decoded::Undecoded;

/// Bytes a pixel where nothing is said: two a sample, three samples.
const MOST_BYTES: u64 = 6;

impl Reading<'_, '_> {
    /// An item's own pixels. They are made smaller at once when fewer are wanted.
    pub(super) fn av1(&self, id: ItemId) -> Result<Canvas, Undecoded> {
        if !self.limits.expendable {
            return Err(Undecoded::Unsupported);
        }
        // A quarter is for the result.
        let max_pixels = self.limits.max_pixels.min(self.limits.max_alloc / 4 * 3 / self.bytes_a_pixel(id));
        let size = self.file.image_size(id).ok().flatten();
        if let Some((width, height)) = size
            && u64::from(width) * u64::from(height) > max_pixels
        {
            return Err(Limits::too_large(width, height).into());
        }
        let stream = self.file.item_data(id).ok().filter(|stream| !stream.is_empty()).ok_or(self.unreadable)?;
        let mut settings = Settings::new();
        // In this thread, one frame at a time: a picture is one frame.
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        settings.set_frame_size_limit(max_pixels.try_into().unwrap_or(u32::MAX));
        settings.set_all_layers(false);
        settings.set_operating_point(self.operating_point(id));
        let mut decoder = Decoder::with_settings(&settings).map_err(|_| self.unreadable)?;
        let picture = first_picture(&mut decoder, stream.into_owned()).map_err(|_| self.unreadable)?;
        let planes = [Component::Y, Component::U, Component::V];
        // Planes of colours that a grey picture doesn't have can't be asked for.
        let there = if picture.pixel_layout() == PixelLayout::I400 { 1 } else { 3 };
        let planes: Vec<_> = planes.into_iter().take(there).map(|which| (picture.plane(which), which)).collect();
        let planes =
            planes.iter().map(|(plane, which)| Plane { bytes: plane, stride: picture.stride(*which) as usize });
        let frame = Frame {
            width: size.map_or(picture.width(), |(width, _)| width.min(picture.width())),
            height: size.map_or(picture.height(), |(_, height)| height.min(picture.height())),
            depth: picture.bit_depth() as u32,
            planes: planes.collect(),
            halved: match picture.pixel_layout() {
                PixelLayout::I420 => (true, true),
                PixelLayout::I422 => (true, false),
                PixelLayout::I400 | PixelLayout::I444 => (false, false),
            },
            coding: self.coding(id).unwrap_or_else(|| Coding {
                matrix: picture.matrix_coefficients().to_u16().unwrap_or_default(),
                full_range: picture.color_range() == YUVRange::Full,
            }),
        };
        if frame.width == 0 || frame.height == 0 {
            return Err(self.unreadable.into());
        }
        let mut canvas = Canvas::new(frame.raster(self.side, self.limits.max_alloc), (frame.width, frame.height));
        canvas.code_points = picture.color_primaries().to_u16().zip(picture.transfer_characteristic().to_u16());
        Ok(canvas)
    }

    /// How luma and chroma are mixed, as the item says, or the picture that it is a tile of.
    fn coding(&self, id: ItemId) -> Option<Coding> {
        let said = |id: ItemId| {
            self.properties(id).find_map(|property| match property {
                Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => {
                    Some(Coding { matrix: *matrix, full_range: *full_range })
                }
                _ => None,
            })
        };
        said(id).or_else(|| self.file.referencing_items(id, b"dimg").into_iter().find_map(said))
    }

    /// Which of a picture's qualities is shown (AVIF 1.1, 2.3.2.1); the first unless it is said.
    fn operating_point(&self, id: ItemId) -> u32 {
        let said = self.unknown(id, b"a1op").and_then(|body| body.first().copied());
        said.map_or(0, u32::from).min(31)
    }

    /// By the decoder's configuration (AV1 in ISO base media, 2.3), where there is one.
    fn bytes_a_pixel(&self, id: ItemId) -> u64 {
        let Some(flags) = self.unknown(id, b"av1C").and_then(|body| body.get(2).copied()) else { return MOST_BYTES };
        let is = |bit: u8| flags & bit != 0;
        let samples = match (is(0x10), is(8), is(4)) {
            (true, _, _) => 1,
            (false, true, _) => 2,
            (false, false, _) => 3,
        };
        if is(0x40) { 2 * samples } else { samples }
    }

    fn unknown(&self, id: ItemId, kind: &[u8; 4]) -> Option<&[u8]> {
        self.properties(id).find_map(|property| match property {
            Property::Unknown(found, body) if found.0 == *kind => Some(body.as_slice()),
            _ => None,
        })
    }
}

/// The first picture that a stream shows.
fn first_picture(decoder: &mut Decoder, stream: Vec<u8>) -> Result<Picture, Error> {
    let mut sent = decoder.send_data(stream, None, None, None);
    loop {
        match decoder.get_picture() {
            Err(Error::Again) => {}
            found => return found,
        }
        match sent {
            Err(Error::Again) => sent = decoder.send_pending_data(),
            Err(error) => return Err(error),
            // Asked again, the decoder gives what it kept back for a finer layer.
            Ok(()) => return decoder.get_picture(),
        }
    }
}
