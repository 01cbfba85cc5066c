//! Sends the mails that people ask for.

use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tokio::sync::mpsc;
use url::Url;

use super::mails::{AddressMail, MailRequest};
use super::{recovery, users};
use crate::clock;
use crate::error::Result;
use crate::mail::Mailer;
use crate::service::{App, Service};
use crate::storage::entity::reset_link::{Column, Entity};

/// How many mails are sent at the same time.
const AT_A_TIME: usize = 4;

/// How long mails that were asked for may keep the service from ending.
const LAST_MAILS: Duration = Duration::from_secs(10);

/// How long a link by mail is good.
const BY_MAIL: Duration = Duration::from_secs(60 * 60);

/// How long after a mail the next one goes to the same account, so that nobody can fill somebody's mailbox.
const BETWEEN_MAILS: Duration = Duration::from_secs(60);

/// Sends the mails that are asked for, until the service ends; then those that wait.
pub async fn send_mails(app: App, mailer: Mailer, service: Url, requests: mpsc::Receiver<MailRequest>) {
    let ending = app.ending.clone();
    let requests = stream::unfold(requests, |mut requests| {
        let ending = ending.clone();
        async move {
            let next = tokio::select! {
                next = requests.recv() => next,
                () = ending.cancelled() => requests.try_recv().ok(),
            };
            next.map(|request| (request, requests))
        }
    });
    let sending = requests.for_each_concurrent(AT_A_TIME, |request| async {
        if let Err(error) = send(&app, &mailer, &service, request).await {
            tracing::warn!(%error, "a mail that was asked for was not sent");
        }
    });
    let too_long = async {
        ending.cancelled().await;
        tokio::time::sleep(LAST_MAILS).await;
    };
    tokio::select! {
        () = sending => {}
        () = too_long => tracing::warn!("mails that were asked for were not sent before the end"),
    }
}

async fn send(app: &Service, mailer: &Mailer, service: &Url, request: MailRequest) -> Result<()> {
    match request {
        MailRequest::Recovery(account) => recovery_mail(app, mailer, service, &account).await,
        MailRequest::Address(AddressMail::Confirm { username, to, token }) => {
            let page = account_api::route::EMAIL_PAGE;
            let link = format!("{}{page}#{token}", service.as_str().trim_end_matches('/'));
            mailer.send_address_link(&username, &to, &link).await
        }
        MailRequest::Address(AddressMail::Changed { username, to, now }) => {
            mailer.send_address_changed(&username, &to, &now).await
        }
    }
}

/// Sends the mail that sets a new password, when there is somebody to send it to.
///
/// # Errors
/// When the database can't be reached, or the mail isn't taken.
async fn recovery_mail(app: &Service, mailer: &Mailer, service: &Url, account: &str) -> Result<()> {
    let user = users::by_name_or_email(app.database.read(), account).await?;
    let Some(user) = user.filter(|user| user.password_hash.is_some()) else { return Ok(()) };
    let write = app.database.write().await?;
    // Of two requests at the same moment one comes after the other, and finds the link of the first.
    users::lock(&write, &user).await?;
    let recently = Entity::find()
        .filter(Column::UserId.eq(user.id))
        .filter(Column::CreatedAt.gt(clock::now() - BETWEEN_MAILS.as_millis() as i64))
        .count(&*write)
        .await?;
    if recently > 0 {
        return Ok(());
    }
    let link = recovery::make_link(&write, service, user.id, BY_MAIL, false).await?;
    write.commit().await?;
    // Whoever reads mail that goes there has proven enough to be told.
    if user.disabled_at.is_some() {
        return mailer.send_closed(&user.username, &user.email).await;
    }
    mailer.send_reset_link(&user.username, &user.email, &link.url).await
}
