//! The queue of uploads.

use super::Engine;
use crate::links::LinkText;
use crate::upload::{Source, UploadOptions, UploadResult, WithLinks};
use crate::view::{
    UploadFailure, UploadList, UploadMove, UploadRow, UploadsCancelled, UploadsChange, UploadsPage, UploadsSnapshot,
};
use crate::{Result, connection, library, sync};

/// What came of a quick upload.
#[derive(Debug)]
pub struct QuickUpload {
    /// Of each file, in order; without links.
    pub results: Vec<UploadResult>,
    /// The links of what is safe, in order, in the format of the settings; or why there are none.
    pub links: Result<Vec<LinkText>>,
}

impl Engine {
    /// Puts pictures into the queue and wakes it; folders are expanded. Gives the new rows' numbers, in order.
    pub async fn upload(&self, sources: Vec<Source>, mut options: UploadOptions) -> Result<Vec<u32>> {
        if let Some(album) = &mut options.album {
            *album = library::album_for_uploads(&*self.library().await?, album).await?;
        }
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
        let library = self.host.library().await?;
        tokio::select! {
            finished = library.queue.finish(ids, WithLinks::Yes, progress, results) => finished,
            never = self.host.follow_traffic() => match never {},
        }
    }

    /// Uploads as the settings say, waits, and makes the links of what is safe; for the tray and the shortcuts.
    pub async fn quick_upload(&self, sources: Vec<Source>) -> Result<QuickUpload> {
        let options = UploadOptions { describe: self.settings().describe_new, album: None };
        let rows = self.upload(sources, options).await?;
        let mut results = Vec::with_capacity(rows.len());
        let library = self.host.library().await?;
        library.queue.finish(&rows, WithLinks::No, |_| (), |page| results.extend(page)).await?;
        let links = self.links_of(&results).await;
        Ok(QuickUpload { results, links })
    }

    /// The links of what is safe, in order, each asked for once.
    async fn links_of(&self, results: &[UploadResult]) -> Result<Vec<LinkText>> {
        let mut pictures = Vec::new();
        for id in results.iter().filter_map(|result| result.id.as_deref()) {
            pictures.push(self.resolve(id).await?);
        }
        if pictures.is_empty() { Ok(Vec::new()) } else { self.links(pictures, None).await }
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

    /// Tries the account's service and its store at once, whenever that was to be, and lets uploads that wait for them try, too.
    /// What comes of it is in [`state`](Self::state); an error says only that no library is open.
    pub async fn try_connection(&self) -> Result<()> {
        let library = self.host.library().await?;
        library.queue.try_now();
        let library = self.library().await?;
        // Told by the connection's state.
        if let Err(error) = sync::sync(&library).await {
            tracing::info!(code = ?error.code, "tried by hand: the service can't be reached");
        }
        connection::try_now(&library).await;
        Ok(())
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
    pub async fn retry_upload_group(&self, code: String, reason: Option<String>) -> Result<()> {
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
}
