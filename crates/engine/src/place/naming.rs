//! Places as people see and name them.

use std::collections::HashMap;

use super::bucket;
use crate::settings::{SavedPlace, THIS_COMPUTER};
use crate::view::{BucketAddress, Place, PlaceKind};
use crate::{EngineError, ErrorKind, Result};

/// A place for people; `name` is the one that [`names`] gives, `location` the folder or address.
pub(super) fn describe(saved: &SavedPlace, name: String, location: String, signed_in: bool) -> Place {
    let (kind, title, username) = match saved {
        SavedPlace::ThisComputer => (PlaceKind::ThisComputer, messages::Place::ThisComputer.to_string(), None),
        SavedPlace::Bucket { bucket, .. } => (
            PlaceKind::Bucket,
            messages::Place::Bucket { bucket: bucket.to_string(), host: host_of(&location).to_string() }.to_string(),
            None,
        ),
        SavedPlace::Account { username, .. } => (
            PlaceKind::Account,
            messages::Place::Account { username: username.to_string(), host: host_of(&location).to_string() }
                .to_string(),
            Some(username.clone()),
        ),
    };
    let bucket = match saved {
        SavedPlace::Bucket { endpoint, region, bucket, key_id, path_style, without_parts } => Some(BucketAddress {
            endpoint: endpoint.clone().unwrap_or_default(),
            region: region.clone(),
            bucket: bucket.clone(),
            key_id: key_id.clone(),
            path_style: *path_style,
            without_parts: *without_parts,
        }),
        SavedPlace::ThisComputer | SavedPlace::Account { .. } => None,
    };
    Place { id: saved.id(), name, kind, title, location, username, bucket, signed_in }
}

/// The host, with its port when that is not the usual one.
fn host_of(address: &str) -> &str {
    let rest = without_scheme(address);
    rest.split('/').next().unwrap_or(rest)
}

fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

/// The names of some places, in their order. Each is unique: where two would be the same, such as those of two buckets
/// that are served with and without TLS, both carry a piece of their identifiers.
pub(super) fn names(places: &[SavedPlace]) -> Vec<String> {
    let plain: Vec<String> = places.iter().map(plain_name).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &plain {
        *uses.entry(name).or_default() += 1;
    }
    let unique = places.iter().zip(&plain).map(|(place, name)| match uses[name.as_str()] {
        1 => name.clone(),
        _ => format!("{name}#{}", piece(&place.id())),
    });
    unique.collect()
}

fn plain_name(place: &SavedPlace) -> String {
    match place {
        SavedPlace::ThisComputer => THIS_COMPUTER.to_owned(),
        SavedPlace::Bucket { endpoint, region, bucket, .. } => {
            format!("{bucket}@{}", without_scheme(&bucket::location(endpoint.as_deref(), region)))
        }
        SavedPlace::Account { service, username, .. } => format!("{username}@{}", without_scheme(service)),
    }
}

fn piece(id: &str) -> &str {
    id.rsplit_once('-').and_then(|(_, digest)| digest.get(..6)).unwrap_or(id)
}

