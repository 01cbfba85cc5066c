//! What a system says about the connection.

/// Whether the connection is paid by the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metered {
    /// It is, or most likely is (a phone's hotspot).
    Yes,
    /// It isn't, or most likely isn't.
    No,
    /// The system doesn't say.
    Unknown,
}
