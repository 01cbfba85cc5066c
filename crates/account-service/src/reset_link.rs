//! What an operator does for somebody who can't get in any more, beside running instances.

use account_api::{ErrorCode, ErrorDetail};
use secrecy::ExposeSecret;
use url::Url;

use crate::auth::{self, ResetLink};
use crate::config::Config;
use crate::error::Error;
use crate::storage::Database;

/// Makes a link that sets a new password, once, within a day; see [`ResetLink`]. Print its `url` and give it to the person.
/// Redeeming it ends all of their sessions.
///
/// `account` is a user name or an e-mail address. With `lift_second_factor`, redeeming the link also switches two-factor
/// sign-in off, for somebody who has lost the authenticator and the recovery codes, too. The link leads to `PUBLIC_URL`,
/// else to the address that the service listens on. Instances need not be running, and may be.
///
/// # Errors
/// When there is no such account, or the database can't be reached.
pub async fn reset_link(config: &Config, account: &str, lift_second_factor: bool) -> Result<ResetLink, ErrorDetail> {
    let unusable = |error: &dyn std::fmt::Display| ErrorDetail {
        code: ErrorCode::DatabaseUnavailable,
        message: format!("The database can’t be used: {error}."),
    };
    let room = config.prepare_folder().map_err(|error| unusable(&error))?;
    let database = Database::open(config.database_url().expose_secret(), &room).await;
    let database = database.map_err(|error| unusable(&error))?;
    let link = async {
        let service = match &config.public_url {
            Some(url) => url.clone(),
            None => Url::parse(&format!("http://{}", config.listen)).map_err(Error::internal)?,
        };
        auth::reset_link(&database, &service, account, lift_second_factor).await
    };
    let link = link.await.map_err(Error::into_detail);
    database.close().await;
    link
}
