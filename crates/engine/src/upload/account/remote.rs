//! The account service as the queue uses it: calls wait while it can't be reached, and end only with an answer.

use std::sync::Arc;
use std::time::Duration;

use account_api::{
    CompleteItem, CompleteRequest, CompleteResult, ErrorCode, ErrorDetail, GrantRequest, GrantResult, NewPicture,
    PartGrant, PartSpec, PartsRequest, StoredPart, ThumbnailsRequest,
};

use crate::ErrorKind;
use crate::service::{Client, ServiceError};
use crate::upload::intake::refusal::Refusal;
use crate::upload::schedule::circuit_breaker::{CircuitBreaker, Peer};

/// How often a call is made again that the service stumbles over, before it is believed.
const STUMBLES: u32 = 3;

/// The service's final answer to a call: no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct Refused(pub(in crate::upload) ErrorDetail);

impl Refused {
    /// For a service that left a file out of its answer.
    pub(in crate::upload) fn silent() -> ErrorDetail {
        ErrorDetail { code: ErrorCode::Internal, message: messages::Upload::Unanswered.to_string() }
    }
}

/// The account service, waited for.
#[derive(Clone)]
pub(in crate::upload) struct Account {
    client: Client,
    breaker: CircuitBreaker,
}

impl Account {
    /// Calls through `client`, waiting as `breaker` says.
    pub(in crate::upload) fn new(client: Client, breaker: CircuitBreaker) -> Self {
        Self { client, breaker }
    }

