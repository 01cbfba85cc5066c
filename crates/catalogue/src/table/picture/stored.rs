//! How values of a picture's record stand in a column.

use account_api::{Facts, Fault, Marks, Reading, VerifiedBy};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, Value, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that a column can hold.
pub(super) trait Stored: Sized {
    /// As it is written.
    fn write(&self) -> Value;
    /// From what was written.
    fn read(value: ValueRef<'_>) -> FromSqlResult<Self>;
}

impl Stored for String {
    fn write(&self) -> Value {
        Value::Text(self.clone())
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        String::column_result(value)
    }
}

impl Stored for bool {
    fn write(&self) -> Value {
        Value::Integer(i64::from(*self))
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bool::column_result(value)
    }
}

impl Stored for i64 {
    fn write(&self) -> Value {
        Value::Integer(*self)
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value)
    }
}

impl Stored for u64 {
    fn write(&self) -> Value {
        Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(u64::try_from(i64::column_result(value)?).unwrap_or(0))
    }
}

impl Stored for u32 {
    fn write(&self) -> Value {
        Value::Integer(i64::from(*self))
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u32::column_result(value)
    }
}

impl Stored for VerifiedBy {
    fn write(&self) -> Value {
        Value::Text(self.as_str().to_owned())
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(VerifiedBy::from_text(value.as_str()?))
    }
}

impl Stored for Fault {
    fn write(&self) -> Value {
        Value::Text(self.as_str().to_owned())
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Fault::from_text(value.as_str()?))
    }
}

impl Stored for Reading {
    fn write(&self) -> Value {
        write_json(self)
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        read_json(value)
    }
}

impl Stored for Marks {
    fn write(&self) -> Value {
        write_json(self)
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        read_json(value)
    }
}

impl Stored for Facts {
    /// Nothing where there are none.
    fn write(&self) -> Value {
        if self.is_empty() { Value::Null } else { write_json(self) }
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if value == ValueRef::Null { Ok(Self::default()) } else { read_json(value) }
    }
}

/// What no statement looks into stands as JSON.
fn write_json(value: &impl Serialize) -> Value {
    serde_json::to_string(value).map_or(Value::Null, Value::Text)
}

fn read_json<T: DeserializeOwned>(value: ValueRef<'_>) -> FromSqlResult<T> {
    serde_json::from_str(value.as_str()?).map_err(|error| FromSqlError::Other(error.into()))
}

impl<T: Stored> Stored for Option<T> {
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, Stored::write)
    }

    fn read(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if value == ValueRef::Null { Ok(None) } else { T::read(value).map(Some) }
    }
}
