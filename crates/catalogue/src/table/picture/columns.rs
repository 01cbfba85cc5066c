//! The columns of a picture's record: each is declared here, once. What else a row has is computed in [`write`](super::write).

use std::sync::LazyLock;

use account_api::{Image, Marks, Remark};
use rusqlite::types::{FromSqlResult, Type, Value, ValueRef};
use rusqlite::{Error, Result, Row};
use serde::de::DeserializeOwned;

use super::stored::Stored;

/// A column of the table and where it stands in the record.
struct Column {
    name: &'static str,
    write: fn(&Image) -> Value,
    read: fn(&mut Image, ValueRef<'_>) -> FromSqlResult<()>,
}

/// A column that holds one field as it is.
macro_rules! column {
    ($name:ident: $($field:ident).+) => {
        Column {
            name: stringify!($name),
            write: |image| image.$($field).+.write(),
            read: |image, value| Stored::read(value).map(|value| image.$($field).+ = value),
        }
    };
}

static COLUMNS: &[Column] = &[
    column!(image_id: id),
    column!(revision: revision),
    column!(name: name),
    column!(format: format),
    column!(content_type: content_type),
    column!(size: size),
    Column {
        name: "sha256",
        write: |image| image.sha256.write(),
        read: |image, value| {
            image.sha256 = Stored::read(value)?;
            image.receipt.sha256.clone_from(&image.sha256);
            Ok(())
        },
    },
    column!(width: width),
    column!(height: height),
    column!(taken_at: taken_at),
    column!(file_modified_at: file_modified_at),
    column!(camera: camera),
    column!(facts: facts),
    column!(thumbhash: thumbhash),
    Column {
        name: "remark_code",
        write: |image| image.remark.as_ref().map(|remark| remark.code.clone()).write(),
        read: |image, value| {
            image.remark = Option::<String>::read(value)?.map(|code| Remark { code, message: String::new() });
            Ok(())
        },
    },
    Column {
        name: "remark",
        write: |image| image.remark.as_ref().map(|remark| remark.message.clone()).write(),
        read: |image, value| {
            if let Some(remark) = &mut image.remark {
                remark.message = Option::read(value)?.unwrap_or_default();
            }
            Ok(())
        },
    },
    column!(has_thumbnail: has_thumbnail),
    Column {
        name: "marks",
        write: |image| Some(Marks::of(image)).filter(|marks| *marks != Marks::default()).write(),
        read: |image, value| Option::<Marks>::read(value).map(|marks| marks.unwrap_or_default().put(image)),
    },
    // Beside the marks, because the grid filters by it.
    column!(favourite: favourite),
    column!(description: description),
    column!(alt_text: alt_text),
    column!(text_in_image: text_in_image),
    column!(described_by: described_by),
    column!(described_at: described_at),
    column!(created_at: created_at),
    column!(updated_at: updated_at),
    column!(deleted_at: deleted_at),
    column!(stored_size: receipt.stored_size),
    column!(etag: receipt.etag),
    column!(verified_by: receipt.verified_by),
    Column {
        // Never NULL: empty while nothing is proven.
        name: "verified_at",
        write: |image| Value::Text(image.receipt.verified_at.clone().unwrap_or_default()),
        read: |image, value| {
            image.receipt.verified_at = Some(String::read(value)?).filter(|at| !at.is_empty());
            Ok(())
        },
    },
    column!(fault: receipt.fault),
    column!(taken_at_in_file: taken_at_in_file),
    column!(own_description: own_description),
    column!(own_alt_text: own_alt_text),
    column!(reading: reading),
];

/// What stands in tables of its own, as JSON.
const LISTS: &str = "
    (SELECT json_group_array(tag ORDER BY place) FROM tag WHERE tag.picture = picture.id),
    (SELECT json_group_array(tag ORDER BY place) FROM tag WHERE tag.picture = picture.id AND by_model),
    (SELECT json_group_array(json_object('album_id', album_id, 'place', place) ORDER BY album_id)
        FROM album_picture WHERE album_picture.picture = picture.id)";

fn listed(of_one: impl Fn(&str) -> String) -> String {
    COLUMNS.iter().map(|column| of_one(column.name)).collect::<Vec<_>>().join(", ")
}

/// Their names.
pub(super) static NAMES: LazyLock<String> = LazyLock::new(|| listed(str::to_owned));

/// What [`read`] reads of a row of the table `picture`.
pub(super) static RECORD: LazyLock<String> = LazyLock::new(|| format!("{}, {LISTS}", *NAMES));

/// Their parameters, `:name`, in the order of [`values`].
pub(super) static PARAMETERS: LazyLock<String> = LazyLock::new(|| listed(|name| format!(":{name}")));

/// Their assignments, `name = :name`, in the order of [`values`].
pub(super) static ASSIGNMENTS: LazyLock<String> = LazyLock::new(|| listed(|name| format!("{name} = :{name}")));

/// What is written of a record, in the order of the columns.
pub(super) fn values(image: &Image) -> Vec<Value> {
    COLUMNS.iter().map(|column| (column.write)(image)).collect()
}

/// Reads a record from the column `at` on, where [`RECORD`] begins.
pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Image> {
    let mut image = Image::default();
    for (number, column) in COLUMNS.iter().enumerate() {
        let value = row.get_ref(at + number)?;
        (column.read)(&mut image, value).map_err(|error| {
            Error::FromSqlConversionFailure(at + number, value.data_type(), format!("{}: {error}", column.name).into())
        })?;
    }
    let lists = at + COLUMNS.len();
    image.tags = list(row, lists)?;
    image.tags_by_model = list(row, lists + 1)?;
    image.albums = list(row, lists + 2)?;
    Ok(image)
}

fn list<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> Result<Vec<T>> {
    serde_json::from_str(row.get_ref(at)?.as_str()?)
        .map_err(|error| Error::FromSqlConversionFailure(at, Type::Text, error.into()))
}
