//! What metadata states, wherever it stands, and how several of them are one.

use account_api::{DateSource, Facts};

use super::{camera, date};
use crate::orientation::Orientation;

/// What the metadata says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Metadata {
    /// How the stored pixels have to be turned.
    pub(crate) orientation: Orientation,
    pub(crate) date: Option<Date>,
    pub(crate) facts: Facts,
    /// Width and height as shown, for pictures whose pixels aren't decoded here.
    pub(crate) shown: Option<(u32, u32)>,
}

/// A date that a file states.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Date {
    /// As in [`date::any`].
    pub(crate) at: String,
    pub(crate) source: DateSource,
    /// It says when the picture was taken, rather than when its file was changed.
    pub(crate) is_taken: bool,
}

impl Date {
    /// The one that says when the picture was taken; of equal ones the first.
    pub(super) fn better(one: Option<Date>, other: Option<Date>) -> Option<Date> {
        match (&one, &other) {
            (Some(one), Some(better)) if better.is_taken && !one.is_taken => other,
            _ => one.or(other),
        }
    }
}

impl Metadata {
    /// What is said here, and what only the other one says. It doesn't say how to turn the pixels.
    pub(super) fn or(self, other: Metadata) -> Metadata {
        Metadata {
            orientation: self.orientation,
            date: Date::better(self.date, other.date),
            facts: self.facts.or(other.facts),
            shown: self.shown.or(other.shown),
        }
    }

    /// Make and model of the camera, as people say them.
    pub(crate) fn camera(&self) -> Option<String> {
        camera::name(self.facts.make.clone(), self.facts.model.clone())
    }

    /// The facts, tidied up, with where the date was found.
    pub(crate) fn into_facts(self) -> Facts {
        let date = Facts {
            date_source: self.date.as_ref().map(|date| date.source),
            utc_offset_minutes: self.date.as_ref().and_then(|date| date::offset_minutes(&date.at)),
            ..Facts::default()
        };
        date.or(self.facts).with_texts(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).sound()
    }
}

/// Degrees north and east, to a centimetre, if there is such a place. Exactly 0, 0 is what cameras write while they don't
/// know.
pub(super) fn possible(latitude: f64, longitude: f64) -> Option<(f64, f64)> {
    let possible = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    let to_a_centimetre = |degrees: f64| format!("{degrees:.7}").parse().unwrap_or(degrees);
    (possible && (latitude, longitude) != (0.0, 0.0)).then(|| (to_a_centimetre(latitude), to_a_centimetre(longitude)))
}
