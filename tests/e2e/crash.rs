//! The app and the account service are killed (SIGKILL) at random moments while 300 pictures go up, and started again:
//! each picture is there once, with its bytes, and nothing is left in the queue.

#![allow(clippy::print_stdout, reason = "shown when the test fails: what to repeat")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use account_api::{ImagesPage, route};
use catalogue::Catalogue;
use catalogue::table::upload::{self, Status};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::garage::Garage;
use testkit::photos;
use testkit::proxy::FaultProxy;
use tokio::process::{Child, Command};

use crate::service::{PASSWORD, Service, kill, register, within};
use crate::window::Desktop;

const PICTURES: usize = 300;

/// So many of them go in parts.
const LARGE: usize = 5;

/// How often something is killed.
const CRASHES: usize = 10;

/// Every that many times the app is its window rather than a command.
const WINDOW_EVERY: usize = 4;

/// To make a run that failed happen again, as far as the moment of a kill can.
const SEED: &str = "CRASH_SEED";

/// Where the pictures are in the bucket.
const KEPT: &str = "pictures/";

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_at_whatever_moment_each_picture_is_there_once() {
    let seed = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| rand::rng().random());
    println!("{SEED}={seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let desktop = Desktop::new();
    let pictures = Pictures::write(desktop.folder("pictures"));
    // The store stays up, in this process; what is killed is everything before it.
    let garage = testkit::garage::bucket().await;
    let store = FaultProxy::start(&garage.endpoint);
    let mut service = Service::with_bucket(&garage, &store.endpoint(), desktop.folder("service"));
    service.start().await;
    register(&desktop, &service.address()).await;

    for number in 1..=CRASHES {
        let window = number % WINDOW_EVERY == 0;
        let mut app = if window { start_window(&desktop) } else { start_command(&desktop, &pictures) };
        let kills_service = chance.random_ratio(1, 3);
        let outlives_it = kills_service && chance.random();
        let mut moment = Moment::random(&mut chance, &store);
        let ended = reached(&store, moment, &mut app, &desktop).await;
        println!("{number}: {} {moment:?}", if window { "window" } else { "command" });
        if kills_service {
            println!("{number}: and the service, app goes on: {outlives_it}");
            service.kill().await;
            store.break_connections();
        }
        if outlives_it && !ended {
            service.start().await;
            moment = Moment::random(&mut chance, &store);
            reached(&store, moment, &mut app, &desktop).await;
        }
        kill(app).await;
        service.start().await;
    }

    let last = run_to_its_end(&desktop, &pictures).await;
    assert_eq!(last.len(), PICTURES);
    for line in &last {
        assert!(matches!(line["status"].as_str(), Some("uploaded" | "duplicate")), "{line}");
    }
    // What commands that were killed have left is finished by the window.
    let window = start_window(&desktop);
    within("the queue to be empty", drained(&desktop)).await;
    kill(window).await;
    // At its start the service does its chores: it removes what no row needs.
    service.kill().await;
    service.start().await;

    assert_eq!(finished_otherwise(&desktop).await, Vec::<String>::new(), "every row ended well");
    let wanted: Vec<&str> = pictures.sums.keys().map(String::as_str).collect();
    let shown: Vec<Value> = json_lines(&desktop.app(&["list", "--json"]).output().unwrap().stdout);
    assert_eq!(sorted(shown.iter().filter_map(|line| line["sha256"].as_str())), wanted, "in the catalogue");
    let listed = listed(&service.address()).await;
    assert_eq!(sorted(listed.iter().map(String::as_str)), wanted, "in the service's list");
    let tidy = async {
        while kept(&garage).await.len() != PICTURES || !garage.unfinished().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(30), tidy).await.is_err() {
        let (objects, parts) = (kept(&garage).await, garage.unfinished().await);
        panic!("{} objects for {PICTURES} pictures, and uploads that are over: {parts:#?}", objects.len());
    }
    let objects = garage.objects().await;
    let kept = objects.iter().filter(|(key, _)| key.starts_with(KEPT)).map(|(_, bytes)| sha256(bytes));
    let kept: Vec<String> = kept.collect();
    assert_eq!(sorted(kept.iter().map(String::as_str)), wanted, "in the store, byte by byte");
}

/// The keys of all pictures that the store has.
async fn kept(garage: &Garage) -> Vec<String> {
    garage.keys().await.into_iter().filter(|key| key.starts_with(KEPT)).collect()
}

/// What is uploaded.
struct Pictures {
    folder: PathBuf,
    /// SHA-256 and where it is.
    sums: BTreeMap<String, PathBuf>,
}

