//! Why a command did not succeed.

use std::process::ExitCode;

use engine::EngineError;
use messages::{Cli, Message};
use serde::Serialize;

use super::output::{Output, complain};

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The engine says why.
    Engine(EngineError),
    /// Some of several things failed; each has been reported.
    Some,
    /// It was typed in a way that can't work.
    Usage(Message),
    /// Ctrl+C; says what was kept.
    Interrupted(Cli),
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Failure::Engine(error)
    }
}

/// The line that stands for a command that failed as a whole.
#[derive(Serialize)]
struct Failed<'a> {
    error: &'a EngineError,
}

impl Failure {
    /// Says it, and gives the exit status.
    pub fn report(self, out: &Output) -> ExitCode {
        match self {
            Failure::Engine(error) => {
                complain(&error.message);
                if out.json() {
                    out.object(&Failed { error: &error });
                }
                ExitCode::from(1)
            }
            Failure::Some => ExitCode::from(1),
            Failure::Usage(message) => {
                complain(message);
                ExitCode::from(2)
            }
            Failure::Interrupted(kept) => {
                complain(Cli::Interrupted { kept: kept.to_string() });
                // 128 + SIGINT, as shells report it.
                ExitCode::from(130)
            }
        }
    }
}
