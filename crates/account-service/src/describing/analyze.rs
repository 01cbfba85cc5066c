//! Descriptions on the service: the picture is taken from the store, made small, and shown to the AI.

use account_api::{Description, ErrorCode};
use bytes::Bytes;
use describe::DescribeError;
use pictures::PictureError;
use uuid::Uuid;

use crate::edits;
use crate::error::{Error, Result};
use crate::images;
use crate::object_store::StoreError;
use crate::service::Service;
use crate::storage::entity::image;

/// The longest side of what the AI is shown, in pixels.
const SIDE: u32 = 1024;

/// The largest picture that is read into memory, in bytes.
pub const IN_MEMORY: u64 = 512 * 1024 * 1024;

/// The longest prompt, in characters.
const PROMPT: usize = 4_000;

/// Checks a person's own prompt.
///
/// # Errors
/// When it is too long.
pub fn check_prompt(prompt: Option<&str>) -> Result<()> {
    if prompt.is_some_and(|prompt| prompt.chars().count() > PROMPT) {
        return Err(Error::invalid(format!("prompt: at most {PROMPT} characters.")));
    }
    Ok(())
}

/// Describes a picture and keeps what the AI said.
///
/// # Errors
/// One of the `ai_…` codes, or what can go wrong with the store; the picture stays as it was.
pub async fn analyze(app: &Service, user_id: Uuid, id: Uuid, prompt: Option<&str>) -> Result<image::Model> {
    check_prompt(prompt)?;
    let row = images::find(app, user_id, id, false).await?;
    let describing = app.describing.as_ref().ok_or_else(|| {
        Error::new(ErrorCode::AiNotConfigured, "This service has no AI key. Its operator can set OPENAI_API_KEY.")
    })?;
    if pictures::Format::from_name(&row.format).is_none_or(|format| !format.decodable()) {
        return Err(unsupported());
    }
    let bytes = match app.store.get(&row.object_key, IN_MEMORY).await {
        Ok(bytes) => bytes,
        Err(StoreError::NoSuchKey) => {
            let message = "The store has lost this picture’s bytes. Upload it again.";
            return Err(Error::new(ErrorCode::StorageUnavailable, message).because(&row.object_key));
        }
        Err(error) => return Err(error.into()),
    };
    let jpeg = small(app, bytes).await?;
    let prompt = prompt.map(str::trim).filter(|prompt| !prompt.is_empty());
    let said = describing.describer.describe(&jpeg, prompt).await.map_err(from_ai)?;
    let description = Description {
        description: said.description,
        alt_text: said.alt_text,
        tags: said.tags,
        text_in_image: said.text_in_image,
        described_by: said.model,
    };
    edits::describe(app, user_id, id, description, prompt).await
}

async fn small(app: &Service, bytes: Bytes) -> Result<Vec<u8>> {
    let _permit = app.picture_workers.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || decoding::rendition(&bytes, SIDE));
    match made.await.map_err(Error::internal)? {
        Ok(rendition) => Ok(rendition.bytes),
        Err(PictureError::NotDecodable { .. }) => Err(unsupported()),
        Err(error) => Err(Error::new(ErrorCode::AiUnsupportedPicture, error.to_string())),
    }
}

fn unsupported() -> Error {
    Error::new(ErrorCode::AiUnsupportedPicture, "Pictures of this format can’t be shown to the AI yet.")
}

fn from_ai(error: DescribeError) -> Error {
    let operator = |code, message: &'static str| Error::new(code, message).because(&error);
    match &error {
        DescribeError::KeyMissing { .. } => {
            operator(ErrorCode::AiNotConfigured, "This service has no AI key. Its operator can set OPENAI_API_KEY.")
        }
        DescribeError::KeyRejected { .. } | DescribeError::NoPermission { .. } => operator(
            ErrorCode::AiKeyRejected,
            "The AI provider refused this service’s key. Its operator has to check OPENAI_API_KEY.",
        ),
        DescribeError::ModelUnknown { .. } | DescribeError::BadEndpoint { .. } => operator(
            ErrorCode::AiUnavailable,
            "The AI of this service is not set up right. Its operator has to check OPENAI_MODEL and OPENAI_BASE_URL.",
        ),
        DescribeError::ModelCannotSee { model, said, .. } => {
            let said = if said.is_empty() { String::new() } else { format!(" It says: {said}.") };
            let message = format!(
                "The model of this service, “{model}”, can’t see pictures. Its operator has to set another OPENAI_MODEL.{said}"
            );
            Error::new(ErrorCode::AiUnavailable, message).because(&error)
        }
        DescribeError::QuotaExhausted { .. } | DescribeError::RateLimited { .. } => {
            Error::new(ErrorCode::AiQuota, error.to_string())
        }
        DescribeError::Refused { .. } => Error::new(ErrorCode::AiRefused, error.to_string()),
        DescribeError::TimedOut { .. } => Error::new(ErrorCode::AiTimedOut, error.to_string()),
        _ => Error::new(ErrorCode::AiUnavailable, error.to_string()),
    }
}
