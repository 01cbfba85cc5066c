//! What decoding in workers costs: the same pictures in this process and in workers, as often, in turns.
//!
//! `cargo bench --profile dev -p decoding -- FOLDER [ROUNDS]`

#![expect(clippy::print_stdout, reason = "it prints what it measures")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use pictures::Limits;

fn main() -> ExitCode {
    if let Some(ended) = decoding::serve_if_asked() {
        return ended;
    }
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let Some(folder) = given.first().map(PathBuf::from) else {
        println!("Give a folder of pictures.");
        return ExitCode::from(2);
    };
    let rounds: u32 = given.get(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(3);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("{} can't be read.", folder.display());
        return ExitCode::from(2);
    };
    let files: Vec<Vec<u8>> = entries.filter_map(|entry| std::fs::read(entry.ok()?.path()).ok()).collect();
    let (mut here, mut there) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..rounds {
        for bytes in &files {
            let begun = Instant::now();
            let in_this = pictures::examine(bytes, &Limits::default());
            here += begun.elapsed();
            let begun = Instant::now();
            let in_worker = decoding::examine(bytes);
            there += begun.elapsed();
            assert_eq!(in_this, in_worker);
        }
    }
    println!("{} files, {rounds} rounds, one at a time", files.len());
    println!("in this process: {:8.3} s", here.as_secs_f64());
    println!(
        "in workers:      {:8.3} s, {:.3} × as long",
        there.as_secs_f64(),
        there.as_secs_f64() / here.as_secs_f64()
    );
    ExitCode::SUCCESS
}
