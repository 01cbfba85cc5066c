//! Nothing in the files that nobody says.

use std::fs;
use std::path::Path;

/// The sources below a folder, those that are made excepted.
fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_text_is_said_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut all = String::new();
    for folder in ["crates/describe/src", "crates/engine/src", "src-tauri/src"] {
        sources(&root.join(folder), &mut all);
    }
    let texts = fs::read_to_string(root.join("crates/messages/messages/en.json")).unwrap();
    let texts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&texts).unwrap();
    let variant = |key: &str| {
        let words = key.split('_').skip(1).filter(|word| !word.is_empty());
        words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect::<String>()
    };
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
    let is_said = |key: &&String| {
        let named = format!("::{}", variant(key));
        all.match_indices(&named).any(|(at, _)| ends(&all[at + named.len()..]))
    };
    let unsaid: Vec<_> = texts.keys().filter(|key| *key != "$schema" && !is_said(key)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}
