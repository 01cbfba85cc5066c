//! What another program copied.

/// What another program copied, as it offers it.
#[derive(Default)]
pub struct Copied {
    /// A list of addresses, one a line (RFC 2483).
    pub addresses: String,
    /// A text that only older programs would offer so.
    pub text: String,
    /// The ending of a file of its kind, and its bytes.
    pub picture: Option<(&'static str, Vec<u8>)>,
}
