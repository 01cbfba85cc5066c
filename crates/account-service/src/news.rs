//! The news that an account has changed: told to the streams of this process at once, and by PostgreSQL's NOTIFY to those of
//! the other instances.
//!
//! News may be lost, for instance while the database restarts; they say that there is something to look at and nothing more.
//! So whoever listens also looks from time to time, and after every connection that was lost.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use crate::service::{App, Service};

/// PostgreSQL's channel.
const CHANNEL: &str = "image_manager_news";

/// How many accounts go into one notification, whose payload may have 8,000 bytes.
const AT_ONCE: usize = 200;

/// How long it takes to try again after the database was out of reach.
const AGAIN: Duration = Duration::from_secs(1);

/// How often a stream looks by itself when news of other processes come by no other way: two programs on one SQLite file.
const LOOK_ALONE: Duration = Duration::from_secs(5);

/// How often a stream looks by itself when the database tells.
const LOOK_TOLD: Duration = Duration::from_secs(30);

/// Tells streams that an account has changed.
#[derive(Clone)]
pub struct News {
    /// An account, or everyone.
    heard: broadcast::Sender<Option<Uuid>>,
    outbox: Option<Arc<Outbox>>,
    look: Duration,
}

/// What the other instances are to hear. An account that changes often before it is sent is told of once.
#[derive(Default)]
struct Outbox {
    accounts: Mutex<HashSet<Uuid>>,
    filled: Notify,
}

impl News {
    /// For instances of a database that can tell the others, or for one process. Streams look by themselves as often as
    /// `look` says, if it says anything.
    pub fn new(relayed: bool, look: Option<Duration>) -> Self {
        Self {
            // Whoever lags behind is told so and looks for themselves: a small buffer is enough.
            heard: broadcast::Sender::new(1024),
            outbox: relayed.then(Arc::default),
            look: look.unwrap_or(if relayed { LOOK_TOLD } else { LOOK_ALONE }),
        }
    }

    /// This account has changed; call it after the commit.
    pub fn publish(&self, user_id: Uuid) {
        self.tell(Some(user_id));
        if let Some(outbox) = &self.outbox {
            outbox.accounts.lock().unwrap_or_else(PoisonError::into_inner).insert(user_id);
            outbox.filled.notify_one();
        }
    }

    fn tell(&self, whose: Option<Uuid>) {
        // An error only means that nobody listens.
        let _ = self.heard.send(whose);
    }

    /// From now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription { heard: self.heard.subscribe(), look: self.look }
    }
}

/// Hears of changes.
pub struct Subscription {
    heard: broadcast::Receiver<Option<Uuid>>,
    look: Duration,
}

impl Subscription {
    /// Waits until some account has changed, and says which; none when changes may have been missed.
    pub async fn any(&mut self) -> Option<Uuid> {
        match self.heard.recv().await {
            Ok(changed) => changed,
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            // The service is ending; whoever waits here hears of that elsewhere.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// Waits until this account has changed, or may have, or it is time to look.
    pub async fn changed(&mut self, user_id: Uuid) {
        let look = self.look;
        let told = async { while self.any().await.is_some_and(|changed| changed != user_id) {} };
        let _ = tokio::time::timeout(look, told).await;
    }
}

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
            tracing::warn!(%error, "the other instances' news can't be heard; trying again");
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
                tracing::warn!(%error, "news can't be told to the other instances; trying again");
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
