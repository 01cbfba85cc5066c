//! Descriptions of pictures by ChatGPT, and by anything else that speaks OpenAI's HTTP API.
//!
//! A [`Describer`] sends one JPEG and gets back a [`Description`]. OpenAI itself is asked through the Responses API,
//! every other endpoint through Chat Completions. What comes back is untrusted: it is bounded and cleaned here, and must
//! only ever be shown as text.

mod answer;
mod asking;
mod body;
mod chat;
mod config;
mod describer;
mod description;
mod dialect;
mod endpoint;
mod error;
mod error_answer;
mod failure;
mod fields;
mod json;
mod labelled;
mod nothing;
mod price;
mod prompt;
mod reached;
mod refusal;
mod responses;
mod retry;
mod stream;
mod structure;
mod thoughts;
mod transport;

pub use describer::Describer;
pub use description::{Description, MAX_ALT_TEXT, MAX_DESCRIPTION, MAX_TAG, MAX_TAGS, MAX_TEXT_IN_IMAGE};
pub use endpoint::{Api, Endpoint, OPENAI_HOST};
pub use error::DescribeError;
pub use price::{Price, Tokens};
pub use prompt::{MAX_PROMPT, default_prompt};
pub use reached::Reached;
