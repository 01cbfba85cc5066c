//! Whether something on this Linux desktop shows tray icons: the StatusNotifierItem specification of freedesktop.org has
//! a watcher on the session bus, which knows whether a host is there. Panels start late and restart, so it is watched.

use futures::StreamExt;
use tauri::AppHandle;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::proxy::CacheProperties;
use zbus::{Connection, MatchRule, MessageStream, Proxy};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";

/// Tells on the main thread whether there is a host, now and whenever that changes.
pub fn watch(app: AppHandle, tell: fn(&AppHandle, bool)) {
    tauri::async_runtime::spawn(async move {
        if let Err(error) = follow(&app, tell).await {
            tracing::info!(%error, "no session bus, so no tray");
        }
    });
}

async fn follow(app: &AppHandle, tell: fn(&AppHandle, bool)) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    // Asked for before the first look, so that nothing can happen unseen in between.
    let mut owners = DBusProxy::new(&bus).await?.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    let rule = MatchRule::builder().msg_type(Type::Signal).interface(WATCHER)?.path(WATCHER_PATH)?.build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    let mut before = None;
    loop {
        let present = has_host(&bus).await;
        if before != Some(present) {
            before = Some(present);
            let on_main = app.clone();
            let _ = app.run_on_main_thread(move || tell(&on_main, present));
        }
        tokio::select! {
            news = owners.next() => if news.is_none() { return Ok(()) },
            news = signals.next() => if news.is_none() { return Ok(()) },
        }
    }
}

/// Whether a watcher is there and knows of a host.
async fn has_host(bus: &Connection) -> bool {
    let registered = async {
        // Asked afresh each time: a cache would have to be filled first, which an absent watcher makes a warning of.
        let watcher: Proxy<'_> = zbus::proxy::Builder::new(bus)
            .destination(WATCHER)?
            .path(WATCHER_PATH)?
            .interface(WATCHER)?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        watcher.get_property::<bool>("IsStatusNotifierHostRegistered").await
    };
    registered.await.unwrap_or(false)
}
