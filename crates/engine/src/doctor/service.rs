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
        let version = health.version.as_deref().map_or_else(String::new, |version| format!(", version {version}"));
        steps.ok("service", format!("{} answers in {} ms{version}.", address.host(), health.took.as_millis()));
        steps.result("clock", compare(&health));
    }
    let who = match library.client.me().await {
        Ok(user) if elsewhere => Ok(format!("You are signed in as {}.", user.username)),
        Ok(_) => Ok("The app's own account service answers.".to_owned()),
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
            let message = format!("{} Its database or its store has a problem; ask whoever runs it.", error.message);
            steps.failed("upload", &EngineError::new(error.code, message));
            false
        }
    }
}

fn compare(health: &Health) -> Result<String> {
    let Some(theirs) = health.date else { return Ok("The service doesn't say what time it is there.".to_owned()) };
    let (off, direction) = match SystemTime::now().duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if off <= CLOCK {
        return Ok("This computer's clock agrees with the service's.".to_owned());
    }
    let minutes = off.as_secs() / 60;
    Err(EngineError::new(
        ErrorKind::ServiceFailed,
        format!(
            "This computer's clock is {minutes} minutes {direction} the service's. Set the clock, best by having it set \
             itself; if it is right, the service's is wrong: tell whoever runs it."
        ),
    ))
}
