//! What makes searching fast: the full-text index over what people know of a picture (the table keeps only the index, not
//! the texts), and indexes over what filters compare.

use account_api::Image;
use rusqlite::{Connection, Result, params};

use crate::words::{BORDER, indexed, indexed_list, indexed_text};

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

/// The index over words as [`crate::words`] makes them: each tag between borders, so that a whole tag is found and no
/// phrase runs from one into the next, and a border before texts, so that it is known who has one. Beside it, one index that has everything that filters compare, and one over cameras,
/// of which there are few.
pub const FILTERS: &str = "
DROP TABLE picture_search;
CREATE VIRTUAL TABLE picture_search USING fts5 (
    name, description, alt_text, tags, text_in_image,
    content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\"
);
CREATE INDEX picture_filtered ON picture (shelf, format, size, width, height, shown_local, added_local, favourite,
    described, described_by);
CREATE INDEX picture_by_camera ON picture (camera) WHERE camera IS NOT NULL;
";

/// A column of the full-text index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// The name, with its ending.
    Name,
    /// What it shows.
    Description,
    /// For people who can't see it.
    AltText,
    /// The tags.
    Tags,
    /// What can be read in it.
    Text,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::AltText => "alt_text",
            Self::Tags => "tags",
            Self::Text => "text_in_image",
        }
    }
}

/// How words are looked for in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// As a whole tag; only in [`Column::Tags`].
    AsElement,
    /// As whole words next to each other.
    Whole,
    /// The same, the last as the beginning of one.
    Begun,
}

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
        indexed_text(image.description.as_deref()),
        indexed_text(image.alt_text.as_deref()),
        indexed_list(&image.tags),
        indexed_text(image.text_in_image.as_deref()),
    ])
    .map(drop)
}

/// Takes a picture out of the index.
pub(super) fn remove(conn: &Connection, id: u32) -> Result<()> {
    conn.prepare_cached("DELETE FROM picture_search WHERE rowid = ?1")?.execute([id]).map(drop)
}

/// The numbers of pictures with a text in a column of texts, as a query.
pub(crate) fn with_text(column: Column) -> String {
    format!("SELECT rowid FROM picture_search WHERE picture_search MATCH '{} : \"{BORDER}\"'", column.name())
}

/// Tells of each picture that has these words next to each other in one of some columns; without columns, in any.
pub(crate) fn each_with(
    conn: &Connection,
    columns: &[Column],
    words: &[String],
    looked: Looked,
    mut found: impl FnMut(u32),
) -> Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let mut query = String::new();
    if !columns.is_empty() {
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        query = format!("{{{}}} : ", names.join(" "));
    }
    // Words are letters and digits: nothing in them has a meaning inside of quotes.
    let words = words.join(" ");
    query += &match looked {
        Looked::AsElement => format!("\"{BORDER} {words} {BORDER}\""),
        Looked::Whole => format!("\"{words}\""),
        Looked::Begun => format!("\"{words}\"*"),
    };
    let mut statement = conn.prepare_cached("SELECT rowid FROM picture_search WHERE picture_search MATCH ?1")?;
    let mut rows = statement.query([query])?;
    while let Some(row) = rows.next()? {
        found(row.get(0)?);
    }
    Ok(())
}
