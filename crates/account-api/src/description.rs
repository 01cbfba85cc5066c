//! What people and models say of a picture, and how a change of it is made.

use serde::{Deserialize, Serialize};

/// Who wrote a description when a person did; a model is named by its own name.
pub const PERSON: &str = "person";

/// The most tags of a picture.
pub const MAX_TAGS: usize = 100;

/// What a picture shows. Blanks around the texts are removed, and empty tags are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Description {
    /// Sentences, at most 20,000 characters; empty removes it.
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 20_000,
            pattern = r"^[^\u0000]*$",
            example = "A gull stands on a railing, the sea behind it."
        )
    )]
    pub description: String,
    /// A short text for people who can't see the picture, at most 2,000 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 2_000, pattern = r"^[^\u0000]*$", example = "A gull on a railing by the sea")
    )]
    pub alt_text: String,
    /// Words to find it by: at most 100, each of at most 100 characters.
    #[cfg_attr(feature = "openapi", schema(max_items = 100, example = json!(["gull", "sea"])))]
    pub tags: Vec<String>,
    /// Text that can be read in the picture, at most 20,000 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 20_000, pattern = r"^[^\u0000]*$", example = ""))]
    pub text_in_image: String,
    /// A model's name, or `person`, which is also taken for an empty text; at most 100 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 100, pattern = r"^[^\u0000]*$", example = "person"))]
    pub described_by: String,
}

/// A change of what a picture shows. What is absent stays as it is, so that whoever changes one thing can't put back older
/// words of another.
///
/// A model's change, which names the model in `described_by`, never replaces a person's words: it fills in texts that no
/// person has written, and adds its tags to those that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct DescriptionPatch {
    /// Sentences, at most 20,000 characters; empty removes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 20_000,
            pattern = r"^[^\u0000]*$",
            example = "A gull stands on a railing, the sea behind it."
        )
    )]
    pub description: Option<String>,
    /// A short text for people who can't see the picture, at most 2,000 characters; empty removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 2_000, pattern = r"^[^\u0000]*$", example = "A gull on a railing by the sea")
    )]
    pub alt_text: Option<String>,
    /// All tags in place of those that are there: at most 100, each of at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100, example = json!(["gull", "sea"])))]
    pub tags: Option<Vec<String>>,
    /// Tags that are added to those that are there; one that differs only in case is there already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100, example = json!(["harbour"])))]
    pub add_tags: Vec<String>,
    /// Tags that are taken away, in whatever case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100, example = json!(["boat"])))]
    pub remove_tags: Vec<String>,
    /// Text that can be read in the picture, at most 20,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 20_000, pattern = r"^[^\u0000]*$", example = ""))]
    pub text_in_image: Option<String>,
    /// A model's name, or `person`, which is also taken when it is absent or empty; at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 100, pattern = r"^[^\u0000]*$", example = "person"))]
    pub described_by: Option<String>,
}

impl From<Description> for DescriptionPatch {
    /// All of it.
    fn from(whole: Description) -> Self {
        DescriptionPatch {
            description: Some(whole.description),
            alt_text: Some(whole.alt_text),
            tags: Some(whole.tags),
            add_tags: Vec::new(),
            remove_tags: Vec::new(),
            text_in_image: Some(whole.text_in_image),
            described_by: Some(whole.described_by),
        }
    }
}

impl DescriptionPatch {
    /// Makes the change. True when it was about texts, and not about tags alone.
    pub fn apply(&self, to: &mut Description) -> bool {
        match self.described_by.as_deref().map(str::trim) {
            None | Some("" | PERSON) => self.apply_persons(to),
            Some(model) => self.apply_models(model, to),
        }
        self.description.is_some() || self.alt_text.is_some() || self.text_in_image.is_some()
    }

