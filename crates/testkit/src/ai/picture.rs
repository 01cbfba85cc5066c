//! Looking at the pictures that are sent: an answer that depends on the pixels can't be right by accident.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::refusal::Refusal;

/// A picture as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureSeen {
    /// The media type that the data URL declares, such as `image/jpeg`.
    pub media_type: String,
    /// The format that its bytes are in: `jpeg`, `png`, `gif` or `webp`.
    pub format: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Whether it carries EXIF, XMP or IPTC metadata.
    pub has_metadata: bool,
    /// Whether its EXIF metadata has a position.
    pub has_gps: bool,
    /// The colour of most of its pixels, in a word.
    pub colour: &'static str,
    /// The `detail` asked for: `auto`, `low`, `high` or `original`.
    pub detail: String,
}

impl PictureSeen {
    /// `landscape`, `portrait` or `square`.
    pub fn shape(&self) -> &'static str {
        match self.width.cmp(&self.height) {
            std::cmp::Ordering::Greater => "landscape",
            std::cmp::Ordering::Less => "portrait",
            std::cmp::Ordering::Equal => "square",
        }
    }
}

/// The formats that OpenAI takes.
const FORMATS: [(ImageFormat, &str); 4] =
    [(ImageFormat::Png, "png"), (ImageFormat::Jpeg, "jpeg"), (ImageFormat::Gif, "gif"), (ImageFormat::WebP, "webp")];

/// Reads a data URL; `path` is where it stands in the request.
pub(super) fn look(path: &str, url: &str, detail: &str) -> Result<PictureSeen, Refusal> {
    if url.starts_with("http://") || url.starts_with("https://") {
        let message = format!("Error while downloading {url}.");
        return Err(Refusal::invalid(path, "invalid_image_url", message));
    }
    let expected = |got: &str| {
        let message = format!(
            "Invalid '{path}'. Expected a base64-encoded data URL with an image MIME type (e.g. \
             'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got {got}."
        );
        Refusal::invalid(path, "invalid_value", message)
    };
    let Some((media_type, encoded)) = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) else {
        return Err(expected("a value without the 'data:' prefix or ';base64,'"));
    };
    if !media_type.starts_with("image/") {
        return Err(expected(&format!("unsupported MIME type '{media_type}'")));
    }
    if encoded.is_empty() {
        return Err(expected("empty base64-encoded bytes"));
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| expected("an invalid base64-encoded value"))?;
    decode(path, media_type, &bytes, detail)
}

fn decode(path: &str, media_type: &str, bytes: &[u8], detail: &str) -> Result<PictureSeen, Refusal> {
    let unsupported = |code| {
        let message = "You uploaded an unsupported image. Please make sure your image has of one the following formats: \
                       ['png', 'jpeg', 'gif', 'webp'].";
        Refusal::invalid(path, code, message)
    };
    let guessed = image::guess_format(bytes).ok();
    let format = FORMATS.iter().find(|(format, _)| Some(*format) == guessed);
    let Some(&(format, name)) = format else { return Err(unsupported("invalid_image_format")) };
    let supported = FORMATS.iter().any(|(_, name)| media_type == format!("image/{name}"));
    if !supported {
        return Err(unsupported("unsupported_image_media_type"));
    }
    let invalid = || {
        let message = "The image data you provided does not represent a valid image. Please check your input and try \
                       again with one of the supported image formats: ['png', 'jpeg', 'gif', 'webp'].";
        Refusal::invalid(path, "invalid_image", message)
    };
    let undecodable = |_| invalid();
    // The decoder fills in what is missing; OpenAI's refuses.
    if format == ImageFormat::Jpeg && !has_end(bytes) {
        return Err(invalid());
    }
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(undecodable)?;
    let exif = decoder.exif_metadata().ok().flatten();
    let other = [decoder.xmp_metadata().ok().flatten(), decoder.iptc_metadata().ok().flatten()];
    let has_gps = exif.clone().is_some_and(has_gps);
    let has_metadata = exif.is_some() || other.iter().any(Option::is_some);
    let picture = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    Ok(PictureSeen {
        media_type: media_type.to_owned(),
        format: name,
        width: picture.width(),
        height: picture.height(),
        bytes: bytes.len(),
        has_metadata,
        has_gps,
        colour: dominant_colour(&picture),
        detail: detail.to_owned(),
    })
}

/// Whether a JPEG's last scan is followed by the marker of its end.
fn has_end(jpeg: &[u8]) -> bool {
    let last = |marker: [u8; 2]| jpeg.windows(2).rposition(|pair| pair == marker);
    last([0xFF, 0xD9]) > last([0xFF, 0xDA])
}

fn has_gps(tiff: Vec<u8>) -> bool {
    let Ok(exif) = exif::Reader::new().read_raw(tiff) else { return false };
    exif.fields().any(|field| field.tag.context() == exif::Context::Gps)
}

/// The word for the colour of most pixels.
fn dominant_colour(picture: &DynamicImage) -> &'static str {
    let small = picture.thumbnail(64, 64).to_rgb8();
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for pixel in small.pixels() {
        let word = colour_word(pixel.0);
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or("empty", |(word, _)| word)
}

/// The word for one colour, by hue, saturation and lightness.
fn colour_word([red, green, blue]: [u8; 3]) -> &'static str {
    let [red, green, blue] = [red, green, blue].map(|channel| f32::from(channel) / 255.0);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let (lightness, spread) = ((most + least) / 2.0, most - least);
    if lightness < 0.12 {
        return "black";
    }
    if lightness > 0.92 && spread < 0.12 {
        return "white";
    }
    if spread < 0.12 {
        return "grey";
    }
    let sixth = if most == red {
        ((green - blue) / spread).rem_euclid(6.0)
    } else if most == green {
        (blue - red) / spread + 2.0
    } else {
        (red - green) / spread + 4.0
    };
    match sixth * 60.0 {
        hue if hue < 15.0 => "red",
        hue if hue < 45.0 && lightness < 0.4 => "brown",
        hue if hue < 45.0 => "orange",
        hue if hue < 70.0 => "yellow",
        hue if hue < 165.0 => "green",
        hue if hue < 195.0 => "cyan",
        hue if hue < 260.0 => "blue",
        hue if hue < 295.0 => "purple",
        hue if hue < 345.0 => "pink",
        _ => "red",
    }
}
