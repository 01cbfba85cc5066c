//! All operations: the method, the address and the handler of each. A route is added here and in no other way, so that what a
//! hosted service says of itself has all of them.

use account_api::route;
use axum::Router;
use axum::routing::{delete, get, patch, post};

#[cfg(feature = "hosted")]
use super::openapi;
use super::{account, auth, changes, edits, health, images, links, person, recovery, uploads};
use crate::service::App;

/// Makes of a list a module with a router, and in a hosted service with what is documented of each.
macro_rules! operations {
    ($(#[$about:meta])* $name:ident: $($method:ident $address:ident $module:ident::$handler:ident,)+) => {
        $(#[$about])*
        pub mod $name {
            use super::*;

            /// The routes.
            pub fn routes() -> Router<App> {
                Router::new()$(.route(route::$address, $method($module::$handler)))+
            }

            /// What stands above their handlers.
            #[cfg(feature = "hosted")]
            #[derive(utoipa::OpenApi)]
            #[openapi(paths($($module::$handler),+))]
            pub struct Documentation;

            /// Their methods and addresses.
            #[cfg(all(test, feature = "hosted"))]
            pub const LIST: &[(&str, &str)] = &[$((stringify!($method), route::$address)),+];
        }
    };
}

operations! {
    /// What is answered at once.
    quick:
    post REGISTER auth::register,
    post LOGIN auth::log_in,
    get ME auth::me,
    post REFRESH auth::refresh,
    post LOGOUT auth::log_out,
    post PASSWORD account::change_password,
    get SESSIONS account::list,
    delete SESSIONS account::end_others,
    delete SESSION account::end_one,
    get TOTP account::totp,
    post TOTP account::enrol,
    post TOTP_CONFIRM account::confirm,
    post TOTP_DISABLE account::disable,
    post RECOVERY_CODES account::recovery_codes,
    post EMAIL person::change_email,
    post EMAIL_CONFIRM person::confirm_email,
    get EMAIL_PAGE person::email_page,
    post REMOVE_ACCOUNT person::remove,
    post RECOVERY recovery::by_mail,
    post RECOVERY_CODE recovery::with_code,
    post RESET recovery::reset,
    get RESET_PAGE recovery::page,
    get IMAGE images::show,
    patch IMAGE images::patch,
    delete IMAGE images::delete,
    post RESTORE images::restore,
    post THUMBNAIL_URLS images::thumbnails,
    post EXAMINATIONS images::examinations,
    post UPLOADS uploads::grant,
    post UPLOAD_PARTS uploads::parts,
    get UPLOAD_STORED uploads::stored,
    post THUMBNAILS uploads::thumbnails,
    delete UPLOAD uploads::abort,
    get CHANGES changes::page,
    get CHANGES_STREAM changes::stream,
    post LINKS links::links,
    get SHARED links::follow,
    get HEALTHZ health::alive,
    get READYZ health::ready,
}

operations! {
    /// What moves a picture, or has the store or an AI work on one.
    slow:
    post ANALYZE images::analyze,
    post VERIFY images::verify,
    post COMPLETE uploads::complete,
}

operations! {
    /// What may bring a picture with it.
    form:
    get IMAGES images::list,
    post IMAGES images::upload,
}

operations! {
    /// What may bring many edits with it.
    batch:
    post EDITS edits::make,
}

#[cfg(feature = "hosted")]
operations! {
    /// What the service says of itself.
    about:
    get OPENAPI openapi::openapi,
}
