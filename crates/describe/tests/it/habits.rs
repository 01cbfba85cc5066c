//! Servers that imitate OpenAI, each with habits of its own: a description where there is one, else the host's reason.

use std::time::Duration;

use describe::{Api, DescribeError, Description};
use rstest::rstest;
use testkit::ai::{AiStandIn, Behaviour, Habit};

use crate::{describer, picture};

async fn ask(ai: &AiStandIn, api: Api) -> Result<Description, DescribeError> {
    describer(ai, api).with_patience(Duration::ZERO).describe(&picture(), None).await
}

async fn with(habit: Habit, api: Api) -> (AiStandIn, Result<Description, DescribeError>) {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::Other(habit)));
    let outcome = ask(&ai, api).await;
    (ai, outcome)
}

#[rstest]
#[case(Habit::RefusesField("store"), 2)]
#[case(Habit::RefusesField("stream"), 2)]
#[case(Habit::RefusesField("max_output_tokens"), 2)]
#[case(Habit::NoSystemRole, 2)]
#[case(Habit::Streams, 1)]
#[case(Habit::ThoughtsWithoutBeginning, 1)]
#[case(Habit::RawLineBreaks, 1)]
#[case(Habit::NestedUnder("picture"), 1)]
#[case(Habit::CallsTool, 1)]
#[tokio::test]
async fn there_is_a_description_all_the_same(
    #[case] habit: Habit,
    #[case] requests: usize,
    #[values(Api::Responses, Api::ChatCompletions)] api: Api,
) {
    let only_there = habit == Habit::RefusesField("max_output_tokens") && api == Api::ChatCompletions;
    let (ai, outcome) = with(habit, api).await;
    let found = outcome.unwrap();
    assert!(found.description.contains("red") && !found.description.contains(['{', '<']), "{found:?}");
    assert!(found.tags.contains(&"red".to_owned()), "{found:?}");
    assert_eq!(ai.requests().len(), if only_there { 1 } else { requests });
}

#[tokio::test]
async fn what_was_found_out_is_remembered() {
    let ai = AiStandIn::start();
    let describer = describer(&ai, Api::ChatCompletions);
    for (habit, requests) in [(Habit::NoSystemRole, 2), (Habit::NoSystemRole, 1), (Habit::RefusesField("stream"), 2)] {
        let before = ai.requests().len();
        ai.answer_always(Some(Behaviour::Other(habit)));
        describer.clone().describe(&picture(), None).await.unwrap();
        assert_eq!(ai.requests().len() - before, requests);
    }
    let last = ai.requests().pop().unwrap();
    assert!(
        last.texts[0].contains("alt_text") && last.texts[0].contains(describe::default_prompt()),
        "{:?}",
        last.texts
    );
}

#[tokio::test]
async fn a_stream_that_nobody_can_stop_is_put_together() {
    let ai = AiStandIn::start();
    let describer = describer(&ai, Api::ChatCompletions);
    ai.answer_always(Some(Behaviour::Other(Habit::RefusesField("stream"))));
    describer.describe(&picture(), None).await.unwrap();
    ai.answer_always(Some(Behaviour::Other(Habit::Streams)));
    let found = describer.describe(&picture(), None).await.unwrap();
    assert!(found.description.contains("red") && found.output_tokens > Some(0), "{found:?}");
}

#[rstest]
#[case(404, r#"{"error":{"message":"No endpoints found that support image input","code":404}}"#)]
#[case(500, r#"{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}"#)]
#[tokio::test]
async fn a_model_without_eyes_is_said_to_be_that(#[case] status: u16, #[case] body: &str) {
    let ai = AiStandIn::start();
    ai.answer_always(Some(Behaviour::Other(Habit::Answers(status, body.to_owned()))));
    let error = describer(&ai, Api::ChatCompletions).describe(&picture(), None).await.unwrap_err();
    assert_eq!(error.code(), "model_cannot_see");
    assert!(error.concerns_every_picture());
    let message = error.to_string();
    assert!(message.contains("gpt-5-mini") && message.contains("can’t see pictures"), "{message}");
    assert!(message.to_lowercase().contains("image input"), "the host’s own words: {message}");
    assert_eq!(ai.requests().len(), 1, "asking again doesn’t help");
}

#[tokio::test]
async fn the_real_reason_comes_through() {
    let reason = "This provider takes pictures of at most 512 pixels";
    let (ai, outcome) = with(Habit::behind_provider(400, reason), Api::ChatCompletions).await;
    assert!(outcome.unwrap_err().to_string().contains(reason));
    assert!(!ai.requests().is_empty());
}

#[tokio::test]
async fn a_server_error_that_stays_is_not_tried_again() {
    let ai = AiStandIn::start();
    let body =
        r#"{"error":{"code":500,"message":"the request exceeds the available context size","type":"server_error"}}"#;
    ai.answer_always(Some(Behaviour::Other(Habit::Answers(500, body.to_owned()))));
    let error = describer(&ai, Api::ChatCompletions).describe(&picture(), None).await.unwrap_err();
    assert_eq!(error.code(), "unusable");
    assert!(error.to_string().contains("exceeds the available context size"), "{error}");
    assert_eq!(ai.requests().len(), 1);
}

#[rstest]
#[case("Es tut mir leid, aber ich kann dieses Bild nicht beschreiben.", "refused")]
#[case("Je suis désolé, mais je ne peux pas décrire cette image.", "refused")]
#[case("申し訳ありませんが、この画像について説明することはできません。", "refused")]
#[case(r#"{"description":"Es tut mir leid, dabei kann ich nicht helfen.","alt_text":"Kein Text","tags":["keine"],"text_in_image":""}"#, "refused")]
#[case(r#"{"refusal":"I can't."}"#, "refused")]
#[case("I’m sorry, but I can’t see images.", "model_cannot_see")]
#[case("Okay, let me look at this picture. The user wants a description of it.", "unusable")]
#[case("First I look at the sky. It is blue, so it may be day.\n</think>", "unusable")]
#[case("", "unusable")]
#[tokio::test]
async fn what_is_no_description_is_not_kept(
    #[case] text: &str,
    #[case] code: &str,
    #[values(Api::Responses, Api::ChatCompletions)] api: Api,
) {
    let (_, outcome) = with(Habit::Says(text.to_owned()), api).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!error.concerns_every_picture(), "the next one may fare better");
}

/// Answers that people met, a line each: what is kept, and what isn't.
#[tokio::test]
async fn descriptions_are_told_from_what_stands_in_their_place() {
    let ai = AiStandIn::start();
    let describer = describer(&ai, Api::ChatCompletions).with_patience(Duration::ZERO);
    let mut wrong = Vec::new();
    for (answers, is_kept) in [(include_str!("answers/kept.txt"), true), (include_str!("answers/refused.txt"), false)] {
        for text in answers.lines() {
            ai.answer_always(Some(Behaviour::Other(Habit::Says(text.to_owned()))));
            let outcome = describer.describe(&picture(), None).await;
            if outcome.is_ok() != is_kept {
                wrong.push((text, outcome.err().map(|error| error.to_string())));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
