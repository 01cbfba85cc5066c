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
mod script;
mod server;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

pub use habit::Habit;
pub use picture::PictureSeen;
pub use script::{Api, Behaviour, Request};

use crate::runtime::{listen, runtime};
use script::{Script, Shared};

/// The key that a stand-in takes unless it is given others.
pub const KEY: &str = "sk-test";

/// The models that it knows: reasoning ones, others, and one that takes no pictures.
pub const MODELS: [&str; 8] =
    ["gpt-5-mini", "gpt-5", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo"];

/// A running stand-in, on a free port of 127.0.0.1. It ends when it is dropped.
#[derive(Debug)]
pub struct AiStandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
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
