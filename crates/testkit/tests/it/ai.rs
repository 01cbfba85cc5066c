//! The AI stand-in: what it answers, and everything that it refuses.

use std::sync::LazyLock;

use async_openai::types::chat::CreateChatCompletionResponse;
use async_openai::types::responses::Response as ResponsesAnswer;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use testkit::ai::{AiStandIn, Behaviour, KEY};
use testkit::photos;

fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

fn red() -> String {
    data_url("image/jpeg", &photos::coloured_jpeg(640, 480, [220, 20, 20]))
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "description": { "type": "string" },
            "tags": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["description", "tags"],
        "additionalProperties": false,
    })
}

/// A request to the Responses API that is right in every respect.
fn responses() -> Value {
    json!({
        "model": "gpt-5-mini",
        "instructions": "You describe pictures.",
        "input": [{ "role": "user", "content": [
            { "type": "input_text", "text": "What is this?" },
            { "type": "input_image", "image_url": red(), "detail": "auto" },
        ]}],
        "text": { "format": { "type": "json_schema", "name": "picture", "schema": schema(), "strict": true } },
        "store": false,
    })
}

/// The same for Chat Completions.
fn chat() -> Value {
    json!({
        "model": "gpt-4o-mini",
        "messages": [
            { "role": "system", "content": "You describe pictures." },
            { "role": "user", "content": [
                { "type": "text", "text": "What is this?" },
                { "type": "image_url", "image_url": { "url": red(), "detail": "low" } },
            ]},
        ],
        "response_format": {
            "type": "json_schema", "json_schema": { "name": "picture", "schema": schema(), "strict": true }
        },
    })
}

fn http() -> &'static Client {
    static CLIENT: LazyLock<Client> =
        LazyLock::new(|| Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client"));
    &CLIENT
}

async fn send(ai: &AiStandIn, path: &str, body: &Value) -> Response {
    let url = format!("{}/{path}", ai.base_url());
    http().post(url).bearer_auth(KEY).json(body).send().await.expect("an answer")
}

/// Sends a request that must fail and returns status, code and message.
async fn refused(ai: &AiStandIn, path: &str, body: &Value) -> (u16, String, String) {
    let answer = send(ai, path, body).await;
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.expect("JSON");
    let error = &body["error"];
    assert!(error["type"].is_string() && error.get("param").is_some(), "OpenAI's shape: {body}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&error["code"]), text(&error["message"]))
}

fn text_of(answer: &Value) -> &str {
    let message = answer["output"].as_array().and_then(|items| items.iter().find(|item| item["type"] == "message"));
    message.and_then(|message| message["content"][0]["text"].as_str()).unwrap_or_default()
}

#[tokio::test]
async fn responses_are_what_the_client_library_expects_and_depend_on_the_picture() {
    let ai = AiStandIn::start();
    let answer: Value = send(&ai, "responses", &responses()).await.json().await.expect("JSON");
    serde_json::from_value::<ResponsesAnswer>(answer.clone()).expect("the library reads it");
    let said: Value = serde_json::from_str(text_of(&answer)).expect("JSON by the schema");
    assert_eq!(said["description"], "A red picture, 640 by 480 pixels, in landscape format.");
    assert_eq!(said["tags"], json!(["red", "landscape", "640x480"]));

    let mut other = responses();
    let blue = data_url("image/png", &image_png(50, 70, [20, 20, 220]));
    other["input"][0]["content"][1]["image_url"] = json!(blue);
    let answer: Value = send(&ai, "responses", &other).await.json().await.expect("JSON");
    assert!(text_of(&answer).contains("A blue picture, 50 by 70 pixels, in portrait format."), "{answer}");

    let seen = &ai.requests()[1];
    assert_eq!((seen.pictures[0].format, seen.pictures[0].colour, seen.status), ("png", "blue", Some(200)));
    assert_eq!(seen.texts, ["You describe pictures.", "What is this?"]);
    assert_eq!(seen.key.as_deref(), Some(KEY));
}

fn image_png(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(colour));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("encoded");
    bytes.into_inner()
}

