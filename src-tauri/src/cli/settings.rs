//! `settings`.

use engine::dollars;
use engine::view::{AiSettingsChange, ModelPrice, PriceChange, SecretsState, Settings as View, SettingsChange, Trash};
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
        Some(secret::read(messages::Ask::ApiKey, args.key_stdin, KEY_STDIN)?)
    } else {
        args.remove_key.then(String::new)
    };
    // The engine says what is no price: dollars that aren't a number never get here.
    let micros = |dollars: f64| (dollars * 1e6).round() as u64;
    let price = args.price.map(|price| PriceChange {
        model: price.model,
        price: price.dollars.map(|(input, output)| ModelPrice { input: micros(input), output: micros(output) }),
    });
    let monthly_cap_cents = args.monthly_cap.map(|dollars| (dollars * 100.0).ceil() as u32);
    let change = AiSettingsChange { key, model: args.model, base_url: args.base_url, price, monthly_cap_cents };
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
        (Some(hint), _) => messages::Cli::KeyEndsIn { hint: hint.to_string() }.to_string(),
        (None, true) => messages::Cli::KeyKept.to_string(),
        // A vault that is closed doesn't tell what is in it.
        (None, false) if matches!(secrets, SecretsState::Locked { .. }) => messages::Cli::KeyUnknown.to_string(),
        (None, false) => messages::Cli::None.to_string(),
    };
    let limit = settings.upload_limit.map_or_else(|| messages::Cli::None.to_string(), |limit| format!("{limit} kB/s"));
    let price = settings.ai.price.map_or_else(
        || messages::Cli::NotKnown.to_string(),
        |price| {
            let (input, output) = (dollars(price.input), dollars(price.output));
            messages::Cli::PriceOfTokens { input, output }.to_string()
        },
    );
    let cap = settings
        .ai
        .monthly_cap_cents
        .map_or_else(|| messages::Cli::None.to_string(), |cents| dollars(u64::from(cents) * 10_000));
    let kept = trash.map_or_else(|| messages::Cli::NotKnown.to_string(), trash::kept);
    let yes = |on: bool| if on { messages::Fact::Yes } else { messages::Fact::No }.to_string();
    for (label, value) in [
        (messages::Setting::DataDir, settings.data_dir.clone()),
        (messages::Setting::AiHost, settings.ai.host.clone()),
        (messages::Setting::AiModel, settings.ai.model.clone()),
        (messages::Setting::AiKey, key),
        (messages::Setting::AiPrice, price),
        (messages::Setting::AiMonthlyCap, cap),
        (messages::Setting::DescribeNew, yes(settings.describe_new)),
        (messages::Setting::CloseToTray, yes(settings.close_to_tray)),
        (messages::Setting::UploadLimit, limit),
        (messages::Setting::WaitOnMetered, yes(settings.wait_on_metered)),
        (messages::Setting::Trash, kept),
    ] {
        out.line(format!("{:<28}{value}", label.to_string()));
    }
}
