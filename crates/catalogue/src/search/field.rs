//! What can be asked for by name: the one table of it.

use std::ops::Range;

use super::condition::{Condition, Number};
use super::hits::Rank;
use super::term::Term;
use super::value::{self, date};
use crate::table::picture_search::Column;

/// What can be asked for by name, as `field:value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The name.
    Name,
    /// A tag; in quotes the whole of one.
    Tag,
    /// An album that it is in; in quotes the whole of its name.
    Album,
    /// What it shows.
    Description,
    /// The text for people who can't see it.
    Alt,
    /// What can be read in it.
    Text,
    /// Make and model of the camera.
    Camera,
    /// The lens.
    Lens,
    /// Where it was taken.
    Place,
    /// Who described it: `person` or `model`.
    By,
    /// The format.
    Type,
    /// 0 to 5.
    Rating,
    /// Bytes of the file.
    Size,
    /// Pixels from left to right.
    Width,
    /// Pixels from top to bottom.
    Height,
    /// Taken before a year, month or day.
    Before,
    /// Taken in or after one.
    After,
    /// Taken in one.
    On,
    /// What it is: `favourite`, `described`, `trashed`, …
    Is,
    /// What it has: `gps`, `text`, …
    Has,
}

/// Where a field's values stand.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Words, in the full-text index. `free` is looked through by words without a field.
    Words { column: Column, free: bool },
    /// Few different values, which are all looked at: three queries.
    Values {
        /// Each value once: what names it, and its text.
        all: &'static str,
        /// The numbers of the pictures with the value `?1`.
        pictures: &'static str,
        /// The texts of the values that the picture `?1` has.
        of_picture: &'static str,
        /// How well a value has the words.
        rank: fn(&Term, &str) -> Option<Rank>,
        /// Whether words without a field look here, too.
        free: bool,
    },
    /// What a value means is a condition; `None` for what is no value of the field.
    Condition(fn(&str) -> Option<Condition>),
    /// The catalogue doesn't have it yet: nothing is found.
    Nowhere,
}

/// One field.
pub(super) struct Entry {
    pub field: Field,
    pub key: &'static str,
    pub place: Place,
}

const fn words(field: Field, key: &'static str, column: Column) -> Entry {
    Entry { field, key, place: Place::Words { column, free: true } }
}

const fn condition(field: Field, key: &'static str, read: fn(&str) -> Option<Condition>) -> Entry {
    Entry { field, key, place: Place::Condition(read) }
}

/// All fields, in the order in which reasons are told.
pub(super) const FIELDS: &[Entry] = &[
    words(Field::Name, "name", Column::Name),
    words(Field::Tag, "tag", Column::Tags),
    Entry { field: Field::Album, key: "album", place: ALBUMS },
    words(Field::Description, "description", Column::Description),
    words(Field::Alt, "alt", Column::AltText),
    words(Field::Text, "text", Column::Text),
    // Not free: who looks for an apple doesn't mean every telephone of that name.
    Entry { field: Field::Camera, key: "camera", place: CAMERAS },
    Entry { field: Field::Lens, key: "lens", place: LENSES },
    Entry { field: Field::Place, key: "place", place: Place::Nowhere },
    condition(Field::By, "by", by),
    condition(Field::Type, "type", value::format),
    condition(Field::Rating, "rating", |text| {
        value::number(text).map(|range| Condition::Between(Number::RATING, range))
    }),
    condition(Field::Size, "size", |text| value::bytes(text).map(|range| Condition::Between(Number::SIZE, range))),
    condition(Field::Width, "width", |text| value::number(text).map(|range| Condition::Between(Number::WIDTH, range))),
    condition(Field::Height, "height", |text| {
        value::number(text).map(|range| Condition::Between(Number::HEIGHT, range))
    }),
    condition(Field::Before, "before", |text| date(text).map(|span| taken(i64::MIN..span.start))),
    condition(Field::After, "after", |text| date(text).map(|span| taken(span.start..i64::MAX))),
    condition(Field::On, "on", |text| date(text).map(taken)),
    condition(Field::Is, "is", is),
    condition(Field::Has, "has", has),
];

