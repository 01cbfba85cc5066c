//! The wire types of the account service's HTTP API, shared by the service and its clients.
//!
//! One module per resource. Everything is JSON. Times are RFC 3339 in UTC (`2026-03-01T12:00:00.000Z`), sizes are bytes,
//! identifiers are opaque strings. Fields may be added to a response at any time; clients ignore what they don't know.

mod albums;
mod auth;
mod changes;
mod clock;
mod description;
mod edits;
mod error;
mod examinations;
mod facts;
mod health;
mod images;
mod links;
mod marks;
mod person;
mod recovery;
mod sessions;
mod thumbnails;
mod trash;
mod two_factor;
mod uploads;
mod verdicts;
mod verify;

pub use albums::{Album, AlbumChange, InAlbum};
pub use auth::{
    AuthResponse, LoginRequest, MessageResponse, PasswordRequest, RefreshRequest, RefreshResponse, RegisterRequest,
    Usage, User,
};
pub use changes::{Change, ChangesPage, ChangesQuery, GivenLink, LinkChange, Operation};
pub use clock::{Clock, NotAClock};
pub use description::{Description, DescriptionPatch, MAX_TAGS, PERSON};
pub use edits::{
    AlbumOrder, Author, Crop, Edit, EditKind, EditResult, EditStatus, EditsRequest, EditsResponse, MAX_EDITS, Reading,
};
pub use error::{ErrorBody, ErrorCode, ErrorDetail};
pub use examinations::{Examination, ExaminationsRequest, ExaminationsResponse, Examined};
pub use facts::{DateSource, Facts, Film};
pub use health::{HealthResponse, Registration};
pub use images::{
    AnalyzeRequest, DeleteQuery, Fault, Image, ImagePatch, ImageQuery, ImageResponse, ImagesPage, ImagesQuery, Receipt,
    Remark, UploadResponse, VerifiedBy,
};
pub use links::{Link, LinksRequest, LinksResponse};
pub use marks::{Marks, NewMarks};
pub use person::{EmailConfirmRequest, EmailRequest, EmailResponse, RemoveAccountRequest};
pub use recovery::{RecoverWithCodeRequest, RecoveryRequest, ResetPasswordRequest};
pub use sessions::{Session, SessionsResponse};
pub use thumbnails::{ThumbnailUrl, ThumbnailUrlsRequest, ThumbnailUrlsResponse};
pub use trash::TrashRule;
pub use two_factor::{PasswordCheck, RecoveryCodesResponse, TotpConfirmRequest, TotpEnrolment, TotpStatus};
pub use uploads::{
    CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, CompleteResult, CompletedPart, Grant,
    GrantOutcome, GrantRequest, GrantResponse, GrantResult, NewPicture, PartGrant, PartSpec, PartsRequest,
    PartsResponse, PresignedPut, StoredPart, StoredPartsResponse, ThumbnailSpec, ThumbnailsRequest, ThumbnailsResponse,
    Transfer,
};
pub use verdicts::{MAX_VERDICTS, Verdict};
pub use verify::{CheckedBy, VerifyOutcome, VerifyRequest, VerifyResponse, VerifyResult};

/// A point in time: RFC 3339 in UTC with milliseconds, such as `2026-03-01T12:00:00.000Z`.
pub type Timestamp = String;

/// The largest number of items in one batch of grants, completions, thumbnails or links.
pub const MAX_BATCH: usize = 200;

/// The largest page of `GET /api/images` and `GET /api/changes`.
pub const MAX_PAGE: u32 = 1000;

