//! The library: what is asked for, rows by window, one picture in full.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Facts, Fault, LastCheck, Marks, NewMarks, Proof};

/// Which pictures, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LibraryQuery {
    /// What people type, in the language of `catalogue::search`; nothing in it is an error, and nothing asks for all pictures.
    pub text: String,
    /// The part of the library.
    pub scope: Scope,
    /// The order. Where words are looked for, what has them as a name or a tag comes first, then whole words, beginnings of
    /// words, and parts of names; the order is that of what was found equally well.
    pub sort: Sort,
    /// Pictures of this part that are shown although the query no longer finds them: it did when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub keep: Option<Vec<u32>>,
    /// Only what is in this album, by its identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub album: Option<String>,
}

/// A part of the library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Scope {
    /// Everything but the trash.
    #[default]
    All,
    /// Marked as favourites.
    Favourites,
    /// Added in the last 30 days.
    Recent,
    /// Without a description.
    Undescribed,
    /// In the trash.
    Trash,
}

/// The order of pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Sort {
    /// By the date taken (the date added where it is unknown), newest first.
    #[default]
    Newest,
    /// The same, oldest first.
    Oldest,
    /// By the date added, newest first.
    Added,
    /// By name.
    Name,
    /// Largest first.
    Size,
    /// By the date of deletion, the oldest first: for the trash.
    Deleted,
    /// The best rated first; of equal ones the newest.
    Rating,
}

/// What can be asked for by name, as `field:value`, and where a picture was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[expect(missing_docs, reason = "catalogue::search::Field says what they are")]
pub enum SearchField {
    Name,
    Tag,
    Album,
    Description,
    Alt,
    Text,
    Camera,
    Lens,
    Place,
    By,
    Type,
    Rating,
    Size,
    Width,
    Height,
    Before,
    After,
    On,
    Is,
    Has,
}

/// Why a picture was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FoundBy {
    /// In which field.
    pub field: SearchField,
    /// What of it, on one line: the tag, or the part of the text around the words; of what was compared, what the picture has,
    /// as programs write it: `4`, `png`, `2024-05-06T10:00:00`, bytes, pixels, or the value that was asked for.
    pub text: String,
}

/// What a tile needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PictureRow {
    /// The picture's local number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// `jpeg`, `heic`, …
    pub format: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// Width in pixels, when known.
    pub width: Option<u32>,
    /// Height in pixels, when known.
    pub height: Option<u32>,
    /// Base64, shown until the thumbnail is there.
    pub thumbhash: Option<String>,
    /// Whether `thumb://localhost/t/<id>` has a thumbnail; otherwise the tile names the format.
    pub has_thumbnail: bool,
    /// Marked as a favourite.
    pub favourite: bool,
    /// The alternative text: the alt text, else the name.
    pub alt: String,
    /// Whether it has a description.
    pub described: bool,
    /// What is wrong with its stored bytes, when something is.
    pub fault: Option<Fault>,
    /// Whether it was proven that the store has its bytes.
    pub proven: bool,
    /// When it leaves the trash for good (UTC); absent when it is not in it, or stays until the person deletes it.
    pub removed_at: Option<String>,
    /// Why the search found it: the first words in something else than its name, or else all that was compared.
    pub found_by: Vec<FoundBy>,
}

/// Which of a picture's two texts a model wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TextField {
    /// What it shows.
    Description,
    /// For people who can't see it.
    AltText,
}

/// A text that a model wrote, of a picture of which a person wrote the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ModelsText {
    /// Which.
    pub field: TextField,
    /// The model's name.
    pub model: String,
    /// When it wrote it (UTC).
    pub written_at: String,
}

/// One picture in full.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct PictureDetail {
    /// The picture's local number.
    pub id: u32,
    /// The service's identifier.
    pub image_id: String,
    /// Its name.
    pub name: String,
    /// `jpeg`, `heic`, …
    pub format: String,
    /// "JPEG", "HEIC", "RAW", …
    pub format_label: String,
    /// The media type.
    pub content_type: String,
    /// Size in bytes.
    pub size: u64,
    /// 64 hex digits.
    pub sha256: String,
    /// Width in pixels, when known.
    pub width: Option<u32>,
    /// Height in pixels, when known.
    pub height: Option<u32>,
    /// When the camera took it, by the camera's clock.
    pub taken_at: Option<String>,
    /// When its file was last modified (UTC), of a picture that doesn't say when it was taken: the date that it goes by.
    pub file_modified_at: Option<String>,
    /// Make and model.
    pub camera: Option<String>,
    /// What else its file states about how it was taken.
    pub facts: Facts,
    /// What is wrong with its file, which is kept all the same: a sentence.
    pub remark: Option<String>,
    /// When it was added (UTC).
    pub added_at: String,
    /// When it was moved to the trash (UTC).
    pub deleted_at: Option<String>,
    /// When it leaves the trash for good (UTC); absent when it is not in it, or stays until the person deletes it.
    pub removed_at: Option<String>,
    /// Base64.
    pub thumbhash: Option<String>,
    /// Whether a thumbnail can be shown.
    pub has_thumbnail: bool,
    /// Whether `thumb://localhost/p/<id>` gives something that the window can show full size.
    pub can_preview: bool,
    /// What was set of it as a whole: `favourite`, …
    #[serde(flatten)]
    pub marks: Marks,
    /// What it shows.
    pub description: Option<String>,
    /// For people who can't see it.
    pub alt_text: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The albums that it is in, by name.
    pub albums: Vec<AlbumRow>,
    /// Text that can be read in it.
    pub text_in_image: Option<String>,
    /// A model's name, or `person` when a person wrote any of the texts.
    pub described_by: Option<String>,
    /// When the description was written (UTC).
    pub described_at: Option<String>,
    /// The text that is a model's where the other one is a person's.
    pub models_text: Option<ModelsText>,
    /// How it is proven that the store has its bytes, if it is.
    pub proof: Proof,
    /// When that was proven (UTC); absent while it isn't.
    pub verified_at: Option<String>,
    /// By which check, or why not yet, as a sentence.
    pub verified_by: String,
    /// The size in bytes that the store reported.
    pub stored_size: u64,
    /// The store's entity tag, when it gave one; for a small file mostly its MD5.
    pub etag: Option<String>,
    /// What a later look found wrong with the stored bytes. While there is something, the picture is not verified, whatever
    /// was proven before.
    pub fault: Option<Fault>,
    /// The last time that this computer asked the store again.
    pub last_check: Option<LastCheck>,
    /// A file on this computer whose upload mends the fault, or proves what isn't; absent when there is nothing to mend or no
    /// such file.
    pub local_copy: Option<String>,
    /// Whether changes made here still wait to reach the service.
    pub pending: bool,
    /// Whether its description is wanted and not there yet.
    pub describing: bool,
}

