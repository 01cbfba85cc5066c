//! The engine's parts against real things: files, processes, keyrings, services.

mod keyring;
mod places;
mod secrets;
mod service_client;
mod settings;
mod support;
