//! An S3 store for one test: the one that the service brings along.

use account_service::config::BucketConfig;
use account_service::embedded::{Embedded, EmbeddedConfig, EmbeddedStorage, start};

/// It runs until it is dropped.
pub struct Store {
    pub bucket: BucketConfig,
    _service: Embedded,
    _folder: tempfile::TempDir,
}

impl Store {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = EmbeddedConfig {
            data_dir: folder.path().to_owned(),
            storage: EmbeddedStorage::ThisComputer,
            preferred_port: None,
            expects_pictures: false,
            reserve_in: None,
        };
        let service = start(config).await.unwrap();
        Self { bucket: service.embedded_bucket().unwrap().clone(), _service: service, _folder: folder }
    }

    pub fn endpoint(&self) -> &str {
        self.bucket.endpoint.as_deref().unwrap()
    }

    /// The same bucket at another address.
    pub fn at(&self, endpoint: impl Into<String>) -> BucketConfig {
        BucketConfig { endpoint: Some(endpoint.into()), ..self.bucket.clone() }
    }
}