    /// Makes a call until it is answered. `make` gets a client of its own for each attempt.
    async fn call<T, F>(&self, make: impl Fn(Client) -> F + Send) -> Result<T, Refused>
    where
        F: Future<Output = Result<T, ServiceError>> + Send,
    {
        let mut stumbles = 0;
        loop {
            let attempt = self.breaker.attempt(Peer::Service).await;
            let error = match make(self.client.clone()).await {
                Ok(answer) => {
                    attempt.succeeded();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            match judge(&error) {
                Verdict::Wait { kind, reason, after } => attempt.failed(kind, &reason, after),
                Verdict::Stumbled(detail) => {
                    stumbles += 1;
                    if stumbles > STUMBLES {
                        attempt.answered();
                        return Err(Refused(detail));
                    }
                    attempt.failed(ErrorKind::ServiceFailed, &detail.message, None);
                }
                Verdict::No(detail) => {
                    attempt.answered();
                    return Err(Refused(detail));
                }
            }
        }
    }

    /// Announces at most [`account_api::MAX_BATCH`] files.
    pub(in crate::upload) async fn grants(&self, files: Vec<NewPicture>) -> Result<Vec<GrantResult>, Refused> {
        let request = Arc::new(GrantRequest { files });
        let answer = self.call(|client| {
            let request = Arc::clone(&request);
            async move { client.grants(&request).await }
        });
        Ok(answer.await?.results)
    }

    /// Confirms at most [`account_api::MAX_BATCH`] uploads.
    pub(in crate::upload) async fn complete(&self, uploads: Vec<CompleteItem>) -> Result<Vec<CompleteResult>, Refused> {
        let request = Arc::new(CompleteRequest { uploads });
        let answer = self.call(|client| {
            let request = Arc::clone(&request);
            async move { client.complete(&request).await }
        });
        Ok(answer.await?.results)
    }

    /// URLs of parts.
    pub(in crate::upload) async fn parts(
        &self,
        upload_id: &str,
        parts: Vec<PartSpec>,
    ) -> Result<Vec<PartGrant>, Refused> {
        let request = Arc::new(PartsRequest { parts });
        let answer = self.call(|client| {
            let (request, upload_id) = (Arc::clone(&request), upload_id.to_owned());
            async move { client.part_grants(&upload_id, &request).await }
        });
        Ok(answer.await?.parts)
    }

    /// The parts that the store has.
    pub(in crate::upload) async fn stored(&self, upload_id: &str) -> Result<Vec<StoredPart>, Refused> {
        let answer = self.call(|client| {
            let upload_id = upload_id.to_owned();
            async move { client.stored_parts(&upload_id).await }
        });
        Ok(answer.await?.parts)
    }

    /// Confirms at most [`account_api::MAX_BATCH`] thumbnails; gives the pictures whose thumbnails the store has.
    pub(in crate::upload) async fn thumbnails(&self, image_ids: Vec<String>) -> Result<Vec<String>, Refused> {
        let request = Arc::new(ThumbnailsRequest { image_ids });
        let answer = self.call(|client| {
            let request = Arc::clone(&request);
            async move { client.confirm_thumbnails(&request).await }
        });
        Ok(answer.await?.confirmed)
    }

    /// Ends an upload. One that is over already is fine.
    pub(in crate::upload) async fn abort(&self, upload_id: &str) -> Result<(), Refused> {
        let answer = self.call(|client| {
            let upload_id = upload_id.to_owned();
            async move { client.abort_upload(&upload_id).await }
        });
        match answer.await {
            Err(Refused(ErrorDetail {
                code: ErrorCode::UploadGone | ErrorCode::NotFound | ErrorCode::Conflict,
                ..
            })) => Ok(()),
            other => other.map(drop),
        }
    }
}

enum Verdict {
    Wait { kind: ErrorKind, reason: String, after: Option<Duration> },
    Stumbled(ErrorDetail),
    No(ErrorDetail),
}

fn judge(error: &ServiceError) -> Verdict {
    let wait = || Verdict::Wait { kind: error.kind(), reason: error.to_string(), after: error.retry_after() };
    match (error.code(), error.kind()) {
        // Signing in again, unlocking the keychain, or typing the bucket's key lets the queue go on.
        (_, ErrorKind::ServiceUnreachable | ErrorKind::SignedOut | ErrorKind::SecretsLocked) => wait(),
        (Some(code), _) if is_passing(code) => wait(),
        // The service hasn't said a word, so it has said no to nothing: it isn't open for want of a key, or something else
        // answers at its address, as in a network that wants to be signed in to first.
        (None, _) => wait(),
        (Some(code @ (ErrorCode::Internal | ErrorCode::Unknown)), _) => {
            Verdict::Stumbled(ErrorDetail { code, message: error.to_string() })
        }
        (Some(code), _) => Verdict::No(ErrorDetail { code, message: error.to_string() }),
    }
}

/// Whether an answer about one file may be another one soon: then the file waits.
pub(in crate::upload) fn is_passing(code: ErrorCode) -> bool {
    is_outage(code) || code == ErrorCode::TooManyUploads
}

/// Whether the service can't use its store or its database: no file's fault.
pub(in crate::upload) fn is_outage(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::StorageUnavailable | ErrorCode::DatabaseUnavailable | ErrorCode::TimedOut | ErrorCode::RateLimited
    )
}

/// The sentence for a file that the service refuses.
pub(in crate::upload) fn refusal(name: &str, detail: &ErrorDetail) -> Refusal {
    let (name, said) = (name.to_owned(), detail.message.clone());
    let code = match detail.code {
        // Of this service: another place, or this one with other limits, may take it.
        ErrorCode::TooLarge => ErrorKind::TooLarge,
        ErrorCode::UnsupportedMedia => {
            return Refusal::last(ErrorKind::NotAPicture, messages::Upload::Refused { name, said });
        }
        ErrorCode::QuotaExceeded => {
            return Refusal::for_now(ErrorKind::QuotaExceeded, messages::Upload::OverQuota { name, said });
        }
        ErrorCode::ChecksumMismatch => ErrorKind::ChecksumMismatch,
        ErrorCode::StorageUnavailable => ErrorKind::StoreUnreachable,
        _ => ErrorKind::ServiceFailed,
    };
    Refusal::for_now(code, messages::Upload::Refused { name, said })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EngineError;
    use crate::service::{ClientOptions, RetryPolicy, ServiceAddress, Unavailable};

    #[tokio::test]
    async fn a_place_that_is_not_open_is_waited_for_whatever_it_lacks() {
        for kind in [ErrorKind::SecretsNotKept, ErrorKind::SecretsLocked, ErrorKind::SignedOut, ErrorKind::Disk] {
            let client = Client::new(ClientOptions {
                address: ServiceAddress::parse("http://127.0.0.1:9").unwrap(),
                tokens: Arc::new(Unavailable(EngineError::new(kind, messages::Message::words("It lacks something.")))),
                retry: RetryPolicy::default(),
                links_at: None,
            });
            let error = client.unwrap().grants(&GrantRequest { files: Vec::new() }).await.unwrap_err();
            assert!(matches!(judge(&error), Verdict::Wait { .. }), "{kind:?}");
        }
    }
}
