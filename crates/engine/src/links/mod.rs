//! Links that people can give to others, in the form they paste.

use serde::Serialize;

/// A link, ready to be pasted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkText {
    /// The picture's local number.
    pub id: u32,
    /// The text in the format that was asked for.
    pub text: String,
    /// When the link stops working (UTC); absent for one that doesn't.
    pub expires_at: Option<String>,
}
