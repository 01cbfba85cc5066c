//! A screen that nobody sees, outside of the Debian that is tried: what is in there is only what the package brought.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::process::{not_started, output, program};

/// How many colours a screen with the window on it has at least. An empty window has one or two.
const COLOURS: u32 = 64;

/// The screen.
pub struct Display {
    server: Child,
    number: String,
}

impl Display {
    /// Starts one under a number that is free. Programs in another root folder reach it by its abstract socket.
    pub fn start() -> Result<Self> {
        let mut command = program("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp", "-ac"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().map_err(|error| not_started(&command, &error))?;
        let mut number = String::new();
        if let Some(said) = server.stdout.take() {
            let _ = BufReader::new(said).read_line(&mut number);
        }
        let display = Self { server, number: number.trim().to_owned() };
        if display.number.is_empty() { Err(Failure::new("Xvfb gives no screen.")) } else { Ok(display) }
    }

    /// What programs are told of it.
    pub fn variable(&self) -> String {
        format!("DISPLAY=:{}", self.number)
    }

    /// Waits until a window of this name shows something, and keeps a picture of the screen.
    pub fn wait_for_window(&self, name: &str, picture: &Path, patience: Duration) -> Result<()> {
        let end = Instant::now() + patience;
        let name = format!("^{name}$");
        let (mut there, mut colours) = (false, 0);
        while Instant::now() < end {
            let mut search = self.tool("xdotool");
            search.args(["search", "--onlyvisible", "--name", &name]).stderr(Stdio::null());
            there = search.output().is_ok_and(|found| found.status.success());
            if there {
                let _ = self.tool("import").args(["-window", "root"]).arg(picture).status();
                let counted = output(program("identify").args(["-format", "%k"]).arg(picture))?;
                colours = counted.trim().parse().unwrap_or(0);
                if colours >= COLOURS {
                    return Ok(());
                }
            }
            thread::sleep(Duration::from_millis(500));
        }
        Err(Failure::new(format!(
            "After {} s {} (its picture: {}).",
            patience.as_secs(),
            if there { format!("the window shows only {colours} colours") } else { "there is no window".to_owned() },
            picture.display()
        )))
    }

    fn tool(&self, name: &str) -> std::process::Command {
        let mut command = program(name);
        command.env("DISPLAY", format!(":{}", self.number));
        command
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
