//! What a place is called on disk, and its folders.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::settings::SavedPlace;
use crate::{EngineError, ErrorKind, Result};

/// The place's name in folders and in the vault: the same place has the same one on every start.
pub(super) fn id_of(place: &SavedPlace) -> String {
    match place {
        SavedPlace::ThisComputer => "this-computer".to_owned(),
        // AWS's bucket names are unique in the world; elsewhere the endpoint tells them apart.
        SavedPlace::Bucket { endpoint, bucket, .. } => {
            format!("bucket-{}", digest(endpoint.as_deref().unwrap_or_default(), bucket))
        }
        SavedPlace::Account { service, user_id, .. } => format!("account-{}", digest(service, user_id)),
    }
}

fn digest(one: &str, other: &str) -> String {
    let mut hex = hex::encode(Sha256::digest(format!("{one}|{other}")));
    hex.truncate(16);
    hex
}

/// The folder of a place's catalogue, made if need be.
pub(super) fn library(data_dir: &Path, id: &str) -> Result<PathBuf> {
    made(data_dir.join("libraries").join(id))
}

/// The folder of a place's embedded service, made if need be.
pub(super) fn service(data_dir: &Path, id: &str) -> Result<PathBuf> {
    made(match id.strip_prefix("bucket-") {
        Some(digest) => data_dir.join("buckets").join(digest),
        None => data_dir.join(id),
    })
}

/// Only their owner may look into them: there are pictures and names of pictures.
fn made(folder: PathBuf) -> Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made: io::Result<()> = builder.create(&folder);
    made.map_err(|error| {
        let message =
            format!("The folder {} can't be made: {error}. Free some space or check its rights.", folder.display());
        EngineError::new(ErrorKind::Disk, message)
    })?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(endpoint: Option<&str>, bucket: &str, key_id: &str) -> SavedPlace {
        SavedPlace::Bucket {
            endpoint: endpoint.map(str::to_owned),
            region: "eu-1".to_owned(),
            bucket: bucket.to_owned(),
            key_id: key_id.to_owned(),
            path_style: true,
        }
    }

    #[test]
    fn a_place_is_known_by_where_it_is() {
        let holiday = id_of(&bucket(Some("https://s3.example.com"), "holiday", "a"));
        assert_eq!(holiday.len(), "bucket-".len() + 16);
        assert_eq!(holiday, id_of(&bucket(Some("https://s3.example.com"), "holiday", "another key")));
        assert_ne!(holiday, id_of(&bucket(Some("https://s3.example.com"), "work", "a")));
        assert_ne!(holiday, id_of(&bucket(None, "holiday", "a")));
        let anna = |service: &str, username: &str| {
            id_of(&SavedPlace::Account { service: service.into(), user_id: "1".into(), username: username.into() })
        };
        assert_eq!(anna("https://a.example", "anna"), anna("https://a.example", "Anna"));
        assert_ne!(anna("https://a.example", "anna"), anna("https://b.example", "anna"));
    }

    #[test]
    fn folders_are_the_owners() {
        let data_dir = tempfile::tempdir().unwrap();
        let folder = library(data_dir.path(), "this-computer").unwrap();
        assert_eq!(folder, data_dir.path().join("libraries/this-computer"));
        let served = service(data_dir.path(), "bucket-0123456789abcdef").unwrap();
        assert_eq!(served, data_dir.path().join("buckets/0123456789abcdef"));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&folder).unwrap()) & 0o777, 0o700);
    }
}
