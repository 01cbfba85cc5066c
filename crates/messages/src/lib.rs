//! The app's own texts: why something failed, and what the tray, dialogs, notifications and the command line say. They stand in
//! `messages/LANGUAGE.json`, in the format of the window's (see [`format`]), English being the base.
//!
//! The first word of a text's key is its group, and each group is an enum with a variant for each text: `upload_missing` with
//! `{name}` in it is `Upload::Missing { name }`. So a text that is in no file, and a value that is missing, don't compile. A
//! [`Message`] is such a variant without its type, as it is stored and sent: the key, which is a stable name of what happened,
//! with the values. The sentence is made when somebody reads it, in the person's [language](language).

mod files;
mod format;
mod language;
mod message;
mod texts;
mod value;

pub use language::{Language, current, language};
pub use message::Message;
pub use texts::*;
pub use value::{Value, Values};
