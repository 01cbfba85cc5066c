//! `multipart/form-data` (RFC 7578) of `POST /api/images`, streamed to disk and hashed on the way.

use account_api::ErrorCode;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::arrival::Arrival;
use crate::connections::is_too_slow;
use crate::error::{DISK_IS_FULL, Error, Result};
use crate::extract::{from_status, too_slow};
use crate::service::Service;
use crate::uploads::{self, Intake, Received};

/// The longest text field, in bytes.
const TEXT: usize = 64 * 1024;

/// What a form may have beside its picture, in bytes.
pub const BESIDE: u64 = 1024 * 1024;

/// The form as clients see it.
#[cfg(feature = "hosted")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes the form; the fields are read one by one, as they come")]
pub struct UploadForm {
    /// The file. Its name becomes the picture's name.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    image: Vec<u8>,
    /// Whether to describe it at once: `true`, `1`, `yes`, `on`, `t` or `y`, in any case. Anything else is no.
    #[schema(example = "true")]
    analyze: Option<String>,
    /// What to ask the AI instead of "describe this picture"; at most 4,000 characters.
    #[schema(max_length = 4_000, example = "Which birds are these?")]
    prompt: Option<String>,
}

/// What was sent.
pub struct Form {
    /// `image`.
    pub image: Received,
    /// `analyze`: whether to describe it at once.
    pub analyze: bool,
    /// `prompt`: what to ask.
    pub prompt: Option<String>,
}

/// Reads the form. What its length alone tells is refused before any of it is read, so that a client that waits for leave
/// to send (`Expect: 100-continue`) sends nothing.
///
/// # Errors
/// When it isn't one, has no `image`, or the image is too large or has no room in the account.
pub async fn receive(app: &Service, user_id: Uuid, request: Request) -> Result<Form> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // A picture has one byte at least, and whatever of the form can't be beside it.
    let least = length.unwrap_or_default().saturating_sub(BESIDE).max(1);
    if least > app.limits.file_size {
        return Err(uploads::too_large(app.limits.file_size));
    }
    let mut arrival = Some(Arrival::begin(app, user_id, least).await?);
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| {
        Error::new(ErrorCode::UnsupportedBody, "Send multipart/form-data with the picture in the field `image`.")
    })?;
    let (mut image, mut analyze, mut prompt) = (None, false, None);
    while let Some(field) = in_time(app, multipart.next_field()).await? {
        match field.name() {
            Some("image") if arrival.is_some() => {
                image = Some(file(app, field, arrival.take()).await?);
            }
            Some("image") => return Err(Error::invalid("image: one picture a request.")),
            Some("analyze") => {
                let text = text(app, field).await?.trim().to_ascii_lowercase();
                analyze = matches!(&*text, "1" | "true" | "t" | "yes" | "y" | "on");
            }
            Some("prompt") => prompt = Some(text(app, field).await?).filter(|text| !text.trim().is_empty()),
            _ => {}
        }
    }
    let image = image.ok_or_else(|| Error::invalid("image: the form has no picture in the field `image`."))?;
    Ok(Form { image, analyze, prompt })
}

async fn file(app: &Service, mut field: Field<'_>, mut arrival: Option<Arrival>) -> Result<Received> {
    // multer reads neither `filename*` nor bytes that are no UTF-8.
    let named = field.headers().get(CONTENT_DISPOSITION);
    let name = named.and_then(|header| names::from_disposition(header.as_bytes()));
    let transit = app.transit_dir.clone();
    let file = tokio::task::spawn_blocking(move || tempfile::Builder::new().prefix("upload-").tempfile_in(transit));
    let (file, path) = file.await.map_err(Error::internal)?.map_err(disk)?.into_parts();
    let mut file = tokio::io::BufWriter::with_capacity(256 * 1024, tokio::fs::File::from_std(file));
    let mut intake = Intake::new(app.limits.file_size);
    while let Some(bytes) = in_time(app, field.chunk()).await? {
        intake.take(&bytes)?;
        if let Some(arrival) = &mut arrival {
            arrival.take(bytes.len() as u64).await?;
        }
        file.write_all(&bytes).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)?;
    Ok(intake.finish(path, name, arrival))
}

async fn text(app: &Service, mut field: Field<'_>) -> Result<String> {
    let mut text = Vec::new();
    while let Some(bytes) = in_time(app, field.chunk()).await? {
        text.extend_from_slice(&bytes);
        if text.len() > TEXT {
            return Err(Error::new(ErrorCode::TooLarge, "A field of the form is too long."));
        }
    }
    String::from_utf8(text).map_err(|_| Error::invalid("A field of the form is not UTF-8."))
}

/// The next piece, unless it is too long in coming: a client that stalls would hold its place for the whole time that a
/// large picture may take.
async fn in_time<T>(app: &Service, piece: impl Future<Output = Result<T, MultipartError>>) -> Result<T> {
    match tokio::time::timeout(app.limits.stall, piece).await {
        Ok(piece) => piece.map_err(broken),
        Err(_) => {
            Err(Error::new(ErrorCode::TimedOut, "The picture stopped arriving. Nothing was kept; send it again."))
        }
    }
}

fn broken(error: MultipartError) -> Error {
    if is_too_slow(&error) {
        return too_slow();
    }
    match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => Error::internal(error),
        status => from_status(status.as_u16(), format!("The form can’t be read: {}.", error.body_text())),
    }
}

fn disk(error: std::io::Error) -> Error {
    let message = if machine::is_full(&error) {
        DISK_IS_FULL
    } else {
        "The disk that the library is kept on can’t take this picture in right now. Nothing was kept of it; try again later."
    };
    Error::new(ErrorCode::StorageUnavailable, message).because(error)
}
