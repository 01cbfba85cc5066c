//! A bar for uploads, on terminals only.

use std::time::Duration;

use engine::view::UploadsChange;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::watched;

/// A bar that moves with the bytes that have really gone out.
pub struct UploadBar {
    bar: ProgressBar,
}

impl UploadBar {
    /// Invisible unless somebody watches.
    pub fn new() -> Self {
        let target = if watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {decimal_bytes}/{decimal_total_bytes} {msg}") {
            bar.set_style(style);
        }
        if watched() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    /// Shows how far it is.
    pub fn show(&self, change: &UploadsChange) {
        let summary = &change.summary;
        self.bar.set_length(summary.bytes_total);
        self.bar.set_position(summary.bytes_sent);
        let done = summary.verified + summary.duplicates + summary.failed + summary.cancelled;
        let mut message = format!("{done}/{}", summary.total);
        if let Some(reason) = &summary.waiting {
            message.push_str(&format!(", waiting: {reason}"));
        } else if let Some(seconds) = summary.seconds_left {
            message.push_str(&format!(", {}/s, {seconds} s left", super::output::size(summary.speed)));
        }
        self.bar.set_message(message);
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
