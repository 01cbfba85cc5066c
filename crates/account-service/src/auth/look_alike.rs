//! Names that can't be told from another's (UTS #39, Unicode Security Mechanisms): `аnna` with a Cyrillic а, `paypaI`.
//!
//! Asked when a name is registered only: whoever has one keeps it.

use account_api::ErrorCode;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use unicode_security::general_security_profile::IdentifierType;
use unicode_security::{GeneralSecurityProfile, MixedScript, RestrictionLevel, RestrictionLevelDetection, skeleton};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::storage::entity::user::{Column, Entity};
use crate::storage::{Database, Write};

/// Checks a name by itself.
///
/// # Errors
/// When it has nothing to read in it, letters of scripts that nobody writes together, or such as only look like letters.
pub fn check(username: &str) -> Result<()> {
    if !username.chars().any(char::is_alphanumeric) {
        return Err(Error::invalid("username: at least one letter or digit."));
    }
    let odd = |c: char| {
        matches!(
            c.identifier_type(),
            None | Some(
                IdentifierType::Default_Ignorable
                    | IdentifierType::Deprecated
                    | IdentifierType::Not_Character
                    | IdentifierType::Not_NFKC
                    // Small capitals, letters of phonetic alphabets: nobody's name is written with them.
                    | IdentifierType::Technical
            )
        )
    };
    if let Some(c) = username.chars().find(|c| odd(*c)) {
        return Err(Error::invalid(format!(
            "username: U+{:04X} can’t be told from another character, or can’t be seen. Write the name with plain letters.",
            u32::from(c)
        )));
    }
    // Latin goes with Japanese, Chinese and Korean.
    if username.is_single_script() || username.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        return Ok(());
    }
    Err(Error::invalid(
        "username: its letters are of different scripts that are not written together, such as Latin and Cyrillic. Write it \
         in one of them.",
    ))
}

/// What a name looks like: two names with the same can't be told apart, in whatever case they are written. A dot at the end is
/// a sentence's.
pub fn look_of(username: &str) -> String {
    skeleton(username.trim_matches('.')).collect::<String>().to_lowercase()
}

/// Whether an account has a name that looks like this one.
///
/// # Errors
/// When the database can't be reached.
pub async fn is_taken(write: &Write, look: &str) -> Result<bool> {
    let found = Entity::find().select_only().column(Column::Id).filter(Column::UsernameLook.eq(look));
    Ok(found.into_tuple::<Uuid>().one(&**write).await?.is_some())
}

/// Notes what the names of accounts look like that were made before that was asked. Of several that look alike the oldest
/// has it; all of them are kept.
///
/// # Errors
/// When the database can't be reached.
pub async fn note_all(database: &Database) -> Result<()> {
    let unknown: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Username])
        .filter(Column::UsernameLook.is_null())
        .filter(Column::PasswordHash.is_not_null())
        .order_by_asc(Column::CreatedAt)
        .into_tuple()
        .all(database.read())
        .await?;
    if unknown.is_empty() {
        return Ok(());
    }
    match note(database, unknown).await {
        // Another instance starts at the same moment, and does the same.
        Err(error) if error.code() == ErrorCode::UsernameTaken => Ok(()),
        other => other,
    }
}

async fn note(database: &Database, names: Vec<(Uuid, String)>) -> Result<()> {
    let write = database.write().await?;
    for (id, username) in names {
        let look = look_of(&username);
        if !is_taken(&write, &look).await? {
            Entity::update_many()
                .col_expr(Column::UsernameLook, Expr::value(look))
                .filter(Column::Id.eq(id))
                .exec(&*write)
                .await?;
        }
    }
    Ok(write.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_have_them_are_taken() {
        for name in [
            "anna",
            "Anna.Müller-Weiß_3",
            "анна",
            "Αννα",
            "田中さくら",
            "tanaka太郎",
            "김철수",
            "آنا",
            "अन्ना",
            "7",
            "_x",
            "a.b",
            "O'Neil".replace('\'', "").as_str(),
            "þórður",
            "ßeta",
        ] {
            assert!(check(name).is_ok(), "{name}: {:?}", check(name));
        }
    }

    #[test]
    fn names_that_are_none_or_look_like_others_are_not() {
        for name in [
            ".",
            "..",
            "-",
            "_",
            "...",
            "аnna",
            "annа",
            "pаypal",
            "αnna",
            "ａnna",
            "𝐚nna",
            "ᴀɴɴᴀ",
            "an\u{3164}na",
            "anna\u{115f}",
        ] {
            assert!(check(name).is_err(), "{name}");
        }
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (one, other) in [
            ("anna", "ANNA"),
            ("paypal", "paypaI"),
            ("paypal", "paypa1"),
            ("coco", "сосо"),
            ("tim", "tirn"),
            ("anna", "anna."),
            ("bob0", "bobO"),
        ] {
            assert_eq!(look_of(one), look_of(other), "{one} and {other}");
        }
        for (one, other) in [("anna", "anne"), ("anna", "ánna"), ("bert", "bart"), ("anna1", "anna2")] {
            assert_ne!(look_of(one), look_of(other), "{one} and {other}");
        }
    }
}
