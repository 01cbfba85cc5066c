//! SVG, as far as its root element tells.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

/// Longest document that is read, in bytes.
pub(crate) const LONGEST: u64 = 64 << 20;

/// The document of an SVG or SVGZ, up to about `most` bytes of what is compressed. Of a damaged one it is what can be had.
pub(crate) fn document(bytes: &[u8], most: u64) -> Cow<'_, [u8]> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Cow::Borrowed(bytes);
    }
    let mut inside = Vec::new();
    let _ = MultiGzDecoder::new(bytes).take(most).read_to_end(&mut inside);
    Cow::Owned(inside)
}

/// The document as text: UTF-8 or UTF-16, with or without a byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
        Some(Cow::Owned(text))
    };
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => utf16(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => utf16(u16::from_be_bytes),
        [] => None,
        _ => Some(String::from_utf8_lossy(bytes)),
    }
}

/// The root element, when it is `svg`: what stands between `<svg` and `>`.
pub(crate) fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    // The prolog: XML declaration, processing instructions, comments, and the document type.
    loop {
        rest = if let Some(inner) = rest.strip_prefix("<?") {
            inner.split_once("?>")?.1
        } else if let Some(inner) = rest.strip_prefix("<!--") {
            inner.split_once("-->")?.1
        } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            let inner = &rest[9..];
            // HTML's document type is no SVG's; an internal subset stands in brackets.
            if inner.trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html")) {
                return None;
            }
            let end = inner.find('>')?;
            match inner.find('[') {
                Some(subset) if subset < end => inner[subset..].split_once(']')?.1.split_once('>')?.1,
                _ => &inner[end + 1..],
            }
        } else {
            break;
        }
        .trim_start();
    }
    let element = rest.strip_prefix('<')?;
    let name_end = element.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    let name = &element[..name_end];
    // The namespace may have a prefix.
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    if local != "svg" {
        return None;
    }
    // Attributes may hold `>` in quotes.
    let mut quote = None;
    for (at, c) in element.char_indices().skip(name_end) {
        match (quote, c) {
            (None, '>') => return Some(&element[..at]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    // Longer than what is known of the file: it still is an SVG.
    Some(element)
}

/// Whether the root element's end is there.
pub(crate) fn is_complete(text: &str) -> bool {
    root(text).is_some_and(|root| root.ends_with('/')) || end_of_root(text).is_some()
}

/// The document without what stands behind the root element.
pub(crate) fn without_trailer(text: &str) -> &str {
    end_of_root(text).map_or(text, |end| &text[..end])
}

/// Behind the last `</svg>`, whose name may have a prefix.
fn end_of_root(text: &str) -> Option<usize> {
    text.rmatch_indices("svg").find_map(|(at, name)| {
        // A prefix is short, and the document may be long.
        let before = &text.as_bytes()[at.saturating_sub(64)..at];
        let open = at - before.len() + before.windows(2).rposition(|mark| mark == b"</")?;
        let prefix = text.get(open + 2..at)?;
        let is_end = prefix.is_empty() || (prefix.ends_with(':') && !prefix.contains(char::is_whitespace));
        let behind = at + name.len();
        let close = text[behind..].trim_start();
        (is_end && close.starts_with('>')).then(|| text.len() - close.len() + 1)
    })
}

/// Width and height in pixels, from the attributes or the view box.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    const HEAD: u64 = 1 << 20;
    let document = document(bytes, HEAD);
    let text = text(&document)?;
    let root = root(&text)?;
    let view: Vec<f64> = attribute(root, "viewBox")
        .map(|view| view.split([' ', ',', '\t', '\n']).filter_map(|part| part.parse().ok()).collect())
        .unwrap_or_default();
    let view = if let [_, _, width, height] = view[..] { Some((width, height)) } else { None };
    let width = attribute(root, "width").and_then(pixels);
    let height = attribute(root, "height").and_then(pixels);
    let (width, height) = match (width, height, view) {
        (Some(width), Some(height), _) => (width, height),
        // One side is given: the view box has the ratio.
        (Some(width), None, Some((w, h))) if w > 0.0 => (width, width * h / w),
        (None, Some(height), Some((w, h))) if h > 0.0 => (height * w / h, height),
        (_, _, Some(view)) => view,
        _ => return None,
    };
    let whole = |length: f64| (length.is_finite() && (0.5..1e9).contains(&length)).then(|| length.round() as u32);
    Some((whole(width)?, whole(height)?))
}

fn attribute<'a>(root: &'a str, name: &str) -> Option<&'a str> {
    root.match_indices(name).find_map(|(at, _)| {
        // A whole name: not `stroke-width`.
        if !root[..at].ends_with(char::is_whitespace) {
            return None;
        }
        let value = root[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..].split_once(quote).map(|(value, _)| value)
    })
}

/// A length in CSS pixels; `None` for percentages and units that depend on a font.
fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let split = length.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(length.len());
    // `e` may belong to the number; CSS allows that, and nobody writes it.
    let number: f64 = length[..split].trim().parse().ok()?;
    let factor = match length[split..].trim() {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[test]
    fn the_end_of_the_document() {
        for whole in ["<svg/>", "<svg>a</svg>", "<svg>a</svg\n>", "<s:svg>a</s:svg>", "<svg><svg></svg></svg>"] {
            assert!(super::is_complete(whole), "{whole}");
            assert_eq!(super::without_trailer(&format!("{whole} trailer")).trim_end_matches(" trailer"), whole);
        }
        for cut in ["<svg>", "<svg>a</svg", "<svg>a</", "<svg><g></svgg>", "<svg id='</svg'"] {
            assert!(!super::is_complete(cut), "{cut}");
        }
    }

    #[rstest]
    #[case(r#"<svg width="20" height="10"/>"#, Some((20, 10)))]
    #[case(r#"<svg stroke-width="3" viewBox="0 0 24 12">"#, Some((24, 12)))]
    #[case(r#"<svg width='100%' viewBox='0,0,24,12'>"#, Some((24, 12)))]
    #[case(r#"<svg width="1in" height="72pt">"#, Some((96, 96)))]
    #[case(r#"<svg width="48" viewBox="0 0 24 12">"#, Some((48, 24)))]
    #[case(r#"<svg:svg xmlns:svg="x" width="5" height="6">"#, Some((5, 6)))]
    #[case(r#"<svg>"#, None)]
    #[case(r#"<svg width="1e99px" height="-3">"#, None)]
    fn sizes(#[case] document: &str, #[case] size: Option<(u32, u32)>) {
        assert_eq!(super::size(document.as_bytes()), size);
    }
}