/// How many pictures each part of the library has, and how much space they take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Counts {
    /// Everything but the trash.
    pub all: u64,
    /// Favourites.
    pub favourites: u64,
    /// Added in the last 30 days.
    pub recent: u64,
    /// Without a description.
    pub undescribed: u64,
    /// In the trash.
    pub trash: u64,
    /// Bytes stored, without the trash.
    pub bytes: u64,
    /// Groups of pictures that show the same.
    pub duplicates: u64,
}

/// A picture that somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its local number.
    pub id: u32,
    /// The service's identifier.
    pub image_id: String,
    /// Its name, as it was given.
    pub name: String,
    /// Whether it is in the trash.
    pub in_trash: bool,
}

/// A person's change of pictures. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, TS)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct PictureEdit {
    /// Another name.
    pub name: Option<String>,
    /// What is to be set of it as a whole: `favourite`, …
    #[serde(flatten)]
    pub marks: NewMarks,
    /// When it was taken: `2024-05-06T07:08`, with an offset only if it is known; empty for what the file says.
    pub taken_at: Option<String>,
    /// What it shows; empty removes it, and a model's is shown again.
    pub description: Option<String>,
    /// For people who can't see it; empty removes it, and a model's is shown again.
    pub alt_text: Option<String>,
    /// Words to find it by, in addition to those that it has.
    #[ts(optional, as = "Option<Vec<String>>")]
    pub add_tags: Vec<String>,
    /// Words that it is no longer found by.
    #[ts(optional, as = "Option<Vec<String>>")]
    pub remove_tags: Vec<String>,
    /// Whether the person goes on typing what was kept last: undoing takes back both at once.
    #[ts(optional, as = "Option<bool>")]
    pub goes_on: bool,
}

/// A camera that took pictures of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CameraRow {
    /// As its pictures name it.
    pub camera: String,
    /// How many pictures it took, without those in the trash.
    pub pictures: u64,
}

/// A tag of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagRow {
    /// As it is spelled most often.
    pub tag: String,
    /// How many pictures have it, without those in the trash.
    pub pictures: u64,
    /// At how many of them only a model says so.
    pub by_model: u64,
}

/// An album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AlbumRow {
    /// Its identifier.
    pub id: String,
    /// Its name; others may have the same.
    pub name: String,
    /// How many pictures are in it, without those in the trash.
    pub pictures: u64,
    /// The local number of the picture that stands for it: the one that was chosen, else the first in it; absent while it is
    /// empty.
    pub cover: Option<u32>,
    /// The same picture by the identifier that every computer knows it by.
    pub cover_id: Option<String>,
    /// When it was made (UTC).
    pub created_at: String,
    /// Whether changes of it made here still wait to reach the service.
    pub pending: bool,
}

/// Something that a person did at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryEntry {
    /// Its number, rising.
    pub number: i64,
    /// "Favourite on 10,000 pictures"
    pub title: String,
    /// How many pictures it changed.
    pub pictures: u64,
    /// When (UTC).
    pub made_at: String,
    /// Whether it was undone, and can be done again.
    pub undone: bool,
    /// Whether it can be undone at all.
    pub undoable: bool,
}

/// What can be undone and done again next: "Favourite on 10,000 pictures".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Turns {
    /// What was done last; absent when there is nothing to undo.
    pub undo: Option<String>,
    /// What was undone last; absent when there is nothing to do again.
    pub redo: Option<String>,
}

/// What was undone or done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Turned {
    /// "Favourite on 10,000 pictures"
    pub title: String,
    /// How many pictures that changed.
    pub pictures: u64,
    /// How many changes were left as they are, because something else was done about the same since.
    pub left: u64,
    /// Whether anything of it was: not so when all of it was left as it is. Then it is not offered again.
    pub done: bool,
}

/// The form of a copied link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinkFormat {
    /// The bare address.
    #[default]
    Url,
    /// `![alt](url)`
    Markdown,
    /// `<img src alt>`
    Html,
    /// `[img]url[/img]`
    Bbcode,
}
