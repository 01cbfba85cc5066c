//! HEIF: HEVC by heifer. A grid of tiles, as phones write it, is put together tile by tile at the wanted size, so that the
//! largest pictures need little memory, and a broken tile costs no other.

mod canvas;
mod colours;
mod grid;

use std::borrow::Cow;

use heifer::color::{ColorParams, frame_to_rgba_sized};
use heifer::heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};

use self::canvas::Canvas;
use super::{Decoded, Undecoded, decode_jpeg};
use crate::metadata::heif::{is_cut_off, size as box_size};
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Most pictures that are derived from each other.
const DEEPEST: usize = 4;

/// What says that an auxiliary picture is one of transparency, in HEVC's files and in others.
const ALPHA: [&str; 2] = ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];

/// Decodes the primary picture, cropped and turned as the file says.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    format: Format,
    side: u32,
    limits: &Limits,
) -> Result<Decoded<'a>, Undecoded> {
    let cut_off = is_cut_off(bytes).then_some(Remark::Truncated { missing: None });
    let unreadable = cut_off.unwrap_or(Remark::Unreadable { format });
    let bytes = tidied(bytes);
    let file = HeifFile::parse(&bytes).map_err(|_| unreadable)?;
    let reading = Reading { file: &file, side, limits, unreadable };
    let (canvas, profile) = reading.primary()?;
    let (width, height) = canvas.size;
    let remark = canvas.remark.map(|damaged| cut_off.unwrap_or(damaged)).or(cut_off);
    Ok(Decoded { raster: canvas.raster, width, height, profile: profile.map(Cow::Owned), remark })
}

/// The file without what stands behind its last box, and its last box as long as it is: the library takes nothing else.
fn tidied(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = 0;
    while let Some((_, size)) = bytes.get(at..).and_then(box_size) {
        let Some(end) = at.checked_add(size).filter(|&end| end <= bytes.len()) else {
            // A size of 0 is up to the end.
            let mut file = bytes.to_vec();
            file[at..at + 4].fill(0);
            return if is_cut_off(bytes) { Cow::Owned(file) } else { Cow::Borrowed(&bytes[..at]) };
        };
        at = end;
    }
    Cow::Borrowed(&bytes[..at])
}

/// What a picture is read from, and how.
#[derive(Clone, Copy)]
struct Reading<'f, 'a> {
    file: &'f HeifFile<'a>,
    side: u32,
    limits: &'f Limits,
    /// What there is to say when nothing can be read.
    unreadable: Remark,
}

impl Reading<'_, '_> {
    /// The primary item with all that belongs to it, and the profile of its colours.
    fn primary(&self) -> Result<(Canvas, Option<Vec<u8>>), Undecoded> {
        let id = self.file.primary_id;
        let mut canvas = self.item(id, 0)?;
        let alpha = self.file.referencing_items(id, b"auxl").into_iter().find(|&aux| self.is_alpha(aux));
        // A picture whose transparency can't be read is shown without.
        if let Some(alpha) = alpha.and_then(|alpha| self.item(alpha, 0).ok()) {
            canvas.add_alpha(alpha);
        }
        for property in self.properties(id) {
            canvas = canvas.transformed(property).ok_or(self.unreadable)?;
        }
        let profile = colours::profile(self.properties(id));
        Ok((canvas, profile))
    }

    fn properties(&self, id: ItemId) -> impl Iterator<Item = &Property> {
        self.file.item_properties(id).into_iter().flatten()
    }

    fn is_alpha(&self, id: ItemId) -> bool {
        let mut properties = self.properties(id);
        properties.any(|property| matches!(property, Property::AuxiliaryType(kind) if ALPHA.contains(&kind.as_str())))
    }

    /// An item's own pixels.
    fn item(&self, id: ItemId, depth: usize) -> Result<Canvas, Undecoded> {
        let item = self.file.item(id).ok().filter(|_| depth <= DEEPEST).ok_or(self.unreadable)?;
        match &item.item_type.0 {
            b"grid" => self.grid(id, depth),
            b"iden" => match self.file.referenced_items(id, b"dimg") {
                &[source] => self.item(source, depth + 1),
                _ => Err(self.unreadable.into()),
            },
            b"jpeg" => {
                let data = self.file.item_data(id).map_err(|_| self.unreadable)?;
                let decoded = decode_jpeg(&data, self.side, self.limits)?;
                Ok(Canvas::new(decoded.raster, (decoded.width, decoded.height)))
            }
            b"hvc1" | b"hev1" => {
                let raster = self.hevc(id)?;
                let size = (raster.width, raster.height);
                Ok(Canvas::new(raster, size))
            }
            _ => Err(Undecoded::Unsupported),
        }
    }

    /// A picture coded by HEVC.
    fn hevc(&self, id: ItemId) -> Result<Raster, Undecoded> {
        // Two bytes a sample, four a pixel of the result, and some for the decoder.
        let max_pixels = self.limits.max_pixels.min(self.limits.max_alloc / 10);
        let size = self.file.image_size(id).ok().flatten();
        if let Some((width, height)) = size
            && u64::from(width) * u64::from(height) > max_pixels
        {
            return Err(Limits::too_large(width, height).into());
        }
        let stream = self.file.hevc_bitstream(id).map_err(|_| self.unreadable)?;
        let options = DecodeOptions { max_pixels, ..DecodeOptions::default() };
        let frame = decode_picture(&stream, options).map_err(|_| self.unreadable)?;
        let said = self.properties(id).find_map(|property| match property {
            Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => {
                Some(ColorParams { matrix: *matrix, full_range: *full_range })
            }
            _ => None,
        });
        let colours = said.unwrap_or_else(|| ColorParams::from_frame(&frame));
        let (width, height) = size.unwrap_or((frame.widths[0], frame.heights[0]));
        let image = frame_to_rgba_sized::<u8>(&frame, colours, width, height);
        if image.width == 0 || image.height == 0 {
            return Err(self.unreadable.into());
        }
        let raster = Raster { width: image.width, height: image.height, layout: Layout::Rgba, data: image.data };
        Ok(raster.without_needless_alpha())
    }
}
