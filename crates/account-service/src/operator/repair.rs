//! What can be done about a difference without risking a picture.

use std::time::Duration;

use account_api::{ThumbnailsRequest, VerifyOutcome};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::finding::{Finding, Kind, Repair, done, left};
use super::holdings::owner_of;
use super::records;
use crate::counted::counted;
use crate::error::Result;
use crate::images;
use crate::service::App;
use crate::storage::entity::{image, upload};
use crate::uploads::{self, Remade};

/// Whether a thing is so old that it may go.
pub fn is_old(finding: &Finding, older_than: Duration) -> bool {
    finding.age_seconds.and_then(|age| u64::try_from(age).ok()).is_some_and(|age| age >= older_than.as_secs())
}

/// Repairs what is safe, and says why it leaves the rest.
pub async fn repair(app: &App, finding: &Finding, older_than: Duration) -> Repair {
    match attempt(app, finding, older_than).await {
        Ok(repair) => repair,
        Err(error) => left(format!("It failed: {}", error.into_detail().message)),
    }
}

async fn attempt(app: &App, finding: &Finding, older_than: Duration) -> Result<Repair> {
    let id = |text: &Option<String>| text.as_deref().and_then(|text| Uuid::try_parse(text).ok());
    let (user_id, image_id) = (id(&finding.user_id), id(&finding.image_id));
    match finding.kind {
        Kind::Orphan | Kind::StaleMultipart if !is_old(finding, older_than) => {
            Ok(left(format!("It is younger than {}.", days(older_than))))
        }
        Kind::Orphan => {
            if is_open(app, &finding.key).await? {
                return Ok(left("An upload is open for it by now."));
            }
            app.store.delete(&finding.key).await?;
            Ok(done("Removed."))
        }
        Kind::StaleMultipart => {
            app.store.abort_multipart(&finding.key, finding.store_upload_id.as_deref().unwrap_or_default()).await?;
            Ok(done("Aborted."))
        }
        Kind::StaleUpload | Kind::LostMultipart => {
            if let (Some(user_id), Some(upload_id)) = (user_id, id(&finding.upload_id)) {
                uploads::close(app, user_id, upload_id).await?;
            }
            Ok(done("Closed: whoever sends it again begins anew."))
        }
        Kind::UnconfirmedThumbnail => {
            let (Some(user_id), Some(image_id)) = (user_id, &finding.image_id) else { return Ok(left("Whose?")) };
            let request = ThumbnailsRequest { image_ids: vec![image_id.clone()] };
            match uploads::confirm(app, user_id, request).await?.confirmed.is_empty() {
                false => Ok(done("Confirmed.")),
                true => Ok(left("It is not the thumbnail that was announced.")),
            }
        }
        Kind::MissingThumbnail | Kind::ThumbnailDiffers => {
            let (Some(user_id), Some(image_id)) = (user_id, image_id) else { return Ok(left("Whose?")) };
            match uploads::remake(app, user_id, image_id).await? {
                Remade::Stored => Ok(done("Made anew from the picture.")),
                Remade::Withdrawn(why) => {
                    Ok(left(format!("{why} Until a client sends a thumbnail, the picture is shown without one.")))
                }
            }
        }
        Kind::MissingObject | Kind::SizeDiffers | Kind::ContentDiffers => {
            note(app, image_id).await?;
            Ok(left(
                "It is noted, so that every device shows it: whoever has the file mends it by uploading it again. Or bring \
                 the object back from a copy of the bucket.",
            ))
        }
        Kind::BadRecord => records::mend(app, &finding.key, image_id).await,
        Kind::DamagedJournal => {
            Ok(left("What can be read of it counts. It stays as it is, in case that more can be made of it."))
        }
        Kind::LaterEdits => Ok(left("“check --adopt” takes them up.")),
        Kind::Foreign => Ok(left("Only what this service has put there is touched.")),
    }
}

/// Reads a picture's bytes back and writes down what is found; none when the picture is gone.
async fn note(app: &App, image_id: Option<Uuid>) -> Result<Option<VerifyOutcome>> {
    let Some(image_id) = image_id else { return Ok(None) };
    match image::Entity::find_by_id(image_id).one(app.database.read()).await? {
        Some(row) => images::read_back(app, row).await.map(Some),
        None => Ok(None),
    }
}

/// Whether the object's upload awaits bytes.
async fn is_open(app: &App, key: &str) -> Result<bool> {
    let Some((_, upload_id)) = owner_of(key) else { return Ok(true) };
    let row = upload::Entity::find_by_id(upload_id).one(app.database.read()).await?;
    Ok(row.is_some_and(|row| row.state == upload::State::Open))
}

fn days(age: Duration) -> String {
    match age.as_secs() {
        seconds if seconds >= 2 * 86_400 => format!("{} days", seconds / 86_400),
        seconds if seconds >= 2 * 3600 => format!("{} hours", seconds / 3600),
        seconds => counted(seconds, "second"),
    }
}
