//! The items of a file: coded pictures, and pictures made of others.

use heifer::color::{ColorParams, frame_to_rgba_sized};
use heifer::heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};

use super::canvas::Canvas;
use super::colours;
use crate::decode::decoded::Undecoded;
use crate::decode::jpeg;
use crate::raster::{Layout, Raster};
use crate::{Limits, Remark};

/// Most pictures that are derived from each other.
const DEEPEST: usize = 4;

/// What says that an auxiliary picture is one of transparency, in HEVC's files and in others.
const ALPHA: [&str; 2] = ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];

/// What a picture is read from, and how.
#[derive(Clone, Copy)]
pub(super) struct Reading<'f, 'a> {
    pub(super) file: &'f HeifFile<'a>,
    pub(super) side: u32,
    pub(super) limits: &'f Limits,
    /// What there is to say when nothing can be read.
    pub(super) unreadable: Remark,
}

impl Reading<'_, '_> {
    /// The primary item with all that belongs to it, and the profile of its colours.
    pub(super) fn primary(&self) -> Result<(Canvas, Option<Vec<u8>>), Undecoded> {
        let id = self.file.primary_id;
        let mut canvas = self.item(id, 0)?;
        let alpha = self.file.referencing_items(id, b"auxl").into_iter().find(|&aux| self.is_alpha(aux));
        // A picture whose transparency can't be read is shown without.
        if let Some(alpha) = alpha
            && let Ok(alpha_canvas) = self.item(alpha, 0)
        {
            canvas.add_alpha(alpha_canvas);
            if self.file.referenced_items(id, b"prem").contains(&alpha) {
                canvas.divide_by_alpha();
            }
        }
        for property in self.properties(id) {
            canvas = canvas.transformed(property).ok_or(self.unreadable)?;
        }
        let profile = colours::profile(self.properties(id), canvas.code_points);
        Ok((canvas, profile))
    }

    pub(super) fn properties(&self, id: ItemId) -> impl Iterator<Item = &Property> {
        self.file.item_properties(id).into_iter().flatten()
    }

    fn is_alpha(&self, id: ItemId) -> bool {
        let mut properties = self.properties(id);
        properties.any(|property| matches!(property, Property::AuxiliaryType(kind) if ALPHA.contains(&kind.as_str())))
    }

    /// An item's own pixels.
    pub(super) fn item(&self, id: ItemId, depth: usize) -> Result<Canvas, Undecoded> {
        let item = self.file.item(id).ok().filter(|_| depth <= DEEPEST).ok_or(self.unreadable)?;
        match &item.item_type.0 {
            b"grid" => self.grid(id, depth),
            b"iden" => match self.file.referenced_items(id, b"dimg") {
                &[source] => self.item(source, depth + 1),
                _ => Err(self.unreadable.into()),
            },
            b"jpeg" => {
                let data = self.file.item_data(id).map_err(|_| self.unreadable)?;
                let decoded = jpeg::decode(&data, self.side, self.limits)?;
                Ok(Canvas::new(decoded.raster, (decoded.width, decoded.height)))
            }
            b"hvc1" | b"hev1" => {
                let raster = self.hevc(id)?;
                let size = (raster.width, raster.height);
                Ok(Canvas::new(raster, size))
            }
            b"av01" => self.av1(id),
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
