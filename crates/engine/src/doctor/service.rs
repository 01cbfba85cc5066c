//! The account service: whether it answers, of which version it is, whether its clock agrees, and whether it knows us.

use std::time::{Duration, SystemTime};

use super::step_sink::StepSink;
use crate::library::Library;
use crate::service::{Health, ServiceAddress, health};
use crate::{EngineError, ErrorKind, Result};

/// How far two clocks may be apart before dates look wrong.
const CLOCK: Duration = Duration::from_secs(15 * 60);

/// Tries them in order; false when going on makes no sense.
pub(super) async fn reach(steps: &mut StepSink<'_>, library: &Library, elsewhere: bool) -> bool {
    if elsewhere {
        // The client of a session that has ended has no address.
        let asked = async {
            let address = ServiceAddress::parse(&library.place.location)?;
            Ok::<_, EngineError>((health(&address).await?, address))
        };
        let (health, address) = match asked.await {
            Ok(asked) => asked,
            Err(error) => {
                steps.failed("service", &error);
                return false;
            }
        };
        let (host, milliseconds) = (address.host(), health.took.as_millis().to_string());
        let answers = match health.version.clone() {
            Some(version) => messages::Doctor::AnswersVersion { host, milliseconds, version },
            None => messages::Doctor::Answers { host, milliseconds },
        };
        steps.ok("service", answers.to_string());
        steps.result("clock", compare(&health));
    }
    let who = match library.client.me().await {
        Ok(user) if elsewhere => Ok(messages::Doctor::SignedIn { username: user.username.to_string() }.to_string()),
        Ok(_) => Ok(messages::Doctor::OwnService.to_string()),
        Err(error) => Err(EngineError::from(error)),
    };
    if !steps.result("account", who) {
        return false;
    }
    if !elsewhere {
        return true;
    }
    match library.client.ready().await {
        Ok(()) => true,
        Err(error) => {
            let error = EngineError::from(error);
            let message = messages::Doctor::NotReady { why: error.message.to_string() };
            steps.failed("upload", &EngineError::new(error.code, message));
            false
        }
    }
}

fn compare(health: &Health) -> Result<String> {
    let Some(theirs) = health.date else { return Ok(messages::Doctor::NoClock.to_string()) };
    let (off, is_ahead) = match SystemTime::now().duration_since(theirs) {
        Ok(ahead) => (ahead, true),
        Err(behind) => (behind.duration(), false),
    };
    if off <= CLOCK {
        return Ok(messages::Doctor::ClockWell.to_string());
    }
    let minutes = (off.as_secs() / 60).to_string();
    let off =
        if is_ahead { messages::Doctor::ClockAhead { minutes } } else { messages::Doctor::ClockBehind { minutes } };
    Err(EngineError::new(ErrorKind::ServiceFailed, off))
}
