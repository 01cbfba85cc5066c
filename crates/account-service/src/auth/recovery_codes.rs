//! Recovery codes: ten of 80 random bits, kept as SHA-256, each good for one use.
//!
//! So many bits can't be guessed, so a slow hash would protect nothing.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::written_code;
use crate::clock;
use crate::error::Result;
use crate::storage::Write;
use crate::storage::entity::recovery_code;

/// How many a person gets.
const COUNT: usize = 10;

/// New codes in place of all earlier ones.
///
/// # Errors
/// When the database can't be reached.
pub async fn replace(write: &Write, user_id: Uuid) -> Result<Vec<String>> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(&**write).await?;
    let codes: Vec<String> = (0..COUNT).map(|_| written_code::new()).collect();
    let now = clock::now();
    let rows = codes.iter().map(|code| recovery_code::ActiveModel {
        code_hash: Set(hash(user_id, code)),
        user_id: Set(user_id),
        created_at: Set(now),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    Ok(codes)
}

/// Uses a code up; false when it is none of this person's, or was used before.
///
/// # Errors
/// When the database can't be reached.
pub async fn use_up(write: &Write, user_id: Uuid, code: &str) -> Result<bool> {
    let done = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(clock::now()))
        .filter(recovery_code::Column::CodeHash.eq(hash(user_id, code)))
        .filter(recovery_code::Column::UserId.eq(user_id))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(&**write)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many have not been used.
///
/// # Errors
/// When the database can't be reached.
pub async fn left(read: &impl ConnectionTrait, user_id: Uuid) -> Result<u32> {
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::UserId.eq(user_id))
        .filter(recovery_code::Column::UsedAt.is_null())
        .count(read)
        .await?;
    Ok(u32::try_from(left).unwrap_or(u32::MAX))
}

/// With the person, so that the same code of two people would be two rows.
fn hash(user_id: Uuid, code: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(user_id.as_bytes());
    hash.update(written_code::canonical(code).as_bytes());
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_matter_how_a_code_is_written() {
        let user = Uuid::new_v4();
        assert_eq!(hash(user, "10ab-cdef-0000-1111"), hash(user, " LOABCDEFoooo Iil1 "));
        assert_ne!(hash(user, "10ab-cdef-0000-1111"), hash(Uuid::new_v4(), "10ab-cdef-0000-1111"));
    }
}