    fn apply_persons(&self, to: &mut Description) {
        replace(&mut to.description, self.description.as_deref());
        replace(&mut to.alt_text, self.alt_text.as_deref());
        replace(&mut to.text_in_image, self.text_in_image.as_deref());
        if self.description.is_some() || self.alt_text.is_some() {
            let anything = !to.description.is_empty() || !to.alt_text.is_empty();
            to.described_by = if anything { PERSON.to_owned() } else { String::new() };
        }
        if let Some(tags) = &self.tags {
            to.tags.clear();
            add_tags(&mut to.tags, tags, usize::MAX);
        }
        to.tags.retain(|tag| !self.remove_tags.iter().any(|gone| same_tag(tag, gone)));
        add_tags(&mut to.tags, &self.add_tags, usize::MAX);
    }

    fn apply_models(&self, model: &str, to: &mut Description) {
        let (own_text, own_alt) = match to.described_by == PERSON {
            true => (!to.description.is_empty(), !to.alt_text.is_empty()),
            false => (false, false),
        };
        if !own_text {
            replace(&mut to.description, self.description.as_deref());
        }
        if !own_alt {
            replace(&mut to.alt_text, self.alt_text.as_deref());
        }
        replace(&mut to.text_in_image, self.text_in_image.as_deref());
        if !own_text && !own_alt {
            model.clone_into(&mut to.described_by);
        }
        add_tags(&mut to.tags, self.tags.as_deref().unwrap_or_default(), MAX_TAGS);
        add_tags(&mut to.tags, &self.add_tags, MAX_TAGS);
    }
}

fn replace(text: &mut String, by: Option<&str>) {
    if let Some(by) = by {
        by.trim().clone_into(text);
    }
}

fn same_tag(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn add_tags(tags: &mut Vec<String>, more: &[String], most: usize) {
    for tag in more.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if tags.len() < most && !tags.iter().any(|known| same_tag(known, tag)) {
            tags.push(tag.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(who: &str, description: &str, alt_text: &str, tags: &[&str]) -> Description {
        Description {
            description: description.to_owned(),
            alt_text: alt_text.to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            text_in_image: String::new(),
            described_by: who.to_owned(),
        }
    }

    fn after(mut said: Description, patch: &DescriptionPatch) -> Description {
        patch.apply(&mut said);
        said
    }

    #[test]
    fn what_is_absent_stays() {
        let before = by("gpt", "A gull.", "Gull", &["gull"]);
        let alt = DescriptionPatch { alt_text: Some(" Möwe ".to_owned()), ..Default::default() };
        assert_eq!(after(before.clone(), &alt), by(PERSON, "A gull.", "Möwe", &["gull"]));
        let tags = DescriptionPatch {
            add_tags: vec!["Sea".to_owned(), "GULL".to_owned()],
            remove_tags: vec!["boat".to_owned()],
            ..Default::default()
        };
        assert_eq!(after(before.clone(), &tags), by("gpt", "A gull.", "Gull", &["gull", "Sea"]));
        let gone = DescriptionPatch { remove_tags: vec!["Gull".to_owned()], ..Default::default() };
        assert_eq!(after(before, &gone), by("gpt", "A gull.", "Gull", &[]));
    }

    #[test]
    fn a_persons_word_is_never_replaced_by_a_models() {
        let answer = DescriptionPatch::from(by("gpt", "A bird.", "Bird", &["bird", "GULL"]));
        let mine = by(PERSON, "Jonathan.", "", &["gull"]);
        assert_eq!(after(mine, &answer), by(PERSON, "Jonathan.", "Bird", &["gull", "bird"]));
        let models = by("older", "Something.", "Thing", &["gull"]);
        assert_eq!(after(models, &answer), by("gpt", "A bird.", "Bird", &["gull", "bird"]));
        assert_eq!(after(Description::default(), &answer).described_by, "gpt");
    }

    #[test]
    fn a_model_never_makes_too_many_tags() {
        let many: Vec<String> = (0..MAX_TAGS).map(|n| n.to_string()).collect();
        let full = Description { tags: many, ..Description::default() };
        assert_eq!(after(full, &by("gpt", "", "", &["one more"]).into()).tags.len(), MAX_TAGS);
    }

    #[test]
    fn nothing_left_is_by_nobody() {
        let nothing = DescriptionPatch::from(Description::default());
        assert_eq!(after(by("gpt", "A gull.", "Gull", &["gull"]), &nothing), Description::default());
    }
}
