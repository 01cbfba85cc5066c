//! The picture formats that the service takes, by the names of the wire.

/// A picture format, as it is stored and served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// Its name on the wire; see [`account_api::Image::format`].
    pub name: &'static str,
    /// The media type.
    pub content_type: &'static str,
    /// The extension of its object's key, without a dot.
    pub extension: &'static str,
    /// Whether a browser may show it from a link. Anything else is downloaded: an SVG, say, can carry scripts.
    pub shown_inline: bool,
}

const fn media(name: &'static str, content_type: &'static str, extension: &'static str, shown_inline: bool) -> Media {
    Media { name, content_type, extension, shown_inline }
}

const ALL: &[Media] = &[
    media("jpeg", "image/jpeg", "jpg", true),
    media("png", "image/png", "png", true),
    media("gif", "image/gif", "gif", true),
    media("webp", "image/webp", "webp", true),
    media("bmp", "image/bmp", "bmp", true),
    media("avif", "image/avif", "avif", true),
    media("tiff", "image/tiff", "tif", false),
    media("heic", "image/heic", "heic", false),
    media("svg", "image/svg+xml", "svg", false),
    media("raw", "image/x-dcraw", "raw", false),
];

/// The format of this name.
pub fn by_name(name: &str) -> Option<Media> {
    ALL.iter().copied().find(|media| media.name == name)
}

/// The format whose objects' keys have this extension.
pub fn by_extension(extension: &str) -> Option<Media> {
    ALL.iter().copied().find(|media| media.extension == extension)
}

/// The extension of a thumbnail's key, when thumbnails may have this media type.
pub fn thumbnail_extension(content_type: &str) -> Option<&'static str> {
    match content_type {
        "image/jpeg" => Some("jpg"),
        "image/png" => Some("png"),
        "image/webp" => Some("webp"),
        _ => None,
    }
}
