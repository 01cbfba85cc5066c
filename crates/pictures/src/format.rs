//! The formats that the product takes.

use std::fmt;

/// A picture format, as found in the bytes; only a TGA without a signature needs its name, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG (ISO/IEC 10918-1), also with trailers such as gain maps and motion photos.
    Jpeg,
    /// PNG (W3C PNG 3), also animated.
    Png,
    /// GIF 87a and 89a.
    Gif,
    /// WebP (RFC 9649).
    WebP,
    /// Windows and OS/2 bitmap.
    Bmp,
    /// TIFF 6.0 and BigTIFF that is no camera RAW.
    Tiff,
    /// HEIF with HEVC or another coding except AV1 (`.heic`, `.heif`).
    Heic,
    /// HEIF with AV1.
    Avif,
    /// SVG, also compressed (`.svgz`).
    Svg,
    /// A camera's raw data: DNG, CR2, CR3, CRW, NEF, ARW, ORF, RW2, PEF, SRW, RAF, X3F and kin.
    Raw,
    /// JPEG XL, with and without boxes around it.
    Jxl,
    /// JPEG 2000, with and without boxes around it.
    Jp2,
    /// Windows icons and cursors.
    Ico,
    /// Photoshop's PSD and PSB.
    Psd,
    /// Truevision TGA.
    Tga,
    /// ZSoft PCX.
    Pcx,
    /// Netpbm: PBM, PGM, PPM, PAM and PFM.
    Pnm,
    /// QOI.
    Qoi,
    /// DirectDraw surface.
    Dds,
    /// Radiance HDR.
    Hdr,
    /// OpenEXR.
    Exr,
    /// Encapsulated PostScript.
    Eps,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 22] = [
        Format::Jpeg,
        Format::Png,
        Format::Gif,
        Format::WebP,
        Format::Bmp,
        Format::Tiff,
        Format::Heic,
        Format::Avif,
        Format::Svg,
        Format::Raw,
        Format::Jxl,
        Format::Jp2,
        Format::Ico,
        Format::Psd,
        Format::Tga,
        Format::Pcx,
        Format::Pnm,
        Format::Qoi,
        Format::Dds,
        Format::Hdr,
        Format::Exr,
        Format::Eps,
    ];

    /// The name on the wire and in databases: `jpeg`, `png`, `webp`, `raw`.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Jpeg => "jpeg",
            Format::Png => "png",
            Format::Gif => "gif",
            Format::WebP => "webp",
            Format::Bmp => "bmp",
            Format::Tiff => "tiff",
            Format::Heic => "heic",
            Format::Avif => "avif",
            Format::Svg => "svg",
            Format::Raw => "raw",
            Format::Jxl => "jxl",
            Format::Jp2 => "jp2",
            Format::Ico => "ico",
            Format::Psd => "psd",
            Format::Tga => "tga",
            Format::Pcx => "pcx",
            Format::Pnm => "pnm",
            Format::Qoi => "qoi",
            Format::Dds => "dds",
            Format::Hdr => "hdr",
            Format::Exr => "exr",
            Format::Eps => "eps",
        }
    }

    /// The name for people: `JPEG`, `WebP`, `camera RAW`.
    pub const fn label(self) -> &'static str {
        match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Gif => "GIF",
            Format::WebP => "WebP",
            Format::Bmp => "BMP",
            Format::Tiff => "TIFF",
            Format::Heic => "HEIC",
            Format::Avif => "AVIF",
            Format::Svg => "SVG",
            Format::Raw => "camera RAW",
            Format::Jxl => "JPEG XL",
            Format::Jp2 => "JPEG 2000",
            Format::Ico => "ICO",
            Format::Psd => "Photoshop",
            Format::Tga => "TGA",
            Format::Pcx => "PCX",
            Format::Pnm => "Netpbm",
            Format::Qoi => "QOI",
            Format::Dds => "DDS",
            Format::Hdr => "Radiance HDR",
            Format::Exr => "OpenEXR",
            Format::Eps => "EPS",
        }
    }

    /// The media type, such as `image/jpeg`.
    pub const fn mime(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Gif => "image/gif",
            Format::WebP => "image/webp",
            Format::Bmp => "image/bmp",
            Format::Tiff => "image/tiff",
            Format::Heic => "image/heic",
            Format::Avif => "image/avif",
            Format::Svg => "image/svg+xml",
            // There is no registered type that covers all of them; this one is what most desktops use.
            Format::Raw => "image/x-dcraw",
            Format::Jxl => "image/jxl",
            Format::Jp2 => "image/jp2",
            Format::Ico => "image/vnd.microsoft.icon",
            Format::Psd => "image/vnd.adobe.photoshop",
            Format::Tga => "image/x-tga",
            Format::Pcx => "image/vnd.zbrush.pcx",
            Format::Pnm => "image/x-portable-anymap",
            Format::Qoi => "image/qoi",
            Format::Dds => "image/vnd-ms.dds",
            Format::Hdr => "image/vnd.radiance",
            Format::Exr => "image/x-exr",
            Format::Eps => "image/x-eps",
        }
    }

    /// The usual file name extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            other => other.name(),
        }
    }

    /// The format with this [`name`](Format::name).
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether this crate decodes the pixels, so that there are thumbnails and renditions. Of the others some files have a
    /// preview inside, which is shown.
    pub const fn decodable(self) -> bool {
        !matches!(self, Format::Eps)
    }

    /// The endings that files of picture formats have, lower case and without the dot. What a file is, its bytes say: these
    /// are for file choosers, and to tell what an unreadable file may have been.
    pub const ENDINGS: [&str; 68] = [
        "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "webp", "bmp", "dib", "tif", "tiff", "heic", "heif",
        "hif", "avif", "svg", "svgz", "jxl", "jp2", "j2k", "j2c", "jpc", "jpf", "jpx", "ico", "cur", "psd", "psb",
        "tga", "vda", "icb", "vst", "pcx", "pbm", "pgm", "ppm", "pnm", "pam", "pfm", "qoi", "dds", "hdr", "rgbe",
        "exr", "eps", "epsf", "epsi", "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "orf", "rw2",
        "rwl", "raf", "pef", "srw", "3fr", "iiq", "x3f", "mrw",
    ];

    /// Whether every current browser engine shows the file as it is. SVG isn't counted: it can carry scripts.
    pub const fn shown_by_browsers(self) -> bool {
        matches!(self, Format::Jpeg | Format::Png | Format::Gif | Format::WebP | Format::Bmp)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
