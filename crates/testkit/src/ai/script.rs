//! What a test orders of the stand-in, and what it can see of what came.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;
use tokio::sync::watch;

use super::habit::Habit;
use super::picture::PictureSeen;

/// What is answered instead of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// 429 `rate_limit_exceeded`, with the header `Retry-After` in seconds if given.
    RateLimit {
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// 429 `insufficient_quota`: waiting doesn't help.
    InsufficientQuota,
    /// 500 `server_error`.
    ServerError,
    /// 502 with a proxy's HTML page.
    BadGateway,
    /// No answer until the client hangs up.
    Hang,
    /// An honest answer, once [`AiStandIn::go_on`] is called.
    Wait,
    /// The connection breaks in the middle of the answer.
    Disconnect,
    /// The model refuses (`refusal` in place of text).
    Refuse,
    /// Success with an empty text.
    Empty,
    /// Success with half of the text, saying that the limit of tokens was reached.
    Truncated,
    /// Prose, whatever form was asked for.
    NotJson,
    /// All tokens spent on reasoning, no text.
    ReasoningOnly,
    /// The reasoning stands before the text, in `<think>` tags, as some local servers send it.
    ThinksAloud,
    /// Stopped by the content filter, no text.
    Filtered,
    /// Status 200, but the response's own status is `failed` (Responses API only).
    Failed,
    /// 400 when a JSON schema is asked for; everything else is answered.
    NoSchemaSupport,
    /// 400 when a JSON schema or a JSON object is asked for; plain text is answered.
    TextOnly,
    /// What another server does that imitates OpenAI.
    Other(Habit),
}

/// Which of the two APIs a request came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `POST /v1/responses`
    Responses,
    /// `POST /v1/chat/completions`
    ChatCompletions,
}

/// A request that arrived, in whatever state.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which API it came by.
    pub api: Api,
    /// The key in `Authorization: Bearer`.
    pub key: Option<String>,
    /// Its other headers, names in lower case.
    pub headers: HashMap<String, String>,
    /// Its body; null when that was no JSON.
    pub body: Value,
    /// The pictures in it, when they were good.
    pub pictures: Vec<PictureSeen>,
    /// Every text in it, instructions first, when it was good.
    pub texts: Vec<String>,
    /// The status that it was answered with; `None` while it is not answered.
    pub status: Option<u16>,
}

/// What the server and the test share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) script: Mutex<Script>,
    /// How many requests have arrived, and how many have been answered.
    pub(super) progress: watch::Sender<(usize, usize)>,
    /// Whether answers that wait may be given.
    pub(super) going_on: watch::Sender<bool>,
}

#[derive(Debug, Default)]
pub(super) struct Script {
    /// Empty: any key will do, and none, as with a local server.
    pub(super) keys: Vec<String>,
    pub(super) models: Vec<String>,
    pub(super) next: VecDeque<Behaviour>,
    pub(super) always: Option<Behaviour>,
    pub(super) by_key: HashMap<String, Behaviour>,
    pub(super) requests: Vec<Request>,
}

impl Shared {
    pub(super) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
