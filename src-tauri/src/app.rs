//! The app with its window: plugins, setup, closing and leaving.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use engine::{Engine, EngineError, Role};
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Builder, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tauri_plugin_window_state::StateFlags;

use crate::dropped::{self, Dropped};
use crate::ending;
use crate::events::{Watchers, WindowEvents};
use crate::leaving::{self, Leaving};
use crate::{commands, handed, logging, page_memory, state, thumb_protocol, tray, window};

/// How long leaving may take. What is not flushed by then is in the catalogue anyhow.
const FAREWELL: Duration = Duration::from_secs(5);

/// Opens the window, which uploads these files, and stays until the person quits.
pub fn run(files: Vec<PathBuf>) -> ExitCode {
    if let Some(reason) = no_display() {
        crate::cli::complain(reason);
        return ExitCode::FAILURE;
    }
    let background = match background() {
        Ok(background) => background,
        Err(error) => {
            crate::cli::complain(messages::Shell::NoWindow { why: machine::why(&error) });
            return ExitCode::FAILURE;
        }
    };
    tauri::async_runtime::set(background.handle().clone());
    match build(files) {
        Ok(app) => ExitCode::from(u8::try_from(app.run_return(on_run_event)).unwrap_or(1)),
        Err(error) => {
            crate::cli::complain(messages::Shell::NoWindow { why: error.to_string() });
            ExitCode::FAILURE
        }
    }
}

/// Where everything is done but drawing, which comes first.
fn background() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().on_thread_start(machine::give_way).build()
}

/// Why no window can be shown here, if none can: the toolkit itself would end the program without a sentence.
fn no_display() -> Option<String> {
    #[cfg(target_os = "linux")]
    if gtk::init().is_err() {
        return Some(messages::Shell::NoScreen.to_string());
    }
    None
}

fn build(files: Vec<PathBuf>) -> tauri::Result<App> {
    let chosen = state::chosen_data_dir().and_then(|dir| std::path::absolute(dir).ok());
    let mut single_instance = tauri_plugin_single_instance::Builder::new().callback(|app, arguments, folder| {
        window::show(app);
        handed::upload(app, handed::from_arguments(arguments, &folder));
    });
    let mut window_state = tauri_plugin_window_state::Builder::new()
        // Not VISIBLE: an app that was quit while it sat in the tray should open its window the next time.
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED);
    if let Some(dir) = &chosen {
        // Another folder is another library, which may be open beside the first, and keeps everything in its own place.
        single_instance = single_instance.dbus_id(format!("io.github.image-manager.at_{:016x}", fingerprint(dir)));
        window_state = window_state.with_filename(dir.join("window.json").to_string_lossy());
    }
    commands::register(Builder::default())
        .plugin(single_instance.build())
        .plugin(window_state.build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        // The window opens nothing by itself, so no script of the plugin's is put into its page.
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .register_asynchronous_uri_scheme_protocol(thumb_protocol::SCHEME, thumb_protocol::serve)
        .on_window_event(on_window_event)
        .setup(move |app| {
            match set_up(app) {
                Ok(()) => {
                    let folder = std::env::current_dir().unwrap_or_default();
                    handed::upload(app.handle(), handed::sources(&files, &folder));
                }
                Err(error) => explain_and_exit(app.handle(), &error),
            }
            Ok(())
        })
        .build(tauri::generate_context!())
}

fn set_up(app: &mut App) -> Result<(), EngineError> {
    let data_dir = state::data_dir()?;
    logging::start(&data_dir);
    let watchers = Watchers::default();
    let events = Arc::new(WindowEvents::new(app.handle().clone(), watchers.clone()));
    let engine = tauri::async_runtime::block_on(state::open_engine(Role::Window, events))?;
    app.manage(watchers);
    app.manage(Leaving::default());
    app.manage(engine.clone());
    open_window(app, &data_dir).map_err(|error| {
        EngineError::new(engine::ErrorKind::Internal, messages::Shell::NoWindow { why: error.to_string() })
    })?;
    tray::start(app.handle());
    let asked = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        // Who ends the session or shuts the computer down asks programs to end. What was typed is kept first, as when the
        // window is closed; whoever asks twice doesn't wait for that.
        loop {
            ending::asked_for().await;
            leaving::end(&asked);
        }
    });
    // Background work is spawned on tokio, which this thread is not part of.
    tauri::async_runtime::block_on(async { engine.start() });
    Ok(())
}

