//! Uploads without the window: the links land on the clipboard, and a notification says what happened.

use engine::view::LinkLife;
use engine::{Engine, EngineError, ErrorKind, LinkText, QuickUpload, ResultStatus, Source, UploadResult};
use messages::{Dialog, Notice};
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_notification::NotificationExt;

use crate::clipboard;

/// Asks for files and uploads them.
pub async fn files(app: AppHandle) {
    let picked = pick(&app, false).await;
    if !picked.is_empty() {
        deliver(&app, picked).await;
    }
}

/// Uploads what is on the clipboard.
pub async fn clipboard(app: AppHandle) {
    match clipboard::read_sources(&app).await {
        Ok(sources) => deliver(&app, sources).await,
        Err(error) => notify(&app, &Notice::NothingUploaded.to_string(), &EngineError::from(error).message),
    }
}

/// Shows the system's picker for files, or for folders. Empty when the person cancels.
pub async fn pick(app: &AppHandle, folders: bool) -> Vec<Source> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(crate::window::LABEL)
        && window.is_visible().unwrap_or(false)
    {
        dialog = dialog.set_parent(&window);
    }
    let answer = move |paths| drop(sender.send(paths));
    if folders {
        dialog.set_title(Dialog::UploadFolder.to_string()).pick_folders(answer);
    } else {
        // What the picker shows at first. Only a convenience: what a file is, its bytes say. Some pickers tell upper case
        // from lower case.
        let endings = engine::PICTURE_ENDINGS;
        let pictures: Vec<String> = endings.iter().flat_map(|it| [(*it).to_owned(), it.to_uppercase()]).collect();
        let pictures: Vec<&str> = pictures.iter().map(String::as_str).collect();
        dialog
            .set_title(Dialog::UploadPictures.to_string())
            .add_filter(Dialog::Pictures.to_string(), &pictures)
            .add_filter(Dialog::AllFiles.to_string(), &["*"])
            .pick_files(answer);
    }
    let picked = receiver.await.ok().flatten().unwrap_or_default();
    picked.into_iter().filter_map(|path| path.into_path().ok()).map(Source::Path).collect()
}

async fn deliver(app: &AppHandle, sources: Vec<Source>) {
    let engine = app.state::<Engine>().inner().clone();
    match upload(app, &engine, sources).await {
        Ok(outcome) => notify(app, &outcome.title, &outcome.body),
        Err(error) => {
            notify(app, &Notice::NothingUploaded.to_string(), &error.message);
            if error.code == ErrorKind::NoPlace {
                // The choice is made in the window.
                crate::window::show(app);
            }
        }
    }
}

/// What a notification says.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    title: String,
    body: String,
}

async fn upload(app: &AppHandle, engine: &Engine, sources: Vec<Source>) -> Result<Outcome, EngineError> {
    let QuickUpload { results, links } = engine.quick_upload(sources).await?;
    let copied = match links {
        Ok(links) => copy(app, links).await,
        Err(error) => Err(error),
    };
    Ok(outcome(&results, copied))
}

/// The links that were copied.
struct Copied {
    links: usize,
    life: Option<LinkLife>,
}

/// Copies links; says how many and for how long they work.
async fn copy(app: &AppHandle, links: Vec<LinkText>) -> Result<Copied, EngineError> {
    let copied = Copied { links: links.len(), life: links.first().map(|link| link.life.clone()) };
    if !links.is_empty() {
        let text = links.into_iter().map(|link| link.text).collect::<Vec<_>>().join("\n");
        clipboard::write_text(app, text).await?;
    }
    Ok(copied)
}

