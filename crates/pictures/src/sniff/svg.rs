//! SVG: an XML document whose root element is `svg`.

/// Whether the document's root element is `svg`. HTML that contains an `svg` element isn't SVG.
pub(super) fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    text.trim_start_matches('\u{feff}').trim_start().starts_with("<svg")
}
