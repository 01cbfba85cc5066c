//! Whether PostgreSQL is there: a pool of connections would only say that it waited in vain.

use std::io;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::DbErr;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{Connection, Error};
use tokio::time::{Instant, sleep, timeout_at};

/// How long is waited between tries.
const PAUSE: Duration = Duration::from_millis(500);

/// Connects once, and tries for as long as `patience` while the server may be starting. What keeps it is told in the log at once.
///
/// # Errors
/// In a sentence without a full stop what is wrong, and what to look at.
pub async fn reach(url: &str, patience: Duration) -> Result<(), DbErr> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| DbErr::Custom(format!("DATABASE_URL can’t be understood: {}", why(&error))))?;
    let address = format!("{}:{}", options.get_host(), options.get_port());
    let end = Instant::now() + patience;
    let mut told = false;
    loop {
        let error = match timeout_at(end, PgConnection::connect_with(&options)).await {
            Ok(Ok(connection)) => return connection.close().await.or(Ok(())),
            Ok(Err(error)) => error,
            Err(_) => Error::PoolTimedOut,
        };
        let why = why(&error);
        let answered =
            matches!(&error, Error::Database(error) if !error.code().is_some_and(|code| code.starts_with("57P")));
        if answered || Instant::now() + PAUSE >= end {
            let what_to_do = "Check DATABASE_URL, and that the server is running and takes connections from here";
            return Err(DbErr::Custom(format!("PostgreSQL at {address} can’t be used: {why}. {what_to_do}")));
        }
        if !told {
            tracing::warn!(
                "PostgreSQL at {address} can’t be used yet: {why}; trying for {} seconds",
                patience.as_secs()
            );
            told = true;
        }
        sleep(PAUSE).await;
    }
}

fn why(error: &Error) -> String {
    match error {
        Error::Database(error) => error.message().to_owned(),
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "nothing listens there, so the connection was refused".to_owned()
        }
        Error::Io(error) => machine::why(error),
        Error::Tls(error) => format!("no secure connection could be made ({error})"),
        Error::PoolTimedOut => "it doesn’t answer".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_is_not_there_is_named_with_the_reason() {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let url = format!("postgresql://anna:hush-hush@{free}/pictures");
        let error = reach(&url, Duration::ZERO).await.unwrap_err();
        let DbErr::Custom(told) = error else { panic!("{error}") };
        assert!(told.contains(&free.to_string()) && !told.contains("pool") && !told.contains("hush"), "{told}");
        let told = reach(&url, Duration::from_millis(600)).await.unwrap_err().to_string();
        assert!(told.contains("refused"), "{told}");
    }
}
