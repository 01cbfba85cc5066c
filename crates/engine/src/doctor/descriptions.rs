//! Who describes pictures: whether it is there, takes the key, and has the model. No picture is sent, and nothing is paid.

use describe::{DescribeError, Describer, Reached};

use super::step_sink::StepSink;
use crate::jobs::Failure;
use crate::open_library::OpenLibrary;

/// Asks the endpoint that is set.
pub(super) async fn ask(steps: &mut StepSink<'_>, library: &OpenLibrary) {
    let describer = match (library.describing.whom)().await.map(|asked| Describer::new(asked.endpoint)) {
        Ok(Ok(describer)) => describer,
        Ok(Err(DescribeError::KeyMissing { .. })) => {
            steps.skipped("descriptions", messages::Doctor::NoAi.to_string());
            return;
        }
        Ok(Err(error)) => return steps.failed("descriptions", &Failure::from(error).error),
        Err(error) => return steps.failed("descriptions", &error),
    };
    let (host, model) = (describer.host(), describer.model().to_owned());
    match describer.reach().await {
        Ok(Reached::HasModel) => steps.ok("descriptions", messages::Doctor::AiWell { host, model }.to_string()),
        Ok(Reached::NoList) => steps.ok("descriptions", messages::Doctor::AiThere { host }.to_string()),
        Ok(Reached::LacksModel) => {
            let message = messages::Doctor::AiLacksModel { host, model }.to_string();
            steps.lacking("descriptions", message, "no_such_model");
        }
        Err(error) => steps.failed("descriptions", &Failure::from(error).error),
    }
}
