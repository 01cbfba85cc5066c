//! The engine for the length of one command.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine::view::{NoticeKind, SecretsState};
use engine::{Engine, EngineError, ErrorKind, Event, EventSink, Role};

use super::failure::Failure;
use super::output::{Output, complain};
use super::secret;
use crate::state::PASSPHRASE_VARIABLE;
use crate::{logging, state};

/// How long leaving may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// Notices for people go to standard error, for programs only what needs attention; everything else a command asks for itself.
struct TerminalEvents {
    quiet: bool,
}

impl EventSink for TerminalEvents {
    fn emit(&self, event: Event) {
        if let Event::Notice(notice) = event
            && (!self.quiet || matches!(notice.kind, NoticeKind::Warning | NoticeKind::Error))
        {
            complain(&notice.message);
        }
    }
}

/// The engine for the length of one command.
pub struct Session {
    engine: Engine,
    /// Why the place could not be reached when it was asked for news: it isn't tried again at once.
    unreached: Mutex<Option<String>>,
}

impl Session {
    /// Opens the app's folder, asking for the passphrase where it takes one and somebody can be asked.
    pub async fn open(out: &Output) -> Result<Self, Failure> {
        logging::start(&state::data_dir()?);
        let events = Arc::new(TerminalEvents { quiet: out.json() });
        let session =
            Self { engine: state::open_engine(Role::CommandLine, events).await?, unreached: Mutex::default() };
        if let SecretsState::Locked { needs_passphrase: true, .. } = session.engine.state().secrets
            && secret::can_ask()
        {
            session.unlock().await?;
        }
        Ok(session)
    }

    /// Says how the passphrase is given where nobody can be asked for it, if that is what a command lacked.
    pub fn tell_how_to_unlock(&self) {
        if let SecretsState::Locked { needs_passphrase: true, .. } = self.engine.state().secrets
            && !secret::can_ask()
        {
            complain(messages::Cli::PassphraseByVariable { variable: PASSPHRASE_VARIABLE.to_owned() });
        }
    }

    async fn unlock(&self) -> Result<(), Failure> {
        const TRIES: u32 = 3;
        let mut last = None;
        for _ in 0..TRIES {
            let passphrase = secret::ask(messages::Ask::Passphrase)?;
            match self.engine.unlock(passphrase.into()).await {
                Ok(_) => return Ok(()),
                Err(error) => {
                    complain(&error.message);
                    last = Some(error);
                }
            }
        }
        last.map_or(Ok(()), |error| Err(Failure::Engine(error)))
    }

    /// The engine as it is, for commands that choose the place.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine with a place for the library: this computer, unless the person has chosen another.
    pub async fn library(&self) -> Result<&Engine, EngineError> {
        if self.engine.state().place.is_none() {
            self.engine.choose_this_computer().await?;
        }
        Ok(&self.engine)
    }

    /// The same, with the catalogue brought up to date. When that can't be, the command works with what this computer
    /// knows, and says so.
    pub async fn fresh_library(&self) -> Result<&Engine, EngineError> {
        let engine = self.library().await?;
        if let Err(error) = engine.sync().await {
            complain(messages::Cli::GoingByKnown { why: error.message.to_string() });
            if matches!(error.code, ErrorKind::ServiceUnreachable) {
                *self.unreached.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.message.to_string());
            }
        }
        Ok(engine)
    }

    /// Sends edits on their way. When that can't be, they are kept and go out later.
    pub async fn send_edits(&self) {
        let known = self.unreached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let why = match known {
            Some(why) => Some(why),
            None => self.engine.sync().await.err().map(|error| error.message.to_string()),
        };
        if let Some(why) = why {
            complain(messages::Cli::KeptHere { why });
        }
    }

    /// Makes sure that a secret which is about to be typed will outlive this command.
    pub async fn keep_secrets(&self) -> Result<(), Failure> {
        let SecretsState::MemoryOnly { reason } = self.engine.state().secrets else { return Ok(()) };
        if !secret::can_ask() {
            let message =
                messages::Cli::SecretWouldBeLost { why: reason.to_string(), variable: PASSPHRASE_VARIABLE.to_string() };
            return Err(EngineError::new(ErrorKind::SecretsNotKept, message).into());
        }
        complain(reason);
        let passphrase = secret::ask_twice(messages::Ask::NewPassphrase)?;
        self.engine.unlock(passphrase.into()).await?;
        Ok(())
    }

    /// Puts everything away.
    pub async fn close(&self) {
        if tokio::time::timeout(FAREWELL, self.engine.shutdown()).await.is_err() {
            tracing::warn!("left before everything was put away");
        }
    }
}
