//! Damaged pictures that another one could take the place of.

use rusqlite::{Connection, OptionalExtension, Result, params};

/// What is wrong with a file that is damaged, rather than of a kind that isn't decoded.
const DAMAGED: &str = "remark_code IS NOT NULL AND old.remark_code NOT IN ('too_large', 'coding')";

/// The damaged picture in the library that a whole one is the same as, if there is one: its file lay where `upload`'s does now, or
/// has the same name, and states the same of when, with what and how large it was taken. To be asked before the upload ends,
/// after which its path stands for the new bytes.
///
/// # Errors
/// What SQLite says.
pub fn damaged_before(conn: &Connection, upload: u32, whole: u32) -> Result<Option<u32>> {
    conn.prepare_cached(&sql())?.query_row(params![upload, whole], |row| row.get(0)).optional()
}

/// Few pictures are damaged, and of one place there are few files: neither part of `candidate` grows with the library.
fn sql() -> String {
    format!(
        "WITH before AS (
             SELECT local_file.sha256 FROM upload JOIN local_file ON local_file.path = upload.path
             WHERE upload.id = ?1 AND upload.origin = 'file'),
         candidate AS (
             SELECT id FROM picture WHERE sha256 IN before
             UNION
             SELECT id FROM picture INDEXED BY picture_remarked
             WHERE remark_code IS NOT NULL AND name_folded = (SELECT name_folded FROM picture WHERE id = ?2))
         SELECT old.id FROM candidate CROSS JOIN picture AS old ON old.id = candidate.id JOIN picture AS new ON new.id = ?2
         WHERE old.{DAMAGED} AND old.shelf = 0 AND old.id <> new.id
             AND new.shelf = 0 AND coalesce(new.remark_code, 'coding') IN ('too_large', 'coding')
             AND (old.sha256 IN before
                 OR (old.name_folded = new.name_folded AND old.format = new.format
                     AND coalesce(old.width, new.width) IS new.width AND coalesce(old.height, new.height) IS new.height
                     AND coalesce(old.camera, new.camera) IS new.camera
                     AND coalesce(iif(old.taken_at_in_file IS NULL, old.taken_at, nullif(old.taken_at_in_file, '')),
                                  iif(new.taken_at_in_file IS NULL, new.taken_at, nullif(new.taken_at_in_file, '')))
                         IS iif(new.taken_at_in_file IS NULL, new.taken_at, nullif(new.taken_at_in_file, ''))))
         ORDER BY old.sha256 IN before DESC, old.id DESC LIMIT 1"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::newest_schema;

    #[test]
    fn no_step_grows_with_the_library() {
        let conn = newest_schema();
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", sql())).unwrap();
        let steps = statement.query_map(params![1, 2], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.collect::<Result<_>>().unwrap();
        let reads = |step: &&String| step.starts_with("SCAN") || step.starts_with("SEARCH");
        let narrow = ["(rowid=?)", "(sha256=?)", "(path=?)", "picture_remarked (remark_code>?)"];
        let wide: Vec<_> = steps
            .iter()
            .filter(reads)
            .filter(|step| !narrow.iter().any(|index| step.ends_with(index)))
            .filter(|step| !["SCAN before", "SCAN candidate"].contains(&step.as_str()))
            .collect();
        assert!(wide.is_empty() && steps.iter().any(|step| step.contains("picture_remarked")), "{steps:#?}");
    }
}