#[tokio::test]
async fn chat_completions_are_what_the_client_library_expects() {
    let ai = AiStandIn::start();
    let answer: CreateChatCompletionResponse =
        send(&ai, "chat/completions", &chat()).await.json().await.expect("the library reads it");
    let content = answer.choices[0].message.content.as_deref().expect("a text");
    let said: Value = serde_json::from_str(content).expect("JSON by the schema");
    assert_eq!(said["description"], "A red picture, 640 by 480 pixels, in landscape format.");
}

#[tokio::test]
async fn the_form_of_the_answer_is_the_one_asked_for() {
    let ai = AiStandIn::start();
    let mut request = chat();
    request["messages"][0]["content"] = json!("Answer with JSON: description and alt_text.");
    request["response_format"] = json!({ "type": "json_object" });
    let content = |answer: Value| answer["choices"][0]["message"]["content"].as_str().expect("a text").to_owned();
    let object: Value = send(&ai, "chat/completions", &request).await.json().await.expect("JSON");
    let object: Value = serde_json::from_str(&content(object)).expect("an object");
    assert_eq!(object["alt_text"], "A red landscape picture.");
    assert!(object.get("tags").is_none(), "nobody asked for tags");

    request["response_format"] = Value::Null;
    let fenced = content(send(&ai, "chat/completions", &request).await.json().await.expect("JSON"));
    assert!(fenced.starts_with("```json\n{") && fenced.ends_with("}\n```"), "{fenced}");
    request["messages"][0]["content"] = json!("Describe.");
    let plain = content(send(&ai, "chat/completions", &request).await.json().await.expect("JSON"));
    assert_eq!(plain, "A red picture, 640 by 480 pixels, in landscape format.");
}

#[tokio::test]
async fn keys_are_checked() {
    let ai = AiStandIn::start();
    let url = format!("{}/responses", ai.base_url());
    let wrong = http().post(&url).bearer_auth("sk-wrong-key-of-some-length").json(&responses()).send().await;
    let wrong = wrong.expect("an answer");
    assert_eq!(wrong.status(), 401);
    let body: Value = wrong.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "invalid_api_key");
    assert_eq!(body["error"]["type"], "invalid_request_error");
    assert_eq!(body["error"]["param"], Value::Null);
    assert!(!body.to_string().contains("sk-wrong-key-of-some-length"), "masked: {body}");
    let none = http().post(&url).json(&responses()).send().await.expect("an answer");
    assert_eq!(none.status(), 401);

    ai.allow_anyone();
    assert_eq!(http().post(&url).json(&responses()).send().await.expect("an answer").status(), 200);
    let models: Value =
        http().get(format!("{}/models", ai.base_url())).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(models["data"][0]["id"], "gpt-5-mini");
}

