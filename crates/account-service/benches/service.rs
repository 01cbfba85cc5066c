//! Whether what people do all day stays as fast when their library grows: the same requests against one running service
//! while one person's pictures grow from a thousand to a million, on both databases. Run by `cargo xtask bench service`.
//!
//! The rows are made by SQL, as uploads would have left them; the embedded store is behind it, and what is listed is not in
//! it, which nothing here asks.

#![allow(clippy::print_stdout, reason = "a measurement for the terminal")]

mod rows;

use std::time::{Duration, Instant};

use account_api::{
    AuthResponse, CompleteItem, CompleteRequest, GrantOutcome, GrantRequest, GrantResponse, ImagePatch, LinksRequest,
    NewPicture, Transfer, route,
};
use account_service::{Config, Server};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use md5::{Digest, Md5};
use reqwest::{Client, RequestBuilder};
use rows::Rows;

/// How often each request is sent, unless the first argument says otherwise.
const ROUNDS: usize = 200;

/// The sizes of the library, unless more arguments say otherwise.
const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Those before that are not counted.
const WARMING_UP: usize = 10;

#[tokio::main]
async fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let rounds = numbers.first().map_or(ROUNDS, |rounds| usize::try_from(*rounds).expect("rounds"));
    let sizes = if numbers.len() > 1 { numbers[1..].to_vec() } else { SIZES.to_vec() };
    println!("{rounds} requests of each, one after the other; p50 / p95 in milliseconds");
    measure("SQLite", None, rounds, &sizes).await;
    measure("PostgreSQL", Some(testkit::postgres::database().await), rounds, &sizes).await;
}

async fn measure(name: &str, database: Option<String>, rounds: usize, sizes: &[u64]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut config = Config::in_folder(folder.path());
    let url = database.clone().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("account.db").display()));
    config.database_url = database.map(Into::into);
    let server = Server::bind(config).await.expect("the service starts");
    let base = format!("http://{}", server.address());
    let stop = server.stop_handle();
    let running = tokio::spawn(server.run());
    let mut client = Caller { http: Client::new(), base, token: String::new(), unique: 0 };
    let user_id = client.register("anna").await;
    let neighbour = client.register("nora").await;
    let rows = Rows::connect(&url).await;
    rows.grow(&neighbour, 0, 10_000).await;

    let mut table: Vec<(&str, Vec<Quantiles>)> = Vec::new();
    let mut before = 0;
    for size in sizes {
        rows.grow(&user_id, before, *size).await;
        before = *size;
        let some = rows.some_picture(&user_id, *size / 2).await;
        // Access tokens end after ten minutes, and a million rows take their time.
        client.token = client.sign_in("anna").await;
        for (line, (name, what)) in requests(*size, &some).into_iter().enumerate() {
            let taken = client.time(rounds, &what).await;
            if table.len() <= line {
                table.push((name, Vec::new()));
            }
            table[line].1.push(taken);
        }
    }
    print(name, sizes, &table);
    stop.stop();
    running.await.expect("the service ends");
}

/// One kind of request.
enum What {
    Get(String),
    Patch(String),
    Links(String),
    /// Of these bytes, or of such that nobody has.
    Grant(Option<String>),
    Upload,
}

fn requests(size: u64, some: &str) -> Vec<(&'static str, What)> {
    let page = |number: u64| {
        let cursor = BASE64_URL_SAFE_NO_PAD.encode([&rows::created_at(number).to_be_bytes()[..], &[0; 16]].concat());
        What::Get(format!("{}?cursor={cursor}", route::IMAGES))
    };
    let changes = |after: u64| What::Get(format!("{}?after={after}", route::CHANGES));
    let one = route::IMAGE.replace("{id}", some);
    vec![
        ("pictures, first page of 100", What::Get(route::IMAGES.to_owned())),
        ("pictures, page in the middle", page(size / 2)),
        ("pictures, last page", page(100)),
        ("trash, first page", What::Get(format!("{}?trash=true&limit=10", route::IMAGES))),
        ("changes, first page of 500", changes(0)),
        ("changes, page in the middle", changes(size)),
        ("changes, the newest 20", changes(2 * size - 40)),
        ("one picture", What::Get(one.clone())),
        ("change a picture", What::Patch(one)),
        ("link of a picture", What::Links(some.to_owned())),
        ("grant, new bytes", What::Grant(None)),
        ("grant, known bytes", What::Grant(Some(rows::sha256(size / 2)))),
        ("grant, store, confirm", What::Upload),
    ]
}

