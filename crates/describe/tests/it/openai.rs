//! Both of OpenAI's APIs, and everything that can go wrong with them.

use std::time::Duration;

use describe::{Api, Describer, Endpoint, Reached};
use rstest::rstest;
use serde_json::json;
use testkit::ai::{AiStandIn, Behaviour};

use crate::{describer, endpoint, picture};

const BOTH: [Api; 2] = [Api::Responses, Api::ChatCompletions];

#[rstest]
#[tokio::test]
async fn a_picture_is_described(#[values(Api::Responses, Api::ChatCompletions)] api: Api) {
    let ai = AiStandIn::start();
    let found = describer(&ai, api).describe(&picture(), None).await.unwrap();
    assert!(found.description.contains("red"), "{found:?}");
    assert!(!found.alt_text.is_empty() && !found.tags.is_empty(), "{found:?}");
    assert!(found.model.starts_with("gpt-5-mini"), "{found:?}");
    assert!(found.input_tokens > Some(0) && found.output_tokens > Some(0), "{found:?}");

    let requests = ai.requests();
    assert_eq!(requests.len(), 1);
    let seen = &requests[0];
    assert_eq!(seen.body["store"], json!(false));
    assert!(seen.body.get("tools").is_none(), "words in a picture get no tools");
    assert_eq!((seen.pictures[0].format, seen.pictures[0].width), ("jpeg", 640));
    assert!(seen.texts.iter().any(|text| text == describe::default_prompt()), "{:?}", seen.texts);
}

#[rstest]
#[tokio::test]
async fn a_prompt_of_ones_own_is_asked(#[values(Api::Responses, Api::ChatCompletions)] api: Api) {
    let ai = AiStandIn::start();
    describer(&ai, api).describe(&picture(), Some("Which plant is this?")).await.unwrap();
    let texts = &ai.requests()[0].texts;
    assert!(texts.iter().any(|text| text == "Which plant is this?"), "{texts:?}");
    assert!(!texts.iter().any(|text| text == describe::default_prompt()), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("alt_text")), "the form stays: {texts:?}");
}

#[tokio::test]
async fn organisation_and_project_are_sent_when_given() {
    let ai = AiStandIn::start();
    let given = Endpoint {
        organisation: Some("org-9".into()),
        project: Some("proj-9".into()),
        ..endpoint(&ai, Api::Responses)
    };
    Describer::new(given).unwrap().describe(&picture(), None).await.unwrap();
    describer(&ai, Api::Responses).describe(&picture(), None).await.unwrap();
    let requests = ai.requests();
    assert_eq!(requests[0].headers.get("openai-organization").map(String::as_str), Some("org-9"));
    assert_eq!(requests[0].headers.get("openai-project").map(String::as_str), Some("proj-9"));
    for header in ["openai-organization", "openai-project"] {
        assert!(!requests[1].headers.contains_key(header), "{:?}", requests[1].headers);
    }
    assert_eq!(requests[1].key.as_deref(), Some(testkit::ai::KEY));
}

#[rstest]
#[case(Behaviour::InsufficientQuota, "quota_exhausted")]
#[case(Behaviour::RateLimit { retry_after: Some(3600) }, "rate_limited")]
#[case(Behaviour::ServerError, "unavailable")]
#[case(Behaviour::BadGateway, "unavailable")]
#[case(Behaviour::Disconnect, "unusable")]
#[case(Behaviour::Refuse, "refused")]
#[case(Behaviour::Filtered, "refused")]
#[case(Behaviour::Empty, "unusable")]
#[case(Behaviour::Truncated, "unusable")]
#[case(Behaviour::ReasoningOnly, "unusable")]
#[tokio::test]
async fn every_failure_has_its_code(#[case] behaviour: Behaviour, #[case] code: &str) {
    for api in BOTH {
        let ai = AiStandIn::start();
        ai.answer_always(Some(behaviour.clone()));
        let describer = describer(&ai, api).with_patience(Duration::ZERO);
        let error = describer.describe(&picture(), None).await.unwrap_err();
        assert_eq!(error.code(), code, "{api:?}: {error}");
        let message = error.to_string();
        assert!(code == "refused" || message.contains(&describer.host()), "{message}");
        assert!(!message.contains("sk-test"), "{message}");
        assert_eq!(ai.requests().len(), 1, "{api:?} {behaviour:?}: no patience means one try");
    }
}

