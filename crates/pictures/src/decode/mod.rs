//! From files to pixels, each format by the way that notices damage and bounds memory best. What can be decoded is
//! decoded; what is missing stays grey or transparent.

mod bmp;
mod canvas;
mod dds;
pub(crate) mod decoded;
mod eps;
mod gif;
mod heif;
mod ico;
mod jp2;
mod jpeg;
mod jxl;
mod light;
mod masks;
mod metafile;
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

pub(crate) use masks::Masks;
pub(crate) use png::chunks as png_chunks;

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::ImageFormat;

use self::decoded::{Decoded, Undecoded};
use crate::{Format, Limits, Remark};

/// Decodes a picture so that its longest side is at least `side` pixels, or whole; of a TIFF the page with this number, from 0.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    format: Format,
    page: u32,
    side: u32,
    limits: &Limits,
) -> Result<Decoded<'a>, Undecoded> {
    let guarded = |decode: &dyn Fn() -> Result<Decoded<'a>, Undecoded>| {
        // The input can be made by anyone, and most of these decoders are other people's: where one panics, the picture
        // can't be read, and is kept.
        catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(Remark::Unreadable { format }.into()))
    };
    match format {
        Format::Jpeg => guarded(&|| jpeg::decode_fitted(bytes, side, limits)),
        Format::Png => guarded(&|| png::decode(bytes, side, limits)),
        Format::Gif => guarded(&|| gif::decode(bytes, limits)),
        Format::WebP => guarded(&|| webp::decode(bytes, limits)),
        Format::Bmp => guarded(&|| bmp::decode(bytes, limits)),
        Format::Tiff => guarded(&|| tiff::decode(bytes, page, side, limits)),
        Format::Heic | Format::Avif => guarded(&|| heif::decode(bytes, format, side, limits)),
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
        Format::Dds => guarded(&|| dds::decode(bytes, side, limits)),
        Format::Hdr => guarded(&|| light::decode(bytes, format, ImageFormat::Hdr, limits)),
        Format::Exr => guarded(&|| light::decode(bytes, format, ImageFormat::OpenExr, limits)),
        Format::Eps => guarded(&|| eps::decode(bytes, side, limits)),
    }
}
