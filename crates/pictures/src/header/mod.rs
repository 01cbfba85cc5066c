//! What the first bytes of a file say of its picture, format by format: enough to know it, its size, and how it is read.
//! A header that makes no sense is none.

pub(crate) mod dds;
pub(crate) mod dib;
pub(crate) mod eps;
pub(crate) mod exr;
pub(crate) mod ico;
pub(crate) mod jp2;
pub(crate) mod jxl;
pub(crate) mod netpbm;
pub(crate) mod pcx;
pub(crate) mod psd;
pub(crate) mod qoi;
pub(crate) mod radiance;
pub(crate) mod tga;

use crate::Format;

/// Width and height as stored, where the header of the format has them and no other part of this crate reads them.
pub(crate) fn size(bytes: &[u8], format: Format) -> Option<(u32, u32)> {
    match format {
        Format::Jxl => jxl::size(bytes),
        Format::Jp2 => jp2::size(bytes),
        Format::Ico => ico::largest(bytes).map(|entry| (entry.width, entry.height)),
        Format::Psd => psd::Header::read(bytes).map(|header| (header.width, header.height)),
        Format::Tga => tga::Header::read(bytes).map(|header| (header.width, header.height)),
        Format::Pcx => pcx::Header::read(bytes).map(|header| (header.width, header.height)),
        Format::Pnm => netpbm::Header::read(bytes).map(|header| (header.width, header.height)),
        Format::Qoi => qoi::Header::read(bytes).map(|header| (header.width, header.height)),
        Format::Dds => dds::size(bytes),
        Format::Hdr => radiance::size(bytes),
        Format::Exr => exr::size(bytes),
        Format::Eps => eps::size(bytes),
        _ => None,
    }
}
