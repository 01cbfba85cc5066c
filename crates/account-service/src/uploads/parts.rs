//! The parts of a multipart upload: permission to send them, and which have arrived.

use account_api::{ErrorCode, PartGrant, PartsRequest, PartsResponse, StoredPart, StoredPartsResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use uuid::Uuid;

use super::announcement::Announced;
use super::{grant, ledger};
use crate::error::{Error, Result};
use crate::object_store::StoreError;
use crate::service::Service;

/// Presigned URLs of some parts.
///
/// # Errors
/// When the upload is over, or a number is not one of its parts.
pub async fn presign_parts(app: &Service, user_id: Uuid, id: Uuid, request: PartsRequest) -> Result<PartsResponse> {
    super::check_batch(request.parts.len())?;
    request.parts.iter().try_for_each(|part| super::check_part_number(part.number))?;
    let announced = multipart(app, user_id, id).await?;
    let store_upload_id = grant::begin(app, &announced).await?;
    if !ledger::touch(app, &announced.row).await? {
        return Err(ledger::gone());
    }
    let mut parts = Vec::with_capacity(request.parts.len());
    for part in request.parts {
        let size = announced
            .size_of_part(part.number)
            .ok_or_else(|| Error::invalid(format!("parts: this upload has no part {}.", part.number)))?;
        if BASE64_STANDARD.decode(&part.content_md5).is_ok_and(|md5| md5.len() == 16) {
            let key = &announced.row.object_key;
            let put = app
                .store
                .presign_part(key, &store_upload_id, part.number, size, &part.content_md5, app.limits.address)
                .await?;
            parts.push(PartGrant { number: part.number, put });
        } else {
            return Err(Error::invalid("parts: content_md5 is the part’s MD5 in base64."));
        }
    }
    Ok(PartsResponse { parts })
}

/// Which parts the store has.
///
/// # Errors
/// When the upload is over, for the service or for the store.
pub async fn stored_parts(app: &Service, user_id: Uuid, id: Uuid) -> Result<StoredPartsResponse> {
    let announced = multipart(app, user_id, id).await?;
    let Some(store_upload_id) = &announced.row.store_upload_id else {
        return Ok(StoredPartsResponse { parts: Vec::new() });
    };
    let parts = match app.store.list_parts(&announced.row.object_key, store_upload_id).await {
        Ok(parts) => parts,
        Err(StoreError::NoSuchUpload | StoreError::NoSuchKey) => {
            if app.store.head(&announced.row.object_key).await.is_ok() {
                return Err(Error::new(ErrorCode::Conflict, "All parts have arrived: complete this upload."));
            }
            // A bucket's own rules may have aborted it. So that the next grant begins anew:
            ledger::close(app, user_id, id).await?;
            return Err(ledger::gone());
        }
        Err(error) => return Err(error.into()),
    };
    let parts = parts
        .into_iter()
        // A part of another size can't be one of this upload's.
        .filter(|part| announced.size_of_part(part.number) == Some(part.size))
        .map(|part| StoredPart { number: part.number, size: part.size, etag: part.etag })
        .collect();
    Ok(StoredPartsResponse { parts })
}

async fn multipart(app: &Service, user_id: Uuid, id: Uuid) -> Result<Announced> {
    let announced = Announced::taken_up(ledger::find_open(app, user_id, id).await?)?;
    if announced.parts().is_none() {
        return Err(Error::invalid("This upload is a single PUT; it has no parts."));
    }
    Ok(announced)
}
