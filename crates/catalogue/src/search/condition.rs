//! Conditions: what is compared rather than looked for in texts.

use std::ops::Range;

use account_api::Image;
use rusqlite::types::Value;

use crate::table::picture_search::{Column, with_text};

/// Something that a picture fulfils or doesn't.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// A favourite.
    Favourite,
    /// Has a description.
    Described,
    /// Has none.
    Undescribed,
    /// In the trash. Where nothing asks for that, nothing of the trash is found.
    Trashed,
    /// Added in the last 30 days.
    Recent,
    /// Its file is damaged, as its remark says.
    Damaged,
    /// Its file says where it was taken.
    Located,
    /// It has frames that follow each other.
    Animated,
    /// Shows the same as another one.
    Duplicate,
    /// A person wrote its description.
    ByPerson,
    /// A model did.
    ByModel,
    /// Has a text for people who can't see it.
    WithAltText,
    /// There is text in it to be read.
    WithText,
    /// In at least one album.
    InAlbum,
    /// Has this format.
    Format(String),
    /// A number lies in a range.
    Between(Number, Range<i64>),
    /// About something that the catalogue doesn't know: nothing fulfils it.
    Unknown,
}

/// A number of a picture: the name of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number(pub(super) &'static str);

impl Number {
    /// Stars.
    pub(super) const RATING: Number = Number("rating");
    /// Bytes of the file.
    pub(super) const SIZE: Number = Number("size");
    /// Pixels from left to right.
    pub(super) const WIDTH: Number = Number("width");
    /// Pixels from top to bottom.
    pub(super) const HEIGHT: Number = Number("height");
    /// Milliseconds since 1970 by the wall clock, of the date that it goes by.
    pub(super) const SHOWN: Number = Number("shown_local");
}

impl Condition {
    /// As an expression over a row of `picture` that is true or false, never null. What it compares with is added to
    /// `values`.
    pub(super) fn sql(&self, values: &mut Vec<Value>) -> String {
        match self {
            Condition::Favourite => "favourite = 1".into(),
            Condition::Described => "described = 1".into(),
            Condition::Undescribed => "described = 0".into(),
            Condition::Trashed => "shelf = 1".into(),
            Condition::Recent => "added_local >= (unixepoch('now', 'localtime') - 30 * 86400) * 1000".into(),
            Condition::Damaged => "id IN (SELECT id FROM picture INDEXED BY picture_remarked \
                 WHERE remark_code IS NOT NULL AND remark_code NOT IN ('too_large', 'coding'))"
                .into(),
            Condition::Located => {
                "id IN (SELECT id FROM picture INDEXED BY picture_located WHERE latitude IS NOT NULL)".into()
            }
            // A TIFF has pages.
            Condition::Animated => "id IN (SELECT id FROM picture INDEXED BY picture_with_frames \
                 WHERE frames IS NOT NULL AND format <> 'tiff')"
                .into(),
            Condition::Duplicate => {
                "id IN (SELECT picture FROM likeness INDEXED BY likeness_member WHERE first <> picture \
                 UNION ALL SELECT first FROM likeness INDEXED BY likeness_member WHERE first <> picture)"
                    .into()
            }
            Condition::ByPerson => "described_by IS 'person'".into(),
            Condition::ByModel => "(described_by NOT IN ('', 'person')) IS TRUE".into(),
            Condition::WithAltText => format!("id IN ({})", with_text(Column::AltText)),
            Condition::WithText => format!("id IN ({})", with_text(Column::Text)),
            Condition::InAlbum => {
                "id IN (SELECT picture FROM album_picture JOIN album USING (album_id) WHERE gone = 0)".into()
            }
            Condition::Format(format) => {
                values.push(Value::Text(format.clone()));
                format!("format = ?{}", values.len())
            }
            Condition::Between(Number(column), range) => {
                values.push(Value::Integer(range.start));
                values.push(Value::Integer(range.end));
                let end = values.len();
                format!("({column} >= ?{} AND {column} < ?{end}) IS TRUE", end - 1)
            }
            Condition::Unknown => "0".into(),
        }
    }

    /// What a picture that fulfils it has of it, as programs write it: the number or date that was compared, the format, or the
    /// value that was asked for.
    pub(super) fn value(&self, image: &Image) -> String {
        let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
        match self {
            Condition::Favourite => "favourite".into(),
            Condition::Described => "described".into(),
            Condition::Undescribed => "undescribed".into(),
            Condition::Trashed => "trashed".into(),
            Condition::Damaged => "damaged".into(),
            Condition::Animated => "animated".into(),
            Condition::Duplicate => "duplicate".into(),
            Condition::Located => "gps".into(),
            Condition::WithAltText => "alt".into(),
            Condition::WithText => "text".into(),
            Condition::InAlbum => "album".into(),
            Condition::ByPerson => "person".into(),
            Condition::ByModel => "model".into(),
            Condition::Format(_) => image.format.clone(),
            Condition::Between(Number::RATING, _) => image.rating.to_string(),
            Condition::Between(Number::SIZE, _) => image.size.to_string(),
            Condition::Between(Number::WIDTH, _) => number(image.width),
            Condition::Between(Number::HEIGHT, _) => number(image.height),
            Condition::Between(..) => shown_at(image),
            Condition::Recent | Condition::Unknown => String::new(),
        }
    }

    /// The column of texts that it asks for, which the full-text index knows best.
    pub(super) fn text_column(&self) -> Option<Column> {
        match self {
            Self::WithAltText => Some(Column::AltText),
            Self::WithText => Some(Column::Text),
            _ => None,
        }
    }

    /// Whether the indexes of layouts have what it compares.
    pub(super) fn in_layouts(&self) -> bool {
        matches!(self, Self::Favourite | Self::Described | Self::Undescribed | Self::Trashed | Self::Recent)
    }
}

/// The date that a picture goes by, as the catalogue compares it.
fn shown_at(image: &Image) -> String {
    let at = image.taken_at.clone().or_else(|| image.file_modified_at.clone());
    at.unwrap_or_else(|| image.created_at.to_string())
}
