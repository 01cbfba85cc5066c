//! How much work a document is, told before it is done.

use std::collections::HashMap;
use std::io::Cursor;

use image::ImageReader;
use resvg::usvg::roxmltree::{Document, Node};

use crate::Limits;

/// Deepest nesting of elements that are used inside each other.
const DEEPEST: usize = 64;

/// How many elements there are when everything that is used stands where it is used: a few lines can be billions.
pub(super) fn expanded(document: &Document) -> u64 {
    let named: HashMap<&str, Node> =
        document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut known = HashMap::new();
    count(document.root_element(), &named, &mut known, 0)
}

/// How many bytes all texts have that are set.
pub(super) fn letters(document: &Document) -> u64 {
    document.descendants().map(letters_in).sum()
}

/// Those that stand in an element of texts itself.
fn letters_in(node: Node) -> u64 {
    if !matches!(node.tag_name().name(), "text" | "tspan" | "textPath" | "tref") {
        return 0;
    }
    let texts = node.children().filter(Node::is_text).filter_map(|child| child.text());
    texts.map(|text| text.trim().len() as u64).sum()
}

fn count<'a>(
    node: Node<'a, 'a>,
    named: &HashMap<&'a str, Node<'a, 'a>>,
    known: &mut HashMap<usize, u64>,
    depth: usize,
) -> u64 {
    if depth > DEEPEST * 4 {
        return u64::MAX;
    }
    let key = node.id().get_usize();
    if let Some(&count) = known.get(&key) {
        return count;
    }
    // Whoever uses itself is counted once; the renderer notices it, too.
    known.insert(key, 1);
    let inside = node.children().filter(Node::is_element);
    // A few letters cost what an element costs.
    let own = 1 + letters_in(node) / 4;
    let mut sum = inside.fold(own, |sum, child| sum.saturating_add(count(child, named, known, depth + 1)));
    for attribute in node.attributes() {
        // `href="#a"`, and `fill="url(#a)"` for patterns, masks, clips, markers and filters, alone or in a style.
        for reference in references(attribute.value()) {
            if let Some(&used) = named.get(reference) {
                sum = sum.saturating_add(count(used, named, known, depth + 1));
            }
        }
    }
    known.insert(key, sum);
    sum
}

/// Names behind `#`, as far as they are references.
fn references(value: &str) -> impl Iterator<Item = &str> {
    value.match_indices('#').map(|(at, _)| {
        let name = &value[at + 1..];
        let end = name.find(|c: char| matches!(c, ')' | '"' | '\'' | ';') || c.is_whitespace()).unwrap_or(name.len());
        &name[..end]
    })
}

/// Whether a picture inside the document may be decoded.
pub(super) fn fits(data: &[u8], limits: &Limits) -> bool {
    let Ok(reader) = ImageReader::new(Cursor::new(data)).with_guessed_format() else { return false };
    reader.into_dimensions().is_ok_and(|(width, height)| {
        limits.allow(width, height) && u64::from(width) * u64::from(height) * 8 <= limits.max_alloc / 4
    })
}
