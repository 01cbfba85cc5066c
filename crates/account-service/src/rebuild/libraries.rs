//! Whose libraries a bucket holds.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::failure::RebuildError;
use super::library::Library;
use crate::auth;
use crate::journal::{self, LARGEST};
use crate::object_store::{Depth, StoreError};
use crate::service::Service;
use crate::uploads::PICTURES;

/// For so many libraries it is looked what they are called and how large they are.
const LOOKED_AT: usize = 20;

/// The libraries that a bucket holds, in the order of their accounts: those with pictures, or, when none has any, those
/// with a journal.
///
/// # Errors
/// When the store can't be reached or refuses.
pub async fn libraries(app: &Service) -> Result<Vec<Library>, StoreError> {
    let mut users = accounts_under(app, PICTURES).await?;
    if users.is_empty() {
        users = accounts_under(app, journal::PREFIX).await?;
    }
    let mut libraries = Vec::with_capacity(users.len());
    for (number, user_id) in users.into_iter().enumerate() {
        let mut library = Library { user_id, username: None, pictures: 0, more: true };
        if number < LOOKED_AT {
            let page = app.store.list(&format!("{PICTURES}{user_id}/"), Depth::Everything, None).await?;
            (library.pictures, library.more) = (page.objects.len() as u64, page.next.is_some());
            library.username = username(app, user_id).await?;
        }
        libraries.push(library);
    }
    Ok(libraries)
}

async fn accounts_under(app: &Service, prefix: &str) -> Result<BTreeSet<Uuid>, StoreError> {
    let (mut users, mut next) = (BTreeSet::new(), None);
    loop {
        let page = app.store.list(prefix, Depth::OneFolder, next).await?;
        let names = page.folders.iter().filter_map(|folder| folder.strip_prefix(prefix)?.strip_suffix('/'));
        users.extend(names.filter_map(|name| Uuid::try_parse(name).ok()));
        next = page.next;
        if next.is_none() {
            return Ok(users);
        }
    }
}

/// As the first segment that is whole says.
async fn username(app: &Service, user_id: Uuid) -> Result<Option<String>, StoreError> {
    let page = app.store.list(&journal::of_user(user_id), Depth::Everything, None).await?;
    for object in page.objects.iter().filter(|object| object.size <= LARGEST).take(3) {
        let bytes = match app.store.get(&object.key, LARGEST).await {
            Ok(bytes) => bytes,
            Err(StoreError::NoSuchKey) => continue,
            Err(error) => return Err(error),
        };
        if let Some(header) = journal::read(&bytes).header {
            return Ok(Some(header.username));
        }
    }
    Ok(None)
}

/// The library that is wanted.
pub(super) fn choose(libraries: Vec<Library>, wanted: Option<&str>) -> Result<Library, RebuildError> {
    let Some(wanted) = wanted.map(str::trim).filter(|wanted| !wanted.is_empty()) else {
        return match <[Library; 1]>::try_from(libraries) {
            Ok([only]) => Ok(only),
            Err(none) if none.is_empty() => Err(RebuildError::NoLibrary),
            Err(several) => Err(RebuildError::Several(several)),
        };
    };
    let low = auth::name_key(wanted);
    let is_it = |library: &&Library| {
        library.user_id.to_string().starts_with(&low)
            || library.username.as_ref().is_some_and(|name| auth::name_key(name) == low)
    };
    let found: Vec<&Library> = libraries.iter().filter(is_it).collect();
    match found[..] {
        [only] => Ok(only.clone()),
        _ if libraries.is_empty() => Err(RebuildError::NoLibrary),
        _ => Err(RebuildError::Unknown { wanted: wanted.to_owned(), there: libraries }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(user_id: u128, username: &str) -> Library {
        Library {
            user_id: Uuid::from_u128(user_id << 96),
            username: Some(username.to_owned()),
            pictures: 1,
            more: false,
        }
    }

    #[test]
    fn one_is_taken_and_of_several_the_one_that_is_named() {
        let (anna, ben) = (library(0xaaaa_aaaa, "Anna"), library(0xbbbb_bbbb, "ben"));
        assert!(matches!(choose(vec![], None), Err(RebuildError::NoLibrary)));
        assert_eq!(choose(vec![anna.clone()], None).unwrap(), anna);
        let both = || vec![anna.clone(), ben.clone()];
        assert!(matches!(choose(both(), None), Err(RebuildError::Several(several)) if several == both()));
        assert_eq!(choose(both(), Some("anna")).unwrap(), anna);
        assert_eq!(choose(both(), Some("BBBB")).unwrap(), ben);
        assert_eq!(choose(both(), Some(&anna.user_id.to_string())).unwrap(), anna);
        assert!(matches!(choose(both(), Some("zoë")), Err(RebuildError::Unknown { .. })));
        assert!(matches!(choose(vec![anna], Some("ben")), Err(RebuildError::Unknown { .. })));
    }
}
