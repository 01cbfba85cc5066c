//! The chosen place, and those that were chosen before, so that going back asks for nothing that was typed once.

use std::path::Path;

use serde_json::{Map, Value};

use super::document::Document;
use super::place::{SavedPlace, THIS_COMPUTER};
use super::store::Store;
use crate::Result;

const CHOSEN: &str = "place";
const KNOWN: &str = "places";

impl Store {
    /// The chosen place.
    pub fn place(&self) -> Option<SavedPlace> {
        self.read(|document| document.get(&[CHOSEN]))
    }

    /// Chooses a place, or none. Places that were chosen before stay known.
    ///
    /// # Errors
    /// `Disk`.
    pub async fn set_place(&self, place: Option<SavedPlace>) -> Result<()> {
        let data_dir = self.data_dir().to_owned();
        self.edit(move |document| {
            for known in known(document, &data_dir).into_iter().chain(place.clone()) {
                document.set(&[KNOWN, &known.id()], Some(&known));
            }
            document.set(&[CHOSEN], place.as_ref());
        })
        .await
    }

    /// All places that were chosen once and not forgotten, the chosen one among them, in no particular order.
    pub fn known_places(&self) -> Vec<SavedPlace> {
        self.read(|document| known(document, self.data_dir()))
    }

    /// Forgets a place by its [id](SavedPlace::id); when it is the chosen one, none is chosen then.
    ///
    /// # Errors
    /// `Disk`.
    pub async fn forget_place(&self, id: &str) -> Result<()> {
        let (data_dir, id) = (self.data_dir().to_owned(), id.to_owned());
        self.edit(move |document| {
            for known in known(document, &data_dir) {
                document.set(&[KNOWN, &known.id()], Some(&known));
            }
            document.set::<SavedPlace>(&[KNOWN, &id], None);
            if document.get::<SavedPlace>(&[CHOSEN]).is_some_and(|place| place.id() == id) {
                document.set::<SavedPlace>(&[CHOSEN], None);
            }
        })
        .await
    }
}

/// Versions that kept no list left the chosen place, and the folder of a library on this computer.
fn known(document: &Document, data_dir: &Path) -> Vec<SavedPlace> {
    let mut known: Vec<SavedPlace> = match document.get::<Map<String, Value>>(&[KNOWN]) {
        Some(listed) => listed.into_iter().filter_map(|(_, place)| serde_json::from_value(place).ok()).collect(),
        None if data_dir.join("libraries").join(THIS_COMPUTER).is_dir() => vec![SavedPlace::ThisComputer],
        None => Vec::new(),
    };
    let chosen = document.get::<SavedPlace>(&[CHOSEN]);
    if let Some(chosen) = chosen.filter(|chosen| known.iter().all(|place| place.id() != chosen.id())) {
        known.push(chosen);
    }
    known
}
