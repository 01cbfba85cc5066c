//! A folder of very many files dropped on the real window at once, until the last of them is safe; or, with `--put`, as many
//! pictures put into the library by another process. How long the window keeps a person waiting meanwhile, beside the same
//! window at rest, and how much memory it takes, beside a window that opens the finished library. Run by `cargo xtask bench
//! drop`.

#![allow(clippy::print_stdout, reason = "a measurement for the terminal")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::photos;

use crate::window::{Desktop, Window};

/// How many files, unless the first argument says otherwise.
const FILES: usize = 100_000;

/// How many of them are in one folder.
const IN_A_FOLDER: usize = 1_000;

/// How often the window at rest is asked.
const AT_REST: usize = 20;

/// How long the window is left alone between two keys: every answer makes garbage of its own in the page.
const BETWEEN_KEYS: Duration = Duration::from_secs(2);

/// How long the window is left alone before its memory is looked at.
const SETTLED: Duration = Duration::from_secs(10);

/// The process that the page lives in.
const PAGE: &str = "WebKitWebProces";

/// Keeps the time between any two frames, in milliseconds.
const WATCH: &str = "
    window.gaps = [];
    let last = performance.now();
    const frame = now => { window.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);";

/// Opens the command palette by its key, gives the milliseconds until it is drawn, and closes it.
const ANSWER: &str = "
    const done = arguments[arguments.length - 1];
    const press = () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
    const drawn = shown => new Promise(resolve => {
        const look = () => !!document.querySelector('[data-testid=palette]') === shown ? resolve() : requestAnimationFrame(look);
        look();
    });
    const start = performance.now();
    press();
    drawn(true).then(() => new Promise(requestAnimationFrame)).then(() => {
        const took = performance.now() - start;
        press();
        drawn(false).then(() => done(took));
    });";

/// Measures, and prints what came of it.
#[tokio::main]
pub async fn main() {
    // Cargo adds arguments of its own.
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(FILES);
    let puts = std::env::args().any(|argument| argument == "--put");
    let desktop = Desktop::new();
    let folder = desktop.folder("many");
    if !puts {
        write(&folder, count);
    }
    let window = desktop.open().await;
    window.press("choose-this-computer").await;
    window.see("empty").await;
    window.run(WATCH).await;
    let mut rest = Times::default();
    for _ in 0..AT_REST {
        rest.answers.push(answer(&window).await);
    }
    rest.frames = frames(&window).await;
    let before = memory(&window);

    let start = Instant::now();
    let mut work = Times::default();
    let mut most = before.clone();
    if puts {
        let data_dir = desktop.data_dir();
        let put = tokio::task::spawn_blocking(move || crate::put::put(&data_dir, count as u32));
        while shown(&window).await < count {
            work.look(&window, &mut most).await;
        }
        put.await.unwrap();
    } else {
        window.drop_files(&[folder]).await;
        let mut queued = false;
        loop {
            work.look(&window, &mut most).await;
            let (total, active) = progress(&window).await;
            if !queued && total >= count {
                queued = true;
                println!("queued after {:.1} s", start.elapsed().as_secs_f64());
            }
            if queued && !active {
                break;
            }
            tokio::time::sleep(BETWEEN_KEYS).await;
        }
    }
    let took = start.elapsed();
    window.see_css(&format!("[data-testid=grid][data-count='{count}']")).await;
    window.screenshot("many");
    let end = settled(&window).await;
    window.close().await;

    let window = desktop.open().await;
    window.see_css(&format!("[data-testid=grid][data-count='{count}']")).await;
    let opened = settled(&window).await;
    // What as many answers leave behind is not what coming in costs.
    for _ in 0..rest.answers.len() + work.answers.len() {
        answer(&window).await;
    }
    let asked = settled(&window).await;
    window.close().await;

    println!("{count} there after {:.1} s, {:.0} a second", took.as_secs_f64(), count as f64 / took.as_secs_f64());
    println!("{:<34}{:>10}{:>10}{:>10}", "milliseconds", "p50", "p99", "most");
    rest.print("at rest");
    work.print(&format!("with files coming in, {} keys", work.answers.len()));
    println!("{:<34}{:>10}{:>10}{:>12}{:>10}{:>10}", "MiB", "empty", "most", "at the end", "opened", "asked");
    for (name, most) in &most {
        let of = |memory: &BTreeMap<String, u64>| memory.get(name).copied().unwrap_or_default() >> 20;
        let [before, end, opened, asked] = [&before, &end, &opened, &asked].map(of);
        println!("  {name:<32}{before:>10}{:>10}{end:>12}{opened:>10}{asked:>10}", most >> 20);
    }
    let page = |memory: &BTreeMap<String, u64>| memory.get(PAGE).copied().unwrap_or_default() as f64;
    println!(
        "the page's memory at the end is {:.2} × that of opening the finished library, and {:.2} × that of opening it and \
         asking it as much",
        page(&end) / page(&opened),
        page(&end) / page(&asked)
    );
}

