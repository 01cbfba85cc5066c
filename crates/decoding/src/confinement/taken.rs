//! What there is no more.

/// What the system has taken from this process for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Confinement {
    /// So many bytes of memory at most.
    pub memory: bool,
    /// No files, by Landlock.
    pub files: bool,
    /// No system calls but those that computing takes, by seccomp: no files, network or processes either.
    pub calls: bool,
}
