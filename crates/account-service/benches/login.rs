//! Whether the time that signing in takes tells who has an account: a wrong password for somebody who is there and for
//! somebody who isn't, turn by turn against one running service, so that whatever else the machine does hits both alike.
//! The same for getting back in with a wrong recovery code. Run by `cargo xtask bench login`.

#![allow(clippy::print_stdout, reason = "a measurement for the terminal")]

use std::time::{Duration, Instant};

use account_api::{LoginRequest, RecoverWithCodeRequest, RegisterRequest, route};
use account_service::{Config, Server};
use reqwest::Client;
use serde::Serialize;

/// What is asked of each, unless the first argument says otherwise.
const ROUNDS: usize = 200;

/// Those before that are not counted.
const WARMING_UP: usize = 10;

#[tokio::main]
async fn main() {
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let rounds: usize = asked.unwrap_or(ROUNDS);
    println!("{rounds} of each, turn by turn, in milliseconds (Argon2id as it is configured by default)");
    measure("SQLite", None, rounds).await;
    measure("PostgreSQL", Some(testkit::postgres::database().await), rounds).await;
}

async fn measure(name: &str, database: Option<String>, rounds: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut config = Config::in_folder(folder.path());
    config.database_url = database.map(Into::into);
    // What is measured is what a try takes, not how many are allowed.
    config.limits.rates = None;
    let server = Server::bind(config).await.expect("the service starts");
    let base = format!("http://{}", server.address());
    let stop = server.stop_handle();
    let running = tokio::spawn(server.run());
    let http = Client::new();
    let anna = RegisterRequest {
        username: "anna".to_owned(),
        email: "anna@example.com".to_owned(),
        password: "a long enough password".to_owned(),
        device_name: None,
        ..RegisterRequest::default()
    };
    let made = http.post(format!("{base}{}", route::REGISTER)).json(&anna).send().await.expect("the service answers");
    assert!(made.status().is_success(), "{made:?}");

    println!("\n{name:<12}{:>34}{:>10}{:>10}{:>10}", "p5", "p50", "p95", "mean");
    let login = |username: &str| LoginRequest {
        username: username.to_owned(),
        password: "a wrong password".to_owned(),
        ..LoginRequest::default()
    };
    compare(&http, &format!("{base}{}", route::LOGIN), "sign in", rounds, login).await;
    let recover = |account: &str| RecoverWithCodeRequest {
        account: account.to_owned(),
        recovery_code: "0000-0000-0000-0000".to_owned(),
        new_password: "a new password".to_owned(),
    };
    compare(&http, &format!("{base}{}", route::RECOVERY_CODE), "recovery code", rounds, recover).await;
    stop.stop();
    running.await.expect("the service ends");
}

async fn compare<T: Serialize>(http: &Client, url: &str, what: &str, rounds: usize, body: impl Fn(&str) -> T) {
    let (mut known, mut unknown) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for round in 0..WARMING_UP + rounds {
        // Names of one length; who comes first changes, because the second finds a warmer machine.
        let turns = if round % 2 == 0 { ["anna", "nora"] } else { ["nora", "anna"] };
        for name in turns {
            let start = Instant::now();
            let answer = http.post(url).json(&body(name)).send().await.expect("the service answers");
            let status = answer.status();
            answer.bytes().await.expect("the answer is complete");
            let took = start.elapsed();
            assert_eq!(status, 401, "neither gets in");
            if round >= WARMING_UP {
                if name == "anna" { &mut known } else { &mut unknown }.push(took);
            }
        }
    }
    print(what, "known", &mut known);
    print(what, "unknown", &mut unknown);
}

fn print(what: &str, who: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() - 1) * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let mean = times.iter().sum::<Duration>().as_secs_f64() * 1e3 / times.len() as f64;
    println!("  {:<34}{:>10.2}{:>10.2}{:>10.2}{mean:>10.2}", format!("{what}, {who}"), at(5), at(50), at(95));
}
