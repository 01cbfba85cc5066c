//! SVG: an XML document whose root element is `svg`.

use crate::metadata::svg::{root, text};

/// Longest prolog that is looked through.
const HEAD: usize = 64 << 10;

/// Whether the document's root element is `svg`. HTML that contains an `svg` element isn't SVG.
pub(super) fn is_svg(head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    text(head).is_some_and(|text| root(&text).is_some())
}
