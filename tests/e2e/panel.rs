//! A desktop's panel, as far as an app can tell: it shows tray icons (StatusNotifierItem, org.kde.StatusNotifierWatcher),
//! their menus (com.canonical.dbusmenu) and notifications (org.freedesktop.Notifications), all on the session bus.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Type, Value};
use zbus::{Connection, Proxy, interface};

/// How long something may take before the test gives up. Generous: it is waited for, not measured.
const PATIENCE: Duration = Duration::from_secs(90);

/// A panel that is on the bus.
pub struct Panel {
    bus: Connection,
    items: mpsc::UnboundedReceiver<Item>,
    notifications: mpsc::UnboundedReceiver<Notification>,
}

/// A tray icon: who shows it, and where its object is.
#[derive(Debug, Clone)]
pub struct Item {
    owner: String,
    path: String,
}

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The title.
    pub summary: String,
    /// The text below it.
    pub body: String,
}

/// An entry of a menu with what is below it.
#[derive(Debug, Serialize, Deserialize, Type, Value, OwnedValue)]
struct MenuNode {
    id: i32,
    properties: HashMap<String, OwnedValue>,
    children: Vec<OwnedValue>,
}

impl Panel {
    /// Shows itself on the bus.
    pub async fn on(bus_address: &str) -> Self {
        let (item, items) = mpsc::unbounded_channel();
        let (notification, notifications) = mpsc::unbounded_channel();
        let bus = zbus::connection::Builder::address(bus_address)
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", Watcher { items: item }))
            .and_then(|bus| bus.serve_at("/org/freedesktop/Notifications", Notifications { shown: notification }))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(|bus| bus.name("org.freedesktop.Notifications"))
            .expect("the panel is well described")
            .build()
            .await
            .expect("the bus takes the panel");
        Self { bus, items, notifications }
    }

    /// The next tray icon that appears.
    pub async fn item(&mut self) -> Item {
        tokio::time::timeout(PATIENCE, self.items.recv()).await.expect("no tray icon appeared").unwrap()
    }

    /// The next notification.
    pub async fn notification(&mut self) -> Notification {
        tokio::time::timeout(PATIENCE, self.notifications.recv()).await.expect("no notification appeared").unwrap()
    }

    /// The labels of an icon's menu, in order.
    pub async fn menu(&self, item: &Item) -> Vec<String> {
        self.entries(item).await.into_iter().map(|(_, label)| label).collect()
    }

    /// Chooses an entry of an icon's menu by its label.
    pub async fn choose(&self, item: &Item, label: &str) {
        let entries = self.entries(item).await;
        let Some((id, _)) = entries.iter().find(|(_, entry)| entry == label) else {
            panic!("the menu has no “{label}”: {entries:?}")
        };
        let menu = self.menu_of(item).await;
        menu.call::<_, _, ()>("Event", &(*id, "clicked", Value::from(0i32), 0u32)).await.expect("the entry is taken");
    }

    /// Waits until the program that shows the icon has left the bus.
    pub async fn until_gone(&self, item: &Item) {
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await.unwrap();
        let owner = zbus::names::BusName::try_from(item.owner.clone()).unwrap();
        let gone = async {
            while bus.name_has_owner(owner.clone()).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.expect("the program stayed");
    }

    async fn menu_of(&self, item: &Item) -> Proxy<'static> {
        let icon =
            Proxy::new(&self.bus, item.owner.clone(), item.path.clone(), "org.kde.StatusNotifierItem").await.unwrap();
        let path: OwnedObjectPath = icon.get_property("Menu").await.expect("the icon has a menu");
        Proxy::new(&self.bus, item.owner.clone(), path, "com.canonical.dbusmenu").await.unwrap()
    }

    /// Identifiers and labels of what can be chosen.
    async fn entries(&self, item: &Item) -> Vec<(i32, String)> {
        let menu = self.menu_of(item).await;
        let none: Vec<&str> = Vec::new();
        let (_, root): (u32, MenuNode) = menu.call("GetLayout", &(0i32, -1i32, none)).await.expect("the menu is told");
        let nodes = root.children.into_iter().map(|child| MenuNode::try_from(child).expect("an entry is a node"));
        let labelled = nodes.filter_map(|node| {
            let label = node.properties.get("label")?.downcast_ref::<String>().ok()?;
            // A single underscore stands before the letter that a keyboard chooses it by.
            Some((node.id, label.replace('_', "")))
        });
        labelled.filter(|(_, label)| !label.is_empty()).collect()
    }
}

struct Watcher {
    items: mpsc::UnboundedSender<Item>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] signals: SignalEmitter<'_>,
    ) {
        let owner = header.sender().map(ToString::to_string).unwrap_or_default();
        // Either the path of an object, or a bus name whose object is at the usual path.
        let path = if service.starts_with('/') { service } else { "/StatusNotifierItem".to_owned() };
        let _ = Self::status_notifier_item_registered(&signals, &format!("{owner}{path}")).await;
        let _ = self.items.send(Item { owner, path });
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(signals: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}

struct Notifications {
    shown: mpsc::UnboundedSender<Notification>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    // The specification's arguments.
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        _app_name: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let _ = self.shown.send(Notification { summary, body });
        1
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("panel".to_owned(), "tests".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}
