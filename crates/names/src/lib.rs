//! Names and words as people and systems write them: composed or not, full-width or not, with invisible characters that
//! reorder a line, with folders in front, packed into headers in half a dozen ways.
//!
//! [`key`] is how names are compared, [`fold`] how texts are when somebody searches, [`visible`] what lists and terminals show, [`kept`] what a
//! library keeps of a name that came from elsewhere, [`picture_name`] what somebody may call a picture, and [`from_disposition`] the name in a `Content-Disposition`.

mod decoded;
mod disposition;
mod escapes;
mod fold;
mod given;
mod kept;
mod password;
mod visible;

pub use decoded::decoded;
pub use disposition::from_disposition;
pub use escapes::without_escapes;
pub use fold::{fold, is_of_words, is_punctuation, is_unspaced, key};
pub use given::{NameFault, album_name, picture_name};
pub use kept::{LONGEST, kept};
pub use password::{password, passwords};
pub use visible::{has_visible, is_invisible, one_line, visible, visible_name, without_hidden};
