//! `describe`.

use engine::view::PictureDetail;
use engine::{Engine, EngineError};
use serde::Serialize;

use super::args::Describe;
use super::failure::Failure;
use super::output::{FailedPicture, Output, complain, one_line, printable};
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

/// Has pictures described, one after the other.
pub async fn describe(session: &Session, out: &Output, args: Describe) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let mut failed = false;
    for given in &args.ids {
        match one(engine, given, args.prompt.clone()).await {
            Ok(picture) => print(out, &picture),
            Err(error) => {
                failed = true;
                complain(&format!("{given}: {}", error.message));
                if out.json() {
                    out.object(&FailedPicture { id: given, error: &error });
                }
            }
        }
    }
    session.send_edits().await;
    if failed { Err(Failure::Some) } else { Ok(()) }
}

async fn one(engine: &Engine, given: &str, prompt: Option<String>) -> Result<PictureDetail, EngineError> {
    let id = engine.resolve(given).await?;
    engine.describe_one(id, prompt).await
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
        complain(&format!("{}:", one_line(&picture.name)));
        out.line(&printable(picture.description.as_deref().unwrap_or_default()));
    }
}
