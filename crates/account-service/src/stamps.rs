//! When, and on which computer, something of a picture or an album was last said: what settles who holds when two disagree.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use account_api::Clock;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::error::{Error, Result};

/// A moment of a device. Its text, `<clock> <device>`, is ordered as the stamps are: the later moment is greater, and of the
/// same moment the greater device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// When.
    pub clock: Clock,
    /// Where: the nil device is the service itself, or a version from before there were stamps.
    pub device: Uuid,
}

impl Stamp {
    /// Something that the service does itself.
    pub fn of_service(clock: Clock) -> Self {
        Self { clock, device: Uuid::nil() }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.clock, self.device)
    }
}

impl FromStr for Stamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (clock, device) = text.split_once(' ').ok_or_else(|| Error::internal(format!("no stamp: {text:?}")))?;
        let clock = clock.parse().map_err(Error::internal)?;
        Ok(Self { clock, device: Uuid::try_parse(device).map_err(Error::internal)? })
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The stamps of a picture's or an album's fields, by the fields' names. They stand beside them, in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamps(BTreeMap<String, Stamp>);

impl Stamps {
    /// From a column.
    ///
    /// # Errors
    /// When that was written by another version in another form.
    pub fn read(column: &str) -> Result<Self> {
        serde_json::from_str(column).map_err(Error::internal)
    }

    /// For a column.
    ///
    /// # Errors
    /// None that is known: it is made of texts.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Whether something of this stamp holds against what is there of this field; then its stamp stands there from now on.
    /// What is said twice with the same stamp holds.
    pub fn take(&mut self, field: &str, stamp: Stamp) -> bool {
        if self.0.get(field).is_some_and(|known| *known > stamp) {
            return false;
        }
        self.0.insert(field.to_owned(), stamp);
        true
    }

    /// A field's stamp.
    pub fn of(&self, field: &str) -> Option<Stamp> {
        self.0.get(field).copied()
    }

    /// All of them, with their fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Stamp)> {
        self.0.iter().map(|(field, stamp)| (&**field, *stamp))
    }

    /// The latest moment of all.
    pub fn latest(&self) -> Clock {
        self.0.values().map(|stamp| stamp.clock).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_holds_and_of_the_same_moment_the_greater_device() {
        let at = |millis, device| Stamp { clock: Clock::at(millis), device: Uuid::from_u128(device) };
        let order = [Stamp::default(), at(1, 0), at(1, 1), at(1, u128::MAX), at(2, 0)];
        let texts: Vec<String> = order.iter().map(Stamp::to_string).collect();
        assert!(texts.is_sorted(), "{texts:?}");
        assert_eq!(texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Stamp>>(), order);
        let mut stamps = Stamps::default();
        assert!(stamps.take("name", at(1, 1)) && stamps.take("name", at(1, 1)), "the same again holds");
        assert!(!stamps.take("name", at(1, 0)) && stamps.take("favourite", at(1, 0)));
        assert!(stamps.take("name", at(2, 0)));
        assert_eq!((stamps.of("name"), stamps.latest()), (Some(at(2, 0)), Clock::at(2)));
        assert_eq!(Stamps::read(&stamps.text().unwrap()).unwrap(), stamps);
    }
}
