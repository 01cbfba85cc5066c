//! The facade: every method unpacks its arguments and hands them to the module of its use-case.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::blobs::Blob;
use crate::events::EventSink;
use crate::links::LinkText;
use crate::upload::{Source, UploadOptions, UploadResult};
use crate::view::{
    AccountForm, AiSettingsChange, AppState, BucketForm, BucketReport, Counts, DescribeProgress, DescriptionEdit,
    LayoutItem, LibraryQuery, LinkFormat, PictureDetail, PictureRow, RegisterForm, Settings, SettingsChange,
    UploadsChange, UploadsSnapshot,
};
use crate::{EngineError, ErrorKind, Result};

/// What the engine needs to know from its host.
pub struct EngineConfig {
    /// The folder that holds everything the app keeps; made when it is missing.
    pub data_dir: PathBuf,
    /// Who hosts the engine.
    pub role: Role,
    /// Opens secrets that are sealed with a passphrase.
    pub passphrase: Option<SecretString>,
    /// Where events go.
    pub events: Arc<dyn EventSink>,
    /// The app's version, for people.
    pub version: String,
    /// What this computer is called in the account's list of sessions.
    pub device_name: String,
}

/// Who hosts the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The app's window: works the queue and keeps the catalogue up to date in the background.
    Window,
    /// One command in a terminal: works only what it was asked to.
    CommandLine,
}

/// The app without its window. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: EngineConfig,
}

fn absent<T>() -> Result<T> {
    Err(EngineError::new(ErrorKind::Internal, "This part isn't there yet."))
}

impl Engine {
    /// Opens the folder and the chosen place, if there is one. Needs no network. Must run inside a tokio runtime, which
    /// the engine's tasks then use.
    pub async fn open(config: EngineConfig) -> Result<Engine> {
        Ok(Engine { inner: Arc::new(Inner { config }) })
    }

    /// Starts what a window needs in the background: the queue, sync, news. Calling it again changes nothing.
    pub fn start(&self) {}

    /// Stops background work and flushes what is in memory. Nothing is lost when this is not called.
    pub async fn shutdown(&self) {}

    // --- Places and state ---------------------------------------------------------------------------------------

    /// The app as a whole.
    pub fn state(&self) -> AppState {
        AppState {
            place: None,
            connection: crate::view::Connection::Connecting,
            secrets: crate::view::SecretsState::MemoryOnly { reason: String::new() },
            can_describe: false,
            version: self.inner.config.version.clone(),
            tray: false,
        }
    }

    /// Says whether a system tray shows the app's icon.
    pub fn set_tray(&self, shown: bool) {
        let _ = shown;
    }

    /// Keeps the library on this computer: embedded service and store.
    pub async fn choose_this_computer(&self) -> Result<AppState> {
        absent()
    }

    /// Tries a bucket for real and explains each failure. Changes nothing but what it cleans up again.
    pub async fn test_bucket(&self, form: BucketForm) -> Result<BucketReport> {
        let _ = form;
        absent()
    }

    /// Keeps the library in the person's own bucket, which is tried first.
    pub async fn choose_bucket(&self, form: BucketForm) -> Result<AppState> {
        let _ = form;
        absent()
    }

    /// Signs in to a hosted service.
    pub async fn sign_in(&self, form: AccountForm) -> Result<AppState> {
        let _ = form;
        absent()
    }

    /// Makes an account on a hosted service and signs in.
    pub async fn register(&self, form: RegisterForm) -> Result<AppState> {
        let _ = form;
        absent()
    }

    /// Leaves the place: ends the session of an account; what this computer or the bucket holds stays.
    pub async fn sign_out(&self) -> Result<AppState> {
        absent()
    }

