//! The facade: every method unpacks its arguments and hands them to the module of its use-case. Those of the account, of
//! uploads and of descriptions stand in files of their own.

mod account;
mod config;
mod descriptions;
mod host;
mod maintenance;
mod recovering;
mod uploads;
mod whom_to_ask;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use secrecy::SecretString;

use crate::blobs::Blob;
use crate::links::LinkText;
use crate::open_library::OpenLibrary;
use crate::view::{
    AccountForm, AiSettingsChange, AlbumRow, AppState, BucketForm, BucketLibrary, CameraRow, Counts, DoctorStep,
    Duplicates, GroupKind, HistoryEntry, KnownPlace, LayoutItem, LayoutNews, LibraryQuery, LinkFormat, Named,
    PictureDetail, PictureEdit, PictureRow, RebuildProgress, RebuildReport, RegisterForm, SearchField, Settings,
    SettingsChange, StepStatus, TagRow, Trash, TrashPlan, Turned, Turns,
};
use crate::{Result, comparing, connection, describing, library, links, sync};
pub use config::{EngineConfig, Role};
use host::Host;
pub use uploads::QuickUpload;

/// The app without its window. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Engine {
    host: Arc<Host>,
}

impl Engine {
    /// Opens the folder and the chosen place, if there is one. Needs no network. Must run inside a tokio runtime, which
    /// the engine's tasks then use.
    pub async fn open(config: EngineConfig) -> Result<Engine> {
        Ok(Engine { host: Host::open(config).await? })
    }

    /// Starts what a window needs in the background: the queue, sync, news. Calling it again changes nothing.
    pub fn start(&self) {
        self.host.start();
    }

    /// Stops background work and flushes what is in memory. Nothing is lost when this is not called.
    pub async fn shutdown(&self) {
        self.host.shutdown().await;
    }

    // --- Places and state ---------------------------------------------------------------------------------------

    /// The app as a whole.
    pub fn state(&self) -> AppState {
        self.host.state()
    }

    /// Says whether a system tray shows the app's icon.
    pub fn set_tray(&self, shown: bool) {
        self.host.set_tray(shown);
    }

    /// Keeps the library on this computer: embedded service and store.
    pub async fn choose_this_computer(&self) -> Result<AppState> {
        self.host.change_place(|host| async move { host.places.choose_this_computer().await.map(Some) }.boxed()).await
    }

