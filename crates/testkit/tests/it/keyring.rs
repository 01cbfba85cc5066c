//! Keyrings: one that keeps a secret, one that is locked, and none.

use std::process::Command;

use testkit::keyring::{self, Keyring};

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

const STORE: &str = "printf %s 'the secret' | secret-tool store --label=Test service testkit user me";
const LOOK_UP: &str = "secret-tool lookup service testkit user me";

#[test]
fn a_secret_lasts_from_one_session_to_the_next_and_no_longer() {
    let keyring = Keyring::new();
    let stored = keyring::run(keyring.unlocked(&shell(STORE)));
    assert!(stored.status.success(), "{}", String::from_utf8_lossy(&stored.stderr));
    let found = keyring::run(keyring.unlocked(&shell(LOOK_UP)));
    assert_eq!(String::from_utf8_lossy(&found.stdout), "the secret");
    let elsewhere = keyring::with_keyring(&shell(LOOK_UP));
    assert_eq!((elsewhere.stdout.as_slice(), elsewhere.status.success()), (&b""[..], false));
}

#[test]
fn a_locked_keyring_gives_and_takes_nothing() {
    let keyring = Keyring::new();
    assert!(keyring::run(keyring.unlocked(&shell(STORE))).status.success());
    let found = keyring::run(keyring.locked(&shell(&format!("timeout 20 {LOOK_UP}; true"))));
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    let state = "dbus-send --session --print-reply --dest=org.freedesktop.secrets \
                 /org/freedesktop/secrets/collection/login org.freedesktop.DBus.Properties.Get \
                 string:org.freedesktop.Secret.Collection string:Locked";
    let state = keyring::run(keyring.locked(&shell(state)));
    assert!(String::from_utf8_lossy(&state.stdout).contains("boolean true"), "there, and locked");
}

#[test]
fn without_a_bus_there_is_no_keyring() {
    let output = keyring::without_keyring(&shell(LOOK_UP));
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"");
}

#[test]
fn the_session_is_isolated_and_hands_on_status_and_variables() {
    let keyring = Keyring::new();
    let mut command = shell("printf '%s|%s' \"$HOME\" \"$GIVEN\"; exit 7");
    command.env("GIVEN", "a b");
    for session in [keyring.unlocked(&command), keyring.locked(&command), keyring.without_bus(&command)] {
        let output = keyring::run(session);
        assert_eq!(output.status.code(), Some(7));
        let expected = format!("{}|a b", keyring.home().display());
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
}

/// Does something only when the test below runs it.
#[test]
fn inner_test() {
    if std::env::var_os("TESTKIT_INNER").is_some() {
        assert!(std::env::var("DBUS_SESSION_BUS_ADDRESS").is_ok_and(|address| !address.contains("no-bus")));
    }
}

#[test]
fn a_test_can_be_run_again_inside() {
    let mut command = keyring::this_binarys_test("keyring::inner_test");
    command.env("TESTKIT_INNER", "1");
    let inside = keyring::with_keyring(&command);
    let said = String::from_utf8_lossy(&inside.stdout);
    assert!(inside.status.success() && said.contains("1 passed"), "{said}");
    assert!(!keyring::without_keyring(&command).status.success());
}
