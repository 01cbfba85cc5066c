//! What the operator of a service does beside serving: accounts, comparing database and bucket, cleaning up.
//!
//! All of it works beside running instances, on the same database and bucket. It trusts the layout of the bucket that the
//! service chooses itself: `pictures/<user>/<upload>.<ext>` and `thumbnails/<user>/<upload>.<ext>`, where both identifiers
//! are random. Nothing else in a bucket is touched (the change feed's segments under `journal/` are read, and kept by whoever
//! writes them), and nothing below a person's folder is touched unless this database knows that person: so several services, each
//! with a database of its own, can share a bucket, and a database restored from an old copy costs nobody's pictures.

mod check;
mod doubt;
mod finding;
mod gc;
mod holdings;
mod journal_says;
mod orphan;
mod people;
mod records;
mod repair;
mod survey;
mod tally;

use std::time::Duration;

use account_api::ErrorDetail;
use secrecy::ExposeSecret;

use crate::auth::{self, Invitation};
use crate::config::Config;
use crate::embedded_store::EmbeddedStore;
use crate::error::Error;
use crate::server::assemble;
use crate::service::App;
use crate::start_error::StartError;
use crate::storage::Database;

pub use check::CheckOptions;
pub use finding::{Adoptable, Finding, Kind, Repair};
pub use gc::{GcOptions, Swept};
pub use people::{Person, Quota};
pub use tally::Tally;

/// What a thing in the bucket has to be old, by default, before it is removed. Longer than any upload lies open, and than
/// any clock is wrong.
pub const SAFE_AGE: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// A service that nobody can call: the same database and bucket, without an address.
pub struct Operator {
    app: App,
    embedded_store: Option<EmbeddedStore>,
}

impl Operator {
    /// Opens database and store, and brings the schema up to date.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn open(config: Config) -> Result<Self, StartError> {
        let (app, embedded_store) = assemble(config, None).await?;
        Ok(Self { app, embedded_store })
    }

    /// Closes everything.
    pub async fn close(self) {
        if let Some(store) = self.embedded_store {
            store.shutdown().await;
        }
        self.app.database.close().await;
    }

    /// Makes an account.
    ///
    /// # Errors
    /// When name, address or password can't be taken.
    pub async fn add_user(
        &self,
        username: &str,
        email: &str,
        password: secrecy::SecretString,
    ) -> Result<Person, ErrorDetail> {
        people::add(&self.app, username, email, password).await.map_err(Error::into_detail)
    }

    /// Makes an invitation that is good for one person and for so long.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn invite(&self, good_for: Duration) -> Result<Invitation, ErrorDetail> {
        auth::invite(&self.app.database, good_for).await.map_err(Error::into_detail)
    }

    /// Removes an account and all of it, for good. Gives what it was.
    ///
    /// # Errors
    /// When there is nobody of this name. That the store can't be reached is no error: its objects go later.
    pub async fn remove_user(&self, username: &str) -> Result<Person, ErrorDetail> {
        people::remove(&self.app, username).await.map_err(Error::into_detail)
    }

    /// Everyone with an account, by name.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn users(&self) -> Result<Vec<Person>, ErrorDetail> {
        people::list(&self.app).await.map_err(Error::into_detail)
    }

    /// Closes an account and ends its sessions, or opens it again. Everything in it is kept.
    ///
    /// # Errors
    /// When there is nobody of this name.
    pub async fn set_disabled(&self, username: &str, disabled: bool) -> Result<Person, ErrorDetail> {
        people::set_disabled(&self.app, username, disabled).await.map_err(Error::into_detail)
    }

    /// Sets what an account may hold; what is absent stays as it is.
    ///
    /// # Errors
    /// When there is nobody of this name.
    pub async fn set_quota(
        &self,
        username: &str,
        bytes: Option<Quota>,
        pictures: Option<Quota>,
    ) -> Result<Person, ErrorDetail> {
        people::set_quota(&self.app, username, bytes, pictures).await.map_err(Error::into_detail)
    }

    /// Compares database and bucket, and tells every difference, repaired or not as it was asked.
    ///
    /// # Errors
    /// When database or bucket can't be reached: then the comparison is not complete.
    pub async fn check(&self, options: &CheckOptions, tell: impl FnMut(&Finding)) -> Result<Tally, ErrorDetail> {
        check::check(&self.app, options, tell).await.map_err(Error::into_detail)
    }

    /// Does the periodic chores, aborts multipart uploads that nobody will finish, and removes objects that no row needs.
    ///
    /// # Errors
    /// When database or bucket can't be reached, or suspiciously many objects would go.
    pub async fn gc(&self, options: &GcOptions, tell: impl FnMut(&Finding)) -> Result<Swept, ErrorDetail> {
        gc::gc(&self.app, options, tell).await.map_err(Error::into_detail)
    }
}

/// Brings the database's schema up to date, and gives the names of the steps that were missing.
///
/// # Errors
/// When the database can't be reached or is of a newer version of this service.
pub async fn migrate(config: &Config) -> Result<Vec<String>, StartError> {
    let room = config
        .prepare_folder()
        .map_err(|source| StartError::DataFolder { folder: config.data_dir.display().to_string(), source })?;
    let database =
        Database::connect(config.database_url().expose_secret(), &room).await.map_err(StartError::Database)?;
    let steps = database.migrate().await.map_err(StartError::Database)?;
    database.close().await;
    Ok(steps)
}
