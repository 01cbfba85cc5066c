//! How many files and connections this process may have open at the same time.

/// Raises what the system allows by default, which is mostly 1,024, to what it allows when asked, and gives that number.
/// None where the system has no such bound.
pub fn raise() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        let before = limit.current;
        limit.current = limit.maximum;
        // macOS calls its maximum unlimited and takes no such number.
        match setrlimit(Resource::Nofile, limit) {
            Ok(()) => limit.maximum,
            Err(error) => {
                tracing::debug!(%error, "the number of open files stays as it is");
                before
            }
        }
    }
    #[cfg(not(unix))]
    None
}
