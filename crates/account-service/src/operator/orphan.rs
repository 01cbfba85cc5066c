//! Objects that no row needs: refuse, or pictures that the database doesn't know any more.

use std::collections::HashMap;

use uuid::Uuid;

use super::finding::{Adoptable, Finding, Kind};
use super::holdings::{PICTURES, Stored, owner_of};
use super::journal_says::{JournalSays, holder, may_be_wanted};
use crate::error::Result;
use crate::object_store::{StoreError, StoredObject};
use crate::rebuild;
use crate::service::Service;

/// An object that no row needs; none when it is gone by now, as what was let go of since the listing is.
///
/// # Errors
/// When database or store can't be reached.
pub async fn orphan(
    app: &Service,
    user_id: Uuid,
    key: String,
    stored: Stored,
    says: &JournalSays,
    known: &HashMap<&str, (&str, &str)>,
) -> Result<Option<Finding>> {
    let object = match app.store.head_in_full(&key).await {
        Ok(object) => object,
        Err(StoreError::NoSuchKey) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let found = adoptable(app, user_id, &key, &object, says, known).await?;
    let mut message = "Nothing in the database needs this object.".to_owned();
    if let Some(found) = &found {
        let (by, what) = found.told();
        message = format!("Nothing in the database needs this object, and {by}. {what}");
    }
    let mut orphan = Finding::new(Kind::Orphan, key, message).whose(user_id).aged(stored.stored_at);
    orphan.found_size = Some(stored.size);
    orphan.adoptable = found.map(|found| found.by);
    Ok(Some(orphan))
}

/// What an object that no row needs is.
struct Found {
    /// What says so.
    by: Adoptable,
    name: Option<String>,
    /// Whether it has the bytes of a picture whose own object is known to be lost or damaged.
    mends: bool,
}

impl Found {
    /// Who says what it is, and what can be done.
    fn told(&self) -> (String, &'static str) {
        let name = self.name.as_deref().map(|name| format!(" “{}”", names::visible_name(name))).unwrap_or_default();
        if self.mends {
            let by = format!("it has the bytes of the picture{name}, whose own object is lost or damaged");
            return (by, "Save this object as a file and upload that: it mends the picture.");
        }
        let by = match self.by {
            Adoptable::Journal => format!("the journal says that it is the picture{name}"),
            Adoptable::Metadata => format!("by what it says itself it is the picture{name}"),
            Adoptable::Bytes => format!("by its bytes it is a picture{name}"),
        };
        (by, "If the database is older than the bucket, “check --adopt” brings it back.")
    }
}

/// By what an object that no row needs can be brought back, and the name that it then has, if that is known. Not at all when
/// it was removed for good or never wanted, when it is no picture, or when a picture that is proven to be whole has its bytes.
async fn adoptable(
    app: &Service,
    user_id: Uuid,
    key: &str,
    object: &StoredObject,
    says: &JournalSays,
    known: &HashMap<&str, (&str, &str)>,
) -> Result<Option<Found>> {
    let Some((_, id)) = owner_of(key).filter(|_| key.starts_with(PICTURES)) else { return Ok(None) };
    if object.facts.size == 0 || says.is_gone(id) || !may_be_wanted(app, id).await? {
        return Ok(None);
    }
    let said = match known.get(key) {
        Some((sha256, name)) => Some((Adoptable::Journal, (*sha256).to_owned(), Some((*name).to_owned()))),
        None => object.says.sha256.clone().map(|sha256| (Adoptable::Metadata, sha256, object.says.name.clone())),
    };
    if let Some((by, sha256, name)) = said
        && holder(app, user_id, &sha256).await?.is_none()
    {
        return Ok(Some(Found { by, name, mends: false }));
    }
    // Nothing is said of it, or what is said can't be all: its bytes tell.
    let Some(sha256) = rebuild::sha256_of_picture(app, key).await? else { return Ok(None) };
    let (by, name) = (Adoptable::Bytes, object.says.name.clone());
    Ok(match holder(app, user_id, &sha256).await? {
        Some(holder) if holder.is_safe() => None,
        // Of what was never proven, its own bytes decide when this is adopted.
        Some(holder) if holder.proof().is_proof() => Some(Found { by, name: Some(holder.name), mends: true }),
        _ => Some(Found { by, name, mends: false }),
    })
}
