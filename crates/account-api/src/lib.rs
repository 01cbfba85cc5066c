//! The wire types of the account service's HTTP API, shared by the service and its clients.
//!
//! One module per resource. Everything is JSON. Times are RFC 3339 in UTC (`2026-03-01T12:00:00.000Z`), sizes are bytes,
//! identifiers are opaque strings. Fields may be added to a response at any time; clients ignore what they don't know.

mod auth;
mod changes;
mod error;
mod images;
mod links;
mod uploads;

pub use auth::{
    AuthResponse, LoginRequest, MessageResponse, RefreshRequest, RefreshResponse, RegisterRequest, Usage, User,
};
pub use changes::{Change, ChangesPage, ChangesQuery, Operation};
pub use error::{ErrorBody, ErrorCode, ErrorDetail};
pub use images::{
    AnalyzeRequest, DeleteQuery, Description, Image, ImagePatch, ImageQuery, ImageResponse, ImagesPage, ImagesQuery,
    Receipt, UploadResponse, VerifiedBy,
};
pub use links::{Link, LinksRequest, LinksResponse};
pub use uploads::{
    CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, CompleteResult, CompletedPart, Grant,
    GrantOutcome, GrantRequest, GrantResponse, GrantResult, NewPicture, PartGrant, PartSpec, PartsRequest,
    PartsResponse, PresignedPut, StoredPart, StoredPartsResponse, ThumbnailSpec, ThumbnailsRequest, ThumbnailsResponse,
    Transfer,
};

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
    /// `GET`: a page of pictures; `POST`: upload one as `multipart/form-data`.
    pub const IMAGES: &str = "/api/images";
    /// `GET`, `PATCH`, `DELETE` one picture. `DELETE` moves it to the trash; `?permanent=true` removes it for good.
    pub const IMAGE: &str = "/api/images/{id}";
    /// `POST`: ask the service's AI for a description.
    pub const ANALYZE: &str = "/api/images/{id}/analyze";
    /// `POST`: take a picture out of the trash (→ [`ImageResponse`](crate::ImageResponse)).
    pub const RESTORE: &str = "/api/images/{id}/restore";
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
