//! Makes an enum of each group of texts in the base language, with a variant for each text and a field for each of its values:
//! a text that isn't in the file, and a value that is missing or that no text wants, don't compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/format.rs"]
#[allow(dead_code)]
mod format;

use format::{Piece, Text};

const FOLDER: &str = "messages";

fn main() {
    println!("cargo:rerun-if-changed={FOLDER}");
    println!("cargo:rerun-if-changed=src/format.rs");
    let base = fs::read_to_string(Path::new(FOLDER).join("en.json")).expect("messages/en.json can be read");
    let texts = format::parse(&base).unwrap_or_else(|why| panic!("messages/en.json: {why}"));
    let out = env::var("OUT_DIR").expect("cargo sets it");
    for (name, code) in [("texts.rs", code(&texts)), ("files.rs", languages())] {
        fs::write(Path::new(&out).join(name), code).expect("the folder for what is made can be written");
    }
}

/// The enums. The first word of a key is its group.
fn code(texts: &BTreeMap<String, Text>) -> String {
    let mut groups: BTreeMap<&str, Vec<(&str, &str, &Text)>> = BTreeMap::new();
    for (key, text) in texts {
        let (group, name) = key.split_once('_').unwrap_or_else(|| panic!("{key} belongs to no group"));
        groups.entry(group).or_default().push((key, name, text));
    }
    let mut code = String::new();
    for (group, texts) in &groups {
        let of = pascal(group);
        let _ = writeln!(
            code,
            "/// The texts `{group}_…` of the message files.\n#[derive(Debug, Clone, PartialEq, Eq)]\npub enum {of} {{"
        );
        for (_, name, text) in texts {
            let _ = writeln!(code, "    /// {}\n    {}{},", shown(text), pascal(name), fields(text));
        }
        let _ = writeln!(
            code,
            "}}\n\nimpl From<{of}> for Message {{\n    fn from(text: {of}) -> Message {{\n        match text {{"
        );
        for (key, name, text) in texts {
            let names: Vec<String> = text.inputs().into_iter().collect();
            let taken = if names.is_empty() { String::new() } else { format!(" {{ {} }}", names.join(", ")) };
            let given: Vec<String> = names.iter().map(|name| format!("(\"{name}\", Value::from({name}))")).collect();
            let _ = writeln!(
                code,
                "            {of}::{}{taken} => Message::new(\"{key}\", [{}]),",
                pascal(name),
                given.join(", ")
            );
        }
        let _ = writeln!(code, "        }}\n    }}\n}}\n");
        let _ = writeln!(
            code,
            "impl std::fmt::Display for {of} {{\n    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n        \
             std::fmt::Display::fmt(&Message::from(self.clone()), f)\n    }}\n}}\n"
        );
    }
    code
}

fn fields(text: &Text) -> String {
    let inputs: BTreeSet<String> = text.inputs();
    if inputs.is_empty() {
        return String::new();
    }
    let counts = |name: &str| matches!(text, Text::ByAmount { count, .. } if count == name);
    let kind = |name: &str| if counts(name) { "u64" } else { "String" };
    let fields: Vec<String> =
        inputs.iter().map(|name| format!("/** `{{{name}}}` in it. */ {name}: {}", kind(name))).collect();
    format!(" {{ {} }}", fields.join(", "))
}

/// The wording, for documentation.
fn shown(text: &Text) -> String {
    let wording = match text {
        Text::Plain(pattern) => Some(pattern),
        Text::ByAmount { wordings, .. } => wordings.get(&None),
    };
    let mut shown = String::new();
    for piece in wording.into_iter().flatten() {
        match piece {
            Piece::Words(words) => shown.push_str(words),
            Piece::Value(name) => drop(write!(shown, "{{{name}}}")),
        }
    }
    format!("`{}`", shown.replace('\n', " ").replace('`', "'"))
}

fn pascal(name: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    name.split('_').filter(|part| !part.is_empty()).map(word).collect()
}

/// The list of all files.
fn languages() -> String {
    let mut list = String::from("/// Each language with its file.\npub(crate) const FILES: &[(&str, &str)] = &[\n");
    let files = fs::read_dir(FOLDER).expect("messages can be read").flatten();
    let files: BTreeSet<_> =
        files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|it| it == "json")).collect();
    for path in files {
        let path = path.canonicalize().expect("the file is there");
        let _ = writeln!(list, "    ({:?}, include_str!({:?})),", path.file_stem().unwrap_or_default(), path);
    }
    list + "];\n"
}