fn outcome(results: &[UploadResult], copied: Result<Copied, EngineError>) -> Outcome {
    let count = |status| results.iter().filter(|result| result.status == status).count() as u64;
    let parts = [
        (count(ResultStatus::Uploaded), Notice::Uploaded { count: count(ResultStatus::Uploaded) }),
        (count(ResultStatus::Duplicate), Notice::Duplicates { count: count(ResultStatus::Duplicate) }),
        (count(ResultStatus::Failed), Notice::Failed { count: count(ResultStatus::Failed) }),
        (count(ResultStatus::Skipped), Notice::LeftAlone { count: count(ResultStatus::Skipped) }),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part.to_string()).collect();
    let title = if parts.is_empty() { Notice::NoPictures.to_string() } else { parts.join(", ") };
    let mut body = match copied {
        Ok(Copied { links: 0, .. }) => Vec::new(),
        Ok(Copied { links, life }) => {
            let said = Notice::LinksCopied { count: links as u64 }.to_string();
            [said].into_iter().chain(life.map(|life| life.sentence(links))).collect()
        }
        Err(error) => vec![Notice::NoLinkCopied { why: error.message }.to_string()],
    };
    let reason = results.iter().find_map(|result| result.error.as_ref().map(|error| (&result.path, &error.message)));
    if let Some((path, message)) = reason {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        body.push(format!("{name}: {message}"));
    }
    Outcome { title, body: body.join(" ") }
}

/// Tells the person, who may not be looking at the window. A desktop without notifications is told nothing.
pub fn notify(app: &AppHandle, title: &str, body: &str) {
    let body = &engine::visible(body);
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(%error, title, body, "a notification could not be shown");
    }
}

#[cfg(test)]
mod tests {
    use engine::view::LinkEnd;

    use super::*;

    fn result(path: &str, status: ResultStatus) -> UploadResult {
        let error = (status == ResultStatus::Failed)
            .then(|| EngineError::new(ErrorKind::EmptyFile, messages::Message::words("It is empty.")));
        let id = matches!(status, ResultStatus::Uploaded | ResultStatus::Duplicate).then(|| "id".to_owned());
        UploadResult {
            path: path.to_owned(),
            status,
            id,
            sha256: None,
            link: None,
            link_life: None,
            remark: None,
            replaces: None,
            is_film: false,
            error,
        }
    }

    fn copied(links: usize) -> Copied {
        let life = LinkLife { lives: LinkEnd::WhileOpen, until: None, only_here: true, works_now: true };
        Copied { links, life: Some(life).filter(|_| links > 0) }
    }

    #[test]
    fn one_picture() {
        let said = outcome(&[result("/a/b.png", ResultStatus::Uploaded)], Ok(copied(1)));
        assert_eq!(said.title, "1 picture uploaded and verified");
        let body = "The link is on the clipboard. It works on this computer only, while the app is open.";
        assert_eq!(said.body, body);
    }

    #[test]
    fn a_mixed_batch_names_each_kind_and_the_first_reason() {
        let results = [
            result("/a/1.png", ResultStatus::Uploaded),
            result("/a/2.png", ResultStatus::Duplicate),
            result("/a/3.png", ResultStatus::Uploaded),
            result("/a/4.png", ResultStatus::Failed),
        ];
        let said = outcome(&results, Ok(copied(3)));
        assert_eq!(said.title, "2 pictures uploaded and verified, 1 picture already here, 1 picture not uploaded");
        assert_eq!(
            said.body,
            "3 links are on the clipboard, in order. They work on this computer only, while the app is open. 4.png: It is \
             empty."
        );
    }

    #[test]
    fn what_is_no_picture_in_a_folder_is_no_failure() {
        let skipped = || result("/a/film.mp4", ResultStatus::Skipped);
        let said = outcome(&[result("/a/1.png", ResultStatus::Uploaded), skipped(), skipped()], Ok(copied(1)));
        assert_eq!(said.title, "1 picture uploaded and verified, 2 other files left alone");
        assert!(said.body.starts_with("The link is on the clipboard."), "{}", said.body);
    }

    #[test]
    fn a_clipboard_that_refuses_is_said() {
        let said = outcome(
            &[result("/a/1.png", ResultStatus::Uploaded)],
            Err(EngineError::new(ErrorKind::Internal, messages::Message::words("It is busy."))),
        );
        assert_eq!(said.title, "1 picture uploaded and verified");
        assert_eq!(said.body, "No link was copied: It is busy.");
    }

    #[test]
    fn an_empty_folder() {
        assert_eq!(outcome(&[], Ok(copied(0))).title, "No pictures were found");
    }
}
