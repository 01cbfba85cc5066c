//! The facade: every method unpacks its arguments and hands them to the module of its use-case.

mod care;
mod host;

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt;
use secrecy::SecretString;

use crate::blobs::Blob;
use crate::events::EventSink;
use crate::links::LinkText;
use crate::session::Session;
use crate::upload::{Source, UploadOptions, UploadResult};
use crate::view::{
    AccountForm, AccountSecurity, AiSettingsChange, AppState, BucketForm, BucketLibrary, Counts, DescribeProgress,
    DescriptionEdit, DescriptionJob, DescriptionsCancelled, EmailChange, KnownPlace, LayoutItem, LibraryQuery,
    LinkFormat, PictureDetail, PictureRow, RebuildProgress, RebuildReport, RecoveryForm, RegisterForm, Registration,
    SearchField, Settings, SettingsChange, Trash, TrashPlan, TwoFactorSetup, UploadFailure, UploadList, UploadMove,
    UploadRow, UploadsCancelled, UploadsChange, UploadsPage, UploadsSnapshot,
};
use crate::{Result, account, connection, describing, library, links, sync};
use host::Host;

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

    /// Keeps the library in the person's own bucket, which is tried first.
    pub async fn choose_bucket(&self, form: BucketForm) -> Result<AppState> {
        self.host.change_place(|host| async move { host.places.choose_bucket(form).await.map(Some) }.boxed()).await
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
                let client = host.current().map(|open| open.session.client.clone());
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

    // --- The account --------------------------------------------------------------------------------------------

    /// The account that the library lives in: its devices and how it is opened.
    pub async fn account_security(&self) -> Result<AccountSecurity> {
        account::security(&*self.session().await?).await
    }

    /// Signs another device out.
    pub async fn sign_out_device(&self, id: &str) -> Result<()> {
        account::sign_out_device(&*self.session().await?, id).await
    }

    /// Signs all other devices out.
    pub async fn sign_out_others(&self) -> Result<()> {
        account::sign_out_others(&*self.session().await?).await
    }

    /// Changes the account's password, which signs all other devices out.
    pub async fn change_password(&self, current: String, new: String) -> Result<()> {
        account::change_password(&*self.session().await?, current, new).await
    }

    /// Changes the e-mail address: at once, or when the link is opened that the service sends there.
    pub async fn change_email(&self, email: String, password: String) -> Result<EmailChange> {
        account::change_email(&*self.session().await?, email, password).await
    }

    /// Removes the account and all of it, on the service, and leaves the place. Nothing is removed from this computer.
    pub async fn remove_account(&self, password: String, code: Option<String>) -> Result<AppState> {
        account::remove(&*self.session().await?, password, code).await?;
        self.host.change_place(|host| async move { host.places.account_removed().await }.boxed()).await
    }

    /// How people come by an account of a service. Needs no place.
    pub async fn registration(&self, service: &str) -> Result<Registration> {
        account::registration(service).await
    }

    /// Begins to switch the second factor on.
    pub async fn begin_two_factor(&self, password: String) -> Result<TwoFactorSetup> {
        account::begin_two_factor(&*self.session().await?, password).await
    }

    /// Switches the second factor on; gives the recovery codes, which are never shown again.
    pub async fn confirm_two_factor(&self, code: String) -> Result<Vec<String>> {
        account::confirm_two_factor(&*self.session().await?, code).await
    }

    /// Switches the second factor off.
    pub async fn end_two_factor(&self, password: String) -> Result<()> {
        account::end_two_factor(&*self.session().await?, password).await
    }

    /// New recovery codes, which are never shown again, in place of all earlier ones.
    pub async fn new_recovery_codes(&self, password: String) -> Result<Vec<String>> {
        account::new_recovery_codes(&*self.session().await?, password).await
    }

    /// Sets a new password of an account with a recovery code. Needs no place.
    pub async fn recover_account(&self, form: RecoveryForm) -> Result<()> {
        account::recover(form).await
    }

    /// Asks a service for a mail that lets one set a new password; gives what it says. Needs no place.
    pub async fn request_recovery_mail(&self, service: &str, account: String) -> Result<String> {
        account::request_mail(service, account).await
    }

    // --- Library ------------------------------------------------------------------------------------------------

    /// All pictures of a part of the library, in order, with what the grid needs to place them.
    pub async fn layout(&self, query: LibraryQuery) -> Result<Vec<LayoutItem>> {
        library::layout(&*self.session().await?, query).await
    }

    /// The rows of some pictures, in the order of `ids`; unknown ones are left out. They say why `text` found them, if
    /// something is searched.
    pub async fn rows(&self, ids: Vec<u32>, text: &str) -> Result<Vec<PictureRow>> {
        library::rows(&*self.session().await?, ids, text).await
    }

    /// In which fields each of some pictures has what `text` asks for, in the order of `ids`; unknown ones are left out.
    pub async fn matched(&self, ids: Vec<u32>, text: &str) -> Result<Vec<(u32, Vec<SearchField>)>> {
        library::matched(&*self.session().await?, ids, text).await
    }

    /// One picture in full.
    pub async fn picture(&self, id: u32) -> Result<PictureDetail> {
        library::picture(&*self.session().await?, id).await
    }

    /// How many pictures each part of the library has.
    pub async fn counts(&self) -> Result<Counts> {
        library::counts(&*self.session().await?).await
    }

    /// Finds a picture by the service's identifier, a unique prefix of it (6 characters or more), or its SHA-256 (or a
    /// unique prefix of 8 digits or more).
    pub async fn resolve(&self, reference: &str) -> Result<u32> {
        library::resolve(&*self.session().await?, reference).await
    }

    /// Gives a picture another name.
    pub async fn rename(&self, id: u32, name: String) -> Result<PictureDetail> {
        library::rename(&*self.session().await?, id, name).await
    }

    /// Marks pictures as favourites, or no longer.
    pub async fn set_favourite(&self, ids: Vec<u32>, favourite: bool) -> Result<()> {
        library::set_favourite(&*self.session().await?, ids, favourite).await
    }

    /// Replaces a picture's description by one that the person wrote.
    pub async fn edit_description(&self, id: u32, edit: DescriptionEdit) -> Result<PictureDetail> {
        library::edit_description(&*self.session().await?, id, edit).await
    }

    /// Moves pictures to the trash.
    pub async fn delete(&self, ids: Vec<u32>) -> Result<()> {
        library::delete(&*self.session().await?, ids).await
    }

    /// Takes pictures out of the trash.
    pub async fn restore(&self, ids: Vec<u32>) -> Result<()> {
        library::restore(&*self.session().await?, ids).await
    }

    /// Removes pictures for good.
    pub async fn delete_forever(&self, ids: Vec<u32>) -> Result<()> {
        library::delete_forever(&*self.session().await?, ids).await
    }

    /// How long the trash is kept, and what is in it.
    pub async fn trash(&self) -> Result<Trash> {
        library::trash(&*self.session().await?).await
    }

    /// What another number of days (none for until the person empties it) would mean for what is in the trash. Changes
    /// nothing.
    pub async fn trash_plan(&self, days: Option<u32>) -> Result<TrashPlan> {
        library::trash_plan(&*self.session().await?, days).await
    }

    /// Says from now on how many days pictures stay in the trash of a library on this computer or in a bucket; none for
    /// until the person empties it.
    pub async fn keep_trash(&self, days: Option<u32>) -> Result<Trash> {
        library::checked_trash_days(days)?;
        let session = self.session().await?;
        self.host.places.keep_trash(days).await?;
        sync::sync(&session).await?;
        library::trash(&session).await
    }

    /// A picture's thumbnail; `None` for a format that has none yet.
    pub async fn thumbnail(&self, id: u32) -> Result<Option<Blob>> {
        let session = self.session().await?;
        session.blobs.thumbnail(&session, id).await
    }

    /// Something that a browser shows of the picture at full size.
    pub async fn preview(&self, id: u32) -> Result<Blob> {
        let session = self.session().await?;
        session.blobs.preview(&session, id).await
    }

    /// Saves a picture's bytes, compared with its SHA-256, as a file or into a folder under its name. Never overwrites
    /// in a folder: `name (2).jpg`.
    pub async fn download(&self, id: u32, to: PathBuf) -> Result<PathBuf> {
        library::download(&*self.session().await?, id, to).await
    }

    // --- Uploads ------------------------------------------------------------------------------------------------

    /// Puts pictures into the queue and wakes it; folders are expanded. Gives the new rows' numbers, in order.
    pub async fn upload(&self, sources: Vec<Source>, options: UploadOptions) -> Result<Vec<u32>> {
        self.host.library().await?.queue.enqueue(sources, options).await
    }

    /// Waits until these rows are done, working them when no window does; for the command line.
    pub async fn finish_uploads(
        &self,
        ids: &[u32],
        progress: impl FnMut(&UploadsChange) + Send,
    ) -> Result<Vec<UploadResult>> {
        let mut all = Vec::with_capacity(ids.len());
        self.finish_uploads_by_page(ids, progress, |page| all.extend(page)).await?;
        Ok(all)
    }

    /// The same for any number of rows: what came of them is told a page at a time, in order.
    pub async fn finish_uploads_by_page(
        &self,
        ids: &[u32],
        progress: impl FnMut(&UploadsChange) + Send,
        results: impl FnMut(Vec<UploadResult>) + Send,
    ) -> Result<()> {
        self.host.library().await?.queue.finish(ids, progress, results).await
    }

    /// The queue as it stands.
    pub async fn uploads(&self) -> Result<UploadsSnapshot> {
        self.host.library().await?.queue.snapshot().await
    }

    /// Stops sending until resumed; survives a restart.
    pub async fn pause_uploads(&self) -> Result<()> {
        self.host.library().await?.queue.pause().await
    }

    /// Goes on sending; what was put on hold one by one stays on hold.
    pub async fn resume_uploads(&self) -> Result<()> {
        self.host.library().await?.queue.resume().await
    }

    /// Lets everything go on that was put on hold one by one; gives how many.
    pub async fn resume_held_uploads(&self) -> Result<usize> {
        self.host.library().await?.queue.unhold_all().await
    }

    /// Cancels one upload.
    pub async fn cancel_upload(&self, id: u32) -> Result<()> {
        self.host.library().await?.queue.cancel(id).await
    }

    /// Cancels everything that isn't done.
    pub async fn cancel_uploads(&self) -> Result<UploadsCancelled> {
        self.host.library().await?.queue.cancel_all().await
    }

    /// Takes one cancelling of everything back; gives how many uploads wait again.
    pub async fn uncancel_uploads(&self, number: i64) -> Result<usize> {
        self.host.library().await?.queue.uncancel(number).await
    }

    /// Tries everything again that was cancelled; gives how many.
    pub async fn retry_cancelled_uploads(&self) -> Result<usize> {
        self.host.library().await?.queue.retry_cancelled().await
    }

    /// Tries one failed or cancelled upload again.
    pub async fn retry_upload(&self, id: u32) -> Result<()> {
        self.host.library().await?.queue.retry(id).await
    }

    /// Puts some uploads on hold until they are resumed; survives a restart.
    pub async fn hold_uploads(&self, ids: Vec<u32>) -> Result<()> {
        self.host.library().await?.queue.hold(ids).await
    }

    /// Lets uploads go on that were put on hold one by one.
    pub async fn unhold_uploads(&self, ids: Vec<u32>) -> Result<()> {
        self.host.library().await?.queue.unhold(ids).await
    }

    /// Moves unfinished uploads in the queue; they keep their order among themselves.
    pub async fn move_uploads(&self, ids: Vec<u32>, to: UploadMove) -> Result<()> {
        self.host.library().await?.queue.move_rows(ids, to.into()).await
    }

    /// What failed, by its reason, the largest group first.
    pub async fn upload_failures(&self) -> Result<Vec<UploadFailure>> {
        self.host.library().await?.queue.failures().await
    }

    /// Tries the failed uploads of one reason again.
    pub async fn retry_upload_group(&self, code: String, reason: String) -> Result<()> {
        self.host.library().await?.queue.retry_group(code, reason).await
    }

    /// Some rows of the list, whatever their state; those that aren't there are left out.
    pub async fn upload_rows(&self, ids: Vec<u32>) -> Result<Vec<UploadRow>> {
        self.host.library().await?.queue.rows(ids).await
    }

    /// A page of one part of the list.
    pub async fn uploads_page(&self, list: UploadList, offset: u32, limit: u32) -> Result<UploadsPage> {
        self.host.library().await?.queue.page(list, offset, limit).await
    }

    /// Tries all failed uploads again.
    pub async fn retry_failed_uploads(&self) -> Result<()> {
        self.host.library().await?.queue.retry_failed().await
    }

    /// Takes finished rows off the list.
    pub async fn clear_finished_uploads(&self) -> Result<()> {
        self.host.library().await?.queue.clear_finished().await
    }

    // --- Links and descriptions ---------------------------------------------------------------------------------

    /// Links of pictures, in the order of `ids`, in a format or the one from the settings.
    pub async fn links(&self, ids: Vec<u32>, format: Option<LinkFormat>) -> Result<Vec<LinkText>> {
        let format = format.unwrap_or_else(|| self.host.settings.link_format());
        links::links(&*self.session().await?, ids, format, self.host.is_window()).await
    }

    /// Wants descriptions of pictures, which are worked on in the background; progress comes as events. The wishes are kept
    /// until they are answered or cancelled.
    pub async fn describe(&self, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
        let prompt = describing::checked_prompt(prompt)?;
        describing::enqueue(&self.session().await?, ids, prompt).await
    }

    /// Describes one picture and waits for it.
    pub async fn describe_one(&self, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
        let prompt = describing::checked_prompt(prompt)?;
        describing::describe_one(&self.session().await?, id, prompt).await
    }

    /// Describes pictures and waits for them; tells of each as it is done.
    pub async fn describe_all(
        &self,
        ids: Vec<u32>,
        prompt: Option<String>,
        each: impl FnMut(u32, Result<()>) + Send,
    ) -> Result<()> {
        let prompt = describing::checked_prompt(prompt)?;
        describing::describe_all(&self.session().await?, ids, prompt, each).await
    }

    /// Works on the descriptions that wait, when no window does; tells of each as it is done. For the command line.
    pub async fn finish_descriptions(&self, each: impl FnMut(u32, Result<()>) + Send) -> Result<()> {
        describing::finish(&self.session().await?, each).await
    }

    /// The queue of descriptions: what waits, then what failed, then what was cancelled.
    pub async fn descriptions(&self) -> Result<Vec<DescriptionJob>> {
        describing::jobs(&*self.session().await?).await
    }

    /// Pauses descriptions, or lets them go on, also when something had stopped them; survives a restart.
    pub async fn pause_descriptions(&self, paused: bool) -> Result<()> {
        describing::set_paused(&*self.session().await?, paused).await
    }

    /// Cancels the descriptions that wait: all, or those of some pictures. What is done stays.
    pub async fn cancel_descriptions(&self, ids: Option<Vec<u32>>) -> Result<DescriptionsCancelled> {
        describing::cancel(&*self.session().await?, ids).await
    }

    /// Takes one cancelling of descriptions back; gives how many wait again.
    pub async fn uncancel_descriptions(&self, number: i64) -> Result<u32> {
        describing::uncancel(&*self.session().await?, number).await
    }

    /// Tries descriptions again: what failed and what was not tried; or what was cancelled; or either for some pictures. Gives
    /// how many that had ended wait again.
    pub async fn retry_descriptions(&self, cancelled: bool, ids: Option<Vec<u32>>) -> Result<u32> {
        describing::retry(&*self.session().await?, cancelled, ids).await
    }

    /// Takes finished descriptions off the list.
    pub async fn clear_descriptions(&self) -> Result<()> {
        describing::clear_finished(&*self.session().await?).await
    }

    /// How far the descriptions are, with what failed.
    pub async fn describe_progress(&self) -> Result<DescribeProgress> {
        match self.host.current() {
            Some(open) => describing::progress(&open.session, true).await,
            None => Ok(DescribeProgress::default()),
        }
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
            describing::settings_changed(&open.session).await?;
        }
        Ok(self.host.tell_settings())
    }

    /// Asks whether the store of the chosen place works; what comes of it is in the [state](Self::state).
    pub async fn check_store(&self) -> Result<()> {
        connection::ask(&*self.session().await?).await;
        Ok(())
    }

    /// Brings the catalogue up to date now: sends waiting edits, then applies the account's changes.
    pub async fn sync(&self) -> Result<()> {
        sync::sync(&*self.session().await?).await
    }

    async fn session(&self) -> Result<Arc<Session>> {
        Ok(self.host.library().await?.session)
    }
}
