//! Compatible servers: no key, no schema, thoughts in the answer.

use describe::{Api, Describer, Endpoint};
use rstest::rstest;
use serde_json::Value;
use testkit::ai::{AiStandIn, Api as SeenApi, Behaviour};
use testkit::proxy::FaultProxy;

use crate::{describer, endpoint, picture};

#[tokio::test]
async fn another_host_gets_chat_completions_and_needs_no_key() {
    let ai = AiStandIn::start();
    ai.allow_anyone();
    let local = Endpoint { key: "".into(), ..endpoint(&ai, Api::Auto) };
    Describer::new(local).unwrap().describe(&picture(), None).await.unwrap();
    let requests = ai.requests();
    assert_eq!((requests[0].api, requests[0].key.as_deref()), (SeenApi::ChatCompletions, None));
}

/// Forms of the requests so far: `json_schema`, `json_object`, or nothing for plain text.
fn forms(ai: &AiStandIn) -> Vec<Option<String>> {
    let form = |body: &Value| {
        let format = body.get("response_format").or_else(|| body.pointer("/text/format"))?;
        format["type"].as_str().map(str::to_owned)
    };
    ai.requests().iter().map(|request| form(&request.body)).collect()
}

#[rstest]
#[tokio::test]
async fn a_host_without_schemas_is_asked_for_less_and_remembered(
    #[values(Api::Responses, Api::ChatCompletions)] api: Api,
) {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::NoSchemaSupport));
    let describer = describer(&ai, api);
    assert!(describer.describe(&picture(), None).await.unwrap().description.contains("red"));
    assert!(describer.clone().describe(&picture(), None).await.is_ok());
    let [schema, object] = [Some("json_schema".to_owned()), Some("json_object".to_owned())];
    assert_eq!(forms(&ai), [schema, object.clone(), object]);
}

#[rstest]
#[tokio::test]
async fn a_host_that_only_writes_text_is_understood(#[values(Api::Responses, Api::ChatCompletions)] api: Api) {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::TextOnly));
    let found = describer(&ai, api).describe(&picture(), None).await.unwrap();
    assert!(found.description.contains("red"), "{found:?}");
    assert_eq!(forms(&ai).last().unwrap(), &None);
}

#[tokio::test]
async fn thoughts_are_taken_off() {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::ThinksAloud));
    let found = describer(&ai, Api::ChatCompletions).describe(&picture(), None).await.unwrap();
    assert!(found.description.contains("red") && !found.description.contains("think"), "{found:?}");
}

#[tokio::test]
async fn prose_is_better_than_nothing() {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::NotJson));
    let found = describer(&ai, Api::ChatCompletions).describe(&picture(), None).await.unwrap();
    assert_eq!((found.description.is_empty(), found.tags.len()), (false, 0));
}

#[tokio::test]
async fn a_question_is_not_lost_on_a_connection_that_the_host_closes_as_it_is_used_again() {
    let ai = AiStandIn::start();
    let proxy = FaultProxy::start(ai.base_url().as_str());
    proxy.close_on_reuse();
    let base_url = Some(format!("{}/v1", proxy.endpoint()).parse().unwrap());
    let describer = Describer::new(Endpoint { base_url, ..endpoint(&ai, Api::ChatCompletions) }).unwrap();
    for _ in 0..2 {
        describer.describe(&picture(), None).await.unwrap();
    }
    assert_eq!((proxy.lost(), ai.requests().len()), (1, 2));
}
