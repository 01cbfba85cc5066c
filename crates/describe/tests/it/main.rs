//! What this crate promises, tried over real HTTP: against the test kit's AI stand-in, which is as strict as OpenAI, and
//! against servers with peculiarities of their own.

mod habits;
mod openai;
mod others;
mod peculiar;

use std::time::Duration;

use describe::{Api, Describer, Endpoint};
use testkit::ai::{AiStandIn, KEY};
use testkit::photos;

/// A picture as the engine sends it.
fn picture() -> Vec<u8> {
    photos::coloured_jpeg(640, 480, [220, 20, 20])
}

fn endpoint(ai: &AiStandIn, api: Api) -> Endpoint {
    Endpoint {
        base_url: Some(ai.base_url()),
        api,
        timeout: Duration::from_secs(20),
        ..Endpoint::new(KEY.into(), "gpt-5-mini")
    }
}

fn describer(ai: &AiStandIn, api: Api) -> Describer {
    Describer::new(endpoint(ai, api)).unwrap()
}
