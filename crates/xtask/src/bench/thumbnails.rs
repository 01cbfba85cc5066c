//! `cargo xtask bench thumbnails`: thumbnails of photographs as the app makes them, in its workers, beside `vipsthumbnail` on
//! all cores, one process a core, with the same files in the same run.
//!
//! The app's side is `crates/decoding/benches/thumbnails.rs`: it reads each file, has it examined as when it is uploaded (which
//! is more than a thumbnail: facts, remarks and placeholder, too), and writes the thumbnail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::measure::{Used, measure, median};
use super::photos::{self, Photos};
use super::whole::whole;
use crate::failure::{Failure, Result};
use crate::process::{cargo, headline, output, program};
use crate::system;
use crate::tree::Tree;

/// Longest side of thumbnails, in pixels, as the app makes them.
pub(super) const THUMBNAIL: &str = "512x512";

/// Their JPEG quality, as the app makes them.
pub(super) const QUALITY: u32 = 82;

/// What can be asked of `bench thumbnails`.
#[derive(clap::Args)]
pub struct Options {
    /// How many small JPEGs
    #[arg(long, default_value_t = 1000)]
    small: u32,
    /// How many large ones, of 12 to 24 megapixels
    #[arg(long, default_value_t = 100)]
    large: u32,
    /// How many HEICs of 12 to 24 megapixels
    #[arg(long, default_value_t = 20)]
    heic: u32,
    /// How often everything is measured; medians are printed
    #[arg(long, default_value_t = 3)]
    repeats: usize,
}

/// Measures, and prints a table.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_bench()?;
    let sets = sets(tree, options)?;
    let ours = build(tree)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for photos in &sets {
        let megabytes = photos.bytes / 1_000_000;
        headline(format!("{} {} photographs, {megabytes} MB, {cores} cores", photos.files.len(), photos.name));
        let mut rounds = Vec::new();
        for number in 0..options.repeats.max(1) {
            // Whoever comes second finds another disk: they take turns.
            let mut round = [Used::default(); 2];
            let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
            for who in order {
                round[who] = in_folder(|to| if who == 0 { app(&ours, photos, to) } else { vips(photos, to, cores) })?;
            }
            rounds.push(round);
        }
        print(&rounds);
    }
    Ok(())
}

fn sets(tree: &Tree, options: &Options) -> Result<Vec<Photos>> {
    let mut sets = Vec::new();
    if options.small > 0 {
        sets.push(photos::small(tree, options.small)?);
    }
    if options.large > 0 {
        sets.push(photos::large(tree, options.large)?);
    }
    if options.heic > 0 {
        sets.push(photos::heic(tree, options.heic)?);
    }
    Ok(sets)
}

/// The program of the app's side, optimised as the app is released.
fn build(tree: &Tree) -> Result<PathBuf> {
    headline("Building what makes the app's thumbnails");
    let mut command = cargo(tree);
    command.args(["build", "--release", "-p", "decoding", "--bench", "thumbnails", "--message-format", "json"]);
    let said = output(command.stderr(Stdio::inherit()))?;
    let messages = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let built = messages.filter(|message| message["target"]["name"] == "thumbnails");
    let built = built.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    built.ok_or_else(|| Failure::new("cargo doesn't say where it has put the program."))
}

fn in_folder(work: impl FnOnce(&Path) -> Result<Used>) -> Result<Used> {
    let unusable = |error| Failure::new(format!("There is no temporary folder: {error}"));
    let folder = tempfile::tempdir().map_err(unusable)?;
    // What one program has written is not to be waited for by the next.
    let _ = program("sync").status();
    let used = work(folder.path())?;
    let made = fs::read_dir(folder.path()).map_err(unusable)?.count();
    if made == 0 {
        return Err(Failure::new("No thumbnail was made."));
    }
    Ok(used)
}

fn app(ours: &Path, photos: &Photos, to: &Path) -> Result<Used> {
    measure(whole(ours)?.arg(&photos.folder).arg(to))
}

/// One process a core, each with its share of the files.
fn vips(photos: &Photos, to: &Path, cores: usize) -> Result<Used> {
    let each = photos.files.len().div_ceil(cores);
    let list = to.with_extension("list");
    let names: Vec<String> = photos.files.iter().map(|file| format!("{}\n", file.display())).collect();
    fs::write(&list, names.concat()).map_err(|error| Failure::new(format!("{}: {error}", list.display())))?;
    let mut command = program("xargs");
    command.arg("--arg-file").arg(&list).args(["-P", &cores.to_string(), "-n", &each.to_string()]);
    command.args(["vipsthumbnail", "--size", THUMBNAIL, "-o"]);
    command.arg(format!("{}/%s.jpg[Q={QUALITY},strip]", to.display()));
    let used = measure(&mut command);
    let _ = fs::remove_file(&list);
    used
}

fn print(rounds: &[[Used; 2]]) {
    let of = |who: usize| median(&rounds.iter().map(|round| round[who]).collect::<Vec<_>>());
    println!("\n  {:<28}{:>10}{:>10}{:>10}", "median", "wall s", "CPU s", "peak MB");
    for (name, used) in [("image-manager", of(0)), ("vipsthumbnail", of(1))] {
        let (wall, cpu) = (used.wall.as_secs_f64(), used.cpu.as_secs_f64());
        println!("  {name:<28}{wall:>10.2}{cpu:>10.2}{:>10}", used.peak / 1_000_000);
    }
    let ratio = |figure: fn(Used) -> f64| figure(of(0)) / figure(of(1)).max(f64::EPSILON);
    let (wall, cpu) = (ratio(|used| used.wall.as_secs_f64()), ratio(|used| used.cpu.as_secs_f64()));
    println!("  {:<28}{wall:>10.2}{cpu:>10.2}", "ratio");
}
