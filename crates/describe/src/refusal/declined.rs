//! What stands where a description should.

/// What a text is, besides a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declined {
    /// The model won't describe the picture.
    Refused,
    /// The model says that it sees no picture.
    Blind,
    /// Something says that nothing came of it.
    Failed,
}
