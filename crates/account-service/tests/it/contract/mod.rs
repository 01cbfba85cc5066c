//! The service keeps to its OpenAPI document, whatever it is sent: requests made from the document, right and wrong ones,
//! never meet a fault, and never an answer that the document doesn't have.
//!
//! `CONTRACT_SEED=N` and `CONTRACT_CASES=N` try other requests and more of them.

mod generate;
mod judge;

use account_api::{Grant, GrantRequest, GrantResponse, RecoveryCodesResponse, SessionsResponse, TotpEnrolment, route};
use account_service::config::{AiConfig, MailConfig};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rstest::rstest;
use serde_json::Value;
use testkit::ai::{AiStandIn, KEY};
use testkit::smtp::SmtpServer;

use self::generate::{Known, Payload, Sent};
use self::judge::Judge;
use crate::app::{Answer, Db, Person, TestApp, png};
use crate::two_factor::code;
use crate::uploads::{announcement, put, single};

/// How many requests to each operation.
const CASES: usize = 40;

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn requests_of_all_kinds_are_answered_as_documented(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let ai = AiStandIn::start();
    let mails = SmtpServer::start();
    let app = TestApp::start_with(db, |config| {
        let model = "gpt-4.1-mini".to_owned();
        let url = format!("smtp://{}", mails.address()).into();
        config.mail = Some(MailConfig { url, from: "pictures@example.com".to_owned() });
        config.ai = Some(AiConfig { key: KEY.into(), base_url: Some(ai.base_url()), model });
    })
    .await;
    let document: Value = app.nobody().get(route::OPENAPI).await.ok();
    let judge = Judge::of(&document);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(number("CONTRACT_SEED", 1) as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let stranger = app.register("stranger").await;
    let strangers = stranger.upload("theirs.png", &png(1)).await;
    let mut met = std::collections::BTreeMap::<String, std::collections::BTreeSet<u16>>::new();
    for (n, operation) in generate::operations(&document).into_iter().enumerate() {
        // Each operation finds an account of its own, because signing out and deleting are among them.
        let name = format!("anna{n}");
        let anna = app.register(&name).await;
        let mut known = known(&app.config, &anna, &name, n as u32 * 10 + 10, &strangers.id).await;
        if operation.name().contains(route::EMAIL_CONFIRM) {
            known.tokens = vec![token_by_mail(&anna, &mails).await];
        }
        let requests = operation.requests(&document, &known);
        for _ in 0..number("CONTRACT_CASES", CASES) {
            let sent = requests.new_tree(&mut runner).unwrap().current();
            let answer = send(&app, &known, &sent).await;
            if let Err(problem) = judge.judge(&operation, &answer) {
                panic!("{} {}: {problem}\n\nsent: {sent:?}\n\nanswered: {answer:?}", sent.method, sent.path);
            }
            met.entry(operation.name()).or_default().insert(answer.status.as_u16());
        }
    }
    // Requests that are all refused at the door would prove nothing.
    for (name, statuses) in &met {
        assert!(statuses.iter().any(|status| *status < 400), "no request to {name} was ever right: {statuses:?}");
    }
}

/// What a mail brings that was asked for to change an address.
async fn token_by_mail(anna: &Person<'_>, mails: &SmtpServer) -> String {
    let address = "by-mail@example.com";
    let request = serde_json::json!({"email": address, "password": "a long enough password"});
    assert!(anna.post(route::EMAIL, &request).await.status.is_success());
    loop {
        // Others are on their way that other operations have asked for.
        let mail = mails.next().await;
        if mail.to == [address.to_owned()] {
            let text = mail.text();
            return text.split_once("/email#").unwrap().1.split_whitespace().next().unwrap().to_owned();
        }
    }
}

async fn known(config: &account_service::Config, anna: &Person<'_>, name: &str, n: u32, theirs: &str) -> Known {
    let image = anna.upload("a.png", &png(n)).await;
    let trashed = anna.upload("b.png", &png(n + 1)).await;
    assert!(anna.delete(&format!("/api/images/{}", trashed.id)).await.status.is_success());
    let open = anna.grant(announcement("c.png", &png(n + 2))).await;
    put(anna, single(&open), &png(n + 2)).await;
    let mut large = announcement("d.png", &png(n + 3));
    large.size = 40 * 1024 * 1024;
    let granted: GrantResponse = anna.post(route::UPLOADS, &GrantRequest { files: vec![large] }).await.ok();
    let account_api::GrantOutcome::Granted { grant: Grant { upload_id: parts, .. } } =
        granted.results.into_iter().next().unwrap().outcome
    else {
        panic!("not granted")
    };
    let links: account_api::LinksResponse =
        anna.post(route::LINKS, &serde_json::json!({"image_ids": [image.id]})).await.ok();
    let auth = anna.auth.clone().unwrap();
    let ended = anna.app.nobody();
    let login = serde_json::json!({"username": name, "password": "a long enough password"});
    let ended = ended.app.signed_in(ended.post(route::LOGIN, &login).await.ok());
    assert!(ended.post(route::LOGOUT, &()).await.status.is_success());
    let sessions: SessionsResponse = anna.get(route::SESSIONS).await.ok();
    let check = serde_json::json!({"password": "a long enough password"});
    let secret = anna.post(route::TOTP, &check).await.ok::<TotpEnrolment>().secret;
    let codes: RecoveryCodesResponse = anna.post(route::RECOVERY_CODES, &check).await.ok();
    let reset = account_service::reset_link(config, name, false).await.unwrap().url;
    Known {
        sessions: sessions.sessions.into_iter().map(|session| session.id).collect(),
        // Of the present step, and of those that come while requests are sent.
        totp_codes: (0..4).map(|steps| code(&secret, steps)).collect(),
        recovery_codes: codes.recovery_codes,
        tokens: vec![reset.split_once('#').unwrap().1.to_owned()],
        username: name.to_owned(),
        password: "a long enough password".to_owned(),
        images: vec![image.id, trashed.id, theirs.to_owned()],
        uploads: vec![parts, open.upload_id],
        link: links.links[0].url.rsplit_once("/i/").unwrap().1.to_owned(),
        refresh_token: auth.refresh_token,
        access_token: auth.access_token,
        ended_token: ended.token.unwrap(),
        picture: png(n + 4),
    }
}

async fn send(app: &TestApp, known: &Known, sent: &Sent) -> Answer {
    let request = app.http.request(sent.method.clone(), format!("{}{}", app.base, sent.path));
    let request = match &sent.token {
        Some(token) => request.header("authorization", token),
        None => request,
    };
    let request = match &sent.payload {
        Payload::None => request,
        Payload::Json(body) => request.json(body),
        Payload::Raw { content_type, bytes } => request.header("content-type", content_type).body(bytes.clone()),
        Payload::Form { image, analyze, prompt } => {
            let mut form = reqwest::multipart::Form::new();
            if let Some(image) = image {
                let bytes = if image.is_empty() { known.picture.clone() } else { image.clone() };
                form = form.part("image", reqwest::multipart::Part::bytes(bytes).file_name("a.png"));
            }
            for (name, text) in [("analyze", analyze), ("prompt", prompt)] {
                if let Some(text) = text {
                    form = form.text(name, text.clone());
                }
            }
            request.multipart(form)
        }
    };
    let mut response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.unwrap() {
        body.extend_from_slice(&bytes);
        if headers.get("content-type").is_some_and(|kind| kind == "text/event-stream") {
            // It has no end.
            break;
        }
    }
    Answer { status, headers, body }
}
