//! Mail, when the operator has named a server for it.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use url::{Host, Url};

use crate::config::MailConfig;
use crate::error::{Error, Result};

/// How long a mail server may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is wrong with settings: the variable and the problem, which shows no secret.
pub fn problem(mail: &MailConfig) -> Option<(&'static str, String)> {
    if mail.from.parse::<Mailbox>().is_err() {
        return Some(("SMTP_FROM", "this is not an e-mail address".to_owned()));
    }
    let url = match Url::parse(mail.url.expose_secret()) {
        Ok(url) if matches!(url.scheme(), "smtp" | "smtps") && url.has_host() => url,
        _ => return Some(("SMTP_URL", "it has to look like smtps://user:password@mail.example.com".to_owned())),
    };
    let encrypted =
        url.scheme() == "smtps" || url.query_pairs().any(|(key, value)| key == "tls" && value == "required");
    if url.password().is_some() && !encrypted && !is_loopback(&url) {
        let problem = "the password would go over the network unencrypted: use smtps://, or add ?tls=required";
        return Some(("SMTP_URL", problem.to_owned()));
    }
    Mailer::new(mail).err().map(|error| ("SMTP_URL", error))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // The scheme is none that the URL standard knows, so addresses come as names, too.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Sends mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Connects to nothing yet. The error is a sentence without secrets.
    pub fn new(config: &MailConfig) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(config.url.expose_secret())
            .map_err(|error| error.to_string())?
            .timeout(Some(PATIENCE))
            .build();
        let from = config.from.parse().map_err(|_| "the sender is not an e-mail address".to_owned())?;
        Ok(Self { transport, from })
    }

    /// Sends somebody the link that sets a new password.
    ///
    /// # Errors
    /// When the address can't be one, or the server doesn't take the mail, tried three times.
    pub async fn send_reset_link(&self, username: &str, email: &str, link: &str) -> Result<()> {
        let text = format!(
            "Somebody, probably you, asked for a new password for {username} at Image Manager.\n\n\
             Open this link to choose one. It works once, for an hour:\n\n{link}\n\n\
             Setting a new password signs all devices out. If it wasn’t you, there is nothing to do: without the link \
             nothing changes.\n"
        );
        self.send(email, "A new password for Image Manager", text).await
    }

    /// Tells somebody who asked for a new password that their account is closed.
    ///
    /// # Errors
    /// As for [`send_reset_link`](Self::send_reset_link).
    pub async fn send_closed(&self, username: &str, email: &str) -> Result<()> {
        let text = format!(
            "Somebody, probably you, asked for a new password for {username} at Image Manager.\n\n\
             This account has been closed by the operator of the service, so a new password would open nothing. Nothing \
             of it was removed. Ask whoever runs the service.\n"
        );
        self.send(email, "Your account at Image Manager is closed", text).await
    }

    /// Sends the link that makes this the address of an account.
    ///
    /// # Errors
    /// As for [`send_reset_link`](Self::send_reset_link).
    pub async fn send_address_link(&self, username: &str, email: &str, link: &str) -> Result<()> {
        let text = format!(
            "{username} at Image Manager wants to use this address from now on.\n\n\
             If that is you, open this link. It works once, for a day:\n\n{link}\n\n\
             If it isn’t, there is nothing to do: without the link nothing changes.\n"
        );
        self.send(email, "Your new address for Image Manager", text).await
    }

    /// Tells somebody at the address that was an account's that it is another one now.
    ///
    /// # Errors
    /// As for [`send_reset_link`](Self::send_reset_link).
    pub async fn send_address_changed(&self, username: &str, email: &str, now: &str) -> Result<()> {
        let text = format!(
            "The e-mail address of {username} at Image Manager was changed to {now}.\n\n\
             If it wasn’t you, change your password at once, and ask whoever runs the service.\n"
        );
        self.send(email, "Your address for Image Manager was changed", text).await
    }

    async fn send(&self, email: &str, subject: &str, text: String) -> Result<()> {
        let to: Address = email.parse().map_err(Error::internal)?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            // RFC 3834: vacation notices and other machines don't answer.
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(Error::internal)?;
        (|| async { self.transport.send(mail.clone()).await })
            .retry(ExponentialBuilder::default().with_max_times(2))
            .when(|error| !error.is_permanent())
            .await
            .map(drop)
            .map_err(Error::internal)
    }
}

#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
