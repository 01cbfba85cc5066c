//! What a later look at pictures' bytes gave: more than the app could read when they were uploaded, and thumbnails of formats
//! that it couldn't show then.

use std::collections::HashMap;

use account_api::{DateSource, Examination, ExaminationsRequest, ExaminationsResponse, Examined, Facts, ThumbnailSpec};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::announcement::check_examination;
use super::batch::thumbnail_put;
use super::{THUMBNAILS, check_batch};
use crate::clock;
use crate::error::{Error, Result};
use crate::images;
use crate::media;
use crate::quota;
use crate::service::App;
use crate::storage::entity::image;
use crate::storage::{Write, take_revisions};

/// Notes what was found, one change of the feed for each picture of which anything is new.
///
/// # Errors
/// When a value is not as documented, the account has no room for the thumbnails, or database or store can't be reached.
pub async fn note_batch(app: &App, user_id: Uuid, request: ExaminationsRequest) -> Result<ExaminationsResponse> {
    check_batch(request.examinations.len())?;
    request.examinations.iter().try_for_each(check_examination)?;
    let mut found: Vec<(Uuid, Examination)> = Vec::with_capacity(request.examinations.len());
    for one in request.examinations {
        if let Ok(id) = Uuid::try_parse(&one.image_id)
            && found.iter().all(|(known, _)| *known != id)
        {
            found.push((id, one));
        }
    }
    let write = app.database.write().await?;
    let rows = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Id.is_in(found.iter().map(|(id, _)| *id)))
        .all(&*write)
        .await?;
    let mut rows: HashMap<Uuid, image::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let (mut examined, mut changed) = (Vec::with_capacity(found.len()), Vec::new());
    for (id, found) in found {
        let Some(row) = rows.remove(&id) else { continue };
        let now = with(row.clone(), found)?;
        if now != row {
            changed.push((
                examined.len(),
                quota::of_thumbnail(now.thumbnail_spec.as_deref()) - quota::of_thumbnail(row.thumbnail_spec.as_deref()),
            ));
        }
        examined.push(now);
    }
    if !changed.is_empty() {
        keep(app, &write, user_id, &mut examined, &changed).await?;
        write.commit().await?;
        app.news.publish(user_id);
    }
    let mut answer = Vec::with_capacity(examined.len());
    for row in examined {
        let thumbnail = thumbnail_put(app, &row).await?;
        answer.push(Examined { image: images::without_urls(app, row).await?, thumbnail });
    }
    Ok(ExaminationsResponse { examined: answer })
}

/// Writes changed rows: which of them, and how many bytes more each takes.
async fn keep(
    app: &App,
    write: &Write,
    user_id: Uuid,
    rows: &mut [image::Model],
    changed: &[(usize, i64)],
) -> Result<()> {
    let count = i64::try_from(changed.len()).map_err(Error::internal)?;
    let first = take_revisions(write, user_id, count).await? - count + 1;
    let more: i64 = changed.iter().map(|(_, more)| more).sum();
    if more > 0 {
        quota::take(app, write, user_id, more, 0).await?;
    } else if more < 0 {
        quota::give_back(write, user_id, -more, 0).await?;
    }
    for ((at, _), revision) in changed.iter().zip(first..) {
        let Some(row) = rows.get_mut(*at) else { continue };
        row.revision = revision;
        row.updated_at = clock::now();
        row.clone().into_active_model().reset_all().update(&**write).await?;
    }
    Ok(())
}

/// A picture with what was found. What can't be told any more stays as it was.
fn with(mut row: image::Model, found: Examination) -> Result<image::Model> {
    let side = |side: u32| i32::try_from(side).ok();
    row.width = found.width.and_then(side).or(row.width);
    row.height = found.height.and_then(side).or(row.height);
    row.thumbhash = found.thumbhash.or(row.thumbhash);
    row.remark = image::remark_text(found.remark.as_ref());
    row.camera = found.camera;
    row.taken_at = found.taken_at;
    // The date of a file that says none itself is known from where the file lay.
    let by_file = row.taken_at.is_none() && row.file_modified_at.is_some();
    let by_file = Facts { date_source: by_file.then_some(DateSource::File), ..Facts::default() };
    row.facts = image::facts_text(&found.facts.or(by_file).sound());
    if let Some(spec) = found.thumbnail
        && !row.has_thumbnail
    {
        row.thumbnail_key = Some(thumbnail_key(&row, &spec)?);
        row.thumbnail_spec = Some(serde_json::to_string(&spec).map_err(Error::internal)?);
    }
    Ok(row)
}

/// Beside the pictures, under the same name.
fn thumbnail_key(row: &image::Model, spec: &ThumbnailSpec) -> Result<String> {
    let extension = media::thumbnail_extension(&spec.content_type)
        .ok_or_else(|| Error::internal(format!("thumbnails can’t be {}", spec.content_type)))?;
    let name = row.object_key.rsplit('/').next().unwrap_or_default();
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    Ok(format!("{THUMBNAILS}{}/{name}.{extension}", row.user_id))
}
