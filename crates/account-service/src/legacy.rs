//! What was said of a picture before persons' and models' words stood apart: one set of texts with one author, and tags
//! without any. Old databases have it, and old segments of the journal.
//!
//! Where the author isn't known for certain it is taken to be the person: nothing that somebody typed may become something
//! that a model replaces.

use account_api::{Clock, PERSON, Reading};
use uuid::Uuid;

use crate::clock::{self, Millis};
use crate::error::{Error, Result};
use crate::images::Picture;
use crate::stamps::{Stamp, Stamps};
use crate::storage::entity::{image, tag};

/// As it was.
#[derive(Debug, Default)]
pub struct Legacy {
    /// What the picture shows.
    pub description: Option<String>,
    /// For people who can't see it.
    pub alt_text: Option<String>,
    /// In their order.
    pub tags: Vec<String>,
    /// Text in it.
    pub text_in_image: Option<String>,
    /// A model's name or `person`.
    pub described_by: Option<String>,
    /// When.
    pub described_at: Option<Millis>,
}

/// As it is now.
#[derive(Debug, Default)]
pub struct Apart {
    /// The person's description.
    pub own_description: Option<String>,
    /// The person's alternative text.
    pub own_alt_text: Option<String>,
    /// What a model said. Text in the picture stands here whoever found it.
    pub reading: Option<Reading>,
    /// All of them the person's.
    pub tags: Vec<tag::Model>,
    /// Of the texts: when they were written.
    pub stamps: Stamps,
}

/// The field of a picture's stamps that says when the last of its tags and albums changed. A picture without it has none.
pub const PAIRS: &str = "pairs";

impl Legacy {
    /// Takes it apart.
    pub fn apart(self, image_id: Uuid) -> Apart {
        let Self { description, alt_text, tags, text_in_image, described_by, described_at } = self;
        let mut apart = Apart::default();
        let written = Stamp::of_service(Clock::at(described_at.unwrap_or_default()));
        let model = described_by.filter(|by| by != PERSON);
        let (models, own) = match model {
            Some(_) => ((description, alt_text), (None, None)),
            None => ((None, None), (description, alt_text)),
        };
        (apart.own_description, apart.own_alt_text) = own;
        for (field, text) in [("description", &apart.own_description), ("alt_text", &apart.own_alt_text)] {
            if text.is_some() {
                apart.stamps.take(field, written);
            }
        }
        if model.is_some() || text_in_image.is_some() {
            apart.stamps.take("reading", written);
            apart.reading = Some(Reading {
                description: models.0.unwrap_or_default(),
                alt_text: models.1.unwrap_or_default(),
                text_in_image: text_in_image.unwrap_or_default(),
                model: model.unwrap_or_default(),
                prompt: None,
                read_at: clock::wire(described_at.unwrap_or_default()),
            });
        }
        let mut met = std::collections::HashSet::new();
        for tag in tags {
            let key = names::key(&tag);
            if key.is_empty() || !met.insert(key.clone()) {
                continue;
            }
            // Earlier than anything that anybody says of it, and in their order.
            let moment = Clock::at(0);
            let clock = (0..met.len()).fold(moment, |clock, _| clock.tick(0));
            let stamp = Stamp::of_service(clock);
            apart.stamps.take(PAIRS, stamp);
            apart.tags.push(tag::Model {
                image_id,
                key,
                tag,
                author: PERSON.to_owned(),
                present: true,
                stamp: stamp.to_string(),
            });
        }
        apart
    }
}

impl Apart {
    /// The picture whose row this is, with these words.
    ///
    /// # Errors
    /// None that is known: it can be written as JSON.
    pub fn with(self, row: image::Model) -> Result<Picture> {
        let reading = self.reading.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
        let row = image::Model {
            own_description: self.own_description,
            own_alt_text: self.own_alt_text,
            reading,
            stamps: self.stamps.text()?,
            ..row
        };
        Ok(Picture { tags: self.tags, ..row.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(by: Option<&str>) -> Legacy {
        Legacy {
            description: Some("d".to_owned()),
            alt_text: Some("a".to_owned()),
            tags: vec!["Möwe".to_owned(), "MÖWE".to_owned(), "海".to_owned()],
            text_in_image: Some("t".to_owned()),
            described_by: by.map(str::to_owned),
            described_at: Some(1_772_366_400_000),
        }
    }

    #[test]
    fn persons_words_stay_persons_and_tags_are_taken_for_persons() {
        for by in [Some(PERSON), None] {
            let apart = said(by).apart(Uuid::nil());
            assert_eq!((apart.own_description.as_deref(), apart.own_alt_text.as_deref()), (Some("d"), Some("a")));
            let reading = apart.reading.unwrap();
            assert_eq!((&*reading.description, &*reading.text_in_image, &*reading.model), ("", "t", ""));
        }
        let apart = said(Some("gpt")).apart(Uuid::nil());
        assert_eq!((apart.own_description, apart.own_alt_text), (None, None));
        let reading = apart.reading.unwrap();
        assert_eq!((&*reading.description, &*reading.alt_text, &*reading.model), ("d", "a", "gpt"));
        assert_eq!(reading.read_at, "2026-03-01T12:00:00.000Z");
        let tags: Vec<(&str, &str)> = apart.tags.iter().map(|tag| (&*tag.tag, &*tag.author)).collect();
        assert_eq!(tags, [("Möwe", PERSON), ("海", PERSON)]);
        assert!(apart.tags.is_sorted_by_key(|tag| &tag.stamp));
    }
}
