//! The calls, one method a route.

use std::time::Duration;

use account_api::{
    AnalyzeRequest, ChangesPage, ChangesQuery, CompleteRequest, CompleteResponse, EditsRequest, EditsResponse,
    EmailRequest, EmailResponse, ExaminationsRequest, ExaminationsResponse, GrantRequest, GrantResponse, Image,
    ImageResponse, ImagesPage, ImagesQuery, LinksRequest, LinksResponse, MessageResponse, PartsRequest, PartsResponse,
    PasswordCheck, PasswordRequest, RecoveryCodesResponse, RemoveAccountRequest, SessionsResponse, StoredPartsResponse,
    ThumbnailUrlsRequest, ThumbnailUrlsResponse, ThumbnailsRequest, ThumbnailsResponse, TotpConfirmRequest,
    TotpEnrolment, TotpStatus, User, VerifyRequest, VerifyResponse, route,
};
use reqwest::Method;
use url::Url;

use super::call::Call;
use super::failure::ServiceError;
use super::{Client, News};

/// Completing reads objects' facts from the store, and sometimes the bytes themselves.
const COMPLETING: Duration = Duration::from_secs(10 * 60);

/// A model may think for long.
const ANALYSING: Duration = Duration::from_secs(4 * 60);

/// Signing out is not worth a long wait.
const LEAVING: Duration = Duration::from_secs(10);

type Answer<T> = Result<T, ServiceError>;

/// Every method fails with a [`ServiceError`], which becomes an [`EngineError`](crate::EngineError) by `?`.
impl Client {
    /// Who is signed in.
    pub async fn me(&self) -> Answer<User> {
        self.call(&self.to(Method::GET, route::ME, &[])).await
    }

    /// Ends the session on the service.
    pub async fn logout(&self) -> Answer<MessageResponse> {
        self.call(&self.to(Method::POST, route::LOGOUT, &[]).within(LEAVING).once()).await
    }

    /// The devices that are signed in.
    pub async fn sessions(&self) -> Answer<SessionsResponse> {
        self.call(&self.to(Method::GET, route::SESSIONS, &[])).await
    }

    /// Signs one device out.
    pub async fn end_session(&self, id: &str) -> Answer<MessageResponse> {
        self.call(&self.to(Method::DELETE, route::SESSION, &[id])).await
    }

    /// Signs all devices out but this one.
    pub async fn end_other_sessions(&self) -> Answer<MessageResponse> {
        self.call(&self.to(Method::DELETE, route::SESSIONS, &[])).await
    }

    /// Changes the password.
    pub async fn change_password(&self, request: &PasswordRequest) -> Answer<MessageResponse> {
        self.call(&self.to(Method::POST, route::PASSWORD, &[]).json(request)?.once()).await
    }

    /// Changes the e-mail address, or has a mail sent that does.
    pub async fn change_email(&self, request: &EmailRequest) -> Answer<EmailResponse> {
        self.call(&self.to(Method::POST, route::EMAIL, &[]).json(request)?.once()).await
    }

    /// Removes the account and all of it.
    pub async fn remove_account(&self, request: &RemoveAccountRequest) -> Answer<MessageResponse> {
        self.call(&self.to(Method::POST, route::REMOVE_ACCOUNT, &[]).json(request)?.once()).await
    }

    /// Whether the second factor is on.
    pub async fn totp_status(&self) -> Answer<TotpStatus> {
        self.call(&self.to(Method::GET, route::TOTP, &[])).await
    }

    /// Makes a secret for an authenticator app.
    pub async fn enrol_totp(&self, request: &PasswordCheck) -> Answer<TotpEnrolment> {
        self.call(&self.to(Method::POST, route::TOTP, &[]).json(request)?.once()).await
    }

    /// Switches the second factor on.
    pub async fn confirm_totp(&self, request: &TotpConfirmRequest) -> Answer<RecoveryCodesResponse> {
        self.call(&self.to(Method::POST, route::TOTP_CONFIRM, &[]).json(request)?.once()).await
    }

    /// Switches the second factor off.
    pub async fn disable_totp(&self, request: &PasswordCheck) -> Answer<MessageResponse> {
        self.call(&self.to(Method::POST, route::TOTP_DISABLE, &[]).json(request)?.once()).await
    }

    /// New recovery codes in place of the old ones.
    pub async fn new_recovery_codes(&self, request: &PasswordCheck) -> Answer<RecoveryCodesResponse> {
        self.call(&self.to(Method::POST, route::RECOVERY_CODES, &[]).json(request)?.once()).await
    }

    /// A page of pictures, newest first.
    pub async fn images(&self, query: &ImagesQuery) -> Answer<ImagesPage> {
        self.call(&self.to(Method::GET, route::IMAGES, &[]).query(query)?).await
    }

    /// One picture, with presigned URLs of its bytes and its thumbnail.
    pub async fn image(&self, id: &str) -> Answer<Image> {
        self.call(&self.to(Method::GET, route::IMAGE, &[id])).await
    }

