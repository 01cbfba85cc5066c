//! How long a link lives.

use serde::Serialize;
use ts_rs::TS;

/// How long a link lives, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LinkLife {
    /// What ends it.
    pub lives: LinkEnd,
    /// When it stops working (UTC); absent for one that has no such moment.
    pub until: Option<String>,
    /// Whether it works on this computer only, because its address is this computer's own.
    pub only_here: bool,
    /// Whether it goes on working when whoever asked for it has ended. False for a command in a terminal whose link the app
    /// would answer, which is not open.
    pub works_now: bool,
}

/// What ends a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinkEnd {
    /// The app answers it, as long as it is open.
    WhileOpen,
    /// A moment; see `until`.
    Until,
    /// The service answers it for as long as the picture is in the library.
    AsPicture,
}
