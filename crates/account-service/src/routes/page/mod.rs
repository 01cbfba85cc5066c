//! The two pages that the service itself shows, which mails lead to. They hold nothing of anybody: their script reads the
//! token from behind the `#`, which browsers send nowhere, and sends it with what the form has.

use std::sync::LazyLock;

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::IntoResponse;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// A page, ready to be answered.
pub struct Page {
    html: &'static str,
    policy: LazyLock<String>,
}

/// Sets a new password.
pub static RESET: Page = Page {
    html: concat!(include_str!("head.html"), include_str!("reset.html"), include_str!("foot.html")),
    policy: LazyLock::new(|| policy(RESET.html)),
};

/// Confirms an e-mail address.
pub static EMAIL: Page = Page {
    html: concat!(include_str!("head.html"), include_str!("email.html"), include_str!("foot.html")),
    policy: LazyLock::new(|| policy(EMAIL.html)),
};

impl Page {
    /// As an answer.
    pub fn answer(&'static self) -> impl IntoResponse {
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, self.policy.as_str()),
            (REFERRER_POLICY, "no-referrer"),
        ];
        (headers, self.html)
    }
}

/// Lets exactly the page's own script and style work, and lets nobody frame it.
fn policy(page: &str) -> String {
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash_of(page, "script"),
        hash_of(page, "style")
    )
}

/// Of what stands between a tag's ends, as browsers compute it (CSP Level 3, section 2.3.1).
fn hash_of(page: &str, tag: &str) -> String {
    let inside = page
        .split_once(&format!("<{tag}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")))
        .map_or("", |(inside, _)| inside);
    BASE64_STANDARD.encode(Sha256::digest(inside.as_bytes()))
}
