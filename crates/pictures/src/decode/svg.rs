//! SVG, drawn by resvg: without scripts, without the network and without other files. Pictures inside are taken from the
//! document itself only, and texts are set in the font that is here.

mod font;
mod size;

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, roxmltree};

use super::decoded::{Decoded, Undecoded};
use crate::metadata::svg::{LONGEST, document, is_complete, text, without_trailer};
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Most elements of one.
const MOST_ELEMENTS: u32 = 500_000;

/// Most letters that are set, in bytes: a hundred pages of a book. With more of them all are left out.
const MOST_LETTERS: u64 = 200_000;

/// Draws a picture so that its longest side has `side` pixels, however large it says it is.
pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let most = LONGEST.min(limits.max_alloc / 4);
    let document = document(bytes, most + 1);
    if document.len() as u64 > most {
        return Err(Undecoded::Unsupported);
    }
    let text = text(&document).ok_or(Remark::Unreadable { format: Format::Svg })?;
    let cut_off = !is_complete(&text);
    let text = if cut_off { &text } else { without_trailer(&text) };
    let unreadable =
        if cut_off { Remark::Truncated { missing: None } } else { Remark::Unreadable { format: Format::Svg } };
    let parsing = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: MOST_ELEMENTS, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, parsing).map_err(|_| unreadable)?;
    if size::expanded(&document) > u64::from(MOST_ELEMENTS) {
        return Err(Undecoded::Unsupported);
    }
    let options = options(limits, size::letters(&document) <= MOST_LETTERS);
    let tree = Tree::from_xmltree(&document, &options).map_err(|_| unreadable)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = side.max(1) as f32 / width.max(height);
    let whole = |length: f32| (length * scale).round().max(1.0) as u32;
    let (columns, rows) = (whole(width), whole(height));
    // Groups are drawn on layers of their own: a handful at a time.
    if !limits.allow(columns, rows) || u64::from(columns) * u64::from(rows) * 4 * 4 > limits.max_alloc {
        return Err(Limits::too_large(columns, rows).into());
    }
    let mut pixmap = Pixmap::new(columns, rows).ok_or(unreadable)?;
    let transform = Transform::from_scale(columns as f32 / width, rows as f32 / height);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    let data = pixmap.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    let raster = Raster { width: columns, height: rows, layout: Layout::Rgba, data: data.collect() };
    Ok(Decoded { raster, width: columns, height: rows, profile: None, remark: None })
}

fn options(limits: &Limits, texts: bool) -> Options<'static> {
    let (limits, inside) = (*limits, ImageHrefResolver::default_data_resolver());
    let plain = Options::default();
    Options {
        fontdb: if texts { font::database() } else { Arc::clone(&plain.fontdb) },
        font_family: font::FAMILY.to_owned(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |mime, data: Arc<Vec<u8>>, options| {
                size::fits(&data, &limits).then(|| inside(mime, data, options)).flatten()
            }),
            // Neither files nor addresses.
            resolve_string: Box::new(|_, _| None),
        },
        ..plain
    }
}