#[tokio::test]
async fn bad_requests_to_responses_are_refused() {
    let ai = AiStandIn::start();
    let part = "/input/0/content/1";
    let whole = json!({ "type": "json_object" });
    let cases: Vec<(&str, Value, u16, &str)> = vec![
        ("/model", json!("gpt-99"), 404, "model_not_found"),
        ("/model", Value::Null, 400, "missing_required_parameter"),
        ("/input", Value::Null, 400, "missing_required_parameter"),
        ("/input", json!(7), 400, "invalid_type"),
        ("/messages", json!([]), 400, "unknown_parameter"),
        ("/max_tokens", json!(100), 400, "unknown_parameter"),
        ("/response_format", json!({ "type": "text" }), 400, "unknown_parameter"),
        ("/store", json!("false"), 400, "invalid_type"),
        ("/temperature", json!(0.2), 400, "unsupported_parameter"),
        ("/max_output_tokens", json!(3), 400, "integer_below_min_value"),
        ("/reasoning", json!({ "effort": "enormous" }), 400, "invalid_value"),
        ("/input/0/role", json!("human"), 400, "invalid_value"),
        ("/input/0/name", json!("me"), 400, "unknown_parameter"),
        ("/input/0/content/0/type", json!("text"), 400, "invalid_value"),
        ("/input/0/content/1/type", json!("image_url"), 400, "invalid_value"),
        ("/input/0/content/1/detail", json!("ultra"), 400, "invalid_value"),
        ("/input/0/content/1/image_url", json!({ "url": red() }), 400, "invalid_type"),
        ("/input/0/content/1/image_url", json!("cGljdHVyZQ=="), 400, "invalid_value"),
        ("/input/0/content/1/image_url", json!("data:image/jpeg;base64,"), 400, "invalid_value"),
        ("/input/0/content/1/image_url", json!("data:image/jpeg;base64,%%%"), 400, "invalid_value"),
        ("/input/0/content/1/image_url", json!(data_url("text/plain", b"hello")), 400, "invalid_value"),
        ("/input/0/content/1/image_url", json!(data_url("image/jpeg", b"hello")), 400, "invalid_image_format"),
        (
            "/input/0/content/1/image_url",
            json!(data_url("image/bmp", &photos::bmp(4, 4, 1))),
            400,
            "invalid_image_format",
        ),
        ("/input/0/content/1/image_url", json!(data_url("image/heic", &photos::heic())), 400, "invalid_image_format"),
        (
            "/input/0/content/1/image_url",
            json!(data_url("image/jpeg", &photos::truncated_jpeg())),
            400,
            "invalid_image",
        ),
        ("/text/format/name", json!("a picture!"), 400, "invalid_value"),
        ("/text/format/json_schema", json!({}), 400, "unknown_parameter"),
        ("/text/format/schema/additionalProperties", json!(true), 400, "invalid_json_schema"),
        ("/text/format/schema/required", json!(["tags"]), 400, "invalid_json_schema"),
        (
            "/text/format/schema/properties/tags/items",
            json!({ "type": "string", "minLength": 1 }),
            400,
            "invalid_json_schema",
        ),
        ("/text/format/schema/type", json!("array"), 400, "invalid_json_schema"),
        ("/text/format", whole, 400, ""),
    ];
    let count = cases.len();
    for (place, value, status, code) in cases {
        let mut request = responses();
        replace(&mut request, place, value.clone());
        let (got_status, got_code, message) = refused(&ai, "responses", &request).await;
        let shown: String = value.to_string().chars().take(60).collect();
        assert_eq!((got_status, got_code.as_str()), (status, code), "{place} = {shown}: {message}");
    }
    let mut request = responses();
    request.pointer_mut(part).and_then(Value::as_object_mut).expect("the picture").remove("image_url");
    assert_eq!(refused(&ai, "responses", &request).await.1, "missing_required_parameter");
    assert!(ai.requests().iter().take(count).all(|request| request.status.is_some_and(|status| status >= 400)));
}

/// Sets one field, which need not exist.
fn replace(request: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').expect("a pointer");
    request.pointer_mut(parent).expect("the parent exists")[name] = value;
}

#[tokio::test]
async fn bad_requests_to_chat_are_refused() {
    let ai = AiStandIn::start();
    let cases: Vec<(&str, Value, u16, &str)> = vec![
        ("/model", json!("gpt-99"), 404, "model_not_found"),
        ("/model", Value::Null, 400, ""),
        ("/model", json!("gpt-3.5-turbo"), 400, ""),
        ("/input", json!("hi"), 400, "unknown_parameter"),
        ("/messages", json!([]), 400, "empty_array"),
        ("/max_output_tokens", json!(100), 400, "unknown_parameter"),
        ("/temperature", json!(3), 400, "decimal_above_max_value"),
        ("/messages/1/role", json!("human"), 400, "invalid_value"),
        ("/messages/1/content/1/image_url", json!(red()), 400, "invalid_type"),
        ("/messages/1/content/1/type", json!("input_image"), 400, "invalid_value"),
        ("/messages/1/content/1/image_url/detail", json!("ultra"), 400, "invalid_value"),
        ("/messages/1/content/1/image_url/url", json!(data_url("image/png", b"x")), 400, "invalid_image_format"),
        ("/response_format", json!({ "type": "json_object" }), 400, ""),
        ("/response_format", json!({ "type": "yaml" }), 400, "invalid_value"),
        ("/response_format/json_schema/name", Value::Null, 400, "missing_required_parameter"),
        ("/response_format/json_schema/schema/additionalProperties", Value::Null, 400, "invalid_json_schema"),
    ];
    for (place, value, status, code) in cases {
        let mut request = chat();
        replace(&mut request, place, value.clone());
        let (got_status, got_code, message) = refused(&ai, "chat/completions", &request).await;
        let shown: String = value.to_string().chars().take(60).collect();
        assert_eq!((got_status, got_code.as_str()), (status, code), "{place} = {shown}: {message}");
    }
    let mut request = chat();
    request["model"] = json!("gpt-5-mini");
    request["max_tokens"] = json!(500);
    let (_, code, message) = refused(&ai, "chat/completions", &request).await;
    assert_eq!(code, "unsupported_parameter");
    assert!(message.contains("max_completion_tokens"), "{message}");
}

