//! The engine against the real service over real HTTP, on SQLite and PostgreSQL, with the embedded store and Garage.

mod account;
mod api_uploads;
mod cli_app;
mod cli_describing;
mod cli_edits;
mod cli_library;
mod cli_links;
mod cli_names;
mod cli_network;
mod cli_places;
mod cli_private;
mod cli_rebuild;
mod cli_trash;
mod cli_uploads;
mod doctor_place;
mod doctor_settings;
mod free;
mod people;
mod places;
mod proof;
mod rebuild;
mod resume;
mod trash;
mod uploads;
mod verify;
mod world;
