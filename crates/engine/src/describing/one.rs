//! One picture: its bytes, a small JPEG of them without metadata, the AI's answer, and where that is kept.

use std::sync::Arc;

use catalogue::table::pending_edit::Edit;
use describe::{Describer, Description};
use pictures::{Format, Limits};

use super::failure::Failure;
use crate::blobs::Original;
use crate::library::{known_picture, make_edit, picture};
use crate::session::Session;
use crate::view::PictureDetail;
use crate::{EngineError, ErrorKind, Result};

/// The longest side of what the AI is sent, in pixels.
const LONGEST_SIDE: u32 = 1024;

/// Describes one picture and waits for it.
pub(crate) async fn describe_one(session: &Arc<Session>, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
    let endpoint = session.describing.whom_to_ask().await?;
    let describer = Describer::new(endpoint).map_err(|error| Failure::from(error).error)?;
    describe_with(session, &describer, id, prompt.as_deref()).await.map_err(|failure| failure.error)?;
    picture(session, id).await
}

/// Describes one picture and keeps the result.
pub(super) async fn describe_with(
    session: &Arc<Session>,
    describer: &Describer,
    id: u32,
    prompt: Option<&str>,
) -> Result<(), Failure> {
    let picture = known_picture(session, id).await?;
    if picture.facts.deleted_at.is_some() {
        let message = "This picture is in the trash. Restore it first.";
        return Err(EngineError::new(ErrorKind::InvalidInput, message).into());
    }
    let format = Format::from_name(&picture.facts.format);
    if !format.is_some_and(Format::decodable) {
        let unknown = picture.facts.format.to_uppercase();
        return Err(Failure::unsupported(format.map_or(unknown.as_str(), |format| format.label())));
    }
    let bytes = session.blobs.original_bytes(session, &Original::of(&picture)).await?;
    let rendition =
        session.blobs.decode(move || pictures::rendition(&bytes, LONGEST_SIDE, &Limits::default())).await??;
    let description = describer.describe(&rendition.bytes, prompt).await?;
    make_edit(session, vec![id], reading(description)).await?;
    Ok(())
}

/// What the model said, for the picture as it will be when this is kept: what it was when the model was asked may be old.
fn reading(said: Description) -> Edit {
    Edit::Reading {
        description: said.description,
        alt_text: said.alt_text,
        tags: said.tags,
        text_in_image: said.text_in_image,
        model: said.model.chars().take(100).collect(),
    }
}
