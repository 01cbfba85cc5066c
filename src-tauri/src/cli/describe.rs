//! `describe`.

use engine::view::PictureDetail;
use engine::{EngineError, ErrorKind};
use serde::Serialize;

use super::args::Describe;
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
    let mut pictures = Vec::with_capacity(args.ids.len());
    for given in args.ids {
        match engine.resolve(&given).await {
            Ok(id) => pictures.push((id, given)),
            Err(error) => fail(&given, &error),
        }
    }
    let (done, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let ids = pictures.iter().map(|(id, _)| *id).collect();
    let work = engine.describe_all(ids, args.prompt, move |id, result| drop(done.send((id, result))));
    let show = async {
        while let Some((id, result)) = answers.recv().await {
            let given = pictures.iter().find(|(picture, _)| *picture == id).map_or("", |(_, given)| given);
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
