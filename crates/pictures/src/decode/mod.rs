//! From files to pixels, each format by the way that notices damage and bounds memory best. What can be decoded is
//! decoded; what is missing stays grey or transparent.

mod bmp;
mod canvas;
mod dds;
mod gif;
mod heif;
mod ico;
mod jp2;
mod jxl;
mod light;
mod pcx;
mod png;
mod pnm;
mod psd;
mod qoi;
mod raw;
mod rows;
mod svg;
mod tga;
mod tiff;
mod webp;
mod whole;

pub(crate) use png::chunks as png_chunks;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::ImageFormat;

use crate::header::eps;
use crate::raster::Raster;
use crate::{Format, Limits, Remark, jpeg};

/// A picture's pixels, as stored: not yet oriented, in its own colours.
pub(crate) struct Decoded<'a> {
    /// At least as large as was asked for, or as the picture is; fewer pixels where memory allows no more.
    pub(crate) raster: Raster,
    /// Full width in pixels.
    pub(crate) width: u32,
    /// Full height in pixels.
    pub(crate) height: u32,
    /// The colour profile that the pixels are in.
    pub(crate) profile: Option<Cow<'a, [u8]>>,
    /// What is wrong with the file.
    pub(crate) remark: Option<Remark>,
}

/// Why there are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undecoded {
    /// A format, or a variant of it, that isn't decoded here.
    Unsupported,
    /// The file is at fault, or too large.
    Because(Remark),
}

impl From<Remark> for Undecoded {
    fn from(remark: Remark) -> Undecoded {
        Undecoded::Because(remark)
    }
}

/// Decodes a picture so that its longest side is at least `side` pixels, or whole.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    format: Format,
    side: u32,
    limits: &Limits,
) -> Result<Decoded<'a>, Undecoded> {
    let guarded = |decode: &dyn Fn() -> Result<Decoded<'a>, Undecoded>| {
        // The input can be made by anyone, and most of these decoders are other people's: where one panics, the picture
        // can't be read, and is kept.
        catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(Remark::Unreadable { format }.into()))
    };
    match format {
        Format::Jpeg => guarded(&|| decode_jpeg(bytes, side, limits)),
        Format::Png => guarded(&|| png::decode(bytes, side, limits)),
        Format::Gif => guarded(&|| gif::decode(bytes, limits)),
        Format::WebP => guarded(&|| webp::decode(bytes, limits)),
        Format::Bmp => guarded(&|| bmp::decode(bytes, limits)),
        Format::Tiff => guarded(&|| tiff::decode(bytes, side, limits)),
        Format::Heic => guarded(&|| heif::decode(bytes, format, side, limits)),
        Format::Svg => guarded(&|| svg::decode(bytes, side, limits)),
        Format::Raw => guarded(&|| raw::decode(bytes, side, limits)),
        Format::Jxl => guarded(&|| jxl::decode(bytes, limits)),
        Format::Jp2 => guarded(&|| jp2::decode(bytes, side, limits)),
        Format::Ico => guarded(&|| ico::decode(bytes, side, limits)),
        Format::Psd => guarded(&|| psd::decode(bytes, side, limits)),
        Format::Tga => guarded(&|| tga::decode(bytes, side, limits)),
        Format::Pcx => guarded(&|| pcx::decode(bytes, side, limits)),
        Format::Pnm => guarded(&|| pnm::decode(bytes, side, limits)),
        Format::Qoi => guarded(&|| qoi::decode(bytes, side, limits)),
        Format::Dds => guarded(&|| dds::decode(bytes, limits)),
        Format::Hdr => guarded(&|| light::decode(bytes, format, ImageFormat::Hdr, limits)),
        Format::Exr => guarded(&|| light::decode(bytes, format, ImageFormat::OpenExr, limits)),
        Format::Eps => match eps::preview(bytes) {
            Some(preview) => guarded(&|| {
                let cut_off = eps::is_cut_off(bytes).then_some(Remark::Truncated { missing: None });
                tiff::decode(preview, side, limits)
                    .map(|decoded| Decoded { remark: decoded.remark.or(cut_off), ..decoded })
            }),
            None => Err(Undecoded::Unsupported),
        },
        Format::Avif => Err(Undecoded::Unsupported),
    }
}

fn decode_jpeg<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let (raster, remark) = jpeg::decode(bytes, side, limits)?;
    let (width, height) = jpeg::dimensions(bytes).unwrap_or((raster.width, raster.height));
    Ok(Decoded { raster, width, height, profile: jpeg::icc(bytes), remark })
}
