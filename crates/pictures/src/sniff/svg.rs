//! SVG: an XML document whose root element is `svg`.

use crate::metadata::svg::{document, root, text};

/// Longest prolog that is looked through.
const HEAD: usize = 64 << 10;

/// Whether the document's root element is `svg`, compressed or not. HTML that contains an `svg` element isn't SVG.
pub(super) fn is_svg(head: &[u8]) -> bool {
    let head = document(&head[..head.len().min(HEAD)], HEAD as u64);
    text(&head).is_some_and(|text| root(&text).is_some())
}
