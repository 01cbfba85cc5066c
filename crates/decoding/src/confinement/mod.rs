//! What a worker gives up before it looks at the first byte.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod system;
mod taken;

pub use taken::Confinement;

/// The most memory that a worker may have, in bytes: a picture's file (128 MiB), what decoding it may take (256 MiB), its
/// results, and what the program itself has.
const MEMORY: u64 = 1536 << 20;

/// Gives up what decoding doesn't need, as far as the system lets it.
pub fn confine() -> Confinement {
    system::confine(MEMORY)
}
