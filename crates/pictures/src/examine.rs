//! The two questions asked of a picture: what is it, and how can it be shown.

use account_api::Facts;

use crate::decode::decode;
use crate::decode::decoded::{Decoded, Undecoded};
use crate::header::eps;
use crate::metadata::{self, colours, heif, svg};
use crate::orientation::Orientation;
use crate::raster::{Layout, Raster};
use crate::shrink::{fitted, shrink};
use crate::sniff::{sniff_named, sniff_whole};
use crate::{
    Format, Likeness, Limits, Picture, PictureError, Remark, Rendition, THUMBNAIL_SIDE, Thumbnail, colour, encode,
};

/// JPEG quality of thumbnails and renditions: no difference to be seen at a glance, a tenth of the bytes.
const QUALITY: u8 = 82;

/// Largest thumbnail in bytes; noise with transparency compresses badly.
const MAX_THUMBNAIL: usize = 1 << 20;

/// Longest side of what a thumbhash is made from (its algorithm takes no more).
const HASH_SIDE: u32 = 100;

/// Reads everything that is known of a picture from its bytes.
///
/// # Errors
/// [`PictureError::Empty`] and [`PictureError::NotAPicture`] only: what is recognised as a picture is one, whatever state
/// it is in, and [`Picture::remark`] says what is wrong with it.
pub fn examine(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let format = recognise(bytes, sniff_whole)?;
    Ok(examined(bytes, format, limits))
}

/// As [`examine`], for a file whose name is known: that tells more of those formats that have no signature.
///
/// # Errors
/// As [`examine`].
pub fn examine_named(bytes: &[u8], name: &str, limits: &Limits) -> Result<Picture, PictureError> {
    let format = recognise(bytes, |bytes| sniff_named(bytes, name).or_else(|| sniff_whole(bytes)))?;
    Ok(examined(bytes, format, limits))
}

/// As [`examine`], for a file whose format is known.
pub fn examine_as(bytes: &[u8], format: Format, limits: &Limits) -> Picture {
    examined(bytes, format, limits)
}

/// What a picture's file says of it, where its pixels couldn't be decoded because that broke off.
pub fn examine_undecoded(bytes: &[u8], format: Format) -> Picture {
    described(bytes, format, Err(Remark::GaveUp { format }.into()), &Limits::default())
}

fn examined(bytes: &[u8], format: Format, limits: &Limits) -> Picture {
    described(bytes, format, decode(bytes, format, 0, THUMBNAIL_SIDE, limits), limits)
}

fn described(bytes: &[u8], format: Format, decoded: Result<Decoded, Undecoded>, limits: &Limits) -> Picture {
    let stated = metadata::read(bytes, format);
    let (decoded, remark) = match decoded {
        Ok(decoded) => {
            let remark = decoded.remark;
            (Some(decoded), remark)
        }
        Err(Undecoded::Because(remark)) => (None, Some(remark)),
        Err(Undecoded::Unsupported) if limits.decode(format) => (None, Some(Remark::Coding { format })),
        Err(Undecoded::Unsupported) => (None, is_cut_off(bytes, format).then_some(Remark::Truncated { missing: None })),
    };
    let size = match (&decoded, remark) {
        (Some(decoded), _) => Some((decoded.width, decoded.height)),
        (None, Some(Remark::TooLarge { width, height })) => Some((width, height)),
        _ => None,
    };
    let decoded_size = size.map(|(width, height)| stated.orientation.shown(width, height));
    let shown = match format {
        // Drawn at any size, and shown by a smaller picture that is inside.
        Format::Svg => stated.shown,
        Format::Raw | Format::Eps => stated.shown.or(decoded_size),
        _ => decoded_size.or(stated.shown),
    };
    let profile = decoded.as_ref().and_then(|decoded| colours::profile(decoded.profile.as_deref()?));
    let small =
        decoded.map(|decoded| presentable(decoded, stated.orientation, THUMBNAIL_SIDE).without_needless_alpha());
    let (taken_at, camera) = (stated.date.as_ref().map(|date| date.at.clone()), stated.camera());
    Picture {
        format,
        width: shown.map(|(width, _)| width),
        height: shown.map(|(_, height)| height),
        taken_at,
        camera,
        facts: Facts { colour_space: profile, ..Facts::default() }.or(stated.into_facts()).sound(),
        thumbhash: small.as_ref().map(hash),
        thumbnail: small.and_then(encoded),
        remark,
    }
}

/// Makes a JPEG of at most `max_side` pixels a side, never enlarged: oriented, in sRGB, without metadata, transparency
/// on white. Of a damaged picture it shows what there is.
///
/// # Errors
/// As [`examine`], [`PictureError::NotDecodable`] for formats that aren't decoded here, and
/// [`PictureError::Undecodable`] when nothing of the picture can be had.
pub fn rendition(bytes: &[u8], max_side: u32, limits: &Limits) -> Result<Rendition, PictureError> {
    rendition_of_page(bytes, 0, max_side, limits)
}

