//! Changing what people and the AI say of a picture.

use account_api::{Description, DescriptionPatch, ImagePatch, MAX_TAGS};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::clock;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::entity::image;
use crate::storage::{Write, next_revision};

/// The longest description and the longest text of a picture, in characters.
const LONG: usize = 20_000;
/// The longest alternative text, in characters.
const ALT: usize = 2_000;
/// The longest tag, and the longest name of who described it, in characters.
const SHORT: usize = 100;
/// The longest name of a picture, in characters.
pub const NAME: usize = 255;

/// Changes what the request names, as one change of the feed.
///
/// # Errors
/// When there is no such picture or a text is too long.
pub async fn patch(app: &Service, user_id: Uuid, id: Uuid, patch: ImagePatch) -> Result<image::Model> {
    if let Some(name) = &patch.name {
        let length = name.trim().chars().count();
        if !(1..=NAME).contains(&length) || name.chars().any(char::is_control) || name.contains('/') {
            return Err(Error::invalid(format!(
                "name: 1 to {NAME} characters, without slashes and control characters."
            )));
        }
    }
    if let Some(description) = &patch.description {
        check(description)?;
    }
    change(app, user_id, id, |known, row| {
        if let Some(name) = patch.name {
            row.name = Set(name.trim().to_owned());
        }
        if let Some(favourite) = patch.favourite {
            row.favourite = Set(favourite);
        }
        match &patch.description {
            Some(description) => describe(known, row, description),
            None => Ok(()),
        }
    })
    .await
}

/// Keeps what a model says of a picture, beside what a person has said of it.
///
/// # Errors
/// When the picture is gone.
pub async fn set_description(app: &Service, user_id: Uuid, id: Uuid, description: Description) -> Result<image::Model> {
    let said = DescriptionPatch::from(shortened(description));
    change(app, user_id, id, |known, row| describe(known, row, &said)).await
}

async fn change(
    app: &Service,
    user_id: Uuid,
    id: Uuid,
    edit: impl FnOnce(&image::Model, &mut image::ActiveModel) -> Result<()>,
) -> Result<image::Model> {
    let write = app.database.write().await?;
    let revision = next_revision(&write, user_id).await?;
    let known = locked(&write, user_id, id).await?;
    let mut row = known.clone().into_active_model();
    edit(&known, &mut row)?;
    row.updated_at = Set(clock::now());
    row.revision = Set(revision);
    let row = row.update(&*write).await?;
    write.commit().await?;
    app.news.publish(user_id);
    Ok(row)
}

async fn locked(write: &Write, user_id: Uuid, id: Uuid) -> Result<image::Model> {
    image::Entity::find_by_id(id)
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::DeletedAt.is_null())
        .one(&**write)
        .await?
        .ok_or_else(|| Error::not_found("picture"))
}

/// Makes a change of the description that the picture has now, which may be another than its author has read.
fn describe(known: &image::Model, row: &mut image::ActiveModel, change: &DescriptionPatch) -> Result<()> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut said = Description {
        description: text(&known.description),
        alt_text: text(&known.alt_text),
        tags: serde_json::from_str(&known.tags).map_err(Error::internal)?,
        text_in_image: text(&known.text_in_image),
        described_by: text(&known.described_by),
    };
    let of_texts = change.apply(&mut said);
    if said.tags.len() > MAX_TAGS {
        return Err(Error::invalid(format!("tags: at most {MAX_TAGS}.")));
    }
    // PostgreSQL takes no text with a NUL; an AI may say one.
    let some = |text: String| Some(text.replace('\0', "").trim().to_owned()).filter(|text| !text.is_empty());
    let by = some(said.described_by);
    if of_texts {
        row.described_at = Set(by.is_some().then(clock::now));
    }
    row.description = Set(some(said.description));
    row.alt_text = Set(some(said.alt_text));
    row.text_in_image = Set(some(said.text_in_image));
    row.tags = Set(serde_json::Value::from(said.tags.into_iter().filter_map(some).collect::<Vec<_>>()).to_string());
    row.described_by = Set(by);
    Ok(())
}

fn check(change: &DescriptionPatch) -> Result<()> {
    let fits = |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().count() <= most);
    let texts = [&change.description, &change.alt_text, &change.text_in_image, &change.described_by];
    let lists = [change.tags.as_deref().unwrap_or_default(), change.add_tags.as_slice(), change.remove_tags.as_slice()];
    let problem = if texts.into_iter().flatten().chain(lists.into_iter().flatten()).any(|text| text.contains('\0')) {
        "description: a text has a NUL character.".to_owned()
    } else if !fits(&change.description, LONG) {
        format!("description: at most {LONG} characters.")
    } else if !fits(&change.alt_text, ALT) {
        format!("alt_text: at most {ALT} characters.")
    } else if !fits(&change.text_in_image, LONG) {
        format!("text_in_image: at most {LONG} characters.")
    } else if lists.iter().any(|tags| tags.len() > MAX_TAGS)
        || lists.iter().copied().flatten().any(|tag| tag.chars().count() > SHORT)
    {
        format!("tags: at most {MAX_TAGS}, each of at most {SHORT} characters.")
    } else if !fits(&change.described_by, SHORT) {
        format!("described_by: at most {SHORT} characters.")
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}

/// An AI isn't refused for talking too much; it is cut off.
fn shortened(description: Description) -> Description {
    let cut = |text: String, most: usize| text.chars().take(most).collect::<String>();
    Description {
        description: cut(description.description, LONG),
        alt_text: cut(description.alt_text, ALT),
        tags: description.tags.into_iter().take(MAX_TAGS).map(|tag| cut(tag, SHORT)).collect(),
        text_in_image: cut(description.text_in_image, LONG),
        described_by: cut(description.described_by, SHORT),
    }
}
