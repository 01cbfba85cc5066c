//! Linux: NetworkManager's property `Metered` on the system bus (NMMetered in
//! <https://networkmanager.dev/docs/api/latest/nm-dbus-types.html>). Where there is no bus or no NetworkManager, nothing is
//! known.

use std::time::Duration;

use futures::StreamExt as _;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::proxy::CacheProperties;
use zbus::{Connection, MatchRule, MessageStream, Proxy};

use super::Metered;

const NAME: &str = "org.freedesktop.NetworkManager";
const PATH: &str = "/org/freedesktop/NetworkManager";

/// A bus that doesn't answer keeps uploads waiting no longer than this.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long until a bus that went away is looked for again.
const AGAIN: Duration = Duration::from_secs(30);

/// Tells what NetworkManager says, now and whenever it changes.
pub(super) async fn follow(tell: impl Fn(Metered)) {
    loop {
        if let Err(error) = follow_bus(&tell).await {
            tracing::debug!(%error, "no system bus, so nothing is known about the connection");
        }
        tell(Metered::Unknown);
        tokio::time::sleep(AGAIN).await;
    }
}

async fn follow_bus(tell: &impl Fn(Metered)) -> zbus::Result<()> {
    let late = |_| zbus::Error::Failure(messages::Traffic::NoBus.to_string());
    let bus = tokio::time::timeout(PATIENCE, Connection::system()).await.map_err(late)??;
    // Asked for before the first look, so that nothing can happen unseen in between.
    let mut owners = DBusProxy::new(&bus).await?.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface("org.freedesktop.DBus.Properties")?
        .member("PropertiesChanged")?
        .path(PATH)?
        .arg(0, NAME)?
        .build();
    let mut changes = MessageStream::for_match_rule(rule, &bus, None).await?;
    loop {
        tell(tokio::time::timeout(PATIENCE, ask(&bus)).await.unwrap_or(Metered::Unknown));
        tokio::select! {
            news = owners.next() => if news.is_none() { return Ok(()) },
            news = changes.next() => if news.is_none() { return Ok(()) },
        }
    }
}

async fn ask(bus: &Connection) -> Metered {
    let asked = async {
        // Asked afresh each time: a cache would have to be filled first, which an absent service makes a warning of.
        let manager: Proxy<'_> = zbus::proxy::Builder::new(bus)
            .destination(NAME)?
            .path(PATH)?
            .interface(NAME)?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        manager.get_property::<u32>("Metered").await
    };
    match asked.await {
        // NM_METERED_YES, NM_METERED_GUESS_YES.
        Ok(1 | 3) => Metered::Yes,
        // NM_METERED_NO, NM_METERED_GUESS_NO.
        Ok(2 | 4) => Metered::No,
        _ => Metered::Unknown,
    }
}
