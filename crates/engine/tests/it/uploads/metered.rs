//! A metered connection, as NetworkManager says it: a stand-in for that service on a private D-Bus daemon, asked over the
//! real bus. The test runs itself again as another process, whose system bus that daemon is.
#![cfg(target_os = "linux")]

use std::process::Command;

use engine::ErrorKind;
use engine::view::{SettingsChange, UploadStatus};
use testkit::keyring::{run, this_binarys_test};
use testkit::photos;
use testkit::proxy::{Fault, When};

use super::stage::Stage;

const INSIDE: &str = "ENGINE_TEST_METERED_INSIDE";
const NAME: &str = "org.freedesktop.NetworkManager";
const PATH: &str = "/org/freedesktop/NetworkManager";

#[test]
fn uploads_wait_on_a_metered_connection_and_go_on_by_themselves() {
    let body = this_binarys_test("uploads::metered::process_on_a_private_bus");
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", r#"DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS" exec "$@""#, "sh"]);
    command.arg(body.get_program()).args(body.get_args()).env(INSIDE, "yes");
    let output = run(command);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

/// The stand-in.
struct NetworkManager {
    metered: u32,
}

#[zbus::interface(name = "org.freedesktop.NetworkManager")]
impl NetworkManager {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered
    }
}

async fn says(bus: &zbus::Connection, metered: u32) {
    let manager = bus.object_server().interface::<_, NetworkManager>(PATH).await.unwrap();
    let mut state = manager.get_mut().await;
    state.metered = metered;
    state.metered_changed(manager.signal_emitter()).await.unwrap();
}

/// The body.
#[tokio::test(flavor = "multi_thread")]
async fn process_on_a_private_bus() {
    if std::env::var(INSIDE).is_err() {
        return;
    }
    // NM_METERED_YES
    let bus = zbus::connection::Builder::system().unwrap().serve_at(PATH, NetworkManager { metered: 1 }).unwrap();
    let bus = bus.name(NAME).unwrap().build().await.unwrap();
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let first = anna.drop_files([stage.file("a.jpg", &photos::jpeg(80, 60, 1))]).await;
    anna.engine.start();
    let reason = anna.until_waiting().await;
    assert!(reason.contains("metered") && reason.contains("go on by themselves"), "{reason}");
    assert_eq!(anna.snapshot().await.summary.waiting_code, Some(ErrorKind::MeteredConnection));
    assert!(stage.taken().is_empty());

    // NM_METERED_GUESS_NO
    says(&bus, 4).await;
    assert_eq!(anna.finished(&first).await[0].status, UploadStatus::Verified);

    // In the middle of a transfer.
    stage.store.times(1, When::method("PUT").containing("/pictures/"), Fault::StallAfter { bytes: 1000 });
    let second = anna.drop_files([stage.file("b.bmp", &photos::bmp(400, 300, 2))]).await;
    stage.store.stalled(1).await;
    // NM_METERED_GUESS_YES, as on a phone's hotspot
    says(&bus, 3).await;
    assert!(anna.until_waiting().await.contains("metered"));
    assert_eq!(stage.taken().len(), 1);

    // The person doesn't mind.
    let change = SettingsChange { wait_on_metered: Some(false), ..SettingsChange::default() };
    anna.engine.change_settings(change).await.unwrap();
    assert_eq!(anna.finished(&second).await[0].status, UploadStatus::Verified);
    let change = SettingsChange { wait_on_metered: Some(true), ..SettingsChange::default() };
    anna.engine.change_settings(change).await.unwrap();
    let third = anna.drop_files([stage.file("c.jpg", &photos::jpeg(80, 60, 3))]).await;
    assert!(anna.until_waiting().await.contains("metered"));

    // A service that goes away says nothing any more, and nobody waits for it.
    bus.release_name(NAME).await.unwrap();
    assert_eq!(anna.finished(&third).await[0].status, UploadStatus::Verified);
}
