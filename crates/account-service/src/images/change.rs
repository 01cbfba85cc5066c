//! Changing what people and the AI say of a picture.

use account_api::{Description, ImagePatch};
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
/// The most tags.
const TAGS: usize = 100;
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
        if !(1..=NAME).contains(&length) || name.chars().any(char::is_control) {
            return Err(Error::invalid(format!("name: 1 to {NAME} characters, none of them control characters.")));
        }
    }
    if let Some(description) = &patch.description {
        check(description)?;
    }
    change(app, user_id, id, |row| {
        if let Some(name) = patch.name {
            row.name = Set(name.trim().to_owned());
        }
        if let Some(favourite) = patch.favourite {
            row.favourite = Set(favourite);
        }
        if let Some(description) = patch.description {
            describe(row, description);
        }
    })
    .await
}

/// Keeps a description.
///
/// # Errors
/// When the picture is gone.
pub async fn set_description(app: &Service, user_id: Uuid, id: Uuid, description: Description) -> Result<image::Model> {
    change(app, user_id, id, |row| describe(row, shortened(description))).await
}

async fn change(
    app: &Service,
    user_id: Uuid,
    id: Uuid,
    edit: impl FnOnce(&mut image::ActiveModel),
) -> Result<image::Model> {
    let write = app.database.write().await?;
    let revision = next_revision(&write, user_id).await?;
    let mut row = locked(&write, user_id, id).await?.into_active_model();
    edit(&mut row);
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

fn describe(row: &mut image::ActiveModel, description: Description) {
    // PostgreSQL takes no text with a NUL; an AI may say one.
    let some = |text: String| Some(text.replace('\0', "").trim().to_owned()).filter(|text| !text.is_empty());
    let tags: Vec<String> = description.tags.into_iter().filter_map(some).collect();
    let (text, alt) = (some(description.description), some(description.alt_text));
    let in_image = some(description.text_in_image);
    let anything = text.is_some() || alt.is_some() || in_image.is_some() || !tags.is_empty();
    let by = some(description.described_by).unwrap_or_else(|| "person".to_owned());
    row.description = Set(text);
    row.alt_text = Set(alt);
    row.text_in_image = Set(in_image);
    row.tags = Set(serde_json::Value::from(tags).to_string());
    row.described_by = Set(anything.then_some(by));
    row.described_at = Set(anything.then(clock::now));
}

fn check(description: &Description) -> Result<()> {
    let fits = |text: &str, most: usize| text.chars().count() <= most;
    let texts =
        [&description.description, &description.alt_text, &description.text_in_image, &description.described_by];
    let problem = if texts.into_iter().chain(&description.tags).any(|text| text.contains('\0')) {
        "description: a text has a NUL character.".to_owned()
    } else if !fits(&description.description, LONG) {
        format!("description: at most {LONG} characters.")
    } else if !fits(&description.alt_text, ALT) {
        format!("alt_text: at most {ALT} characters.")
    } else if !fits(&description.text_in_image, LONG) {
        format!("text_in_image: at most {LONG} characters.")
    } else if description.tags.len() > TAGS || description.tags.iter().any(|tag| !fits(tag, SHORT)) {
        format!("tags: at most {TAGS}, each of at most {SHORT} characters.")
    } else if !fits(&description.described_by, SHORT) {
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
        tags: description.tags.into_iter().take(TAGS).map(|tag| cut(tag, SHORT)).collect(),
        text_in_image: cut(description.text_in_image, LONG),
        described_by: cut(description.described_by, SHORT),
    }
}