    /// Keeps the library in the person's own bucket, which is tried first. What it lacks and can do without is told as a notice.
    pub async fn choose_bucket(&self, form: BucketForm) -> Result<AppState> {
        let lacking = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&lacking);
        let state = self
            .choose_bucket_telling(form, move |step| {
                if step.status == StepStatus::Lacking {
                    into.lock().unwrap_or_else(PoisonError::into_inner).push(step.message.clone());
                }
            })
            .await?;
        for message in std::mem::take(&mut *lacking.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.host.warn(message);
        }
        Ok(state)
    }

    /// The same, and tells each step of the try: a store may be taken although something is lacking.
    pub async fn choose_bucket_telling(
        &self,
        form: BucketForm,
        mut tell: impl FnMut(&DoctorStep) + Send + 'static,
    ) -> Result<AppState> {
        let choose =
            move |host: Arc<Host>| async move { host.places.choose_bucket(form, &mut tell).await.map(Some) }.boxed();
        self.host.change_place(choose).await
    }

    /// The places that were chosen once and not forgotten, with what is known of them.
    pub async fn places(&self) -> Vec<KnownPlace> {
        self.host.places.known().await
    }

    /// One of them, by its name, its identifier, or a clear beginning of its name.
    pub async fn known_place(&self, named: &str) -> Result<KnownPlace> {
        self.host.places.known_one(named).await
    }

    /// Goes back to a place by its name or identifier. Needs no network; what is not kept any more is said by the state.
    pub async fn use_place(&self, named: &str) -> Result<AppState> {
        self.host.use_place(named.to_owned()).await
    }

    /// Forgets a place and what opens it, and ends an account's session. Never touches a picture: what this computer and
    /// the place hold stays.
    pub async fn forget_place(&self, named: &str) -> Result<AppState> {
        self.host.forget_place(named).await
    }

    /// The libraries that the bucket of the chosen place holds, whoever put them there.
    pub async fn bucket_libraries(&self) -> Result<Vec<BucketLibrary>> {
        self.host.places.libraries().await
    }

    /// Brings a library back from what the bucket of the chosen place holds: of the only one there is, or of the one with
    /// this name or identifier. Doing it again changes nothing, and goes on where it was broken off.
    pub async fn rebuild(
        &self,
        library: Option<&str>,
        progress: &(dyn Fn(RebuildProgress) + Send + Sync),
    ) -> Result<RebuildReport> {
        self.host.rebuild(library, progress).await
    }

    /// Signs in to a hosted service.
    pub async fn sign_in(&self, form: AccountForm) -> Result<AppState> {
        self.host.change_place(|host| async move { host.places.sign_in(form).await.map(Some) }.boxed()).await
    }

    /// Makes an account on a hosted service and signs in.
    pub async fn register(&self, form: RegisterForm) -> Result<AppState> {
        self.host.change_place(|host| async move { host.places.register(form).await.map(Some) }.boxed()).await
    }

    /// Leaves the place: ends the session of an account; what this computer or the bucket holds stays.
    pub async fn sign_out(&self) -> Result<AppState> {
        let sign_out = |host: Arc<Host>| {
            async move {
                let client = host.current().map(|open| open.library.client.clone());
                host.places.sign_out(client.as_ref()).await
            }
            .boxed()
        };
        self.host.change_place(sign_out).await
    }

    /// Opens sealed secrets with a passphrase.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<AppState> {
        self.host.vault.unlock(passphrase).await?;
        self.host.reopen().await
    }

    // --- Library ------------------------------------------------------------------------------------------------

    /// All pictures of a part of the library, in order, with what the grid needs to place them.
    pub async fn layout(&self, query: LibraryQuery) -> Result<Vec<LayoutItem>> {
        library::layout(&*self.library().await?, query).await
    }

    /// The same for a window that has the layout of version `since` (0 for none), as the difference to it, with the counts of
    /// the library.
    pub async fn layout_news(&self, query: LibraryQuery, since: u32) -> Result<LayoutNews> {
        library::news(&*self.library().await?, query, since).await
    }

    /// The rows of some pictures, in the order of `ids`; unknown ones are left out. They say why `text` found them, if
    /// something is searched.
    pub async fn rows(&self, ids: Vec<u32>, text: &str) -> Result<Vec<PictureRow>> {
        library::rows(&*self.library().await?, ids, text).await
    }

    /// In which fields each of some pictures has what `text` asks for, in the order of `ids`; unknown ones are left out.
    pub async fn matched(&self, ids: Vec<u32>, text: &str) -> Result<Vec<(u32, Vec<SearchField>)>> {
        library::matched(&*self.library().await?, ids, text).await
    }

    /// One picture in full.
    pub async fn picture(&self, id: u32) -> Result<PictureDetail> {
        library::picture(&*self.library().await?, id).await
    }

    /// How many pictures each part of the library has.
    pub async fn counts(&self) -> Result<Counts> {
        library::counts(&*self.library().await?).await
    }

    /// Finds the pictures that some references mean, as [`resolve`](Self::resolve) does, in their order; one that means none
    /// doesn't stop the others.
    pub async fn named(&self, references: Vec<String>) -> Result<Vec<Result<Named>>> {
        library::named(&*self.library().await?, references).await
    }

    /// Finds a picture by the service's identifier, a unique beginning of it (4 characters or more), or its SHA-256 (or a
    /// unique beginning of 8 digits or more).
    pub async fn resolve(&self, reference: &str) -> Result<u32> {
        library::resolve(&*self.library().await?, reference).await
    }

    /// Changes what the edit names of some pictures, and nothing else.
    pub async fn edit(&self, ids: Vec<u32>, edit: PictureEdit) -> Result<()> {
        library::edit(&*self.library().await?, ids, edit).await
    }

    /// The last 200 things that were done, the newest first.
    pub async fn history(&self) -> Result<Vec<HistoryEntry>> {
        library::history(&*self.library().await?).await
    }

    /// What can be undone and done again next.
    pub async fn turns(&self) -> Result<Turns> {
        library::turns(&*self.library().await?).await
    }

    /// Undoes what was done last. What was changed since by somebody else is left as it is.
    pub async fn undo(&self) -> Result<Turned> {
        library::undo(&*self.library().await?).await
    }

    /// Does again what was undone last.
    pub async fn redo(&self) -> Result<Turned> {
        library::redo(&*self.library().await?).await
    }

    /// All cameras, in the order of their names.
    pub async fn cameras(&self) -> Result<Vec<CameraRow>> {
        library::cameras(&*self.library().await?).await
    }

    /// All tags, in the order of their names.
    pub async fn tags(&self) -> Result<Vec<TagRow>> {
        library::tags(&*self.library().await?).await
    }

    /// Gives every picture that has one of some tags another one in their place; gives how many.
    pub async fn replace_tags(&self, old: Vec<String>, new: &str) -> Result<usize> {
        library::replace_tags(&*self.library().await?, old, new).await
    }

    /// All albums, by name.
    pub async fn albums(&self) -> Result<Vec<AlbumRow>> {
        library::albums(&*self.library().await?).await
    }

    /// An album by its identifier, the beginning of one (6 characters or more), or its name.
    pub async fn album(&self, reference: &str) -> Result<AlbumRow> {
        library::album(&*self.library().await?, reference).await
    }

    /// The pictures in an album, in its order.
    pub async fn album_pictures(&self, reference: &str) -> Result<Vec<u32>> {
        library::album_pictures(&*self.library().await?, reference).await
    }

    /// Makes a new album, also where there is another one of the same name.
    pub async fn create_album(&self, name: &str) -> Result<AlbumRow> {
        self.create_album_of(name, Vec::new()).await
    }

    /// Makes a new album with pictures in it: one thing to undo.
    pub async fn create_album_of(&self, name: &str, ids: Vec<u32>) -> Result<AlbumRow> {
        library::create_album(&*self.library().await?, name, ids).await
    }

    /// Gives an album another name.
    pub async fn rename_album(&self, reference: &str, name: &str) -> Result<AlbumRow> {
        library::rename_album(&*self.library().await?, reference, name).await
    }

    /// Has a picture stand for an album, by its local number; without one, the first in it does.
    pub async fn set_album_cover(&self, reference: &str, cover: Option<u32>) -> Result<AlbumRow> {
        library::set_album_cover(&*self.library().await?, reference, cover).await
    }

    /// Removes an album; its pictures stay in the library.
    pub async fn remove_album(&self, reference: &str) -> Result<AlbumRow> {
        library::remove_album(&*self.library().await?, reference).await
    }

    /// Puts pictures at the end of an album; those that are in it stay where they are.
    pub async fn add_to_album(&self, reference: &str, ids: Vec<u32>) -> Result<AlbumRow> {
        library::add_to_album(&*self.library().await?, reference, ids).await
    }

    /// Takes pictures out of an album.
    pub async fn remove_from_album(&self, reference: &str, ids: Vec<u32>) -> Result<AlbumRow> {
        library::remove_from_album(&*self.library().await?, reference, ids).await
    }

    /// Moves pictures to the trash.
    pub async fn delete(&self, ids: Vec<u32>) -> Result<()> {
        library::delete(&*self.library().await?, ids).await
    }

    /// Puts a whole picture in the place of a damaged one, which goes into the trash: tags, albums, marks and descriptions move
    /// over, as one edit that can be undone.
    pub async fn replace_damaged(&self, damaged: u32, whole: u32) -> Result<()> {
        library::replace(&*self.library().await?, damaged, whole).await
    }

    /// Compares the pictures that can be compared now and haven't been; the window does it in the background.
    pub async fn compare_pictures(&self) -> Result<()> {
        comparing::catch_up(&*self.library().await?).await
    }

    /// Groups of pictures that show the same, or of one burst, the newest first; at most `limit`.
    pub async fn duplicates(&self, kind: GroupKind, limit: usize) -> Result<Duplicates> {
        library::duplicates(&*self.library().await?, kind, limit).await
    }

    /// Keeps some pictures of a group: what was said of the others is said of the first of them, and the others go into the trash,
    /// as one edit that can be undone. Gives those that went.
    pub async fn keep_duplicates(&self, keep: Vec<u32>, others: Vec<u32>) -> Result<Vec<u32>> {
        library::keep(&*self.library().await?, keep, others).await
    }

    /// The same of all groups that these pictures are in.
    pub async fn keep_of_groups(&self, keep: Vec<u32>) -> Result<Vec<u32>> {
        library::keep_of_groups(&*self.library().await?, keep).await
    }

    /// Says that pictures are the same, or that they aren't, however alike they look.
    pub async fn decide_duplicates(&self, ids: Vec<u32>, same: bool) -> Result<()> {
        library::decide(&*self.library().await?, ids, same).await
    }

    /// Takes pictures out of the trash.
    pub async fn restore(&self, ids: Vec<u32>) -> Result<()> {
        library::restore(&*self.library().await?, ids).await
    }

    /// Removes pictures for good.
    pub async fn delete_forever(&self, ids: Vec<u32>) -> Result<()> {
        library::delete_forever(&*self.library().await?, ids).await
    }

    /// How long the trash is kept, and what is in it.
    pub async fn trash(&self) -> Result<Trash> {
        library::trash(&*self.library().await?).await
    }

    /// What another number of days (none for until the person empties it) would mean for what is in the trash. Changes
    /// nothing.
    pub async fn trash_plan(&self, days: Option<u32>) -> Result<TrashPlan> {
        library::trash_plan(&*self.library().await?, days).await
    }

    /// Says from now on how many days pictures stay in the trash of a library on this computer or in a bucket; none for
    /// until the person empties it.
    pub async fn keep_trash(&self, days: Option<u32>) -> Result<Trash> {
        library::checked_trash_days(days)?;
        let library = self.library().await?;
        self.host.places.keep_trash(days).await?;
        sync::sync(&library).await?;
        library::trash(&library).await
    }

    /// A picture's thumbnail; `None` for a format that has none yet.
    pub async fn thumbnail(&self, id: u32) -> Result<Option<Blob>> {
        let library = self.library().await?;
        library.blobs.thumbnail(id).await
    }

    /// The same for screens with two pixels for one, where the picture's bytes are on this computer.
    pub async fn sharp_thumbnail(&self, id: u32) -> Result<Option<Blob>> {
        let library = self.library().await?;
        library.blobs.sharp_thumbnail(id).await
    }

    /// Something that a browser shows of the picture at full size.
    pub async fn preview(&self, id: u32) -> Result<Blob> {
        self.preview_of_page(id, 0).await
    }

    /// The same of one page of a TIFF, counted from 0.
    pub async fn preview_of_page(&self, id: u32, page: u32) -> Result<Blob> {
        let library = self.library().await?;
        library.blobs.preview(id, page).await
    }

    /// Saves a picture's bytes, compared with its SHA-256, as a file or into a folder under its name. Never overwrites
    /// in a folder: `name (2).jpg`.
    pub async fn download(&self, id: u32, to: PathBuf) -> Result<PathBuf> {
        library::download(&*self.library().await?, id, to).await
    }

    /// What a picture's file is called when it is saved: a name that every system takes.
    ///
    /// # Errors
    /// `NotFound` for a picture that is gone.
    pub async fn saved_name(&self, id: u32) -> Result<String> {
        library::saved_name(&*self.library().await?, id).await
    }

    /// Saves pictures into a folder, as [`Engine::download`]; gives how many.
    ///
    /// # Errors
    /// When some could not be saved, after all were tried.
    pub async fn download_all(&self, ids: Vec<u32>, folder: PathBuf) -> Result<u32> {
        library::download_all(&*self.library().await?, ids, folder).await
    }

    /// Links of pictures, in the order of `ids`, in a format or the one from the settings.
    pub async fn links(&self, ids: Vec<u32>, format: Option<LinkFormat>) -> Result<Vec<LinkText>> {
        let format = format.unwrap_or_else(|| self.host.settings.link_format());
        links::links(&*self.library().await?, ids, format, self.host.is_window()).await
    }

    // --- Settings and sync --------------------------------------------------------------------------------------

    /// All settings.
    pub fn settings(&self) -> Settings {
        self.host.view_settings()
    }

    /// Changes some settings.
    pub async fn change_settings(&self, change: SettingsChange) -> Result<Settings> {
        self.host.settings.change(change).await?;
        Ok(self.host.tell_settings())
    }

    /// Changes who describes pictures.
    pub async fn change_ai(&self, change: AiSettingsChange) -> Result<Settings> {
        self.host.settings.change_ai(change, &self.host.vault).await?;
        if let Some(open) = self.host.current() {
            describing::settings_changed(&open.library).await?;
        }
        Ok(self.host.tell_settings())
    }

    /// Asks whether the store of the chosen place works; what comes of it is in the [state](Self::state).
    pub async fn check_store(&self) -> Result<()> {
        connection::ask(&*self.library().await?).await;
        Ok(())
    }

    /// Brings the catalogue up to date now: sends waiting edits, then applies the account's changes.
    pub async fn sync(&self) -> Result<()> {
        sync::sync(&*self.library().await?).await
    }

    async fn library(&self) -> Result<Arc<OpenLibrary>> {
        Ok(self.host.library().await?.library)
    }
}
