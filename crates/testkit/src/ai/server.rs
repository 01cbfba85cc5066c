//! The HTTP side: routes, keys, bodies, and what the test ordered.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::answer::{answer, refuses};
use super::refusal::Refusal;
use super::script::{Api, Behaviour, Request, Shared};
use super::{chat, responses};

/// OpenAI's limit of a whole request, in bytes.
const MAX_BODY: usize = 50 << 20;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/responses", post(|state, headers, body| ask(Api::Responses, state, headers, body)))
        .route("/v1/chat/completions", post(|state, headers, body| ask(Api::ChatCompletions, state, headers, body)))
        .route("/v1/models", get(models))
        .route("/v1/models/{model}", get(model))
        .fallback(unknown_url)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared)
}

async fn unknown_url(method: Method, uri: Uri) -> Refusal {
    let message = format!("Invalid URL ({method} {})", uri.path());
    Refusal::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
}

async fn models(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    check_key(&shared, &headers)?;
    let models: Vec<Value> = shared.script().models.iter().map(|model| describe_model(model)).collect();
    Ok(Json(json!({ "object": "list", "data": models })))
}

async fn model(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Path(model): Path<String>,
) -> Result<Json<Value>, Refusal> {
    check_key(&shared, &headers)?;
    if shared.script().models.contains(&model) {
        return Ok(Json(describe_model(&model)));
    }
    let message = format!("The model '{model}' does not exist");
    let refusal = Refusal::invalid("model", "model_not_found", message);
    Err(Refusal { status: StatusCode::NOT_FOUND, ..refusal })
}

fn describe_model(model: &str) -> Value {
    json!({ "id": model, "object": "model", "created": 1_754_524_800, "owned_by": "system" })
}

/// Counts a request as answered, also when the client hangs up and the handler is dropped.
struct Answered<'a>(&'a Shared);

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        self.0.progress.send_modify(|(_, answered)| *answered += 1);
    }
}

async fn ask(
    api: Api,
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let parsed = body.map(|body| serde_json::from_slice::<Value>(&body).ok());
    let place = record(&shared, api, &headers, parsed.as_ref().ok().cloned().flatten());
    let _answered = Answered(&shared);
    let mut response = match handle(api, &shared, &headers, parsed, place).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    shared.script().requests[place].status = Some(response.status().as_u16());
    let id = HeaderValue::from_str(&format!("req_{}", uuid::Uuid::new_v4().simple()));
    response.headers_mut().insert("x-request-id", id.expect("hexadecimal digits"));
    response.headers_mut().insert("openai-version", HeaderValue::from_static("2020-10-01"));
    response
}

/// Notes the request and returns its place in the list.
fn record(shared: &Shared, api: Api, headers: &HeaderMap, body: Option<Value>) -> usize {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let others = headers.iter().filter(|(name, _)| name.as_str() != "authorization");
    let request = Request {
        api,
        key: key(headers),
        headers: others.map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: body.unwrap_or(Value::Null),
        pictures: Vec::new(),
        texts: Vec::new(),
        status: None,
    };
    let place = {
        let mut script = shared.script();
        script.requests.push(request);
        script.requests.len() - 1
    };
    shared.progress.send_modify(|(arrived, _)| *arrived += 1);
    place
}

async fn handle(
    api: Api,
    shared: &Shared,
    headers: &HeaderMap,
    body: Result<Option<Value>, BytesRejection>,
    place: usize,
) -> Result<Response, Refusal> {
    let key = check_key(shared, headers)?;
    let behaviour = {
        let mut script = shared.script();
        let by_key = key.as_ref().and_then(|key| script.by_key.get(key).cloned());
        by_key.or_else(|| script.next.pop_front()).or_else(|| script.always.clone())
    };
    if let Some(response) = before_reading(shared, behaviour.as_ref()).await? {
        return Ok(response);
    }
    let body = read_body(headers, body)?;
    let habit = match &behaviour {
        Some(Behaviour::Other(habit)) => Some(habit),
        _ => None,
    };
    if let Some(refused) = habit.and_then(|habit| habit.refuses(&body)) {
        return Ok(refused);
    }
    let models = shared.script().models.clone();
    let (question, parameter) = match api {
        Api::Responses => (responses::read(&body, &models)?, "text.format"),
        Api::ChatCompletions => (chat::read(&body, &models)?, "response_format"),
    };
    {
        let mut script = shared.script();
        script.requests[place].pictures.clone_from(&question.pictures);
        script.requests[place].texts.clone_from(&question.texts);
    }
    refuses(behaviour.as_ref(), &question, parameter)?;
    let answer = answer(&question, behaviour.as_ref());
    let rendered = match api {
        Api::Responses => responses::render(&answer, &body),
        Api::ChatCompletions => chat::render(&answer),
    };
    if behaviour == Some(Behaviour::Disconnect) {
        return Ok(broken(&rendered));
    }
    if let Some(habit) = habit {
        return Ok(habit.wrap(rendered, &body));
    }
    Ok(Json(rendered).into_response())
}

