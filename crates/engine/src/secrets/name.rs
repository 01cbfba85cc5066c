//! What the vault keeps.

use std::fmt;

/// A secret of this app. Secrets of a place carry the place's id, so that several places can be kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// The newest refresh token of an account's session.
    RefreshToken {
        /// `account-…`
        place: String,
    },
    /// The secret access key of a bucket.
    BucketSecret {
        /// `bucket-…`
        place: String,
    },
    /// The key for descriptions.
    AiKey,
}

/// The name inside the sealed file.
impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RefreshToken { place } => write!(f, "refresh-token:{place}"),
            Self::BucketSecret { place } => write!(f, "bucket-secret:{place}"),
            Self::AiKey => f.write_str("ai-key"),
        }
    }
}
