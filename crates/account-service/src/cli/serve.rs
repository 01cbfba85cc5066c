//! `account-service serve`

use std::process::ExitCode;

use account_service::{Config, Server};

/// Serves until it is asked to end, and then answers what is in flight.
pub async fn serve(config: Config) -> ExitCode {
    let server = match Server::bind(config).await {
        Ok(server) => server,
        Err(error) => {
            tracing::error!("{error}");
            return ExitCode::FAILURE;
        }
    };
    tracing::info!("serving at http://{}", server.address());
    if let Some(address) = server.metrics_address() {
        tracing::info!("metrics at http://{address}/metrics");
    }
    let stop = server.stop_handle();
    tokio::spawn(async move {
        asked_to_end().await;
        tracing::info!("ending, after what is in flight");
        stop.stop();
    });
    server.run().await;
    tracing::info!("ended");
    ExitCode::SUCCESS
}

/// Waits for Ctrl+C, or for what a service supervisor sends.
async fn asked_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await;
}