/// The values of a column, of which there are few: jumps from one to the next in its index.
macro_rules! few {
    ($column:literal, $index:literal) => {
        Place::Values {
            all: concat!(
                "WITH RECURSIVE known (value) AS (SELECT min(",
                $column,
                ") FROM picture INDEXED BY ",
                $index,
                " WHERE ",
                $column,
                " IS NOT NULL UNION ALL SELECT (SELECT min(",
                $column,
                ") FROM picture INDEXED BY ",
                $index,
                " WHERE ",
                $column,
                " > known.value) FROM known WHERE known.value IS NOT NULL)
                SELECT value, value FROM known WHERE value IS NOT NULL",
            ),
            pictures: concat!("SELECT id FROM picture INDEXED BY ", $index, " WHERE ", $column, " = ?1"),
            of_picture: concat!("SELECT ", $column, " FROM picture WHERE id = ?1 AND ", $column, " IS NOT NULL"),
            rank: Term::rank_in_make,
            free: false,
        }
    };
}

const CAMERAS: Place = few!("camera", "picture_by_camera");
const LENSES: Place = few!("lens", "picture_by_lens");

const ALBUMS: Place = Place::Values {
    all: "SELECT album_id, name FROM album WHERE gone = 0",
    pictures: "SELECT picture FROM album_picture WHERE album_id = ?1",
    rank: Term::rank_in_element,
    of_picture: "SELECT name FROM album JOIN album_picture USING (album_id) WHERE picture = ?1 AND gone = 0",
    free: true,
};

fn taken(span: Range<i64>) -> Condition {
    Condition::Between(Number::SHOWN, span)
}

fn by(text: &str) -> Option<Condition> {
    Some(match text {
        "person" => Condition::ByPerson,
        "model" => Condition::ByModel,
        _ => return None,
    })
}

fn is(text: &str) -> Option<Condition> {
    Some(match text {
        "favourite" | "favorite" => Condition::Favourite,
        "described" => Condition::Described,
        "undescribed" => Condition::Undescribed,
        "trashed" => Condition::Trashed,
        "duplicate" => Condition::Duplicate,
        "damaged" => Condition::Damaged,
        "animated" => Condition::Animated,
        _ => return None,
    })
}

fn has(text: &str) -> Option<Condition> {
    Some(match text {
        "text" => Condition::WithText,
        "alt" => Condition::WithAltText,
        "album" => Condition::InAlbum,
        "gps" => Condition::Located,
        // The catalogue doesn't know yet.
        "link" => Condition::Unknown,
        _ => return None,
    })
}

impl Field {
    /// The field's name as it is typed.
    pub fn key(self) -> &'static str {
        self.entry().key
    }

    /// The field of that name, in whatever case.
    pub(super) fn from_key(key: &str) -> Option<Field> {
        FIELDS.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| entry.field)
    }

    pub(super) fn entry(self) -> &'static Entry {
        // The table is in the order of the fields; a test says so.
        &FIELDS[self as usize]
    }

    /// Fields that words are looked for in: this one, or all that words without a field look through.
    pub(super) fn searched(field: Option<Field>) -> impl Iterator<Item = &'static Entry> {
        FIELDS.iter().filter(move |entry| match field {
            Some(field) => entry.field == field,
            None => matches!(entry.place, Place::Words { free: true, .. } | Place::Values { free: true, .. }),
        })
    }

    /// Whether it is compared rather than looked for in texts.
    pub fn is_compared(self) -> bool {
        matches!(self.entry().place, Place::Condition(_))
    }

    /// Whether quotes around a value of this field mean the whole of it.
    pub(super) fn has_elements(self) -> bool {
        matches!(self, Field::Tag | Field::Album)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_keys_are_typed() {
        for (at, entry) in FIELDS.iter().enumerate() {
            assert_eq!(entry.field as usize, at, "{}", entry.key);
            assert_eq!(Field::from_key(&entry.key.to_uppercase()), Some(entry.field));
            assert!(entry.key.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", entry.key);
        }
        assert_eq!(FIELDS.len(), Field::Has as usize + 1);
    }
}