/// The place that is meant by a name, an identifier, a title, or by what stands before the `@` when that is clear; case
/// doesn't matter.
///
/// # Errors
/// `NotFound` when there is none, `InvalidInput` when there are several; both name those there are.
pub(super) fn find<'a>(known: &'a [(SavedPlace, Place)], typed: &str) -> Result<&'a (SavedPlace, Place)> {
    let wanted = typed.trim().to_lowercase();
    let is = |text: &str| text.to_lowercase() == wanted;
    let whole = |place: &Place| is(&place.name) || is(&place.id) || is(&place.title);
    if let Some(found) = known.iter().find(|(_, place)| whole(place)) {
        return Ok(found);
    }
    let short = |place: &Place| place.name.split_once('@').is_some_and(|(short, _)| is(short));
    let found: Vec<_> = known.iter().filter(|(_, place)| short(place)).collect();
    let listed =
        |places: &mut dyn Iterator<Item = &Place>| places.map(|place| &*place.name).collect::<Vec<_>>().join(", ");
    match found[..] {
        [one] => Ok(one),
        [] if known.is_empty() => {
            Err(EngineError::new(ErrorKind::NotFound, messages::Place::NoneKnown { typed: typed.to_string() }))
        }
        [] => Err(EngineError::new(
            ErrorKind::NotFound,
            messages::Place::Unknown {
                typed: typed.to_string(),
                places: listed(&mut known.iter().map(|(_, place)| place)),
            },
        )),
        _ => Err(EngineError::new(
            ErrorKind::InvalidInput,
            messages::Place::Several {
                typed: typed.to_string(),
                places: listed(&mut found.iter().map(|(_, place)| place)),
            },
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(endpoint: Option<&str>, name: &str) -> SavedPlace {
        SavedPlace::Bucket {
            endpoint: endpoint.map(str::to_owned),
            region: "eu-central-1".to_owned(),
            bucket: name.to_owned(),
            key_id: "GK1".to_owned(),
            path_style: false,
            without_parts: false,
        }
    }

    fn account(service: &str, username: &str) -> SavedPlace {
        SavedPlace::Account { service: service.into(), user_id: username.into(), username: username.into() }
    }

    fn known(places: &[SavedPlace]) -> Vec<(SavedPlace, Place)> {
        let described = |(place, name): (&SavedPlace, String)| {
            (place.clone(), describe(place, name, "https://somewhere.example".to_owned(), true))
        };
        places.iter().zip(names(places)).map(described).collect()
    }

    #[test]
    fn names_say_what_and_where_and_are_unique() {
        let places = [
            SavedPlace::ThisComputer,
            bucket(Some("https://s3.example.com"), "holiday"),
            bucket(Some("https://s3.example.com"), "work"),
            bucket(Some("https://s3.example.com/storage/v1/s3"), "work"),
            bucket(None, "holiday"),
            account("https://pictures.example.com", "anna"),
            account("https://pictures.example.com", "ben"),
        ];
        let expected = [
            "this-computer",
            "holiday@s3.example.com",
            "work@s3.example.com",
            "work@s3.example.com/storage/v1/s3",
            "holiday@s3.eu-central-1.amazonaws.com",
            "anna@pictures.example.com",
            "ben@pictures.example.com",
        ];
        assert_eq!(names(&places), expected);
        let twins = names(&[bucket(Some("https://nas.local"), "a"), bucket(Some("http://nas.local"), "a")]);
        assert!(twins[0].starts_with("a@nas.local#") && twins[0] != twins[1], "{twins:?}");
    }

    #[test]
    fn a_place_is_found_by_its_name_or_by_a_clear_beginning() {
        let known = known(&[
            SavedPlace::ThisComputer,
            bucket(Some("https://s3.example.com"), "holiday"),
            bucket(None, "holiday"),
            account("https://pictures.example.com", "anna"),
        ]);
        let found = |typed: &str| find(&known, typed).map(|(_, place)| place.name.clone());
        assert_eq!(found(" This-Computer ").unwrap(), "this-computer");
        assert_eq!(found("ANNA").unwrap(), "anna@pictures.example.com");
        assert_eq!(found("holiday@s3.example.com").unwrap(), "holiday@s3.example.com");
        assert_eq!(found(&known[2].0.id()).unwrap(), known[2].1.name);
        let several = found("holiday").unwrap_err();
        assert_eq!(several.code, ErrorKind::InvalidInput);
        assert!(several.message.contains("holiday@s3.example.com"), "{}", several.message);
        let none = found("work").unwrap_err();
        assert_eq!(none.code, ErrorKind::NotFound);
        assert!(none.message.contains("anna@pictures.example.com"), "{}", none.message);
    }
}
