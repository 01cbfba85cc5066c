//! A folder of very many files dropped on the real window: see [`measure`]. Linux only, as the tests of the window are.

#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod put;
#[cfg(target_os = "linux")]
#[path = "../window.rs"]
#[allow(dead_code, reason = "the tests of the window use the rest of it")]
mod window;

#[cfg(target_os = "linux")]
fn main() {
    measure::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
