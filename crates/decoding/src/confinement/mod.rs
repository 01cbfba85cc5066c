//! What a worker gives up before it looks at the first byte.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod system;

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

/// The most memory that a worker may have, in bytes: a picture's file (128 MiB), what decoding it may take (256 MiB), its
/// results, and what the program itself has.
const MEMORY: u64 = 1536 << 20;

/// Gives up what decoding doesn't need, as far as the system lets it.
pub fn confine() -> Confinement {
    system::confine(MEMORY)
}