#[tokio::test]
async fn bodies_have_to_be_json() {
    let ai = AiStandIn::start();
    let url = format!("{}/responses", ai.base_url());
    let post = || http().post(&url).bearer_auth(KEY);
    let plain =
        post().header("content-type", "text/plain").body(responses().to_string()).send().await.expect("an answer");
    assert_eq!(plain.status(), 400);
    let broken = post().header("content-type", "application/json").body("{").send().await.expect("an answer");
    assert!(broken.text().await.expect("a text").contains("could not parse the JSON body"));
    let large =
        post().header("content-type", "application/json").body(vec![b' '; 30 << 20]).send().await.expect("an answer");
    assert_eq!(large.status(), 400, "30 MB are taken, and then found to be no JSON");
    let elsewhere = http().post(ai.base_url().join("/responses").expect("a URL")).bearer_auth(KEY).send().await;
    assert_eq!(elsewhere.expect("an answer").status(), 404);
}

#[tokio::test]
async fn metadata_is_seen() {
    let ai = AiStandIn::start();
    for bytes in [
        photos::jpeg_with_exif(6, Some((47.0, 8.0)), None),
        photos::jpeg_with_exif(1, None, None),
        photos::jpeg(8, 8, 1),
    ] {
        let mut request = responses();
        request["input"][0]["content"][1]["image_url"] = json!(data_url("image/jpeg", &bytes));
        assert_eq!(send(&ai, "responses", &request).await.status(), 200);
    }
    let seen: Vec<(bool, bool)> =
        ai.requests().iter().map(|request| (request.pictures[0].has_metadata, request.pictures[0].has_gps)).collect();
    assert_eq!(seen, [(true, true), (true, false), (false, false)]);
}

#[tokio::test]
async fn orders_are_carried_out_once_each() {
    let ai = AiStandIn::start();
    ai.answer_next(Behaviour::RateLimit { retry_after: Some(9) });
    ai.answer_next(Behaviour::InsufficientQuota);
    ai.answer_next(Behaviour::ServerError);
    ai.answer_next(Behaviour::BadGateway);
    ai.answer_next(Behaviour::NoSchemaSupport);
    let limited = send(&ai, "responses", &responses()).await;
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"9".parse().expect("a header")));
    let body: Value = limited.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "rate_limit_exceeded");
    assert_eq!(refused(&ai, "responses", &responses()).await.1, "insufficient_quota");
    assert_eq!(refused(&ai, "responses", &responses()).await.0, 500);
    let page = send(&ai, "responses", &responses()).await;
    assert_eq!(page.status(), 502);
    assert!(page.text().await.expect("a text").starts_with("<html>"));
    assert!(refused(&ai, "chat/completions", &chat()).await.2.contains("'response_format' of type 'json_schema'"));
    assert_eq!(send(&ai, "responses", &responses()).await.status(), 200);
}

