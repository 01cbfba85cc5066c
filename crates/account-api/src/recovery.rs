//! Getting back into an account whose password is forgotten.

use serde::{Deserialize, Serialize};

use crate::auth::redacted;

/// Asks for a mail with a link that sets a new password. The answer and the time it takes are the same whether the
/// account exists or not.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryRequest {
    /// The user name or the e-mail address.
    pub account: String,
}

/// Sets a new password with a recovery code, and ends all sessions. The second factor stays on.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoverWithCodeRequest {
    /// The user name or the e-mail address.
    pub account: String,
    /// One of the account's recovery codes.
    pub recovery_code: String,
    /// 8 to 128 characters of any kind, and none of the commonest.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128, example = "correct horse battery"))]
    pub new_password: String,
}

/// Sets a new password with the token of a link from a mail or from the operator, and ends all sessions. The second
/// factor stays on, unless the operator made the link to lift it, too.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetPasswordRequest {
    /// What stands after the `#` of the link.
    pub token: String,
    /// 8 to 128 characters of any kind, and none of the commonest.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128, example = "correct horse battery"))]
    pub new_password: String,
}

redacted! {
    RecoverWithCodeRequest { account }
    ResetPasswordRequest {}
}
