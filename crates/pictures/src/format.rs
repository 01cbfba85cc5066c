//! The formats that the product takes.

use std::fmt;

/// A picture format, as found in the bytes (never from a file's name).
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
    /// SVG, uncompressed.
    Svg,
    /// A camera's raw data: DNG, CR2, CR3, CRW, NEF, ARW, ORF, RW2, PEF, SRW, RAF, X3F and kin.
    Raw,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 10] = [
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
    ];

    /// The name on the wire and in databases: `jpeg`, `png`, `gif`, `webp`, `bmp`, `tiff`, `heic`, `avif`, `svg`, `raw`.
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

    /// Whether this crate decodes the pixels, so that there are thumbnails and renditions.
    pub const fn decodable(self) -> bool {
        matches!(self, Format::Jpeg | Format::Png | Format::Gif | Format::WebP | Format::Bmp | Format::Tiff)
    }

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
