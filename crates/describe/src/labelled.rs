//! An answer under labels instead of in JSON: "**Description:** …", or lines as YAML has them.

use serde_json::{Map, Value};

use crate::fields::{ALT_TEXT, DESCRIPTION, TAGS, TEXT_IN_IMAGE};

/// A label in a text: where it begins, where what it names begins, and what it is called.
struct Label {
    start: usize,
    end: usize,
    name: &'static str,
}

/// The fields of an answer whose parts stand under labels: at least two, the description among them.
pub(crate) fn object(text: &str) -> Option<Map<String, Value>> {
    let labels = labels(text);
    if labels.len() < 2 || !labels.iter().any(|label| label.name == DESCRIPTION[0]) {
        return None;
    }
    let ends = labels.iter().skip(1).map(|label| label.start).chain([text.len()]);
    let mut object = Map::new();
    for (label, end) in labels.iter().zip(ends) {
        let said = text[label.end..end].trim_matches(|c: char| c.is_whitespace() || c == '*').trim_matches('"');
        object
            .entry(label.name)
            .or_insert_with(|| Value::String(if label.name == TAGS[0] { listed(said) } else { said.to_owned() }));
    }
    Some(object)
}

/// Tags that stand in a list of lines, with commas between them.
fn listed(tags: &str) -> String {
    let tags = tags.trim_matches(['[', ']']);
    let lines = tags.lines().map(|line| line.trim().trim_start_matches(['-', '*', '•']).trim().trim_matches('"'));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

fn labels(text: &str) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for names in [DESCRIPTION, ALT_TEXT, TAGS, TEXT_IN_IMAGE] {
        let found = names
            .iter()
            .filter_map(|name| position(text, name).map(|(start, end)| Label { start, end, name: names[0] }));
        labels.extend(found.min_by_key(|label| label.start));
    }
    labels.sort_unstable_by_key(|label| label.start);
    labels
}

/// Where a name stands as a label: at the beginning of a line, or set off by asterisks, with a colon behind it.
fn position(text: &str, name: &str) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let spellings = [name.to_ascii_lowercase(), name.to_ascii_lowercase().replace('_', " ")];
    spellings.iter().flat_map(|name| lower.match_indices(name.as_str())).find_map(|(at, name)| {
        let before = &text[..at];
        let set_off = before.ends_with("**");
        let line = before.rsplit('\n').next().unwrap_or_default();
        let begins = line.chars().all(|c| c.is_whitespace() || matches!(c, '*' | '#' | '-' | '_' | '"'));
        let behind = text[at + name.len()..].trim_start_matches(['*', '_', '"', ' ']);
        let value = behind.strip_prefix(':')?;
        let start = before.trim_end_matches(['*', '#', '_', '"', '-', ' ']).len();
        (set_off || begins).then_some((start, text.len() - value.trim_start_matches(['*', ' ']).len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_under_labels() {
        let expected =
            serde_json::json!({"description": "A red barn: wood, and tin.", "alt_text": "Barn", "tags": "barn, red"});
        for text in [
            "**Description:** A red barn: wood, and tin.\n\n**Alt text:** Barn\n\n**Tags:** barn, red",
            "**Description**: A red barn: wood, and tin. **Alt text**: Barn **Tags**: barn, red",
            "description: A red barn: wood, and tin.\nalt_text: \"Barn\"\ntags:\n  - barn\n  - red\n",
            "### Description:\nA red barn: wood, and tin.\n### Alt text:\nBarn\n### Tags:\n[barn, red]",
        ] {
            assert_eq!(object(text).map(Value::Object), Some(expected.clone()), "{text}");
        }
    }

    #[test]
    fn a_text_that_speaks_of_such_words_stays_whole() {
        for text in [
            "A form with fields for a description and tags: all empty.",
            "Tags: a board with tags on hooks, and the description of each.",
            "A red barn.",
        ] {
            assert_eq!(object(text), None, "{text}");
        }
    }
}
