//! What the window may ask for. A command unpacks its arguments, calls the engine, and returns; every rejection is an
//! [`engine::EngineError`].

mod account;
mod care;
mod descriptions;
mod duplicates;
mod edits;
mod library;
mod links;
mod place;
mod settings;
mod trash;
mod uploads;

use engine::{Engine, EngineError, ErrorKind};
use tauri::http::HeaderMap;
use tauri::ipc::Invoke;
use tauri::{Builder, Manager, Wry};

/// What handles the calls of the commands of `list.rs`.
macro_rules! commands {
    ($($module:ident::$command:ident),* $(,)?) => { tauri::generate_handler![$($module::$command),*] };
}

/// Names the library whose pictures, albums and uploads a call is about: what the window shows.
const LIBRARY: &str = "x-library";

/// Makes the commands callable that `list.rs` names. What was meant for a library that isn't open any more is refused: the
/// same numbers are other pictures there.
pub fn register(builder: Builder<Wry>) -> Builder<Wry> {
    let handle: fn(Invoke<Wry>) -> bool = include!("list.rs");
    builder.invoke_handler(move |call| {
        let engine = call.message.webview_ref().try_state::<Engine>();
        let open = engine.map(|engine| engine.state().library).unwrap_or_default();
        if is_of(call.message.headers(), &open) {
            return handle(call);
        }
        call.resolver.reject(EngineError::new(ErrorKind::NotFound, messages::Shell::LibraryLeft));
        true
    })
}

/// Whether a call is of the library that is open, if it is of one.
fn is_of(headers: &HeaderMap, open: &str) -> bool {
    headers.get(LIBRARY).is_none_or(|meant| meant.as_bytes() == open.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

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

    #[test]
    fn a_call_holds_for_the_library_that_it_names() {
        let mut headers = HeaderMap::new();
        assert!(is_of(&headers, "a1"), "it names none");
        headers.insert(LIBRARY, "a1".parse().unwrap());
        assert!(is_of(&headers, "a1"));
        assert!(!is_of(&headers, "b2") && !is_of(&headers, ""));
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
