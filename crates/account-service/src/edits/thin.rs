//! The calls about one picture, made of the same operations, with a clock of the service's. They refuse what operations
//! don't: a picture in the trash isn't there for them.

use account_api::{Author, Description, DescriptionPatch, EditKind, ImagePatch, MAX_TAGS, PERSON, Reading};
use uuid::Uuid;

use super::batch::Batch;
use super::check::{ALT, LONG, SHORT, cut, file_name};
use super::picture::Draft;
use super::read::Operation;
use crate::clock;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::entity::image;

/// Changes what the request names, as one change of the feed.
///
/// # Errors
/// When there is no such picture or a text is too long.
pub async fn patch(app: &Service, user_id: Uuid, id: Uuid, patch: ImagePatch) -> Result<image::Model> {
    let mut kinds = Vec::new();
    if let Some(name) = &patch.name {
        let name = file_name(name).map_err(Error::invalid)?;
        kinds.push(EditKind::SetName { image_id: id.to_string(), name });
    }
    if let Some(favourite) = patch.favourite {
        kinds.push(EditKind::SetFavourite { image_id: id.to_string(), favourite });
    }
    if let Some(description) = &patch.description {
        check(description)?;
    }
    edit(app, user_id, id, |picture| {
        if let Some(description) = &patch.description {
            kinds.extend(Said { picture, prompt: None }.by(description)?);
        }
        Ok(kinds)
    })
    .await
}

/// Keeps what a model says of a picture, beside what a person has said of it. `prompt` is what it was asked, when that wasn't
/// the usual question.
///
/// # Errors
/// When the picture is gone.
pub async fn describe(
    app: &Service,
    user_id: Uuid,
    id: Uuid,
    description: Description,
    prompt: Option<&str>,
) -> Result<image::Model> {
    let said = DescriptionPatch::from(shortened(description));
    edit(app, user_id, id, |picture| Said { picture, prompt }.by(&said)).await
}

/// Moves a picture to the trash.
///
/// # Errors
/// When there is no such picture outside of it.
pub async fn trash(app: &Service, user_id: Uuid, id: Uuid) -> Result<()> {
    edit(app, user_id, id, |_| Ok(vec![EditKind::Trash { image_id: id.to_string() }])).await.map(drop)
}

/// Takes a picture out of the trash; one that isn't there stays as it is.
///
/// # Errors
/// When there is no such picture.
pub async fn restore(app: &Service, user_id: Uuid, id: Uuid) -> Result<image::Model> {
    let mut batch = Batch::open(app, user_id).await?;
    let Some(picture) = batch.read_one(id).await? else { return Err(Error::not_found("picture")) };
    if picture.row.deleted_at.is_none() {
        return Ok(picture.row.clone());
    }
    make(batch, id, vec![EditKind::Restore { image_id: id.to_string() }]).await
}

/// Removes a picture for good, whether in the trash or not: row, bytes and thumbnail. Its room is free once nobody holds an
/// address any more by which they could come back.
///
/// # Errors
/// When there is no such picture. That the store can't be reached is no error: the bytes go later.
pub async fn remove(app: &Service, user_id: Uuid, id: Uuid) -> Result<()> {
    match super::remove_all(app, user_id, &[id], super::Which::All).await? {
        0 => Err(Error::not_found("picture")),
        _ => Ok(()),
    }
}

/// Makes operations that depend on what the picture is now, which may be another than their author has read.
async fn edit(
    app: &Service,
    user_id: Uuid,
    id: Uuid,
    kinds: impl FnOnce(&Draft) -> Result<Vec<EditKind>>,
) -> Result<image::Model> {
    let mut batch = Batch::open(app, user_id).await?;
    let picture = batch.read_one(id).await?.filter(|picture| picture.row.deleted_at.is_none());
    let kinds = kinds(picture.ok_or_else(|| Error::not_found("picture"))?)?;
    make(batch, id, kinds).await
}

async fn make(mut batch: Batch<'_>, id: Uuid, kinds: Vec<EditKind>) -> Result<image::Model> {
    for kind in kinds {
        let operation = Operation::own(batch.tick(), kind);
        batch.merge(&operation)?;
    }
    batch.finish(&[]).await?.pictures.remove(&id).ok_or_else(|| Error::not_found("picture"))
}

/// What is said of a picture, as operations.
struct Said<'a> {
    picture: &'a Draft,
    prompt: Option<&'a str>,
}

