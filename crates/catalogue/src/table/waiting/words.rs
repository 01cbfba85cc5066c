//! What is said of a picture: a person's texts and a model's are kept apart, and the person's are shown, else the model's.

use account_api::{Image, PERSON, Reading};

/// A text, or none when there is nothing in it.
pub(super) fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Chooses what is shown of a picture's texts, after one of them was changed.
pub(super) fn choose(image: &mut Image, changed_at: &str) {
    let nothing = Reading::default();
    let reading = image.reading.as_ref().unwrap_or(&nothing);
    let owned = image.own_description.is_some() || image.own_alt_text.is_some();
    let (description, alt_text) = (some(&reading.description), some(&reading.alt_text));
    let (text_in_image, model, read_at) = (some(&reading.text_in_image), some(&reading.model), some(&reading.read_at));
    let was = (image.description.take(), image.alt_text.take());
    image.description = image.own_description.clone().or(description);
    image.alt_text = image.own_alt_text.clone().or(alt_text);
    image.text_in_image = text_in_image;
    if owned {
        let same = was == (image.description.clone(), image.alt_text.clone());
        if !same || image.described_by.as_deref() != Some(PERSON) {
            image.described_at = Some(changed_at.to_owned());
        }
        image.described_by = Some(PERSON.to_owned());
    } else {
        image.described_by = model;
        image.described_at = read_at.filter(|_| image.described_by.is_some());
    }
}
