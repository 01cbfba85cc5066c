//! Files that are handed over by name: `image-manager a.jpg`, which is also what "Open with" does. The window that is open
//! uploads them, or one that opens for it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use engine::{Engine, Source, UploadOptions};
use tauri::{AppHandle, Manager};

use crate::quick_upload::notify;

/// What was named, with paths as they are from the folder that they were named in.
pub fn sources(files: &[PathBuf], folder: &Path) -> Vec<Source> {
    let from_there = |source| match source {
        Source::Path(path) => Source::Path(folder.join(path)),
        source => source,
    };
    files.iter().cloned().map(Source::from_path).map(from_there).collect()
}

/// What another start of the app was given, which leaves it to this one.
pub fn from_arguments(arguments: Vec<String>, folder: &str) -> Vec<Source> {
    let arguments = arguments.into_iter().map(OsString::from);
    match crate::cli::invocation(arguments) {
        Ok(crate::cli::Asked::Window(files)) => sources(&files, Path::new(folder)),
        _ => Vec::new(),
    }
}

/// Uploads them. A library that nobody has chosen a place for begins on this computer, as with every command.
pub fn upload(app: &AppHandle, sources: Vec<Source>) {
    if sources.is_empty() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = app.state::<Engine>().inner().clone();
        let uploaded = async {
            if engine.state().place.is_none() {
                engine.choose_this_computer().await?;
            }
            let options = UploadOptions { describe: engine.settings().describe_new, album: None };
            engine.upload(sources, options).await
        };
        if let Err(error) = uploaded.await {
            notify(&app, &messages::Notice::NothingUploaded.to_string(), &error.message);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_are_those_of_the_folder_that_they_were_named_in() {
        let named = ["a.jpg".into(), "../b.jpg".into(), "/c.jpg".into(), "https://example.com/d.jpg".into()];
        let paths = ["/home/anna/a.jpg", "/home/anna/../b.jpg", "/c.jpg"].map(|path| Source::Path(path.into()));
        let url = Source::Url("https://example.com/d.jpg".to_owned());
        assert_eq!(sources(&named, Path::new("/home/anna")), [&paths[..], &[url]].concat());
    }

    #[test]
    fn a_command_hands_nothing_over() {
        let arguments = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        assert!(from_arguments(arguments(&["image-manager"]), "/").is_empty());
        assert!(from_arguments(arguments(&["image-manager", "list"]), "/").is_empty());
        assert_eq!(from_arguments(arguments(&["image-manager", "--", "/etc/hostname"]), "/").len(), 1);
    }
}
