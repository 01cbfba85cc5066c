//! What a service has to know to send mail.

use secrecy::SecretString;

/// Where mail goes out. `SMTP_URL`, `SMTP_FROM`.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtps://user:password@host`, `smtp://user:password@host?tls=required` (STARTTLS), or `smtp://host` (no
    /// encryption).
    pub url: SecretString,
    /// Whom it is from: `pictures@example.com`, or `Pictures <pictures@example.com>`.
    pub from: String,
}
