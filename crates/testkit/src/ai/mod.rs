//! A stand-in for OpenAI's API: it answers what the documented API answers, looks at the picture that it is sent, and
//! refuses what OpenAI refuses, in OpenAI's words.

mod answer;
mod chat;
mod habit;
mod object;
mod picture;
mod question;
mod refusal;
mod responses;
mod schema;
mod server;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

pub use habit::Habit;
pub use picture::PictureSeen;

use crate::runtime::{listen, runtime};

/// The key that a stand-in takes unless it is given others.
pub const KEY: &str = "sk-test";

/// The models that it knows: reasoning ones, others, and one that takes no pictures.
pub const MODELS: [&str; 8] =
    ["gpt-5-mini", "gpt-5", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo"];

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

/// A running stand-in, on a free port of 127.0.0.1. It ends when it is dropped.
#[derive(Debug)]
pub struct AiStandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// What the server and the test share.
#[derive(Debug)]
struct Shared {
    script: Mutex<Script>,
    /// How many requests have arrived, and how many have been answered.
    progress: watch::Sender<(usize, usize)>,
    /// Whether answers that wait may be given.
    going_on: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Script {
    /// Empty: any key will do, and none, as with a local server.
    keys: Vec<String>,
    models: Vec<String>,
    next: VecDeque<Behaviour>,
    always: Option<Behaviour>,
    by_key: HashMap<String, Behaviour>,
    requests: Vec<Request>,
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl AiStandIn {
    /// Starts one that takes the key [`KEY`] and knows [`MODELS`].
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts one on the given port, or on a free one when that is 0.
    ///
    /// # Panics
    /// When the port is taken.
    pub fn start_on(port: u16) -> Self {
        let models = MODELS.iter().map(|model| (*model).to_owned()).collect();
        let script = Script { keys: vec![KEY.to_owned()], models, ..Script::default() };
        let (progress, _) = watch::channel((0, 0));
        let shared = Arc::new(Shared { script: Mutex::new(script), progress, going_on: watch::Sender::new(false) });
        let (listener, address) = listen(port);
        let router = server::router(shared.clone());
        let server = runtime().spawn(async move {
            // It only ends by being aborted; an error would mean that the socket itself broke, and then clients say so.
            let _ = axum::serve(listener, router).await;
        });
        Self { address, shared, server }
    }

    /// The base address to configure: `http://127.0.0.1:PORT/v1`.
    pub fn base_url(&self) -> Url {
        Url::parse(&format!("http://{}/v1", self.address)).expect("made of an address and a port")
    }

    /// Takes another key, too.
    pub fn allow_key(&self, key: &str) {
        self.shared.script().keys.push(key.to_owned());
    }

    /// Takes any key, and none, as a server on the person's own computer does.
    pub fn allow_anyone(&self) {
        self.shared.script().keys.clear();
    }

    /// Knows another model, too.
    pub fn add_model(&self, model: &str) {
        self.shared.script().models.push(model.to_owned());
    }

    /// Orders what happens to the next request that comes with a right key. Orders queue up.
    pub fn answer_next(&self, behaviour: Behaviour) {
        self.shared.script().next.push_back(behaviour);
    }

    /// Orders what happens whenever the queue is empty; `None` means honest answers again.
    pub fn answer_always(&self, behaviour: Option<Behaviour>) {
        self.shared.script().always = behaviour;
    }

    /// Takes another key, too, and always does this when it comes.
    pub fn answer_key(&self, key: &str, behaviour: Behaviour) {
        let mut script = self.shared.script();
        script.keys.push(key.to_owned());
        script.by_key.insert(key.to_owned(), behaviour);
    }

    /// Gives the answers that wait, and from now on those that would.
    pub fn go_on(&self) {
        self.shared.going_on.send_replace(true);
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.script().requests.clone()
    }

    /// Waits until as many requests have arrived, for instance to be sure that one is under way.
    pub async fn arrived(&self, count: usize) {
        let mut progress = self.shared.progress.subscribe();
        // The sender lives as long as `self`.
        let _ = progress.wait_for(|(arrived, _)| *arrived >= count).await;
    }

    /// Waits until as many requests have been answered or given up by the client.
    pub async fn answered(&self, count: usize) {
        let mut progress = self.shared.progress.subscribe();
        let _ = progress.wait_for(|(_, answered)| *answered >= count).await;
    }
}

impl Drop for AiStandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}
