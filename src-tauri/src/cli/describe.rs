//! `describe`.

use std::collections::HashMap;

use engine::view::{LibraryQuery, PictureDetail};
use engine::{Engine, EngineError, ErrorKind};
use serde::Serialize;

use super::args::Describe;
use super::cost;
use super::failure::Failure;
use super::output::{FailedPicture, Output, complain, one_line};
use super::session::Session;

/// A line of `describe --json`.
#[derive(Serialize)]
struct Described<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    alt_text: Option<&'a str>,
    tags: &'a [String],
    text_in_image: Option<&'a str>,
    described_by: Option<&'a str>,
}

/// What finds all that have no description.
const UNDESCRIBED: &str = "is:undescribed";

/// What a search finds, in its order, with the service's identifiers.
async fn found(engine: &Engine, text: String) -> Result<Vec<(u32, String)>, EngineError> {
    let query = LibraryQuery { text, ..LibraryQuery::default() };
    let mut pictures = Vec::new();
    for item in engine.layout(query).await? {
        // A picture may go between the questions.
        if let Ok(picture) = engine.picture(item.id).await {
            pictures.push((item.id, picture.image_id));
        }
    }
    Ok(pictures)
}

/// Has pictures described; what is not done when the command is broken off stays in the queue.
pub async fn describe(session: &Session, out: &Output, args: Describe) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let (mut failed, mut keyless) = (false, false);
    let mut fail = |given: &str, error: &EngineError| {
        failed = true;
        keyless |= error.code == ErrorKind::AiNoKey;
        complain(format!("{given}: {}", error.message));
        if out.json() {
            out.object(&FailedPicture { id: given, error });
        }
    };
    let searched = args.query.or_else(|| args.undescribed.then(|| UNDESCRIBED.to_owned()));
    let searches = searched.is_some();
    let mut pictures = match searched {
        // An empty variable of a script is no wish to have everything described.
        Some(text) if !text.contains(char::is_alphanumeric) => {
            return Err(Failure::Usage(messages::Cli::QueryAsksNothing.into()));
        }
        Some(text) => found(engine, text).await?,
        None => Vec::with_capacity(args.ids.len()),
    };
    for given in args.ids {
        match engine.resolve(&given).await {
            Ok(id) => pictures.push((id, given)),
            Err(error) => fail(&given, &error),
        }
    }
    if pictures.is_empty() && searches {
        complain(messages::Cli::NothingToDescribe);
    }
    if args.estimate {
        let ids = pictures.iter().map(|(id, _)| *id).collect();
        cost::estimate(out, &engine.estimate_descriptions(ids, args.prompt).await?);
        return if failed { Err(Failure::Some) } else { Ok(()) };
    }
    let (done, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let ids = pictures.iter().map(|(id, _)| *id).collect();
    let given: HashMap<u32, String> = pictures.into_iter().collect();
    let work = engine.describe_all(ids, args.prompt, args.max_cost, move |id, result| drop(done.send((id, result))));
    let show = async {
        while let Some((id, result)) = answers.recv().await {
            let given = given.get(&id).map_or("", |given| given.as_str());
            match result {
                Ok(()) => match engine.picture(id).await {
                    Ok(picture) => print(out, &picture),
                    Err(error) => fail(given, &error),
                },
                Err(error) => fail(given, &error),
            }
        }
    };
    let (worked, ()) = tokio::join!(work, show);
    worked?;
    if keyless {
        complain(messages::Cli::SetAiKey);
    }
    session.send_edits().await;
    if failed { Err(Failure::Some) } else { Ok(()) }
}

fn print(out: &Output, picture: &PictureDetail) {
    if out.json() {
        out.object(&Described {
            id: &picture.image_id,
            name: &picture.name,
            description: picture.description.as_deref(),
            alt_text: picture.alt_text.as_deref(),
            tags: &picture.tags,
            text_in_image: picture.text_in_image.as_deref(),
            described_by: picture.described_by.as_deref(),
        });
    } else {
        complain(format!("{}:", one_line(&picture.name)));
        out.line(picture.description.as_deref().unwrap_or_default());
    }
}