/// As [`rendition`], of one page of a TIFF, counted from 0. Other pictures have one page.
///
/// # Errors
/// As [`rendition`], and [`PictureError::NoSuchPage`].
pub fn rendition_of_page(bytes: &[u8], page: u32, max_side: u32, limits: &Limits) -> Result<Rendition, PictureError> {
    let format = recognise(bytes, sniff_whole)?;
    let max_side = max_side.max(1);
    if page > 0 {
        let pages = metadata::pages(bytes, format);
        if page >= pages {
            return Err(PictureError::NoSuchPage { pages });
        }
    }
    let decoded = decoded(bytes, format, page, max_side, limits)?;
    let orientation = metadata::orientation(bytes, format, page);
    let shown = presentable(decoded, orientation, max_side).on_white();
    let bytes = encode::jpeg(&shown, QUALITY).map_err(|_| PictureError::NotDecodable { format })?;
    Ok(Rendition { bytes, width: shown.width, height: shown.height })
}

/// Makes a thumbnail of at most `side` pixels a side, as [`examine`] does at [`THUMBNAIL_SIDE`].
///
/// # Errors
/// As [`rendition`].
pub fn thumbnail(bytes: &[u8], side: u32, limits: &Limits) -> Result<Thumbnail, PictureError> {
    let format = recognise(bytes, sniff_whole)?;
    let side = side.max(1);
    let decoded = decoded(bytes, format, 0, side, limits)?;
    let orientation = metadata::orientation(bytes, format, 0);
    let small = presentable(decoded, orientation, side).without_needless_alpha();
    encoded(small).ok_or(PictureError::NotDecodable { format })
}

/// Side at which a picture is decoded that is only to be compared, in pixels: some decoders are quicker then.
const COMPARED_SIDE: u32 = 128;

/// What a picture is compared by, made of a thumbnail of it or of itself; `None` for one that is flat or tiny.
///
/// # Errors
/// As [`rendition`].
pub fn likeness(bytes: &[u8], limits: &Limits) -> Result<Option<Likeness>, PictureError> {
    let format = recognise(bytes, sniff_whole)?;
    let decoded = decoded(bytes, format, 0, COMPARED_SIDE, limits)?;
    let orientation = metadata::orientation(bytes, format, 0);
    Ok(Likeness::of(&presentable(decoded, orientation, COMPARED_SIDE)))
}

fn decoded<'a>(
    bytes: &'a [u8],
    format: Format,
    page: u32,
    side: u32,
    limits: &Limits,
) -> Result<Decoded<'a>, PictureError> {
    decode(bytes, format, page, side, limits).map_err(|undecoded| match undecoded {
        Undecoded::Unsupported => PictureError::NotDecodable { format },
        Undecoded::Because(remark) => PictureError::Undecodable(remark),
    })
}

fn recognise(bytes: &[u8], sniff: impl Fn(&[u8]) -> Option<Format>) -> Result<Format, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    sniff(bytes).ok_or(PictureError::NotAPicture)
}

/// Whether the end is missing of a picture whose pixels aren't decoded: that shows all the same.
fn is_cut_off(bytes: &[u8], format: Format) -> bool {
    match format {
        Format::Heic | Format::Avif => heif::is_cut_off(bytes),
        Format::Eps => eps::is_cut_off(bytes),
        Format::Raw => bytes.get(4..8) == Some(b"ftyp") && heif::is_cut_off(bytes),
        Format::Svg => !svg::text(&svg::document(bytes, svg::LONGEST)).is_some_and(|text| svg::is_complete(&text)),
        _ => false,
    }
}

/// Of the wanted size, in sRGB, the right way up.
fn presentable(decoded: Decoded, orientation: Orientation, side: u32) -> Raster {
    let Decoded { raster, width, height, profile, .. } = decoded;
    let (width, height) = fitted(width, height, side);
    // Where memory allowed fewer pixels than wanted, those there are have to do.
    let (width, height) = if width > raster.width || height > raster.height {
        fitted(raster.width, raster.height, side)
    } else {
        (width, height)
    };
    orientation.apply(colour::to_srgb(shrink(raster, width, height), profile.as_deref()))
}

fn hash(small: &Raster) -> Vec<u8> {
    let (width, height) = fitted(small.width, small.height, HASH_SIDE);
    let tiny = shrink(small.clone(), width, height);
    thumbhash::rgba_to_thumb_hash(width as usize, height as usize, &tiny.to_rgba())
}

/// `None` only for sizes that no raster here can have.
fn encoded(small: Raster) -> Option<Thumbnail> {
    let (width, height, likeness) = (small.width, small.height, Likeness::of(&small));
    let (made, mime) = match small.layout {
        Layout::Rgba => (encode::png(&small).ok(), "image/png"),
        _ => (encode::jpeg(&small, QUALITY).ok(), "image/jpeg"),
    };
    let bytes = made?;
    if bytes.len() > MAX_THUMBNAIL {
        let (width, height) = fitted(width, height, width.max(height) * 3 / 4);
        return encoded(shrink(small, width, height));
    }
    Some(Thumbnail { bytes, mime, width, height, likeness })
}