/// What is ordered regardless of the request.
async fn before_reading(shared: &Shared, behaviour: Option<&Behaviour>) -> Result<Option<Response>, Refusal> {
    let too_many = StatusCode::TOO_MANY_REQUESTS;
    match behaviour {
        Some(Behaviour::RateLimit { retry_after }) => {
            let wait = retry_after.unwrap_or(20);
            let message = format!(
                "Rate limit reached for gpt-5-mini in organization org-test on requests per min (RPM): Limit 3, Used 3, \
                 Requested 1. Please try again in {wait}s. Visit https://platform.openai.com/account/rate-limits to \
                 learn more."
            );
            let refusal = Refusal::new(too_many, "requests", message).code("rate_limit_exceeded");
            Err(Refusal { retry_after: *retry_after, ..refusal })
        }
        Some(Behaviour::InsufficientQuota) => {
            let message = "You exceeded your current quota, please check your plan and billing details. For more \
                           information on this error, read the docs: \
                           https://platform.openai.com/docs/guides/error-codes/api-errors.";
            Err(Refusal::new(too_many, "insufficient_quota", message).code("insufficient_quota"))
        }
        Some(Behaviour::ServerError) => {
            let message = "The server had an error while processing your request. Sorry about that!";
            Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message))
        }
        Some(Behaviour::BadGateway) => {
            let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad \
                        Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
            Ok(Some((StatusCode::BAD_GATEWAY, Html(page)).into_response()))
        }
        Some(Behaviour::Hang) => std::future::pending().await,
        Some(Behaviour::Wait) => {
            // The sender lives as long as the server.
            let _ = shared.going_on.subscribe().wait_for(|going_on| *going_on).await;
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("authorization")?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ")?.to_owned())
}

fn check_key(shared: &Shared, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let given = key(headers).filter(|key| !key.is_empty());
    let script = shared.script();
    if script.keys.is_empty() || given.as_ref().is_some_and(|given| script.keys.contains(given)) {
        return Ok(given);
    }
    let refusal = |message| Refusal::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message);
    match given {
        Some(given) => {
            let message = format!(
                "Incorrect API key provided: {}. You can find your API key at \
                 https://platform.openai.com/account/api-keys.",
                masked(&given)
            );
            Err(refusal(message).code("invalid_api_key"))
        }
        None => Err(refusal(
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer \
             auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're \
             accessing the API from your browser and are prompted for a username and password. You can obtain an API \
             key from https://platform.openai.com/account/api-keys."
                .to_owned(),
        )),
    }
}

/// A key as OpenAI quotes it in a message: its two ends.
fn masked(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    if letters.len() <= 12 {
        return key.to_owned();
    }
    let (start, end) = (&letters[..8], &letters[letters.len() - 4..]);
    let stars = "*".repeat(letters.len() - 12);
    format!("{}{stars}{}", start.iter().collect::<String>(), end.iter().collect::<String>())
}

fn read_body(headers: &HeaderMap, body: Result<Option<Value>, BytesRejection>) -> Result<Value, Refusal> {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refuse = |status, message: String| Err(Refusal::new(status, "invalid_request_error", message));
    if content_type.split(';').next().map(str::trim) != Some("application/json") {
        let message = format!(
            "Unsupported content type: '{content_type}'. This API method only accepts 'application/json' requests, but \
             you specified the header 'Content-Type: {content_type}'. Please try again with a supported content type."
        );
        return refuse(StatusCode::BAD_REQUEST, message).map_err(|refusal| refusal.code("unsupported_content_type"));
    }
    match body {
        Ok(Some(body)) => Ok(body),
        Ok(None) => {
            let message = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using \
                           your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was \
                           not valid JSON.)";
            refuse(StatusCode::BAD_REQUEST, message.to_owned())
        }
        Err(rejection) => {
            let message = format!("Maximum content size limit ({MAX_BODY}) exceeded: {rejection}");
            refuse(StatusCode::PAYLOAD_TOO_LARGE, message)
        }
    }
}

/// An answer whose connection breaks halfway.
fn broken(whole: &Value) -> Response {
    let text = whole.to_string();
    let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let start = stream::once(async { Ok(half) });
    let end = stream::once(async {
        // What came before is sent when there is nothing more for the moment.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let headers = [("content-type", "application/json".to_owned()), ("content-length", text.len().to_string())];
    (headers, Body::from_stream(start.chain(end))).into_response()
}
