//! The account service inside this process: the one file that knows it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use account_service::StartError;
use account_service::embedded::{self, EmbeddedConfig, EmbeddedStorage};
pub(super) use account_service::embedded::{Embedded, Lost};
pub(super) use account_service::object_store::BucketConfig;
use account_service::object_store::probe::{PATIENCE, probe_bucket};
use account_service::rebuild::{Library, Progress, RebuildError, Report, Stage};
use futures::future::BoxFuture;

use crate::doctor::StepSink;
use crate::service::{AccessToken, ServiceError, TokenSource, is_mistyped};
use crate::view::{
    BucketForm, BucketLibrary, DamagedSegment, RebuildProgress, RebuildReport, RebuildStage, StepStatus,
};
use crate::{EngineError, ErrorKind, Result};

/// The embedded services that run in this process, by place. Each runs for as long as somebody holds it.
pub(super) struct Running {
    services: tokio::sync::Mutex<HashMap<String, Weak<Embedded>>>,
    /// The app's folder, on whose disk room is kept for all of it.
    reserve_in: PathBuf,
}

impl Running {
    /// None yet.
    pub(super) fn new(reserve_in: PathBuf) -> Self {
        Self { services: tokio::sync::Mutex::default(), reserve_in }
    }

    /// The running service of this computer, or a new one. For a bucket always a new one, because its key may be new.
    /// `expects_pictures` as in [`EmbeddedConfig`].
    pub(super) async fn start(
        &self,
        place_id: &str,
        data_dir: PathBuf,
        storage: Storage,
        preferred_port: Option<u16>,
        expects_pictures: bool,
    ) -> Result<Arc<Embedded>> {
        let mut running = self.services.lock().await;
        let same = matches!(storage, Storage::ThisComputer);
        if let Some(embedded) = running.get(place_id).and_then(Weak::upgrade).filter(|_| same) {
            return Ok(embedded);
        }
        let storage = match storage {
            Storage::ThisComputer => EmbeddedStorage::ThisComputer,
            Storage::Bucket(bucket) => EmbeddedStorage::Bucket(bucket),
        };
        let reserve_in = Some(self.reserve_in.clone());
        let started =
            embedded::start(EmbeddedConfig { data_dir, reserve_in, storage, preferred_port, expects_pictures }).await;
        let embedded = Arc::new(started.map_err(explain)?);
        running.insert(place_id.to_owned(), Arc::downgrade(&embedded));
        Ok(embedded)
    }
}

impl Running {
    /// The running service of a place.
    pub(super) async fn of(&self, place_id: &str) -> Option<Arc<Embedded>> {
        self.services.lock().await.get(place_id).and_then(Weak::upgrade)
    }

    /// Ends them all, after each has put away what it has to.
    pub(super) async fn shutdown(&self) {
        let running: Vec<_> =
            self.services.lock().await.drain().filter_map(|(_, embedded)| embedded.upgrade()).collect();
        futures::future::join_all(running.iter().map(|embedded| embedded.shutdown())).await;
    }
}

/// Where the pictures of an embedded service go.
pub(super) enum Storage {
    /// On this disk.
    ThisComputer,
    /// Into a bucket.
    Bucket(BucketConfig),
}

fn explain(error: StartError) -> EngineError {
    let kind = match error {
        StartError::DataFolder { .. } => ErrorKind::Disk,
        StartError::Bucket(_) => ErrorKind::BucketUnusable,
        _ => ErrorKind::ServiceFailed,
    };
    EngineError::new(kind, messages::Place::NotStarted { why: error.to_string() })
}

/// Sessions of an embedded service: whoever runs it is signed in.
pub(super) struct LocalSession {
    embedded: Arc<Embedded>,
}

impl LocalSession {
    pub(super) fn of(embedded: Arc<Embedded>) -> Self {
        Self { embedded }
    }
}

impl TokenSource for LocalSession {
    fn fresh(self: Arc<Self>) -> BoxFuture<'static, Result<AccessToken, ServiceError>> {
        Box::pin(async move {
            let session = self.embedded.local_session().await.map_err(said)?;
            Ok(AccessToken { token: session.access_token.into(), expires_in: Duration::from_secs(session.expires_in) })
        })
    }
}

/// The libraries that a service's bucket holds.
pub(super) async fn libraries(embedded: &Embedded) -> Result<Vec<BucketLibrary>> {
    let session = embedded.local_session().await.map_err(said)?;
    let libraries = embedded.libraries().await.map_err(|error| unbuilt(RebuildError::Store(error)))?;
    let seen = |library: Library| BucketLibrary {
        open: library.user_id.to_string() == session.user.id,
        id: library.user_id.to_string(),
        username: library.username,
        pictures: number(library.pictures),
        more: library.more,
    };
    Ok(libraries.into_iter().map(seen).collect())
}

/// Says how long a service keeps its trash.
pub(super) async fn keep_trash(embedded: &Embedded, days: Option<u32>) -> Result<()> {
    embedded.keep_trash(days).await.map_err(said)
}

