//! Mails that people ask for. Everything that depends on whether an account exists happens after the answer.

use std::time::Duration;

use account_api::ErrorCode;
use futures::StreamExt;
use futures::stream;
use tokio::sync::mpsc;
use url::Url;

use super::recovery;
use crate::error::{Error, Result};
use crate::mail::Mailer;
use crate::service::{App, Service};

/// How many requests for mails may wait.
const WAITING: usize = 256;

/// How many mails are sent at the same time.
const AT_A_TIME: usize = 4;

/// How long mails that were asked for may keep the service from ending.
const LAST_MAILS: Duration = Duration::from_secs(10);

/// A mail that is asked for.
pub enum MailRequest {
    /// A link that sets a new password, for whoever has this name or address, if anybody has.
    Recovery(String),
    /// About a change of address.
    Address(AddressMail),
}

/// A mail about a change of address.
pub enum AddressMail {
    /// To the new address: a link that changes it.
    Confirm {
        /// Whose account.
        username: String,
        /// The new address.
        to: String,
        /// What the link brings.
        token: String,
    },
    /// To the old address: that it is the account's no more.
    Changed {
        /// Whose account.
        username: String,
        /// The old address.
        to: String,
        /// The new address.
        now: String,
    },
}

/// Requests for mails, as they come in.
pub struct MailRequests {
    queue: mpsc::Sender<MailRequest>,
}

impl MailRequests {
    /// The way in, and what [`send_mails`] reads.
    pub fn new() -> (Self, mpsc::Receiver<MailRequest>) {
        let (queue, requests) = mpsc::channel(WAITING);
        (Self { queue }, requests)
    }

    /// Notes a request.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] when too many wait.
    pub fn note(&self, request: MailRequest) -> Result<()> {
        self.queue.try_send(request).map_err(|_| {
            Error::new(ErrorCode::RateLimited, "Too many people ask for mails right now. Try again in a minute.")
                .retry_after(60)
        })
    }
}

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
        MailRequest::Recovery(account) => recovery::send_mail(app, mailer, service, &account).await,
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