/// The memory in use once nothing happens any more.
async fn settled(window: &Window) -> BTreeMap<String, u64> {
    tokio::time::sleep(SETTLED).await;
    memory(window)
}

/// How many pictures the window shows.
async fn shown(window: &Window) -> usize {
    let count = window.run("return document.querySelector('[data-testid=grid]')?.dataset.count ?? '0'").await;
    count.as_str().and_then(|count| count.parse().ok()).unwrap_or_default()
}

fn write(folder: &Path, count: usize) {
    for number in 0..count {
        let within = folder.join(format!("{:03}", number / IN_A_FOLDER));
        if number % IN_A_FOLDER == 0 {
            fs::create_dir(&within).unwrap();
        }
        fs::write(within.join(format!("{number:06}.png")), photos::png(16, 12, number as u64)).unwrap();
    }
}

/// What was measured of the window, in milliseconds.
#[derive(Default)]
struct Times {
    /// Between frames.
    frames: Vec<f64>,
    /// From a key to what it shows.
    answers: Vec<f64>,
}

impl Times {
    /// Asks once more.
    async fn look(&mut self, window: &Window, most: &mut BTreeMap<String, u64>) {
        self.answers.push(answer(window).await);
        self.frames.extend(frames(window).await);
        for (name, resident) in memory(window) {
            let most = most.entry(name).or_default();
            *most = resident.max(*most);
        }
    }

    fn print(&mut self, when: &str) {
        println!("  {when}");
        for (what, times) in [("between frames", &mut self.frames), ("from a key to what it shows", &mut self.answers)]
        {
            times.sort_by(f64::total_cmp);
            let at = |share: usize| times.get((times.len().max(1) - 1) * share / 100).copied().unwrap_or_default();
            println!("    {what:<30}{:>10.1}{:>10.1}{:>10.1}", at(50), at(99), at(100));
        }
    }
}

async fn answer(window: &Window) -> f64 {
    window.client.execute_async(ANSWER, vec![]).await.unwrap().as_f64().expect("the palette is shown and goes")
}

async fn frames(window: &Window) -> Vec<f64> {
    let gaps = window.run("return window.gaps.splice(0)").await;
    gaps.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// How many pictures the window knows of, in the library or on their way, and whether some are on their way.
async fn progress(window: &Window) -> (usize, bool) {
    let said = window
        .run(
            "const panel = document.querySelector('[data-testid=uploads]'); \
             return [panel?.querySelector('[data-testid=uploads-headline]').innerText ?? '', panel?.dataset.active === 'true']",
        )
        .await;
    let headline: String = said[0].as_str().unwrap_or_default().replace([',', '.', '\u{a0}', '\u{202f}'], "");
    let numbers = headline.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    (numbers.max().unwrap_or(0), said[1].as_bool().unwrap_or(false))
}

/// How much memory the app and its helpers have in use, in bytes, by the names of the processes.
fn memory(window: &Window) -> BTreeMap<String, u64> {
    let mut memory = BTreeMap::new();
    for process in window.running().into_iter().map(|pid| Path::new("/proc").join(pid.to_string())) {
        let Ok(stat) = fs::read_to_string(process.join("stat")) else { continue };
        // The name stands in brackets and may hold anything (proc(5)).
        let Some((before, _)) = stat.rsplit_once(") ") else { continue };
        let name = before.split_once('(').map_or("", |(_, name)| name);
        if name != "WebKitWebDriver" {
            let status = fs::read_to_string(process.join("status")).unwrap_or_default();
            let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kib = resident.and_then(|text| text.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            *memory.entry(name.to_owned()).or_default() += kib.unwrap_or_default() << 10;
        }
    }
    memory
}
