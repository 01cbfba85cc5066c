//! The words that pictures are found by, one row each, with who says so.

use account_api::Image;
use rusqlite::{Connection, Result, params};

/// The table, filled from the column that tags stood in before. Who had given those isn't known; they are taken for a
/// person's, so that no model takes one away.
pub const MIGRATION: &str = "
CREATE TABLE tag (
    picture  INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    tag      TEXT NOT NULL,
    by_model INTEGER NOT NULL,
    PRIMARY KEY (picture, place)
) STRICT, WITHOUT ROWID;
INSERT INTO tag (picture, place, tag, by_model)
    SELECT picture.id, each.key, each.value, 0 FROM picture, json_each(picture.tags) AS each;
CREATE INDEX tag_by_tag ON tag (tag, picture);
ALTER TABLE picture DROP COLUMN tags;
";

/// A tag of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// As it is spelled most often.
    pub tag: String,
    /// How many pictures have it, without those in the trash.
    pub pictures: u64,
    /// At how many of them only a model says so.
    pub by_model: u64,
}

/// Whether two texts are the same tag: however their letters are composed, and in whatever case.
pub fn same(one: &str, other: &str) -> bool {
    key(one) == key(other)
}

/// What two texts that are the same tag have in common.
pub(super) fn key(tag: &str) -> String {
    names::key(tag.trim())
}

/// All tags, in the order of their names.
pub fn all(conn: &Connection) -> Result<Vec<Tag>> {
    let spelled = conn
        .prepare_cached(
            "SELECT tag, count(*) AS pictures, sum(by_model) FROM tag JOIN picture ON picture.id = tag.picture
             WHERE picture.shelf = 0 GROUP BY tag ORDER BY pictures DESC, tag",
        )?
        .query_map([], |row| {
            let counted = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
            Ok(Tag { tag: row.get(0)?, pictures: counted(1)?, by_model: counted(2)? })
        })?
        .collect::<Result<Vec<_>>>()?;
    let mut tags = std::collections::BTreeMap::<String, Tag>::new();
    for one in spelled {
        match tags.entry(key(&one.tag)) {
            std::collections::btree_map::Entry::Vacant(vacant) => {
                vacant.insert(one);
            }
            std::collections::btree_map::Entry::Occupied(mut known) => {
                known.get_mut().pictures += one.pictures;
                known.get_mut().by_model += one.by_model;
            }
        }
    }
    Ok(tags.into_values().collect())
}

/// The local numbers of the pictures that have a tag, also of those in the trash.
pub fn pictures(conn: &Connection, tag: &str) -> Result<Vec<u32>> {
    let spellings: Vec<String> = conn
        .prepare_cached("SELECT DISTINCT tag FROM tag")?
        .query_map([], |row| row.get(0))?
        .filter(|spelling: &Result<String>| spelling.as_ref().map_or(true, |spelling| same(spelling, tag)))
        .collect::<Result<_>>()?;
    conn.prepare_cached(
        "SELECT DISTINCT tag.picture FROM tag JOIN picture ON picture.id = tag.picture
         WHERE tag.tag IN (SELECT value FROM json_each(?1)) AND picture.shelf < 2 ORDER BY 1",
    )?
    .query_map([serde_json::json!(spellings).to_string()], |row| row.get(0))?
    .collect()
}

/// Writes the tags of a picture in place of those that it has.
pub(super) fn put(conn: &Connection, picture: u32, image: &Image) -> Result<()> {
    conn.prepare_cached("DELETE FROM tag WHERE picture = ?1")?.execute([picture])?;
    let mut insert = conn.prepare_cached("INSERT INTO tag (picture, place, tag, by_model) VALUES (?1, ?2, ?3, ?4)")?;
    for (place, tag) in image.tags.iter().enumerate() {
        insert.execute(params![picture, place as i64, tag, image.tags_by_model.contains(tag)])?;
    }
    Ok(())
}
