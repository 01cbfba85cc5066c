//! Recovery codes: ten of 80 random bits, kept as SHA-256, each good for one use.
//!
//! So many bits can't be guessed, so a slow hash would protect nothing.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock;
use crate::error::Result;
use crate::storage::Write;
use crate::storage::entity::recovery_code;

/// How many a person gets.
const COUNT: usize = 10;

/// Crockford's base32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New codes in place of all earlier ones.
///
/// # Errors
/// When the database can't be reached.
pub async fn replace(write: &Write, user_id: Uuid) -> Result<Vec<String>> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(user_id)).exec(&**write).await?;
    let codes: Vec<String> = (0..COUNT).map(|_| encode(rand::random())).collect();
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

fn encode(bytes: [u8; 10]) -> String {
    let mut bits = bytes.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut code = Vec::with_capacity(19);
    for place in 0..16 {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    code.into_iter().collect()
}

/// With the person, so that the same code of two people would be two rows.
fn hash(user_id: Uuid, code: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(user_id.as_bytes());
    hash.update(canonical(code).as_bytes());
    hex::encode(hash.finalize())
}

/// As people write it down: in capitals, without hyphens, with letters for digits.
fn canonical(code: &str) -> String {
    let alphanumeric = code.chars().filter(|c| c.is_ascii_alphanumeric());
    alphanumeric
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_four_groups_without_look_alikes() {
        let code = encode(rand::random());
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
        assert!(code.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)));
        assert_ne!(code, encode(rand::random()));
        assert_eq!(encode([0; 10]), "0000-0000-0000-0000");
        assert_eq!(encode([255; 10]), "zzzz-zzzz-zzzz-zzzz");
    }

    #[test]
    fn it_does_not_matter_how_a_code_is_written() {
        let user = Uuid::new_v4();
        assert_eq!(hash(user, "10ab-cdef-0000-1111"), hash(user, " LOABCDEFoooo Iil1 "));
        assert_ne!(hash(user, "10ab-cdef-0000-1111"), hash(Uuid::new_v4(), "10ab-cdef-0000-1111"));
    }
}