/// The median, and what nineteen of twenty stay below.
#[derive(Clone, Copy)]
struct Quantiles(Duration, Duration);

/// Somebody who sends requests.
struct Caller {
    http: Client,
    base: String,
    token: String,
    unique: u64,
}

impl Caller {
    async fn register(&self, name: &str) -> String {
        self.enter(route::REGISTER, name).await.user.id
    }

    async fn sign_in(&self, name: &str) -> String {
        self.enter(route::LOGIN, name).await.access_token
    }

    async fn enter(&self, path: &str, name: &str) -> AuthResponse {
        let email = format!("{name}@example.com");
        let body = serde_json::json!({ "username": name, "email": email, "password": "a long enough password" });
        let answer = self.http.post(self.url(path)).json(&body).send().await.expect("an answer");
        answer.json().await.expect("a session")
    }

    async fn time(&mut self, rounds: usize, what: &What) -> Quantiles {
        let mut times = Vec::with_capacity(rounds);
        for round in 0..WARMING_UP + rounds {
            self.unique += 1;
            let start = Instant::now();
            match what {
                What::Get(path) => drop(self.send(self.http.get(self.url(path))).await),
                What::Patch(path) => {
                    let patch = ImagePatch { favourite: Some(round % 2 == 0), ..ImagePatch::default() };
                    self.send(self.http.patch(self.url(path)).json(&patch)).await;
                }
                What::Links(id) => {
                    let links = LinksRequest { image_ids: vec![id.clone()] };
                    self.send(self.http.post(self.url(route::LINKS)).json(&links)).await;
                }
                What::Grant(known) => drop(self.grant(known.clone()).await),
                What::Upload => self.upload().await,
            }
            if round >= WARMING_UP {
                times.push(start.elapsed());
            }
        }
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 100];
        Quantiles(at(50), at(95))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn send(&self, request: RequestBuilder) -> Vec<u8> {
        let answer = request.bearer_auth(&self.token).send().await.expect("an answer");
        let status = answer.status();
        let body = answer.bytes().await.expect("a whole answer").to_vec();
        assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
        body
    }

    async fn grant(&self, known: Option<String>) -> GrantOutcome {
        let bytes = self.bytes();
        let file = NewPicture {
            reference: "a".to_owned(),
            name: "a.jpg".to_owned(),
            format: "jpeg".to_owned(),
            size: bytes.len() as u64,
            sha256: known.unwrap_or_else(|| rows::sha256(10_000_000_000 + self.unique)),
            content_md5: BASE64_STANDARD.encode(Md5::digest(&bytes)),
            width: Some(4000),
            height: Some(3000),
            ..NewPicture::default()
        };
        let body = self.send(self.http.post(self.url(route::UPLOADS)).json(&GrantRequest { files: vec![file] })).await;
        let response: GrantResponse = serde_json::from_slice(&body).expect("grants");
        response.results.into_iter().next().expect("one result").outcome
    }

    async fn upload(&self) {
        let GrantOutcome::Granted { grant } = self.grant(None).await else { panic!("not granted") };
        let Transfer::Single { put } = grant.transfer else { panic!("not one PUT") };
        let mut request = self.http.put(&put.url).body(self.bytes());
        for (name, value) in &put.headers {
            request = request.header(name, value);
        }
        assert!(request.send().await.expect("an answer").status().is_success());
        let uploads = vec![CompleteItem { upload_id: grant.upload_id, parts: Vec::new() }];
        self.send(self.http.post(self.url(route::COMPLETE)).json(&CompleteRequest { uploads })).await;
    }

    fn bytes(&self) -> Vec<u8> {
        format!("these bytes are unique: {}", self.unique).into_bytes()
    }
}

fn print(name: &str, sizes: &[u64], table: &[(&str, Vec<Quantiles>)]) {
    print!("\n{name:<30}");
    sizes.iter().for_each(|size| print!("{size:>18}"));
    println!("{:>10}", "growth");
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    for (request, quantiles) in table {
        print!("{request:<30}");
        for Quantiles(half, most) in quantiles {
            print!("{:>18}", format!("{:.2} / {:.2}", milliseconds(*half), milliseconds(*most)));
        }
        if let (Some(first), Some(last)) = (quantiles.first(), quantiles.last()) {
            print!("{:>9.2}x", last.0.as_secs_f64() / first.0.as_secs_f64());
        }
        println!();
    }
}