impl Said<'_> {
    fn by(&self, change: &DescriptionPatch) -> Result<Vec<EditKind>> {
        match change.described_by.as_deref().map(str::trim) {
            None | Some("" | PERSON) => self.by_person(change),
            Some(model) => self.by_model(model, change),
        }
    }

    fn by_person(&self, change: &DescriptionPatch) -> Result<Vec<EditKind>> {
        let mut kinds = Vec::new();
        let known = self.picture.reading()?.unwrap_or_default();
        let mut reading = known.clone();
        // Who takes away a text that a model wrote means that one.
        let is_models = |own: &Option<String>, text: &str| own.is_none() && text.is_empty();
        match change.description.as_deref().map(str::trim) {
            Some(text) if is_models(&self.picture.row.own_description, text) => reading.description.clear(),
            Some(text) => {
                kinds.push(EditKind::SetDescription { image_id: self.id(), description: text.to_owned() });
            }
            None => {}
        }
        match change.alt_text.as_deref().map(str::trim) {
            Some(text) if is_models(&self.picture.row.own_alt_text, text) => reading.alt_text.clear(),
            Some(text) => kinds.push(EditKind::SetAltText { image_id: self.id(), alt_text: text.to_owned() }),
            None => {}
        }
        if let Some(text) = &change.text_in_image {
            text.trim().clone_into(&mut reading.text_in_image);
        }
        if [&reading.description, &reading.alt_text, &reading.text_in_image].into_iter().all(String::is_empty) {
            reading = Reading { read_at: known.read_at.clone(), ..Reading::default() };
        }
        if reading != known {
            kinds.push(EditKind::SetReading { image_id: self.id(), reading });
        }
        kinds.extend(self.tags_by_person(change)?);
        Ok(kinds)
    }

    fn tags_by_person(&self, change: &DescriptionPatch) -> Result<Vec<EditKind>> {
        let there = self.picture.tags();
        let key = |tag: &String| names::key(tag);
        let wanted = change.tags.as_ref().map(|tags| tags.iter().map(key).collect::<Vec<_>>());
        let unwanted: Vec<String> = change.remove_tags.iter().map(key).collect();
        let goes = |key: &String| wanted.as_ref().is_some_and(|wanted| !wanted.contains(key)) || unwanted.contains(key);
        let by = Author::Person;
        let mut kinds: Vec<EditKind> = there
            .iter()
            .filter(|row| goes(&row.key))
            .map(|row| EditKind::RemoveTag { image_id: self.id(), tag: row.tag.clone(), by })
            .collect();
        let stay = there.len() - kinds.len();
        let said_already = |key: &String| there.iter().any(|row| row.key == *key && row.author == PERSON);
        let mut met = Vec::new();
        for tag in change.tags.iter().flatten().filter(|tag| !unwanted.contains(&key(tag))).chain(&change.add_tags) {
            let key = key(tag);
            if key.is_empty() || met.contains(&key) || (said_already(&key) && !goes(&key)) {
                continue;
            }
            kinds.push(EditKind::AddTag { image_id: self.id(), tag: tag.trim().to_owned(), by });
            met.push(key);
        }
        let new = met.iter().filter(|key| goes(key) || !there.iter().any(|row| row.key == **key)).count();
        if new > 0 && stay + new > MAX_TAGS {
            return Err(Error::invalid(format!("tags: at most {MAX_TAGS}.")));
        }
        Ok(kinds)
    }

    /// What a model says replaces what a model said before, and adds to the tags.
    fn by_model(&self, model: &str, change: &DescriptionPatch) -> Result<Vec<EditKind>> {
        let mut kinds = Vec::new();
        let texts = [&change.description, &change.alt_text, &change.text_in_image];
        if texts.into_iter().any(Option::is_some) {
            let mut reading = self.picture.reading()?.unwrap_or_default();
            let into = [&mut reading.description, &mut reading.alt_text, &mut reading.text_in_image];
            for (text, into) in texts.into_iter().zip(into) {
                if let Some(text) = text {
                    // PostgreSQL takes no text with a NUL; an AI may say one.
                    *into = cut(text, LONG);
                }
            }
            model.clone_into(&mut reading.model);
            reading.prompt = self.prompt.map(str::to_owned);
            reading.read_at = clock::wire(clock::now());
            kinds.push(EditKind::SetReading { image_id: self.id(), reading });
        }
        let there = self.picture.tags();
        let mut met: Vec<String> = there.iter().map(|row| row.key.clone()).collect();
        for tag in change.tags.iter().flatten().chain(&change.add_tags) {
            let tag = cut(tag, SHORT);
            let key = names::key(&tag);
            if !key.is_empty() && !met.contains(&key) {
                kinds.push(EditKind::AddTag { image_id: self.id(), tag, by: Author::Model });
                met.push(key);
            }
        }
        Ok(kinds)
    }

    fn id(&self) -> String {
        self.picture.row.id.to_string()
    }
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
    Description {
        description: cut(&description.description, LONG),
        alt_text: cut(&description.alt_text, ALT),
        tags: description.tags.iter().take(MAX_TAGS).map(|tag| cut(tag, SHORT)).collect(),
        text_in_image: cut(&description.text_in_image, LONG),
        described_by: cut(&description.described_by, SHORT),
    }
}