impl Pictures {
    fn write(folder: PathBuf) -> Self {
        let mut sums = BTreeMap::new();
        for number in 0..PICTURES {
            let mut bytes = photos::png(64, 48, number as u64);
            if number % (PICTURES / LARGE) == 30 {
                // What follows the end of a PNG is no part of the picture, but of the file.
                bytes.resize((16 << 20) + 1 + number, number as u8);
            }
            let path = folder.join(format!("{number:03}.png"));
            std::fs::write(&path, &bytes).unwrap();
            sums.insert(sha256(&bytes), path);
        }
        assert_eq!(sums.len(), PICTURES, "each has bytes of its own");
        Self { folder, sums }
    }
}

/// When something is killed, by what the store has got to see.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So many requests have come in.
    Requests(usize),
    /// So many bytes of bodies have come in.
    Bytes(u64),
}

impl Moment {
    /// Soon after now.
    fn random(chance: &mut StdRng, store: &FaultProxy) -> Self {
        if chance.random() {
            Moment::Requests(store.arrivals() + chance.random_range(1..110))
        } else {
            Moment::Bytes(store.bytes() + chance.random_range(1..8_000_000))
        }
    }

    async fn come(self, store: &FaultProxy) {
        match self {
            Moment::Requests(count) => store.arrived(count).await,
            Moment::Bytes(count) => store.sent(count).await,
        }
    }
}

/// Waits for the moment; true when the app had finished before.
async fn reached(store: &FaultProxy, moment: Moment, app: &mut Child, desktop: &Desktop) -> bool {
    let first = async {
        tokio::select! {
            () = moment.come(store) => false,
            _ = app.wait() => true,
            () = drained(desktop) => true,
        }
    };
    within("a moment to kill at", first).await
}

fn start_window(desktop: &Desktop) -> Child {
    start(desktop, &[])
}

fn start_command(desktop: &Desktop, pictures: &Pictures) -> Child {
    start(desktop, &["upload", "--json", pictures.folder.to_str().unwrap()])
}

fn start(desktop: &Desktop, arguments: &[&str]) -> Child {
    let mut command = Command::from(desktop.app(arguments));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap()
}

async fn run_to_its_end(desktop: &Desktop, pictures: &Pictures) -> Vec<Value> {
    let arguments = ["upload", "--json", pictures.folder.to_str().unwrap()];
    let mut command = Command::from(desktop.app(&arguments));
    let output = within("a command to end", command.stdin(Stdio::null()).output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    json_lines(&output.stdout)
}

/// Waits until no row of the queue is unfinished.
async fn drained(desktop: &Desktop) {
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if let Some(catalogue) = catalogue(desktop)
            && catalogue
                .read(|conn| Ok(!upload::newest_finished(conn, 1)?.is_empty() && !is_open(conn)?))
                .await
                .unwrap()
        {
            return;
        }
    }
}

fn is_open(conn: &catalogue::Connection) -> Result<bool, catalogue::SqliteError> {
    upload::open_within(conn, &(0..=u32::MAX))
}

/// Rows that ended neither verified nor as duplicates.
async fn finished_otherwise(desktop: &Desktop) -> Vec<String> {
    let rows = catalogue(desktop).unwrap().read(|conn| upload::newest_finished(conn, 100_000)).await.unwrap();
    let badly = rows.into_iter().filter(|row| !matches!(row.status, Status::Verified | Status::Duplicate));
    badly.map(|row| format!("{}: {:?} {:?}", row.name, row.status, row.failure)).collect()
}

/// The catalogue of the account's library, when there is one by now.
fn catalogue(desktop: &Desktop) -> Option<Catalogue> {
    let folder = folder_with(&desktop.data_dir(), catalogue::FILE_NAME)?;
    Some(Catalogue::open(&folder).unwrap().catalogue)
}

fn folder_with(folder: &Path, name: &str) -> Option<PathBuf> {
    if folder.join(name).is_file() {
        return Some(folder.to_owned());
    }
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.filter(|entry| entry.path().is_dir()).find_map(|entry| folder_with(&entry.path(), name))
}

/// The SHA-256 of every picture that the service has of Anna's.
async fn listed(service: &str) -> Vec<String> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = json!({ "username": "anna", "password": PASSWORD });
    let answer = http.post(format!("{service}{}", route::LOGIN)).json(&form).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    let (mut sums, mut cursor) = (Vec::new(), None);
    loop {
        let query: Vec<(&str, String)> = cursor.into_iter().map(|cursor| ("cursor", cursor)).collect();
        let request = http.get(format!("{service}{}", route::IMAGES)).query(&query).bearer_auth(token);
        let page: ImagesPage = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        sums.extend(page.images.into_iter().map(|image| image.sha256));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return sums;
        }
    }
}

fn json_lines(out: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(out).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn sorted<'a>(sums: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut sums: Vec<&str> = sums.collect();
    sums.sort_unstable();
    sums
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
