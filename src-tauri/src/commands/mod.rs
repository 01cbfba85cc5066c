//! What the window may ask for. A command unpacks its arguments, calls the engine, and returns; every rejection is an
//! [`engine::EngineError`].

mod account;
mod care;
mod descriptions;
mod edits;
mod library;
mod links;
mod place;
mod settings;
mod trash;
mod uploads;

use tauri::{Builder, Wry};

/// What handles the calls of the commands of `list.rs`.
macro_rules! commands {
    ($($module:ident::$command:ident),* $(,)?) => { tauri::generate_handler![$($module::$command),*] };
}

/// Makes the commands callable that `list.rs` names.
pub fn register(builder: Builder<Wry>) -> Builder<Wry> {
    builder.invoke_handler(include!("list.rs"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The names of the commands of `list.rs`.
    macro_rules! commands {
        ($($module:ident::$command:ident),* $(,)?) => { [$(stringify!($command)),*] };
    }

    #[test]
    fn the_window_may_call_the_commands_and_hear_events_and_nothing_else() {
        let capability: serde_json::Value = serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let expected = ["core:event:allow-listen", "core:event:allow-unlisten", "window"];
        assert_eq!(capability["permissions"], serde_json::json!(expected));
    }

    /// The quoted word behind each place where the window's door calls.
    fn called(door: &str) -> BTreeSet<&str> {
        let typed = door.split("invoke<").skip(1).filter_map(|rest| Some(rest.split_once(">('")?.1));
        let plain = door.split("run('").skip(1);
        plain.chain(typed).filter_map(|rest| rest.split('\'').next()).collect()
    }

    #[test]
    fn the_window_calls_each_command() {
        let door = include_str!("../../../ui/src/ipc/tauri.ts");
        let commands = include!("list.rs");
        let wanted: BTreeSet<&str> = commands.into_iter().collect();
        assert_eq!(wanted.len(), commands.len(), "each is named once");
        assert_eq!(called(door), wanted);
    }
}
