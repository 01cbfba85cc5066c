//! Full-text search over what people know of a picture. The table keeps only the index, not the texts.

use account_api::Image;
use rusqlite::{Connection, Result, params};

/// The first index. `unicode61` splits at everything that is neither letter nor digit, so that `IMG_5195` is found by `5195`.
pub const MIGRATION: &str = "
CREATE VIRTUAL TABLE picture_search USING fts5 (
    name, description, alt_text, tags, text_in_image,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
";

/// The index over folded texts: the same word is found however it was typed. Marks belong to their letters, and of scripts
/// that put no blanks between words each letter is a word, so that a part of a sentence is found as a phrase.
pub const FOLDED: &str = "
DROP TABLE picture_search;
CREATE VIRTUAL TABLE picture_search USING fts5 (
    name, description, alt_text, tags, text_in_image,
    content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\"
);
";

/// Whether there are pictures and none of them is in the index: it is new, and has to be filled.
pub(crate) fn is_empty(conn: &Connection) -> Result<bool> {
    conn.query_row("SELECT EXISTS (SELECT 1 FROM picture) AND NOT EXISTS (SELECT 1 FROM picture_search)", [], |row| {
        row.get(0)
    })
}

/// Indexes a picture anew.
pub(super) fn put(conn: &Connection, id: u32, image: &Image) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO picture_search (rowid, name, description, alt_text, tags, text_in_image)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        id,
        indexed(&image.name),
        indexed(image.description.as_deref().unwrap_or_default()),
        indexed(image.alt_text.as_deref().unwrap_or_default()),
        indexed(&image.tags.join(" · ")),
        indexed(image.text_in_image.as_deref().unwrap_or_default()),
    ])
    .map(drop)
}

/// Takes a picture out of the index.
pub(super) fn remove(conn: &Connection, id: u32) -> Result<()> {
    conn.prepare_cached("DELETE FROM picture_search WHERE rowid = ?1")?.execute([id]).map(drop)
}

/// A text as it is indexed and looked for.
fn indexed(text: &str) -> String {
    let folded = names::fold(text);
    if !folded.chars().any(names::is_unspaced) {
        return folded;
    }
    let mut spaced = String::with_capacity(folded.len() * 2);
    for c in folded.chars() {
        if names::is_unspaced(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced
}

/// A word that somebody typed, as a query: a quoted string, in which nothing has a meaning, found at the beginning of
/// words. `None` for one with nothing that the index knows, such as `-`.
pub(super) fn word_query(word: &str) -> Option<String> {
    let word: String = indexed(word).trim().chars().filter(|c| *c != '\0').collect();
    word.chars().any(char::is_alphanumeric).then(|| format!("\"{}\"*", word.replace('"', "\"\"")))
}

#[cfg(test)]
mod tests {
    use super::word_query;

    #[test]
    fn nothing_typed_is_syntax() {
        assert_eq!(word_query("cat").as_deref(), Some("\"cat\"*"));
        assert_eq!(word_query("a\"b").as_deref(), Some("\"a\"\"b\"*"));
        assert_eq!(word_query("-*\"("), None);
        assert_eq!(word_query("Cafe\u{301}").as_deref(), Some("\"cafe\"*"));
        assert_eq!(word_query("茶色").as_deref(), Some("\"茶  色\"*"));
    }
}
