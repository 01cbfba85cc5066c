//! The app as a person uses it: its own binary in a real window, driven by WebDriver and a pointer. Linux only.
#![cfg(target_os = "linux")]

mod crash;
mod describing;
mod ending;
mod first_start;
mod panel;
mod places;
mod queue;
mod service;
mod tray;
mod typing;
mod viewing;
mod window;
