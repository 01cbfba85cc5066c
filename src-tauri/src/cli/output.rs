//! Standard output and standard error, which may be closed at any time.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

pub use engine::one_line;
use engine::{EngineError, is_invisible, visible};
use serde::Serialize;

/// Where a command's results go.
pub struct Output {
    json: bool,
    closed: AtomicBool,
    trouble: OnceLock<io::Error>,
}

impl Output {
    /// Lines for people, or with `json` one object a line.
    pub fn new(json: bool) -> Self {
        Self { json, closed: AtomicBool::new(false), trouble: OnceLock::new() }
    }

    /// Whether programs read the output.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Prints one line of data for people. A reader that has gone (`list | head`) is no error: work that was asked for goes
    /// on.
    pub fn line(&self, text: impl Display) {
        self.write(&visible(&text.to_string()));
    }

    fn write(&self, text: &str) {
        if self.closed.load(Ordering::Relaxed) {
            return;
        }
        let mut stdout = io::stdout().lock();
        if let Err(error) = writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
            self.closed.store(true, Ordering::Relaxed);
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = self.trouble.set(error);
            }
        }
    }

    /// Why output was lost that somebody wanted, such as a full disk.
    pub fn trouble(&self) -> Option<&io::Error> {
        self.trouble.get()
    }

    /// Prints one object on a line of its own.
    pub fn object(&self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.write(&harmless(&text)),
            Err(error) => complain(messages::Cli::NoJson { why: error.to_string() }),
        }
    }

    /// Whether nobody reads standard output any more.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

/// Tells people something, on standard error.
pub fn complain(message: impl Display) {
    // Nobody left to tell is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{}", visible(&machine::in_words(&message.to_string())));
}

/// Whether somebody watches standard error.
pub fn watched() -> bool {
    io::stderr().is_terminal()
}

/// An error as the line of a picture that could not be worked on.
#[derive(Serialize)]
pub struct FailedPicture<'a> {
    /// As it was given.
    pub id: &'a str,
    /// Why.
    pub error: &'a EngineError,
}

/// JSON with everything escaped that a terminal would obey or nobody would see: programs read the same text from it.
fn harmless(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A size for people, in decimal units.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let said: Vec<_> = [0, 999, 1000, 999_949, 999_950, 1_500_000, 2_000_000_000].map(size).into();
        assert_eq!(said, ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "1.5 MB", "2.0 GB"]);
    }

    #[test]
    fn programs_read_what_terminals_do_not_obey() {
        let name = "a\u{9b}2Jb\u{202e}gpj.exe\u{e0001}\u{7f} \"é\"";
        let json = harmless(&serde_json::to_string(name).unwrap());
        assert!(!json.chars().any(is_invisible), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }
}
