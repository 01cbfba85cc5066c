//! Bars for uploads and for rebuilding, on terminals only.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use engine::ErrorKind;
use engine::view::{RebuildProgress, RebuildStage, UploadsChange};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::{complain, watched};

/// A bar that moves with the bytes that have really gone out.
pub struct UploadBar {
    bar: ProgressBar,
    /// Why it waited, as far as that was said where nobody sees the bar. Each is said once: how many bytes a full disk still takes
    /// changes all the time, and what it holds up takes turns.
    said: Mutex<Vec<ErrorKind>>,
}

impl UploadBar {
    /// Invisible unless somebody watches.
    pub fn new() -> Self {
        Self { bar: bar("{bar:30} {decimal_bytes}/{decimal_total_bytes} {msg}"), said: Mutex::default() }
    }

    /// Shows how far it is.
    pub fn show(&self, change: &UploadsChange) {
        let summary = &change.summary;
        self.tell(summary.waiting_code, summary.waiting.as_ref());
        self.bar.set_length(summary.bytes_total);
        self.bar.set_position(summary.bytes_sent);
        let done = summary.verified + summary.duplicates + summary.failed + summary.cancelled + summary.left_alone;
        let mut message = format!("{done}/{}", summary.total);
        if let Some(reason) = &summary.waiting {
            message.push_str(&messages::Cli::BarWaiting { why: reason.to_string() }.to_string());
        } else if let Some(seconds) = summary.seconds_left {
            message.push_str(
                &messages::Cli::BarSpeed { speed: super::output::size(summary.speed), seconds: seconds.to_string() }
                    .to_string(),
            );
        }
        self.bar.set_message(message);
    }

    /// Says once why it waits, where a script or a log would otherwise hear nothing for hours.
    fn tell(&self, code: Option<ErrorKind>, reason: Option<&String>) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = code.filter(|code| !said.contains(code)) {
            said.push(code);
            if let Some(reason) = reason.filter(|_| !watched()) {
                complain(reason);
            }
        }
    }

    /// Prints something while the bar steps aside.
    pub fn aside(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that moves with what has been read and brought back.
pub struct RebuildBar {
    bar: ProgressBar,
}

impl RebuildBar {
    /// Invisible unless somebody watches.
    pub fn new() -> Self {
        Self { bar: bar("{bar:30} {msg}") }
    }

    /// Shows how far it is.
    pub fn show(&self, progress: RebuildProgress) {
        let RebuildProgress { stage, done, total } = progress;
        self.bar.set_length(total.into());
        self.bar.set_position(done.into());
        self.bar.set_message(match stage {
            RebuildStage::Listing => messages::Cli::RebuildObjects { done: done.to_string() }.to_string(),
            RebuildStage::Journal => {
                messages::Cli::RebuildParts { done: done.to_string(), total: total.to_string() }.to_string()
            }
            RebuildStage::Pictures => {
                messages::Cli::RebuildPictures { done: done.to_string(), total: total.to_string() }.to_string()
            }
        });
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn bar(template: &str) -> ProgressBar {
    let target = if watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if watched() {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}