    /// Opens sealed secrets with a passphrase.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<AppState> {
        let _ = passphrase;
        absent()
    }

    // --- Library ------------------------------------------------------------------------------------------------

    /// All pictures of a part of the library, in order, with what the grid needs to place them.
    pub async fn layout(&self, query: LibraryQuery) -> Result<Vec<LayoutItem>> {
        let _ = query;
        absent()
    }

    /// The rows of some pictures, in the order of `ids`; unknown ones are left out.
    pub async fn rows(&self, ids: Vec<u32>) -> Result<Vec<PictureRow>> {
        let _ = ids;
        absent()
    }

    /// One picture in full.
    pub async fn picture(&self, id: u32) -> Result<PictureDetail> {
        let _ = id;
        absent()
    }

    /// How many pictures each part of the library has.
    pub async fn counts(&self) -> Result<Counts> {
        absent()
    }

    /// Finds a picture by the service's identifier, a unique prefix of it (6 characters or more), or its SHA-256 (or a
    /// unique prefix of 8 digits or more).
    pub async fn resolve(&self, reference: &str) -> Result<u32> {
        let _ = reference;
        absent()
    }

    /// Gives a picture another name.
    pub async fn rename(&self, id: u32, name: String) -> Result<PictureDetail> {
        let _ = (id, name);
        absent()
    }

    /// Marks pictures as favourites, or no longer.
    pub async fn set_favourite(&self, ids: Vec<u32>, favourite: bool) -> Result<()> {
        let _ = (ids, favourite);
        absent()
    }

    /// Replaces a picture's description by one that the person wrote.
    pub async fn edit_description(&self, id: u32, edit: DescriptionEdit) -> Result<PictureDetail> {
        let _ = (id, edit);
        absent()
    }

    /// Moves pictures to the trash.
    pub async fn delete(&self, ids: Vec<u32>) -> Result<()> {
        let _ = ids;
        absent()
    }

    /// Takes pictures out of the trash.
    pub async fn restore(&self, ids: Vec<u32>) -> Result<()> {
        let _ = ids;
        absent()
    }

    /// Removes pictures for good.
    pub async fn delete_forever(&self, ids: Vec<u32>) -> Result<()> {
        let _ = ids;
        absent()
    }

    /// A picture's thumbnail; `None` for a format that has none yet.
    pub async fn thumbnail(&self, id: u32) -> Result<Option<Blob>> {
        let _ = id;
        absent()
    }

    /// Something that a browser shows of the picture at full size.
    pub async fn preview(&self, id: u32) -> Result<Blob> {
        let _ = id;
        absent()
    }

    /// Saves a picture's bytes, compared with its SHA-256, as a file or into a folder under its name. Never overwrites
    /// in a folder: `name (2).jpg`.
    pub async fn download(&self, id: u32, to: PathBuf) -> Result<PathBuf> {
        let _ = (id, to);
        absent()
    }

    // --- Uploads ------------------------------------------------------------------------------------------------

    /// Puts pictures into the queue and wakes it; folders are expanded. Gives the new rows' numbers, in order.
    pub async fn upload(&self, sources: Vec<Source>, options: UploadOptions) -> Result<Vec<u32>> {
        let _ = (sources, options);
        absent()
    }

    /// Waits until these rows are done, working them when no window does; for the command line.
    pub async fn finish_uploads(
        &self,
        ids: &[u32],
        progress: impl FnMut(&UploadsChange) + Send,
    ) -> Result<Vec<UploadResult>> {
        let _ = (ids, progress);
        absent()
    }

    /// The queue as it stands.
    pub async fn uploads(&self) -> Result<UploadsSnapshot> {
        absent()
    }

    /// Stops sending until resumed; survives a restart.
    pub async fn pause_uploads(&self) -> Result<()> {
        absent()
    }

    /// Goes on sending.
    pub async fn resume_uploads(&self) -> Result<()> {
        absent()
    }

    /// Cancels one upload.
    pub async fn cancel_upload(&self, id: u32) -> Result<()> {
        let _ = id;
        absent()
    }

    /// Cancels everything that isn't done.
    pub async fn cancel_uploads(&self) -> Result<()> {
        absent()
    }

    /// Tries one failed or cancelled upload again.
    pub async fn retry_upload(&self, id: u32) -> Result<()> {
        let _ = id;
        absent()
    }

    /// Tries all failed uploads again.
    pub async fn retry_failed_uploads(&self) -> Result<()> {
        absent()
    }

    /// Takes finished rows off the list.
    pub async fn clear_finished_uploads(&self) -> Result<()> {
        absent()
    }

    // --- Links and descriptions ---------------------------------------------------------------------------------

    /// Links of pictures, in the order of `ids`, in a format or the one from the settings.
    pub async fn links(&self, ids: Vec<u32>, format: Option<LinkFormat>) -> Result<Vec<LinkText>> {
        let _ = (ids, format);
        absent()
    }

    /// Starts describing pictures; progress comes as events. A batch that is running is extended.
    pub async fn describe(&self, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
        let _ = (ids, prompt);
        absent()
    }

    /// Describes one picture and waits for it.
    pub async fn describe_one(&self, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
        let _ = (id, prompt);
        absent()
    }

    /// Stops describing; what is done stays.
    pub fn cancel_descriptions(&self) {}

    /// How far the batch is, with no outcomes.
    pub fn describe_progress(&self) -> DescribeProgress {
        DescribeProgress::default()
    }

    // --- Settings and sync --------------------------------------------------------------------------------------

    /// All settings.
    pub fn settings(&self) -> Settings {
        Settings {
            theme: Default::default(),
            tile_size: Default::default(),
            link_format: Default::default(),
            ai: crate::view::AiSettings {
                has_key: false,
                key_hint: None,
                model: String::new(),
                base_url: None,
                host: String::new(),
            },
            describe_new: false,
            close_to_tray: false,
            data_dir: self.inner.config.data_dir.display().to_string(),
        }
    }

    /// Changes some settings.
    pub async fn change_settings(&self, change: SettingsChange) -> Result<Settings> {
        let _ = change;
        absent()
    }

    /// Changes who describes pictures.
    pub async fn change_ai(&self, change: AiSettingsChange) -> Result<Settings> {
        let _ = change;
        absent()
    }

    /// Brings the catalogue up to date now: sends waiting edits, then applies the account's changes.
    pub async fn sync(&self) -> Result<()> {
        absent()
    }
}
