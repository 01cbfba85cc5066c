//! Being asked to end: what is under way is put away first.

/// Waits for Ctrl+C, or for whoever shuts the computer down. A terminal that closes is left to the system: a command that was
/// started to outlive it goes on.
#[cfg(unix)]
pub async fn asked_for() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
pub async fn asked_for() {
    drop(tokio::signal::ctrl_c().await);
}
