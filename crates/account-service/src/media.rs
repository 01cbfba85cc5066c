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
    media("jxl", "image/jxl", "jxl", false),
    media("jp2", "image/jp2", "jp2", false),
    media("ico", "image/vnd.microsoft.icon", "ico", true),
    media("psd", "image/vnd.adobe.photoshop", "psd", false),
    media("tga", "image/x-tga", "tga", false),
    media("pcx", "image/vnd.zbrush.pcx", "pcx", false),
    media("pnm", "image/x-portable-anymap", "pnm", false),
    media("qoi", "image/qoi", "qoi", false),
    media("dds", "image/vnd-ms.dds", "dds", false),
    media("hdr", "image/vnd.radiance", "hdr", false),
    media("exr", "image/x-exr", "exr", false),
    media("eps", "image/x-eps", "eps", false),
];

/// The format of this name.
pub fn by_name(name: &str) -> Option<Media> {
    ALL.iter().copied().find(|media| media.name == name)
}

/// The format of this media type.
pub fn by_content_type(content_type: &str) -> Option<Media> {
    ALL.iter().copied().find(|media| media.content_type == content_type)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_that_is_recognised_is_stored() {
        for format in pictures::Format::ALL {
            let media = by_name(format.name()).unwrap_or_else(|| panic!("{format}"));
            assert_eq!(media.content_type, format.mime(), "{format}");
            assert_eq!(by_extension(media.extension), Some(media), "{format}");
        }
        assert_eq!(ALL.len(), pictures::Format::ALL.len());
    }
}
