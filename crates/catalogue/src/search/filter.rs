//! The tree that a query is.

use rusqlite::types::Value;

use super::condition::Condition;
use super::field::Field;
use super::term::Term;
use crate::table::picture::TrashState;

/// Which pictures are meant. Filters are composed freely.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All of these; of none of them, every picture.
    All(Vec<Filter>),
    /// At least one of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// Has words, in a field or in any of those that words are looked for in.
    Words(Option<Field>, Term),
    /// Fulfils a condition, that somebody asked for by a field or that the place in the library makes.
    Is(Option<Field>, Condition),
}

impl Default for Filter {
    /// Every picture.
    fn default() -> Self {
        Filter::All(Vec::new())
    }
}

impl From<Condition> for Filter {
    fn from(condition: Condition) -> Self {
        Filter::Is(None, condition)
    }
}

impl Filter {
    /// Both of them.
    #[must_use]
    pub fn and(self, other: impl Into<Filter>) -> Filter {
        match (self, other.into()) {
            (one, other) if one.asks_for_nothing() => other,
            (one, other) if other.asks_for_nothing() => one,
            (Filter::All(mut all), other) => {
                all.push(other);
                Filter::All(all)
            }
            (one, other) => Filter::All(vec![one, other]),
        }
    }

    /// Whether every picture is meant because nothing was asked for.
    pub fn asks_for_nothing(&self) -> bool {
        matches!(self, Filter::All(all) if all.is_empty())
    }

    /// Whether it is made of conditions only that are compared in one index.
    pub(super) fn is_compared(&self) -> bool {
        self.only(&|condition| condition.text_column().is_none())
    }

    /// Whether it is made of conditions only that the indexes of layouts can tell.
    pub(super) fn is_in_layouts(&self) -> bool {
        self.only(&Condition::in_layouts)
    }

    /// Whether what it finds changes with the pictures only, one by one: not with the time that passes.
    pub(super) fn is_of_each_alone(&self) -> bool {
        self.is_in_layouts() && self.only(&|condition| *condition != Condition::Recent)
    }

    fn only(&self, of: &impl Fn(&Condition) -> bool) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().all(|part| part.only(of)),
            Filter::Not(part) => part.only(of),
            Filter::Words(..) => false,
            Filter::Is(_, condition) => of(condition),
        }
    }

    /// Where it finds anything: out of the trash, unless it asks for the trash.
    pub(super) fn trash_state(&self) -> TrashState {
        let trashed = |filter: &Filter| matches!(filter, Filter::Is(_, Condition::Trashed));
        match self {
            filter if trashed(filter) => TrashState::Trash,
            Filter::All(parts) if parts.iter().any(trashed) => TrashState::Trash,
            filter if filter.speaks_of_the_trash() => TrashState::Both,
            _ => TrashState::Library,
        }
    }

    fn speaks_of_the_trash(&self) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().any(Filter::speaks_of_the_trash),
            Filter::Not(part) => part.speaks_of_the_trash(),
            Filter::Words(..) => false,
            Filter::Is(_, condition) => *condition == Condition::Trashed,
        }
    }

    /// As an expression over a row of `picture`; for one that is made of conditions only.
    pub(super) fn sql(&self, values: &mut Vec<Value>) -> String {
        let joined = |parts: &[Filter], with: &str, none: &str, values: &mut Vec<Value>| match parts {
            [] => none.to_owned(),
            parts => {
                let parts: Vec<String> = parts.iter().map(|part| part.sql(values)).collect();
                format!("({})", parts.join(with))
            }
        };
        match self {
            Filter::All(parts) => joined(parts, " AND ", "1", values),
            Filter::Any(parts) => joined(parts, " OR ", "0", values),
            Filter::Not(part) => format!("NOT ({})", part.sql(values)),
            Filter::Words(..) => "0".to_owned(),
            Filter::Is(_, condition) => condition.sql(values),
        }
    }
}
