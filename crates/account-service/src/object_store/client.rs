//! The S3 calls that the service makes.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use secrecy::ExposeSecret;

use super::bucket::BucketConfig;
use super::clock::{OtherClock, StoreClock};
use super::facts::Said;
use super::fault::StoreError;
use super::put_spec::PutSpec;
use super::wire::Wire;
use crate::clock::Millis;

/// How long a store may take to answer what is no work for it. With three attempts that stays below what the service's own
/// requests may take, so that a store that hangs is told as such.
const QUICK: Duration = Duration::from_secs(15);

/// How long it may take with bytes to move, or gigabytes to assemble.
pub(super) const LONG: Duration = Duration::from_secs(300);

/// What a store says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFacts {
    /// In bytes.
    pub size: u64,
    /// Without its quotes; opaque. Some stores give none after a multipart upload.
    pub etag: Option<String>,
}

/// An object with what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// What the store says of it.
    pub facts: ObjectFacts,
    /// When the store took it.
    pub modified: Option<Millis>,
    /// What it says of itself.
    pub says: Said,
}

/// What a store says of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFacts {
    /// From 1.
    pub number: u32,
    /// In bytes.
    pub size: u64,
    /// Without its quotes; opaque.
    pub etag: String,
}

/// A client of one bucket. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ObjectStore {
    pub(super) client: Client,
    pub(super) bucket: String,
    pub(super) clock: StoreClock,
}

