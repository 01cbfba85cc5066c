//! The stores that uploads are tried against, and what is really in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use account_service::EmbeddedStore;
use account_service::config::BucketConfig;
use testkit::garage::{Garage, bucket};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Garage,
    Embedded,
}

/// A store with nothing in it.
pub enum Bucket {
    Garage(Garage),
    Embedded { store: EmbeddedStore, folder: PathBuf },
}

impl Bucket {
    pub async fn open(store: Store, folder: &Path) -> Self {
        match store {
            Store::Garage => Bucket::Garage(bucket().await),
            Store::Embedded => {
                let data_dir = folder.join("embedded");
                std::fs::create_dir(&data_dir).unwrap();
                let store = EmbeddedStore::start(&data_dir).await.unwrap();
                Bucket::Embedded { store, folder: data_dir.join("store") }
            }
        }
    }

    pub fn endpoint(&self) -> String {
        match self {
            Bucket::Garage(garage) => garage.endpoint.clone(),
            Bucket::Embedded { store, .. } => store.bucket().endpoint.unwrap(),
        }
    }

    /// How a service has to name it that reaches it at another address.
    pub fn reached_at(&self, endpoint: String) -> BucketConfig {
        let bucket = match self {
            Bucket::Embedded { store, .. } => store.bucket(),
            Bucket::Garage(garage) => BucketConfig {
                endpoint: None,
                region: garage.region.clone(),
                bucket: garage.bucket.clone(),
                key_id: garage.key_id.clone(),
                secret: garage.secret.clone().into(),
                path_style: true,
                without_parts: false,
                as_typed: true,
            },
        };
        BucketConfig { endpoint: Some(endpoint), ..bucket }
    }

    /// Every object with its bytes, by key, as the store has it: read past the service and the proxy.
    pub async fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        match self {
            Bucket::Garage(garage) => garage.objects().await,
            Bucket::Embedded { folder, .. } => {
                let root = folder.join("objects");
                files(&root)
                    .into_iter()
                    // One that is removed between looking and reading is not there.
                    .filter_map(|path| Some((key(&root, &path), std::fs::read(&path).ok()?)))
                    .collect()
            }
        }
    }

    /// The keys of multipart uploads that were begun, and neither completed nor aborted.
    pub async fn unfinished(&self) -> Vec<String> {
        match self {
            Bucket::Garage(garage) => garage.unfinished().await,
            Bucket::Embedded { folder, .. } => {
                let root = folder.join("parts");
                files(&root).iter().map(|path| key(&root, path)).collect()
            }
        }
    }
}

fn key(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
}

/// Every file in a folder and below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push(path),
        }
    }
    found
}
