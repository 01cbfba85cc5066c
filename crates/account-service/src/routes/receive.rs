//! `multipart/form-data` (RFC 7578) of `POST /api/images`, streamed to disk and hashed on the way.

use account_api::ErrorCode;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::error::{Error, Result};
use crate::extract::from_status;
use crate::service::Service;
use crate::uploads::{Intake, Received};

/// The longest text field, in bytes.
const TEXT: usize = 64 * 1024;

/// What was sent.
pub struct Form {
    /// `image`.
    pub image: Received,
    /// `analyze`: whether to describe it at once.
    pub analyze: bool,
    /// `prompt`: what to ask.
    pub prompt: Option<String>,
}

/// Reads the form.
///
/// # Errors
/// When it isn't one, has no `image`, or the image is too large.
pub async fn receive(app: &Service, request: Request) -> Result<Form> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| {
        Error::new(ErrorCode::UnsupportedBody, "Send multipart/form-data with the picture in the field `image`.")
    })?;
    let (mut image, mut analyze, mut prompt) = (None, false, None);
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        match field.name() {
            Some("image") if image.is_none() => image = Some(file(app, field).await?),
            Some("image") => return Err(Error::invalid("image: one picture a request.")),
            Some("analyze") => {
                let text = text(field).await?.trim().to_ascii_lowercase();
                analyze = matches!(&*text, "1" | "true" | "yes" | "on");
            }
            Some("prompt") => prompt = Some(text(field).await?).filter(|text| !text.trim().is_empty()),
            _ => {}
        }
    }
    let image = image.ok_or_else(|| Error::invalid("image: the form has no picture in the field `image`."))?;
    Ok(Form { image, analyze, prompt })
}

async fn file(app: &Service, mut field: Field<'_>) -> Result<Received> {
    let name = field.file_name().map(str::to_owned);
    let transit = app.transit_dir.clone();
    let file = tokio::task::spawn_blocking(move || tempfile::Builder::new().prefix("upload-").tempfile_in(transit));
    let (file, path) = file.await.map_err(Error::internal)?.map_err(Error::internal)?.into_parts();
    let mut file = tokio::io::BufWriter::with_capacity(256 * 1024, tokio::fs::File::from_std(file));
    let mut intake = Intake::new(app.limits.file_size);
    while let Some(bytes) = field.chunk().await.map_err(broken)? {
        intake.take(&bytes)?;
        file.write_all(&bytes).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)?;
    Ok(intake.finish(path, name))
}

async fn text(mut field: Field<'_>) -> Result<String> {
    let mut text = Vec::new();
    while let Some(bytes) = field.chunk().await.map_err(broken)? {
        text.extend_from_slice(&bytes);
        if text.len() > TEXT {
            return Err(Error::new(ErrorCode::TooLarge, "A field of the form is too long."));
        }
    }
    String::from_utf8(text).map_err(|_| Error::invalid("A field of the form is not UTF-8."))
}

fn broken(error: MultipartError) -> Error {
    match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => Error::internal(error),
        status => from_status(status.as_u16(), format!("The form can't be read: {}.", error.body_text())),
    }
}

fn disk(error: std::io::Error) -> Error {
    Error::new(ErrorCode::StorageUnavailable, "The service has no room to take this picture in. Try again later.")
        .because(error)
}