/// The service's routes, so that the client and the service can't drift apart.
pub mod route {
    /// `POST`: make an account ([`RegisterRequest`](crate::RegisterRequest) → 201 [`AuthResponse`](crate::AuthResponse)).
    pub const REGISTER: &str = "/api/auth/register";
    /// `POST`: sign in ([`LoginRequest`](crate::LoginRequest) → [`AuthResponse`](crate::AuthResponse)).
    pub const LOGIN: &str = "/api/auth/login";
    /// `GET`: the signed-in [`User`](crate::User).
    pub const ME: &str = "/api/auth/me";
    /// `POST`: rotate the refresh token ([`RefreshRequest`](crate::RefreshRequest) →
    /// [`RefreshResponse`](crate::RefreshResponse)). Needs no access token.
    pub const REFRESH: &str = "/api/auth/refresh";
    /// `POST`: end this session.
    pub const LOGOUT: &str = "/api/auth/logout";
    /// `POST`: change the password and end all other sessions ([`PasswordRequest`](crate::PasswordRequest)).
    pub const PASSWORD: &str = "/api/auth/password";
    /// `GET`: the devices that are signed in ([`SessionsResponse`](crate::SessionsResponse)); `DELETE`: sign all of them
    /// out but this one.
    pub const SESSIONS: &str = "/api/auth/sessions";
    /// `DELETE`: sign this device out.
    pub const SESSION: &str = "/api/auth/sessions/{id}";
    /// `GET`: whether the second factor is on ([`TotpStatus`](crate::TotpStatus)); `POST`: begin to switch it on
    /// ([`PasswordCheck`](crate::PasswordCheck) → [`TotpEnrolment`](crate::TotpEnrolment)).
    pub const TOTP: &str = "/api/auth/totp";
    /// `POST`: switch the second factor on ([`TotpConfirmRequest`](crate::TotpConfirmRequest) →
    /// [`RecoveryCodesResponse`](crate::RecoveryCodesResponse)).
    pub const TOTP_CONFIRM: &str = "/api/auth/totp/confirm";
    /// `POST`: switch the second factor off ([`PasswordCheck`](crate::PasswordCheck)).
    pub const TOTP_DISABLE: &str = "/api/auth/totp/disable";
    /// `POST`: new recovery codes in place of the old ones ([`PasswordCheck`](crate::PasswordCheck) →
    /// [`RecoveryCodesResponse`](crate::RecoveryCodesResponse)); also without a second factor.
    pub const RECOVERY_CODES: &str = "/api/auth/recovery-codes";
    /// `POST`, without signing in: ask for a mail that lets one set a new password
    /// ([`RecoveryRequest`](crate::RecoveryRequest)).
    pub const RECOVERY: &str = "/api/auth/recovery";
    /// `POST`, without signing in: set a new password with a recovery code
    /// ([`RecoverWithCodeRequest`](crate::RecoverWithCodeRequest)).
    pub const RECOVERY_CODE: &str = "/api/auth/recovery/code";
    /// `POST`, without signing in: set a new password with the token of a link
    /// ([`ResetPasswordRequest`](crate::ResetPasswordRequest)).
    pub const RESET: &str = "/api/auth/reset";
    /// `GET`: the page that a reset link opens; the token stands behind the `#`, which browsers send nowhere.
    pub const RESET_PAGE: &str = "/reset";
    /// `POST`: change the e-mail address ([`EmailRequest`](crate::EmailRequest) → [`EmailResponse`](crate::EmailResponse)).
    pub const EMAIL: &str = "/api/auth/email";
    /// `POST`, without signing in: confirm an e-mail address with the token of a link
    /// ([`EmailConfirmRequest`](crate::EmailConfirmRequest)).
    pub const EMAIL_CONFIRM: &str = "/api/auth/email/confirm";
    /// `GET`: the page that opens from a mail to a new address.
    pub const EMAIL_PAGE: &str = "/email";
    /// `POST`: remove the account and all of it ([`RemoveAccountRequest`](crate::RemoveAccountRequest)).
    pub const REMOVE_ACCOUNT: &str = "/api/auth/remove";
    /// `GET`: a page of pictures; `POST`: upload one as `multipart/form-data`.
    pub const IMAGES: &str = "/api/images";
    /// `GET`, `PATCH`, `DELETE` one picture. `DELETE` moves it to the trash; `?permanent=true` removes it for good.
    pub const IMAGE: &str = "/api/images/{id}";
    /// `POST`: ask the service's AI for a description.
    pub const ANALYZE: &str = "/api/images/{id}/analyze";
    /// `POST`: take a picture out of the trash (→ [`ImageResponse`](crate::ImageResponse)).
    pub const RESTORE: &str = "/api/images/{id}/restore";
    /// `POST`: ask the store again about a batch of pictures ([`VerifyRequest`](crate::VerifyRequest) →
    /// [`VerifyResponse`](crate::VerifyResponse)).
    pub const VERIFY: &str = "/api/images/verify";
    /// `POST`: where the thumbnails of a batch of pictures are ([`ThumbnailUrlsRequest`](crate::ThumbnailUrlsRequest) →
    /// [`ThumbnailUrlsResponse`](crate::ThumbnailUrlsResponse)).
    pub const THUMBNAIL_URLS: &str = "/api/images/thumbnails";
    /// `POST`: what a later look at pictures' bytes gave ([`ExaminationsRequest`](crate::ExaminationsRequest) →
    /// [`ExaminationsResponse`](crate::ExaminationsResponse)).
    pub const EXAMINATIONS: &str = "/api/images/examinations";
    /// `POST`: grants for a batch of uploads ([`GrantRequest`](crate::GrantRequest) →
    /// [`GrantResponse`](crate::GrantResponse)).
    pub const UPLOADS: &str = "/api/uploads";
    /// `POST`: presigned URLs for parts of one multipart upload.
    pub const UPLOAD_PARTS: &str = "/api/uploads/{id}/parts";
    /// `GET`: which parts the store has ([`StoredPartsResponse`](crate::StoredPartsResponse)).
    pub const UPLOAD_STORED: &str = "/api/uploads/{id}/stored";
    /// `POST`: finish a batch ([`CompleteRequest`](crate::CompleteRequest) →
    /// [`CompleteResponse`](crate::CompleteResponse)).
    pub const COMPLETE: &str = "/api/uploads/complete";
    /// `POST`: confirm that thumbnails have been stored.
    pub const THUMBNAILS: &str = "/api/uploads/thumbnails";
    /// `DELETE`: abort an upload and forget what was sent.
    pub const UPLOAD: &str = "/api/uploads/{id}";
    /// `POST`: a batch of edits ([`EditsRequest`](crate::EditsRequest) → [`EditsResponse`](crate::EditsResponse)).
    pub const EDITS: &str = "/api/edits";
    /// `GET`: the account's change feed.
    pub const CHANGES: &str = "/api/changes";
    /// `GET`: server-sent events; an event `news` whose data is the account's newest revision.
    pub const CHANGES_STREAM: &str = "/api/changes/stream";
    /// `POST`: links for a batch of pictures.
    pub const LINKS: &str = "/api/links";
    /// `GET`, without signing in: redirects to the picture behind a link's token.
    pub const SHARED: &str = "/i/{token}";
    /// `GET`: this API as an OpenAPI document.
    pub const OPENAPI: &str = "/api/openapi.json";
    /// `GET`: the process is alive.
    pub const HEALTHZ: &str = "/healthz";
    /// `GET`: database and store answer.
    pub const READYZ: &str = "/readyz";
}