#[tokio::test]
async fn a_failed_response_is_not_a_description() {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::Failed));
    let error = describer(&ai, Api::Responses).describe(&picture(), None).await.unwrap_err();
    assert_eq!(error.code(), "unusable");
}

#[rstest]
#[case(Behaviour::RateLimit { retry_after: Some(0) })]
#[case(Behaviour::ServerError)]
#[case(Behaviour::BadGateway)]
#[case(Behaviour::Disconnect)]
#[tokio::test]
async fn what_passes_is_tried_again(#[case] behaviour: Behaviour) {
    for api in BOTH {
        let ai = AiStandIn::start();
        ai.answer_next(behaviour.clone());
        assert!(describer(&ai, api).describe(&picture(), None).await.is_ok(), "{api:?}");
        assert_eq!(ai.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::InsufficientQuota));
    assert_eq!(describer(&ai, Api::Responses).describe(&picture(), None).await.unwrap_err().code(), "quota_exhausted");
    assert_eq!(ai.requests().len(), 1);
    let wrong = Endpoint { key: "sk-wrong".into(), ..endpoint(&ai, Api::Responses) };
    let error = Describer::new(wrong).unwrap().describe(&picture(), None).await.unwrap_err();
    assert_eq!(error.code(), "key_rejected");
    assert_eq!(ai.requests().len(), 2);
}

#[rstest]
#[tokio::test]
async fn an_unknown_model_is_named(#[values(Api::Responses, Api::ChatCompletions)] api: Api) {
    let ai = AiStandIn::start();
    let endpoint = Endpoint { model: "gpt-99".into(), ..endpoint(&ai, api) };
    let error = Describer::new(endpoint).unwrap().describe(&picture(), None).await.unwrap_err();
    assert_eq!(error.code(), "model_unknown");
    assert!(error.to_string().contains("gpt-99"), "{error}");
}

#[rstest]
#[tokio::test]
async fn no_answer_in_time(#[values(Api::Responses, Api::ChatCompletions)] api: Api) {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::Hang));
    let endpoint = Endpoint { timeout: Duration::from_millis(300), ..endpoint(&ai, api) };
    let error = Describer::new(endpoint).unwrap().describe(&picture(), None).await.unwrap_err();
    assert_eq!(error.code(), "timed_out");
    // On a machine that is busy the time may be up before the request has come there.
    assert!(ai.requests().len() <= 1, "it is not asked again");
}

#[rstest]
#[tokio::test]
async fn a_picture_that_the_host_refuses(#[values(Api::Responses, Api::ChatCompletions)] api: Api) {
    let ai = AiStandIn::start();
    let error = describer(&ai, api).describe(b"no picture", None).await.unwrap_err();
    assert_eq!(error.code(), "unusable", "{error}");
}

/// The variables that OpenAI's own tools read change nothing. A test can't set them for itself alone, so it runs another
/// one in a process of its own.
#[test]
fn the_environment_has_no_say() {
    let inner = "openai::organisation_and_project_are_sent_when_given";
    let run = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", inner])
        .env("OPENAI_API_KEY", "sk-from-the-environment")
        .env("OPENAI_ADMIN_KEY", "sk-from-the-environment")
        .env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        .env("OPENAI_ORG_ID", "org-from-the-environment")
        .env("OPENAI_PROJECT_ID", "proj-from-the-environment")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn an_endpoint_is_reached_without_a_picture() {
    let ai = AiStandIn::start();
    let with = |model: &str, key: &str| {
        let endpoint = Endpoint { model: model.into(), key: key.into(), ..endpoint(&ai, Api::ChatCompletions) };
        Describer::new(endpoint).unwrap()
    };
    assert_eq!(with("gpt-5-mini", testkit::ai::KEY).reach().await, Ok(Reached::HasModel));
    assert_eq!(with("gpt-99", testkit::ai::KEY).reach().await, Ok(Reached::LacksModel));
    assert_eq!(with("gpt-5-mini", "sk-wrong").reach().await.unwrap_err().code(), "key_rejected");
    assert!(ai.requests().is_empty());
}
