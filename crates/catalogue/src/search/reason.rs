//! Why single pictures were found.

use std::collections::HashMap;

use account_api::Image;
use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

use super::excerpt::excerpt;
use super::field::{Entry, Field, Place};
use super::filter::Filter;
use super::hits::Rank;
use super::term::Term;
use crate::table::picture;
use crate::table::picture_search::Column;

/// Where a picture matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In which field.
    pub field: Field,
    /// What of it, on one line: the tag, or the part of the text around the words; of what was compared, what the picture has,
    /// as programs write it: `4`, `png`, `2024-05-06T10:00:00`, bytes, pixels, or the value that was asked for.
    pub text: String,
}

/// Where each of some pictures matches, in the order of `ids`; unknown ones are left out, and so are all when nothing was
/// asked for. Each field is told once, what was compared once for each value.
pub fn reasons(conn: &Connection, filter: &Filter, ids: &[u32]) -> Result<Vec<(u32, Vec<Reason>)>> {
    if filter.asks_for_nothing() {
        return Ok(Vec::new());
    }
    let fulfilled = fulfilled(conn, filter, ids)?;
    let mut told = Vec::with_capacity(ids.len());
    for &id in ids {
        let (Some(image), Some(fulfilled)) = (picture::record(conn, id)?, fulfilled.get(&id)) else { continue };
        let mut reasons = Vec::new();
        Look { conn, id, image: &image, conditions: fulfilled.iter().copied() }.at(filter, &mut reasons)?;
        reasons.sort_by_key(|reason| reason.field);
        reasons
            .dedup_by(|one, before| one.field == before.field && (!one.field.is_compared() || one.text == before.text));
        told.push((id, reasons));
    }
    Ok(told)
}

/// Which of a filter's conditions each picture fulfils, in the order in which they stand in the tree.
fn fulfilled(conn: &Connection, filter: &Filter, ids: &[u32]) -> Result<HashMap<u32, Vec<bool>>> {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    let mut values = vec![Value::Text(format!("[{}]", ids.join(",")))];
    let mut columns = String::new();
    let mut count = 0;
    each_condition(filter, &mut |condition| {
        columns.push_str(", ");
        columns.push_str(&condition.sql(&mut values));
        count += 1;
    });
    let sql = format!("SELECT id{columns} FROM picture WHERE id IN (SELECT value FROM json_each(?1))");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        let fulfilled = (1..=count).map(|at| row.get(at)).collect::<Result<_>>()?;
        Ok((row.get(0)?, fulfilled))
    })?;
    rows.collect()
}

fn each_condition(filter: &Filter, seen: &mut impl FnMut(&super::Condition)) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| each_condition(part, seen)),
        Filter::Not(part) => each_condition(part, seen),
        Filter::Words(..) => {}
        Filter::Is(_, condition) => seen(condition),
    }
}

/// One picture that a filter is held against.
struct Look<'a, C> {
    conn: &'a Connection,
    id: u32,
    image: &'a Image,
    /// Which conditions it fulfils. They are taken in the order of the tree, also where it is clear already.
    conditions: C,
}

impl<C: Iterator<Item = bool>> Look<'_, C> {
    /// Whether the picture is found, and by what.
    fn at(&mut self, filter: &Filter, reasons: &mut Vec<Reason>) -> Result<bool> {
        let before = reasons.len();
        Ok(match filter {
            Filter::All(parts) => {
                let mut all = true;
                for part in parts {
                    all &= self.at(part, reasons)?;
                }
                if !all {
                    reasons.truncate(before);
                }
                all
            }
            Filter::Any(parts) => {
                let mut any = false;
                for part in parts {
                    any |= self.at(part, reasons)?;
                }
                any
            }
            Filter::Not(part) => !self.at(part, &mut Vec::new())?,
            Filter::Words(field, term) => {
                for entry in Field::searched(*field) {
                    let text = self.found_in(entry, term)?;
                    reasons.extend(text.map(|text| Reason { field: entry.field, text }));
                }
                reasons.len() > before
            }
            Filter::Is(field, condition) => {
                let fulfilled = self.conditions.next().unwrap_or(false);
                if fulfilled {
                    reasons.extend(field.map(|field| Reason { field, text: condition.value(self.image) }));
                }
                fulfilled
            }
        })
    }

    /// What of a field has the words.
    fn found_in(&self, entry: &Entry, term: &Term) -> Result<Option<String>> {
        let image = self.image;
        let in_text = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            term.rank_in_text(text).map(|_| excerpt(text, term))
        };
        let whole = term.whole && entry.field.has_elements();
        Ok(match entry.place {
            Place::Words { column, .. } => match column {
                Column::Name => term.rank_in_name(&image.name).map(|_| names::one_line(&image.name)),
                Column::Tags => best(&image.tags, |tag| term.rank_in_element(tag), whole),
                Column::Description => in_text(&image.description),
                Column::AltText => in_text(&image.alt_text),
                Column::Text => in_text(&image.text_in_image),
            },
            Place::Values { of_picture, rank, .. } => {
                let mut statement = self.conn.prepare_cached(of_picture)?;
                let values: Vec<String> = statement.query_map([self.id], |row| row.get(0))?.collect::<Result<_>>()?;
                best(&values, |value| rank(term, value), whole)
            }
            Place::Condition(_) | Place::Nowhere => None,
        })
    }
}

/// The element that has the words best.
fn best(elements: &[String], rank: impl Fn(&str) -> Option<Rank>, whole: bool) -> Option<String> {
    let fits = |rank: Option<Rank>| rank.filter(|rank| !whole || *rank == Rank::Exact);
    let found = elements.iter().filter_map(|element| Some((fits(rank(element))?, element)));
    found.min_by_key(|(rank, _)| *rank).map(|(_, element)| names::one_line(element))
}
