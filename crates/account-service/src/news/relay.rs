//! News between the instances of a service, by PostgreSQL's `NOTIFY`.

use std::sync::PoisonError;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use uuid::Uuid;

use super::Outbox;
use crate::service::{App, Service};

/// PostgreSQL's channel.
const CHANNEL: &str = "image_manager_news";

/// How many accounts go into one notification, whose payload may have 8,000 bytes.
const AT_ONCE: usize = 200;

/// How long it takes to try again after the database was out of reach.
const AGAIN: Duration = Duration::from_secs(1);

/// Carries news between instances until the service ends; at once when there is only one.
pub async fn relay(app: App) {
    let Some(outbox) = app.news.outbox.clone() else { return };
    // So that nobody hears their own news twice.
    let sender = Uuid::new_v4().simple().to_string();
    tokio::select! {
        () = app.ending.cancelled() => {}
        () = listen(&app, &sender) => {}
        () = send(&app, &outbox, &sender) => {}
    }
}

async fn listen(app: &Service, me: &str) {
    loop {
        if let Err(error) = listen_while_connected(app, me).await {
            tracing::warn!(%error, "the other instances' news can’t be heard; trying again");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn listen_while_connected(app: &Service, me: &str) -> Result<(), sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect_with(app.database.read().get_postgres_connection_pool()).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // What was said before this connection, nobody has heard.
        app.news.tell(None);
        while let Some(notification) = listener.try_recv().await? {
            let Some((sender, accounts)) = notification.payload().split_once(':') else { continue };
            if sender == me {
                continue;
            }
            for account in accounts.split(',').filter_map(|id| Uuid::try_parse(id).ok()) {
                app.news.tell(Some(account));
            }
        }
        tracing::info!("the connection that brings the other instances' news was lost, and is there again");
    }
}

async fn send(app: &Service, outbox: &Outbox, me: &str) {
    loop {
        outbox.filled.notified().await;
        loop {
            let accounts: Vec<Uuid> = {
                let mut accounts = outbox.accounts.lock().unwrap_or_else(PoisonError::into_inner);
                let next: Vec<Uuid> = accounts.iter().take(AT_ONCE).copied().collect();
                accounts.retain(|account| !next.contains(account));
                next
            };
            if accounts.is_empty() {
                break;
            }
            if let Err(error) = notify(app.database.read(), me, &accounts).await {
                tracing::warn!(%error, "news can’t be told to the other instances; trying again");
                outbox.accounts.lock().unwrap_or_else(PoisonError::into_inner).extend(accounts);
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

async fn notify(database: &DatabaseConnection, me: &str, accounts: &[Uuid]) -> Result<(), DbErr> {
    let accounts: Vec<String> = accounts.iter().map(|account| account.simple().to_string()).collect();
    let values = [CHANNEL.into(), format!("{me}:{}", accounts.join(",")).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
    database.execute_raw(statement).await?;
    Ok(())
}
