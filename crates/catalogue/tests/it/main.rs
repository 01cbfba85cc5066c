//! The catalogue through its public interface.

mod albums;
mod edits;
mod files;
mod finding;
mod following;
mod history;
mod jobs;
mod layout;
mod likeness;
mod migrations;
mod own_uploads;
mod said_again;
mod search;
mod steps;
mod support;
mod thumbs;
mod undoing;
