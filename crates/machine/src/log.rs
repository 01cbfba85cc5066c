//! A log that can be shown to others: it holds no signature, token or key, however much of it is asked for.
//!
//! Two things see to that. What libraries tell of their inner life (request lines, headers, strings that are signed) is
//! left out below [`FOREIGN`], because nobody knows all of it. And from every line that is written, values are taken that
//! would let a reader act as somebody else: an address in an error can carry one, too.

use std::io::{self, Write};

use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;

/// The crates of this project, whose own lines are written with care.
const OURS: [&str; 9] = [
    "account_api",
    "account_service",
    "catalogue",
    "describe",
    "engine",
    "image_manager",
    "machine",
    "pictures",
    "testkit",
];

/// Crates that tell of failures by printing whole requests and answers, bytes of pictures included. What matters of them is told
/// by those who use them.
const SILENT: [&str; 2] = ["s3s", "s3s_fs"];

/// How much other crates may tell, whatever `RUST_LOG` says.
const FOREIGN: LevelFilter = LevelFilter::INFO;

/// What a secret value stands behind, in lower case.
const BEFORE: [&str; 9] = [
    "signature=",
    "security-token=",
    "credential=",
    "token=",
    "password=",
    "secret=",
    "bearer ",
    "basic ",
    "x-api-key: ",
];

/// How JSON Web Tokens begin: `{"` in base64.
const JWT: &str = "eyj";

/// What is written in a secret's place.
const GONE: &str = "[…]";

/// Lets everything of this project through, and of libraries what is meant for people.
pub fn without_inner_life() -> FilterFn {
    filter_fn(|facts| {
        let crate_name = facts.target().split("::").next().unwrap_or_default();
        OURS.contains(&crate_name) || (*facts.level() <= FOREIGN && !SILENT.contains(&crate_name))
    })
}

/// A writer of log lines that takes secrets out of them.
#[derive(Debug, Clone)]
pub struct WithoutSecrets<M>(pub M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for WithoutSecrets<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Self::Writer {
        Line(self.0.make_writer_for(meta))
    }
}

/// One line; it is written as a whole.
#[derive(Debug)]
pub struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(line) {
            Ok(text) => self.0.write_all(without_secrets(text).as_bytes())?,
            Err(_) => self.0.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text without the values that nobody may read.
pub fn without_secrets(text: &str) -> String {
    // Byte for byte as long as the text, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((start, end)) = next_secret(&lower, at) {
        clean.push_str(&text[at..start]);
        clean.push_str(GONE);
        at = end;
    }
    clean.push_str(&text[at..]);
    clean
}

/// Where the next secret value is.
fn next_secret(lower: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &lower[from..];
    let after_name = BEFORE.iter().filter_map(|name| rest.find(name).map(|at| from + at + name.len()));
    let token = rest.match_indices(JWT).map(|(at, _)| from + at).find(|at| is_jwt(&lower[*at..]));
    let start = after_name.chain(token).min()?;
    Some((start, start + length_of_value(&lower[start..])))
}

fn length_of_value(rest: &str) -> usize {
    rest.find(|c: char| c.is_whitespace() || "&\"'<>,;)]}\\".contains(c)).unwrap_or(rest.len())
}

/// Three parts with dots between.
fn is_jwt(rest: &str) -> bool {
    let value = &rest[..length_of_value(rest)];
    value.len() > 20 && value.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[test]
    fn values_that_open_doors_are_taken_out() {
        for (line, clean) in [
            ("nothing to see: signature, token", "nothing to see: signature, token"),
            (
                "url (http://h/k?X-Amz-Credential=AK%2F2026&X-Amz-Signature=abc123&x=1): broke",
                "url (http://h/k?X-Amz-Credential=[…]&X-Amz-Signature=[…]&x=1): broke",
            ),
            (
                "AWS4-HMAC-SHA256 Credential=AK/2026/s3, SignedHeaders=host, Signature=00ff",
                "AWS4-HMAC-SHA256 Credential=[…], SignedHeaders=host, Signature=[…]",
            ),
            (r#"{"authorization": "Bearer secret-token"}"#, r#"{"authorization": "Bearer […]"}"#),
            ("häßlich eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln Größe", "häßlich […] Größe"),
            ("eyJ is no token", "eyJ is no token"),
            ("signature=", "signature=[…]"),
        ] {
            assert_eq!(without_secrets(line), clean);
        }
    }

    #[test]
    fn whole_answers_are_not_told() {
        use tracing_subscriber::layer::SubscriberExt;
        use tracing_subscriber::{Layer, fmt};
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let into = std::sync::Arc::clone(&told);
        let layer =
            fmt::layer().with_writer(move || Into(std::sync::Arc::clone(&into))).with_filter(without_inner_life());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::error!(target: "s3s::service", "resp=Response {{ body: Body {{ once: b\"bytes\" }} }}");
            tracing::error!(target: "hyper::proto", "an error");
        });
        let told = String::from_utf8(told.lock().unwrap().clone()).unwrap();
        assert!(told.contains("an error") && !told.contains("once"), "{told}");
    }

    struct Into(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl Write for Into {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_written_is_clean() {
        let log = WithoutSecrets(std::sync::Mutex::new(Vec::new()));
        writeln!(log.make_writer(), "Signature=abc").unwrap();
        assert_eq!(*log.0.lock().unwrap(), "Signature=[…]\n".as_bytes());
    }
}
