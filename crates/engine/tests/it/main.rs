//! The engine's parts against real things: files, processes, keyrings, services.

mod accounts;
mod computer;
mod describing;
mod duplicates;
mod edits;
mod examining;
mod keyring;
mod layouts;
mod photographs;
mod pictures;
mod places;
mod secrets;
mod service_client;
mod settings;
mod support;
mod sync;
mod undoing;
mod uploads;