/// Brings a library back from a service's bucket.
pub(super) async fn rebuild(
    embedded: &Embedded,
    wanted: Option<&str>,
    tell: &(dyn Fn(RebuildProgress) + Send + Sync),
) -> Result<RebuildReport> {
    let tell = |progress: Progress| {
        tell(RebuildProgress {
            stage: match progress.stage {
                Stage::Listing => RebuildStage::Listing,
                Stage::Journal => RebuildStage::Journal,
                Stage::Pictures => RebuildStage::Pictures,
            },
            done: number(progress.done),
            total: number(progress.total),
        });
    };
    embedded.rebuild(wanted, &tell).await.map(seen).map_err(unbuilt)
}

/// Whether a service's database is older than the journal in its store.
pub(super) async fn is_older(embedded: &Embedded) -> Result<bool> {
    embedded.is_older().await.map_err(said)
}

/// Brings back what a service's lost database held.
pub(super) async fn bring_back(embedded: &Embedded) -> Result<RebuildReport> {
    embedded.bring_back(&|_| {}).await.map(seen).map_err(unbuilt)
}

fn seen(report: Report) -> RebuildReport {
    RebuildReport {
        library: report.library.to_string(),
        restored: number(report.from_journal + report.from_objects),
        from_journal: number(report.from_journal),
        from_objects: number(report.from_objects),
        already: number(report.already),
        learned: number(report.learned + report.removed),
        missing: number(report.missing),
        changed: number(report.changed),
        not_proven: number(report.not_proven),
        by_bytes: number(report.by_bytes),
        left_alone: number(report.left_alone),
        unread: number(report.unread),
        segments: number(report.segments),
        damaged: report
            .damaged
            .into_iter()
            .map(|segment| DamagedSegment { key: segment.key, lost: number(segment.lost) })
            .collect(),
        lost: report.lost,
    }
}

fn number(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn said(detail: account_api::ErrorDetail) -> EngineError {
    EngineError::new(crate::service::kind_of(detail.code), messages::Service::Said { said: detail.message })
}

fn unbuilt(error: RebuildError) -> EngineError {
    let listed = |libraries: &[Library]| {
        let each = libraries.iter().map(|library| {
            let id = library.user_id.to_string();
            let pictures = if library.more {
                messages::Rebuild::More { pictures: library.pictures.to_string() }.to_string()
            } else {
                messages::Count::Pictures { count: library.pictures }.to_string()
            };
            match library.username.clone() {
                Some(name) => messages::Rebuild::Named { id, name, pictures }.to_string(),
                None => messages::Rebuild::Nameless { id, pictures }.to_string(),
            }
        });
        each.collect::<Vec<_>>().join("; ")
    };
    let kind = match &error {
        RebuildError::NoLibrary => ErrorKind::NotFound,
        RebuildError::Several(there) | RebuildError::Unknown { there, .. } => {
            let message = messages::Rebuild::Which { why: error.to_string(), libraries: listed(there) };
            return EngineError::new(ErrorKind::InvalidInput, message);
        }
        RebuildError::Store(error) if error.is_refusal() => ErrorKind::StoreRefused,
        RebuildError::Store(_) => ErrorKind::StoreUnreachable,
        RebuildError::Service(detail) => return said(detail.clone()),
    };
    EngineError::new(kind, messages::Rebuild::Failed { why: error.to_string() })
}

/// What was typed, as it was typed.
///
/// # Errors
/// `InvalidInput` when there is no key, or when the endpoint has a slip in it that would pass for another host.
pub(super) fn typed(form: BucketForm) -> Result<BucketConfig> {
    let missing = |field: messages::Bucket| EngineError::new(ErrorKind::InvalidInput, field);
    if is_mistyped(form.endpoint.trim()) {
        let message = messages::Bucket::NoAddress { typed: form.endpoint.trim().to_string() };
        return Err(EngineError::new(ErrorKind::InvalidInput, message));
    }
    if form.key_id.trim().is_empty() {
        return Err(missing(messages::Bucket::NoKeyId));
    }
    if form.secret.trim().is_empty() {
        return Err(missing(messages::Bucket::NoSecret));
    }
    Ok(BucketConfig {
        endpoint: Some(form.endpoint),
        region: form.region,
        bucket: form.bucket,
        key_id: form.key_id,
        secret: form.secret.trim().into(),
        path_style: form.path_style,
        without_parts: form.without_parts,
        as_typed: true,
    })
}

/// The same with the scheme that is meant, and without what people add by accident.
///
/// # Errors
/// `InvalidInput` with a sentence that names the field.
pub(super) fn normalised(form: BucketForm) -> Result<BucketConfig> {
    let (bucket, corrections) = typed(form)?
        .normalised()
        .map_err(|why| EngineError::new(ErrorKind::InvalidInput, messages::Bucket::Unusable { why }))?;
    tracing::debug!(?corrections, "a bucket's settings were put right");
    Ok(bucket)
}

/// Tries a bucket for real, as typed, and tells each step as it ends.
pub(super) async fn probe(bucket: &BucketConfig, steps: &mut StepSink<'_>) {
    probe_bucket(bucket, PATIENCE, &mut |step| {
        let status = match (step.ok, step.code) {
            (true, None) => StepStatus::Ok,
            (true, Some(_)) => StepStatus::Lacking,
            (false, _) => StepStatus::Failed,
        };
        steps.step(step.name, status, step.message, step.code.map(|code| code.as_str().to_owned()));
    })
    .await;
}