fn open_window(app: &App, data_dir: &std::path::Path) -> tauri::Result<()> {
    let shown = WebviewWindowBuilder::new(app, window::LABEL, WebviewUrl::default())
        .title("Image Manager")
        .inner_size(1280.0, 800.0)
        .min_inner_size(360.0, 480.0)
        .data_directory(data_dir.join("webview"))
        // The page shows the app and nothing else: a dropped or clicked address never takes its place.
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    page_memory::spare(&shown);
    let dropped = Dropped::default();
    dropped::watch(&shown, dropped.clone());
    app.manage(dropped);
    Ok(())
}

/// The app's own pages: `tauri://localhost`, on Windows `http(s)://tauri.localhost`, and the blank page that a
/// WebDriver session begins with.
fn is_ours(url: &tauri::Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || url.as_str() == "about:blank"
}

/// Says why the app can't start, in a window of the system's and on the terminal, and leaves.
fn explain_and_exit(app: &AppHandle, error: &EngineError) {
    tracing::error!(code = %error.code.as_str(), %error, "the app can't start");
    crate::cli::complain(&error.message);
    let leaving = app.clone();
    app.dialog()
        .message(&error.message)
        .title(messages::Shell::CannotStart.to_string())
        .kind(MessageDialogKind::Error)
        .show(move |_| leaving.exit(1));
}

fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::Focused(true) = event
        && let Some(engine) = window.try_state::<Engine>()
    {
        // Whoever comes back sees what has become of the store meanwhile. What it finds is told by the state.
        let engine = engine.inner().clone();
        tauri::async_runtime::spawn(async move { engine.check_store().await.ok() });
    }
    if let WindowEvent::CloseRequested { api, .. } = event {
        // Without an engine there is only the reason why, and nothing to keep.
        if window.try_state::<Engine>().is_some() {
            api.prevent_close();
            if !hidden_in_tray(window) {
                leaving::begin(window.app_handle());
            }
        }
    }
}

/// Only with a tray to come back from.
fn hidden_in_tray(window: &Window) -> bool {
    let Some(engine) = window.try_state::<Engine>() else { return false };
    engine.state().tray && engine.settings().close_to_tray && window.hide().is_ok()
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    // A wish of the system's, such as Quit in a dock; an exit with a code is the app's own.
    if let RunEvent::ExitRequested { code: None, api, .. } = &event
        && app.try_state::<Engine>().is_some()
        && leaving::is_due(app)
    {
        api.prevent_exit();
        leaving::begin(app);
    }
    if let RunEvent::Exit = event
        && let Some(engine) = app.try_state::<Engine>()
    {
        let engine = engine.inner().clone();
        let finished =
            tauri::async_runtime::block_on(async move { tokio::time::timeout(FAREWELL, engine.shutdown()).await });
        if finished.is_err() {
            tracing::warn!("the app left before everything was put away; it goes on at the next start");
        }
    }
}

/// A number that stands for a folder in a D-Bus name: FNV-1a, 64 bits. Not for security.
fn fingerprint(dir: &std::path::Path) -> u64 {
    dir.to_string_lossy()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_pages_are_shown() {
        for ours in ["tauri://localhost/", "tauri://localhost/index.html", "http://tauri.localhost/", "about:blank"] {
            assert!(is_ours(&ours.parse().unwrap()), "{ours}");
        }
        for other in ["https://example.com/", "file:///etc/passwd", "thumb://localhost/t/1", "data:text/html,x"] {
            assert!(!is_ours(&other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn folders_have_fingerprints_of_their_own() {
        let of = |dir: &str| fingerprint(std::path::Path::new(dir));
        assert_eq!(of("/a"), of("/a"));
        assert_ne!(of("/a"), of("/b"));
    }
}