    /// One picture, also one in the trash, with presigned URLs of its bytes and its thumbnail.
    pub async fn image_or_trashed(&self, id: &str) -> Answer<Image> {
        let mut call = self.to(Method::GET, route::IMAGE, &[id]);
        call.url.set_query(Some("trash=true"));
        self.call(&call).await
    }

    /// Where the thumbnails of at most [`account_api::MAX_BATCH`] pictures are, for those that have one.
    pub async fn thumbnail_urls(&self, request: &ThumbnailUrlsRequest) -> Answer<ThumbnailUrlsResponse> {
        self.call(&self.to(Method::POST, route::THUMBNAIL_URLS, &[]).json(request)?).await
    }

    /// Says what a later look at the bytes of at most [`account_api::MAX_BATCH`] pictures gave.
    pub async fn examinations(&self, request: &ExaminationsRequest) -> Answer<ExaminationsResponse> {
        self.call(&self.to(Method::POST, route::EXAMINATIONS, &[]).json(request)?).await
    }

    /// Has the service's AI describe a picture. Never repeated by itself: it costs money.
    pub async fn analyze_image(&self, id: &str, request: &AnalyzeRequest) -> Answer<ImageResponse> {
        self.call(&self.to(Method::POST, route::ANALYZE, &[id]).json(request)?.within(ANALYSING).once()).await
    }

    /// Asks the store again about at most [`account_api::MAX_BATCH`] pictures.
    pub async fn verify_images(&self, request: &VerifyRequest) -> Answer<VerifyResponse> {
        self.call(&self.to(Method::POST, route::VERIFY, &[]).json(request)?.within(COMPLETING)).await
    }

    /// Asks for permission to store a batch.
    pub async fn grants(&self, request: &GrantRequest) -> Answer<GrantResponse> {
        self.call(&self.to(Method::POST, route::UPLOADS, &[]).json(request)?).await
    }

    /// Presigned URLs of some parts of a multipart upload.
    pub async fn part_grants(&self, upload_id: &str, request: &PartsRequest) -> Answer<PartsResponse> {
        self.call(&self.to(Method::POST, route::UPLOAD_PARTS, &[upload_id]).json(request)?).await
    }

    /// Which parts of a multipart upload the store has.
    pub async fn stored_parts(&self, upload_id: &str) -> Answer<StoredPartsResponse> {
        self.call(&self.to(Method::GET, route::UPLOAD_STORED, &[upload_id])).await
    }

    /// Finishes a batch of uploads. Doing it twice gives the same pictures.
    pub async fn complete(&self, request: &CompleteRequest) -> Answer<CompleteResponse> {
        self.call(&self.to(Method::POST, route::COMPLETE, &[]).json(request)?.within(COMPLETING)).await
    }

    /// Confirms thumbnails that were stored.
    pub async fn confirm_thumbnails(&self, request: &ThumbnailsRequest) -> Answer<ThumbnailsResponse> {
        self.call(&self.to(Method::POST, route::THUMBNAILS, &[]).json(request)?).await
    }

    /// Aborts an upload and has the store forget what was sent.
    pub async fn abort_upload(&self, upload_id: &str) -> Answer<MessageResponse> {
        self.call(&self.to(Method::DELETE, route::UPLOAD, &[upload_id])).await
    }

    /// Makes at most [`account_api::MAX_EDITS`] operations. Doing it twice gives the same answer.
    pub async fn edits(&self, request: &EditsRequest) -> Answer<EditsResponse> {
        self.call(&self.to(Method::POST, route::EDITS, &[]).json(request)?).await
    }

    /// Changes of the account, oldest first.
    pub async fn changes(&self, query: &ChangesQuery) -> Answer<ChangesPage> {
        self.call(&self.to(Method::GET, route::CHANGES, &[]).query(query)?).await
    }

    /// Listens for news: revisions of the account as they come about. Ends by itself when the access token does.
    pub async fn news(&self) -> Answer<News> {
        News::listen(self).await
    }

    /// Links of a batch of pictures.
    pub async fn links(&self, request: &LinksRequest) -> Answer<LinksResponse> {
        let mut answer: LinksResponse = self.call(&self.to(Method::POST, route::LINKS, &[]).json(request)?).await?;
        for link in &mut answer.links {
            link.url = self.lasting(std::mem::take(&mut link.url));
        }
        Ok(answer)
    }

    /// Whether the service is there at all.
    pub async fn alive(&self) -> Answer<()> {
        self.plain::<serde::de::IgnoredAny>(&self.to(Method::GET, route::HEALTHZ, &[]).within(LEAVING)).await.map(drop)
    }

    /// Whether the service's database and store answer.
    pub async fn ready(&self) -> Answer<()> {
        let call = self.to(Method::GET, route::READYZ, &[]).within(Duration::from_secs(20)).once();
        self.plain::<serde::de::IgnoredAny>(&call).await.map(drop)
    }

    pub(super) fn to(&self, method: Method, template: &str, arguments: &[&str]) -> Call {
        Call::new(method, self.url(template, arguments))
    }

    fn url(&self, template: &str, arguments: &[&str]) -> Url {
        self.address().route(template, arguments)
    }
}