impl ObjectStore {
    /// For this bucket; sends nothing yet.
    pub fn new(bucket: &BucketConfig) -> Self {
        // People wait for it, and whoever asked tries again by themselves.
        let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(200));
        Self::with(bucket, retries, answer_within(LONG), Wire::pooled())
    }

    /// For trying a bucket out: one attempt each, because a person is waiting, and a problem that goes away by trying
    /// again is one to hear of.
    pub(super) fn for_probing(bucket: &BucketConfig, patience: Duration) -> Self {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(patience).operation_attempt_timeout(patience * 2).build();
        Self::with(bucket, RetryConfig::disabled(), timeouts, Wire::unpooled())
    }

    fn with(bucket: &BucketConfig, retries: RetryConfig, timeouts: TimeoutConfig, wire: Wire) -> Self {
        let clock = StoreClock::default();
        let key = Credentials::new(&bucket.key_id, bucket.secret.expose_secret(), None, None, "configuration");
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(key)
            .region(Region::new(bucket.region.clone()))
            .force_path_style(bucket.path_style)
            // Stores other than AWS refuse the newer checksums, and a presigned URL must not ask the client for one.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(retries)
            .retry_classifier(OtherClock)
            .http_client(wire)
            .time_source(clock.clone())
            .interceptor(clock.clone())
            .timeout_config(timeouts);
        if let Some(endpoint) = &bucket.endpoint {
            // The S3 client puts the bucket's name right behind the address's path.
            config = config.endpoint_url(format!("{}/", endpoint.trim_end_matches('/')));
        }
        Self { client: Client::from_conf(config.build()), bucket: bucket.bucket.clone(), clock }
    }

    /// For calls that a store answers at once: one that doesn't is asked again, before it keeps a whole batch waiting.
    pub(super) fn quick() -> Builder {
        Builder::new().timeout_config(answer_within(QUICK))
    }

    /// What the store's clock is ahead of this computer's, in milliseconds; 0 where they agree, and before its first answer.
    pub fn ahead_ms(&self) -> i64 {
        self.clock.ahead_ms()
    }

    /// Whether the store answers and the bucket is there.
    ///
    /// # Errors
    /// When not.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.client.head_bucket().bucket(&self.bucket).send().await?;
        Ok(())
    }

    /// HEAD.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`] and what else can go wrong.
    pub async fn head(&self, key: &str) -> Result<ObjectFacts, StoreError> {
        Ok(self.head_in_full(key).await?.facts)
    }

    /// HEAD, with what the object says of itself.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`] and what else can go wrong.
    pub async fn head_in_full(&self, key: &str) -> Result<StoredObject, StoreError> {
        let request = self.client.head_object().bucket(&self.bucket).key(key).customize();
        let head = request.config_override(Self::quick()).send().await?;
        Ok(StoredObject {
            facts: ObjectFacts {
                size: head.content_length.and_then(|size| size.try_into().ok()).unwrap_or_default(),
                etag: head.e_tag.as_deref().map(unquoted),
            },
            modified: head.last_modified.and_then(|at| at.to_millis().ok()),
            says: head.metadata.as_ref().map(Said::read).unwrap_or_default(),
        })
    }

    /// DELETE; an object that isn't there counts as deleted.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let request = self.client.delete_object().bucket(&self.bucket).key(key).customize();
        match request.config_override(Self::quick()).send().await.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::NoSuchKey) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// CreateMultipartUpload. No checksum algorithm is declared: stores that know none would refuse the parts.
    ///
    /// It is tried once: one whose answer was lost lies in the store under a name that nobody knows. Whoever tries again
    /// calls [`abort_strays`](Self::abort_strays) first.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn create_multipart(&self, spec: &PutSpec<'_>) -> Result<String, StoreError> {
        let once = Self::quick().retry_config(RetryConfig::disabled());
        let created = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(spec.key)
            .content_type(spec.content_type)
            .set_metadata(spec.metadata())
            .customize()
            .config_override(once)
            .send()
            .await?;
        created.upload_id.ok_or_else(|| StoreError::Request("the store gave no upload id".to_owned()))
    }

    /// Aborts every multipart upload of this key but the one that is known. Stores that can't list them keep theirs until
    /// their own rules remove them.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn abort_strays(&self, key: &str, known: Option<&str>) -> Result<(), StoreError> {
        let request = self.client.list_multipart_uploads().bucket(&self.bucket).prefix(key).customize();
        let listed = request.config_override(Self::quick()).send().await?;
        let of_this_key = listed.uploads().iter().filter(|upload| upload.key() == Some(key));
        for stray in of_this_key.filter_map(|upload| upload.upload_id()).filter(|id| known != Some(*id)) {
            self.abort_multipart(key, stray).await?;
        }
        Ok(())
    }

    /// ListParts, all pages.
    ///
    /// # Errors
    /// [`StoreError::NoSuchUpload`] and what else can go wrong.
    pub async fn list_parts(&self, key: &str, upload_id: &str) -> Result<Vec<PartFacts>, StoreError> {
        let mut parts = Vec::new();
        let mut marker = None;
        loop {
            let page = self
                .client
                .list_parts()
                .bucket(&self.bucket)
                .key(key)
                .upload_id(upload_id)
                .set_part_number_marker(marker.take())
                .customize()
                .config_override(Self::quick())
                .send()
                .await?;
            for part in page.parts() {
                parts.push(PartFacts {
                    number: part.part_number().unwrap_or_default().try_into().unwrap_or_default(),
                    size: part.size().unwrap_or_default().try_into().unwrap_or_default(),
                    etag: unquoted(part.e_tag().unwrap_or_default()),
                });
            }
            match page.next_part_number_marker() {
                Some(next) if page.is_truncated() == Some(true) => marker = Some(next.to_owned()),
                _ => break,
            }
        }
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    /// CompleteMultipartUpload. Success here is no proof: the answer can be 200 with an error in it, and an error can
    /// come after the store has done it. Look with [`head`](Self::head).
    ///
    /// # Errors
    /// [`StoreError::NoSuchUpload`] and what else can go wrong.
    pub async fn complete_multipart(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[(u32, String)],
    ) -> Result<(), StoreError> {
        let parts = parts
            .iter()
            .map(|(number, etag)| {
                CompletedPart::builder().part_number(i32::try_from(*number).unwrap_or(i32::MAX)).e_tag(etag).build()
            })
            .collect();
        self.client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload_id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .send()
            .await?;
        Ok(())
    }

    /// AbortMultipartUpload; one that isn't there counts as aborted.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn abort_multipart(&self, key: &str, upload_id: &str) -> Result<(), StoreError> {
        let request =
            self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload_id).customize();
        match request.config_override(Self::quick()).send().await.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::NoSuchUpload | StoreError::NoSuchKey) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn answer_within(limit: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(limit).build()
}

pub(super) fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}
