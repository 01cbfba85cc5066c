//! `settings`.

use engine::view::{AiSettingsChange, SecretsState, Settings as View, SettingsChange, Trash};
use serde::Serialize;

use super::args::{Ai, Change, Settings, UploadSettings};
use super::failure::Failure;
use super::output::Output;
use super::secret;
use super::session::Session;
use super::trash;

const KEY_STDIN: &str = "--key-stdin";

/// Shows settings, after changing those that were given.
pub async fn settings(session: &Session, out: &Output, args: Settings) -> Result<(), Failure> {
    let view = match args.change {
        None => session.engine().settings(),
        Some(Change::Ai(change)) => change_ai(session, change).await?,
        Some(Change::Trash(args)) => return trash::change(session, out, args).await,
        Some(Change::Uploads(UploadSettings { limit, wait_on_metered })) => {
            let change = SettingsChange { upload_limit: limit, wait_on_metered, ..SettingsChange::default() };
            session.engine().change_settings(change).await?
        }
    };
    print(out, &view, trash::known(session).await.as_ref(), &session.engine().state().secrets);
    Ok(())
}

async fn change_ai(session: &Session, args: Ai) -> Result<View, Failure> {
    let key = if args.ask_key || args.key_stdin {
        secret::check(args.key_stdin, KEY_STDIN)?;
        session.keep_secrets().await?;
        Some(secret::read("API key", args.key_stdin, KEY_STDIN)?)
    } else {
        args.remove_key.then(String::new)
    };
    let change = AiSettingsChange { key, model: args.model, base_url: args.base_url };
    Ok(session.engine().change_ai(change).await?)
}

/// What `settings --json` says.
#[derive(Serialize)]
struct All<'a> {
    #[serde(flatten)]
    settings: &'a View,
    trash: Option<&'a Trash>,
}

fn print(out: &Output, settings: &View, trash: Option<&Trash>, secrets: &SecretsState) {
    if out.json() {
        return out.object(&All { settings, trash });
    }
    let key = match (&settings.ai.key_hint, settings.ai.has_key) {
        (Some(hint), _) => format!("kept, ends in {hint}"),
        (None, true) => "kept".to_owned(),
        // A vault that is closed doesn't tell what is in it.
        (None, false) if matches!(secrets, SecretsState::Locked { .. }) => {
            "not known: your secrets are locked".to_owned()
        }
        (None, false) => "none".to_owned(),
    };
    let limit = settings.upload_limit.map_or_else(|| "none".to_owned(), |limit| format!("{limit} kB/s"));
    let kept = trash.map_or_else(|| "not known".to_owned(), trash::kept);
    let yes = |on: bool| if on { "yes" } else { "no" };
    for (label, value) in [
        ("Everything is kept in", settings.data_dir.as_str()),
        ("Pictures to describe go to", &settings.ai.host),
        ("Model", &settings.ai.model),
        ("API key", &key),
        ("Describe new uploads", yes(settings.describe_new)),
        ("Close to the tray", yes(settings.close_to_tray)),
        ("Limit of uploads", &limit),
        ("Wait on metered connections", yes(settings.wait_on_metered)),
        ("The trash is kept", &kept),
    ] {
        out.line(&format!("{label:<28}{value}"));
    }
}
