//! Finding: a tree of filters becomes questions to the database, whose answers are combined here.

use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

use super::field::{Field, Place};
use super::filter::Filter;
use super::hits::{Hits, Rank};
use super::term::Term;
use crate::table::picture_search::{Column, Looked, each_with, with_text};

/// What a filter finds, wherever it is.
pub(super) fn find(conn: &Connection, filter: &Filter) -> Result<Hits> {
    let highest: Option<u32> = conn.prepare_cached("SELECT max(id) FROM picture")?.query_row([], |row| row.get(0))?;
    Search { conn, size: highest.map_or(0, |id| id as usize + 1) }.find(filter)
}

struct Search<'a> {
    conn: &'a Connection,
    /// Above the highest local number.
    size: usize,
}

impl Search<'_> {
    fn find(&self, filter: &Filter) -> Result<Hits> {
        if filter.is_compared() {
            return self.conditions(filter);
        }
        match filter {
            Filter::All(parts) => {
                let mut found = Hits::all(self.size);
                for part in self.parts(parts, Filter::All) {
                    found = found.and(&self.find(&part)?);
                    if found.is_empty() {
                        return Ok(found);
                    }
                }
                self.prefer_whole_names(parts, &mut found)?;
                Ok(found)
            }
            Filter::Any(parts) => {
                let mut found = Hits::none(self.size);
                for part in self.parts(parts, Filter::Any) {
                    found = found.or(&self.find(&part)?);
                }
                Ok(found)
            }
            Filter::Not(part) => Ok(self.find(part)?.not()),
            Filter::Words(field, term) => self.words(*field, term),
            Filter::Is(_, condition) => match condition.text_column() {
                Some(column) => self.with_text(column),
                None => self.conditions(filter),
            },
        }
    }

    /// Each part once; those that are conditions together, because they are one question.
    fn parts(&self, parts: &[Filter], together: fn(Vec<Filter>) -> Filter) -> Vec<Filter> {
        let mut unique: Vec<&Filter> = Vec::new();
        for part in parts {
            if !unique.contains(&part) {
                unique.push(part);
            }
        }
        let (conditions, mut others): (Vec<Filter>, Vec<Filter>) =
            unique.into_iter().cloned().partition(Filter::is_compared);
        if !conditions.is_empty() {
            others.push(together(conditions));
        }
        others
    }

    /// Reads one index that has everything that conditions compare.
    fn conditions(&self, filter: &Filter) -> Result<Hits> {
        let mut found = Hits::none(self.size);
        let mut values = Vec::new();
        let sql = conditions_sql(filter, &mut values);
        self.each(&sql, values, |id, _| {
            found.note(id, Rank::Exact);
            Ok(())
        })?;
        Ok(found)
    }

    /// What has a text.
    fn with_text(&self, column: Column) -> Result<Hits> {
        let mut found = Hits::none(self.size);
        self.each(&with_text(column), Vec::new(), |id, _| {
            found.note(id, Rank::Exact);
            Ok(())
        })?;
        Ok(found)
    }

    /// Words side by side that make up a name or a tag together are as good as that.
    fn prefer_whole_names(&self, parts: &[Filter], found: &mut Hits) -> Result<()> {
        let plain: Vec<&Term> = parts
            .iter()
            .filter_map(|part| match part {
                Filter::Words(None, term) if !term.whole => Some(term),
                _ => None,
            })
            .collect();
        let Some(joined) = Term::joined(plain.iter().copied()).filter(|_| plain.len() > 1) else { return Ok(()) };
        let mut whole = Hits::none(self.size);
        self.exact(&[Column::Name, Column::Tags], &joined, &mut whole)?;
        for id in whole.ids() {
            if found.rank(id).is_some() {
                found.note(id, Rank::Exact);
            }
        }
        Ok(())
    }

    fn words(&self, field: Option<Field>, term: &Term) -> Result<Hits> {
        let mut found = Hits::none(self.size);
        let mut columns = Vec::new();
        let whole = term.whole && field.is_some_and(Field::has_elements);
        for entry in Field::searched(field) {
            match entry.place {
                Place::Words { column, .. } => columns.push(column),
                Place::Values { all, pictures, rank, .. } => {
                    let fits = |text: &str| rank(term, text).filter(|rank| !whole || *rank == Rank::Exact);
                    self.values(all, pictures, fits, &mut found)?;
                }
                Place::Condition(_) | Place::Nowhere => {}
            }
        }
        if columns.is_empty() {
            return Ok(found);
        }
        // All columns together need no filter of columns, which is faster.
        let within: &[Column] = if field.is_none() { &[] } else { &columns };
        if !term.whole {
            if columns.contains(&Column::Name) {
                let values = vec![Value::Text(term.text.clone())];
                self.each(NAMES_WITH, values, |id, _| {
                    found.note(id, Rank::Within);
                    Ok(())
                })?;
            }
            each_with(self.conn, within, &term.words, Looked::Begun, |id| found.note(id, Rank::Beginning))?;
        }
        if !whole {
            each_with(self.conn, within, &term.words, Looked::Whole, |id| found.note(id, Rank::Whole))?;
        }
        self.exact(&columns, term, &mut found)?;
        Ok(found)
    }

    /// What has a name or a tag that the words are.
    fn exact(&self, columns: &[Column], term: &Term, found: &mut Hits) -> Result<()> {
        if columns.contains(&Column::Name) {
            self.each(NAMES_LIKE, vec![Value::Text(term.text.clone())], |id, row| {
                if term.is_name(row.get_ref(1)?.as_str()?) {
                    found.note(id, Rank::Exact);
                }
                Ok(())
            })?;
        }
        if columns.contains(&Column::Tags) {
            each_with(self.conn, &[Column::Tags], &term.words, Looked::AsElement, |id| found.note(id, Rank::Exact))?;
        }
        Ok(())
    }

    /// Looks at each different value once.
    fn values(&self, all: &str, pictures: &str, rank: impl Fn(&str) -> Option<Rank>, found: &mut Hits) -> Result<()> {
        let mut statement = self.conn.prepare_cached(all)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(rank) = rank(row.get_ref(1)?.as_str()?) else { continue };
            self.each(pictures, vec![row.get(0)?], |id, _| {
                found.note(id, rank);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Each row of a query that gives numbers first.
    fn each(
        &self,
        sql: &str,
        values: Vec<Value>,
        mut row_of: impl FnMut(u32, &rusqlite::Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            row_of(row.get(0)?, row)?;
        }
        Ok(())
    }
}

/// Names that have a text somewhere.
const NAMES_WITH: &str = "SELECT id FROM picture INDEXED BY picture_folded WHERE instr(name_folded, ?1)";

/// Names that are a text, or that and a point with more. `/` comes next after the point.
const NAMES_LIKE: &str = "SELECT id, name_folded FROM picture INDEXED BY picture_folded WHERE name_folded = ?1
     UNION ALL SELECT id, name_folded FROM picture INDEXED BY picture_folded
     WHERE name_folded >= ?1 || '.' AND name_folded < ?1 || '/'";

fn conditions_sql(filter: &Filter, values: &mut Vec<Value>) -> String {
    format!("SELECT id FROM picture INDEXED BY picture_filtered WHERE {}", filter.sql(values))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::migrate::newest_schema;

    fn plan(sql: &str, values: Vec<Value>) -> Vec<String> {
        let conn = newest_schema();
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<_>>().unwrap()
    }

    #[rstest]
    #[case("type:png")]
    #[case("size:>5mb width:>4000 -height:<10")]
    #[case("before:2024 OR after:2025 OR on:2024-05-06")]
    #[case("is:favourite OR is:undescribed by:model is:trashed")]
    #[case("has:gps -is:animated is:damaged")]
    #[case("rating:>=4")]
    #[case("is:duplicate")]
    fn conditions_are_read_from_indexes_alone(#[case] text: &str) {
        let mut values = Vec::new();
        let sql = conditions_sql(&Filter::parse(text), &mut values);
        let steps = plan(&sql, values);
        assert!(steps[0].contains("USING COVERING INDEX picture_filtered"), "{steps:?}");
        let rows = steps.iter().filter(|step| step.contains("picture") && !step.contains("COVERING INDEX"));
        // Duplicates are few: their rows are fetched. Places and frames are computed from the facts, and SQLite takes no index
        // over computed columns for covering; only the pictures that have one are looked at.
        let fetched = ["duplicate", "gps", "animated"].iter().filter(|named| text.contains(*named)).count();
        assert!(rows.count() <= fetched, "{steps:?}");
    }

    #[rstest]
    #[case(NAMES_WITH)]
    #[case(NAMES_LIKE)]
    fn names_are_read_from_one_index(#[case] sql: &str) {
        let steps = plan(sql, vec![Value::Text("a".into())]);
        let rows = steps.iter().filter(|step| step.contains("picture") && !step.contains("COVERING INDEX"));
        assert_eq!(rows.count(), 0, "{steps:?}");
    }
}
