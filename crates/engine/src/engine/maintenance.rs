//! Taking care of what is stored: the doctor, the check of all pictures, mending, and local copies that may go.

use std::sync::Arc;

use super::Engine;
use super::host::Open;
use crate::audit::{self, AuditOptions, Depth};
use crate::blobs::local_copy;
use crate::connection::Access;
use crate::doctor::{self, StepSink};
use crate::free_up_space::{self, Act, FreeSource, SystemTrash};
use crate::upload::{Source, UploadOptions};
use crate::view::{AuditProgress, BucketForm, CheckedPicture, DoctorReport, DoctorStep, FreeItem, FreeReport};
use crate::{EngineError, ErrorKind, Result};

impl Engine {
    /// Tries everything that the chosen place needs, for real, and explains each failure; tells each step as it ends.
    /// Leaves nothing behind.
    pub async fn doctor(&self, mut tell: impl FnMut(&DoctorStep) + Send) -> DoctorReport {
        let mut steps = StepSink::new(&mut tell);
        doctor::examine_computer(&mut steps, &self.host.view_settings().data_dir, &self.host.vault).await;
        match self.host.library().await {
            Ok(Open { library, .. }) => {
                doctor::examine_place(&mut steps, &self.host.places, &library).await;
                if steps.all_well() {
                    library.way.store_works(Access::Write);
                    library.way.store_works(Access::Read);
                }
                doctor::examine_descriptions(&mut steps, &library).await;
            }
            Err(error) => steps.failed("library", &error),
        }
        steps.report()
    }

    /// The same for a bucket that has not been chosen. Changes nothing but what it cleans up again.
    pub async fn test_bucket(
        &self,
        form: BucketForm,
        mut tell: impl FnMut(&DoctorStep) + Send,
    ) -> Result<DoctorReport> {
        self.host.places.test_bucket(form, &mut tell).await
    }

    /// Asks the store again about all pictures, going on with an earlier run that was broken off, and waits for the end.
    /// What was asked about is kept when this fails or is dropped.
    pub async fn verify_all(
        &self,
        options: AuditOptions,
        mut on_progress: impl FnMut(&AuditProgress) + Send,
    ) -> Result<AuditProgress> {
        audit::run(&*self.library().await?, options, &mut on_progress).await
    }

    /// Asks the store again about some pictures; with `deep`, their bytes are downloaded and hashed.
    pub async fn verify(&self, ids: &[u32], deep: bool) -> Result<Vec<CheckedPicture>> {
        let depth = if deep { Depth::Bytes } else { Depth::Look };
        audit::check_pictures(&*self.library().await?, ids, depth).await
    }

    /// Of how many pictures the store has what it had when they were found there, while nothing tells whether that is what is
    /// in their files.
    pub async fn confirmed_without_proof(&self) -> Result<u64> {
        Ok(self.library().await?.catalogue.read(catalogue::table::audit::confirmed_without_proof).await?)
    }

    /// The same as [`verify_all`](Self::verify_all) in the background; progress comes as events.
    pub async fn start_audit(&self, options: AuditOptions) -> Result<()> {
        let library = self.library().await?;
        library.audit.start(&library.shared, options);
        Ok(())
    }

    /// Stops the check in the background; it can be gone on with.
    pub fn cancel_audit(&self) {
        if let Some(open) = self.host.current() {
            open.library.audit.cancel();
        }
    }

    /// How far the newest check is.
    pub async fn audit_progress(&self) -> Result<AuditProgress> {
        let library = self.library().await?;
        library.audit.progress(&library).await
    }

    /// Pictures after a number that were not found as they should be, in the order of their numbers; at most `limit`.
    pub async fn audit_problems(&self, after: u32, limit: usize) -> Result<Vec<CheckedPicture>> {
        audit::problems(&*self.library().await?, after, limit).await
    }

    /// Uploads a picture's file on this computer again, which mends what the store has lost. Gives the queue's new rows.
    pub async fn repair(&self, id: u32) -> Result<Vec<u32>> {
        let library = self.library().await?;
        let known = library.catalogue.read(move |conn| {
            let Some(picture) = catalogue::table::picture::get(conn, id)? else { return Ok(None) };
            local_copy(conn, &picture)
        });
        let file = known.await?.ok_or_else(|| EngineError::new(ErrorKind::NotFound, messages::Library::NoFile))?;
        self.upload(vec![Source::Path(file)], UploadOptions::default()).await
    }

    /// Says which local files may go, because the library provably has their bytes, and why the others stay.
    pub async fn freeable(&self, source: FreeSource, on_item: impl FnMut(&FreeItem) + Send) -> Result<FreeReport> {
        self.free_with(source, Act::Look, on_item).await
    }

    /// Moves those that may go to the system's trash.
    pub async fn free(&self, source: FreeSource, on_item: impl FnMut(&FreeItem) + Send) -> Result<FreeReport> {
        self.free_with(source, Act::Move(Arc::new(SystemTrash)), on_item).await
    }

    async fn free_with(
        &self,
        source: FreeSource,
        act: Act,
        mut on_item: impl FnMut(&FreeItem) + Send,
    ) -> Result<FreeReport> {
        let library = self.library().await?;
        let app_folder = self.host.view_settings().data_dir.into();
        free_up_space::go_through(&library, app_folder, source, act, &mut on_item).await
    }
}