#[tokio::test]
async fn answers_can_be_of_no_use() {
    let ai = AiStandIn::start();
    let mut answers = Vec::new();
    let orders = [
        Behaviour::Refuse,
        Behaviour::Empty,
        Behaviour::Truncated,
        Behaviour::NotJson,
        Behaviour::ReasoningOnly,
        Behaviour::Filtered,
        Behaviour::Failed,
        Behaviour::ThinksAloud,
    ];
    for order in orders {
        ai.answer_next(order.clone());
        let answer: Value = send(&ai, "responses", &responses()).await.json().await.expect("JSON");
        serde_json::from_value::<ResponsesAnswer>(answer.clone()).expect("the library reads it");
        ai.answer_next(order);
        let chat: Value = send(&ai, "chat/completions", &chat()).await.json().await.expect("JSON");
        serde_json::from_value::<CreateChatCompletionResponse>(chat.clone()).expect("the library reads it");
        answers.push((answer, chat));
    }
    let chosen = |index: usize| &answers[index].1["choices"][0];
    let (refused, _) = &answers[0];
    assert_eq!(refused["output"][1]["content"][0]["type"], "refusal");
    assert!(chosen(0)["message"]["refusal"].is_string() && chosen(0)["message"]["content"].is_null());
    assert_eq!((text_of(&answers[1].0), &chosen(1)["message"]["content"]), ("", &json!("")));
    assert_eq!(answers[2].0["incomplete_details"]["reason"], "max_output_tokens");
    assert_eq!(chosen(2)["finish_reason"], "length");
    assert!(serde_json::from_str::<Value>(text_of(&answers[2].0)).is_err(), "half of an object is none");
    assert!(serde_json::from_str::<Value>(text_of(&answers[3].0)).is_err());
    assert_eq!(answers[4].0["output"].as_array().map(Vec::len), Some(1), "reasoning and nothing else");
    assert!(chosen(4)["message"]["reasoning_content"].is_string());
    assert_eq!(answers[5].0["incomplete_details"]["reason"], "content_filter");
    assert_eq!((&answers[6].0["status"], &answers[6].0["error"]["code"]), (&json!("failed"), &json!("server_error")));
    assert!(chosen(7)["message"]["content"].as_str().is_some_and(|text| text.starts_with("<think>")));
}

#[tokio::test]
async fn a_limit_of_tokens_is_kept_thinking_included() {
    let ai = AiStandIn::start();
    let mut request = responses();
    request["max_output_tokens"] = json!(40);
    let answer: Value = send(&ai, "responses", &request).await.json().await.expect("JSON");
    assert_eq!((&answer["status"], text_of(&answer)), (&json!("incomplete"), ""), "all of it went into thinking");
    assert_eq!(answer["usage"]["output_tokens"], 40);
    request["max_output_tokens"] = json!(70);
    let answer: Value = send(&ai, "responses", &request).await.json().await.expect("JSON");
    assert_eq!(text_of(&answer).len(), 24);
    request["max_output_tokens"] = json!(2000);
    let answer: Value = send(&ai, "responses", &request).await.json().await.expect("JSON");
    assert_eq!(answer["status"], "completed");
}

#[tokio::test]
async fn a_hanging_request_ends_when_the_client_gives_up() {
    let ai = AiStandIn::start();
    ai.answer_next(Behaviour::Hang);
    let request = responses();
    tokio::select! {
        answer = send(&ai, "responses", &request) => panic!("{answer:?}"),
        () = ai.arrived(1) => {}
    }
    ai.answered(1).await;
    assert_eq!(ai.requests()[0].status, None);
    ai.answer_next(Behaviour::Disconnect);
    let broken = send(&ai, "responses", &responses()).await;
    broken.bytes().await.expect_err("the connection breaks in the middle");
}

#[tokio::test]
async fn a_key_can_have_a_fate() {
    let ai = AiStandIn::start();
    ai.answer_key("sk-poor", Behaviour::InsufficientQuota);
    let url = format!("{}/responses", ai.base_url());
    for _ in 0..2 {
        let poor = http().post(&url).bearer_auth("sk-poor").json(&responses()).send().await.expect("an answer");
        assert_eq!(poor.status(), 429);
    }
    assert_eq!(send(&ai, "responses", &responses()).await.status(), 200);
}
