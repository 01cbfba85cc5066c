//! The eight calls that programs know from before, as they stand in the README: its examples are run as they are, with curl
//! against the real program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use account_api::{AnalyzeRequest, ImageResponse, UploadResponse, route};
use account_service::config::AiConfig;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;
use serde_json::Value;
use testkit::ai::{AiStandIn, KEY};

use crate::app::{Answer, Db, TestApp, path, png};

/// The program, serving from a folder. It ends when it is dropped.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(folder: &Path, variables: &[(&str, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_account-service"))
            .current_dir(folder)
            .env_clear()
            .env("DATA_DIR", folder.join("data"))
            .env("LISTEN", "127.0.0.1:0")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the program ended before it served").unwrap();
            if let Some(address) = line.split("serving at ").nth(1) {
                break address.split_whitespace().next().unwrap().to_owned();
            }
        };
        // So that it never waits for somebody to read its log.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The blocks of the README that are marked as examples of the API.
fn examples() -> String {
    let readme = include_str!("../../../../README.md");
    let blocks = readme.split("```sh curl\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

/// Shows each answer with its status, and hands it on as curl would.
const CURL: &str = r#"
set -eu
curl() {
    command curl --max-time 60 -o body.json -w '%{http_code} ' "$@" >>answers.txt
    cat body.json >>answers.txt
    echo >>answers.txt
    cat body.json
}
"#;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_readme_do_what_they_say(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let ai = AiStandIn::start();
    let folder = tempfile::tempdir().unwrap();
    let mut variables = vec![
        ("OPENAI_API_KEY", KEY.to_owned()),
        ("OPENAI_BASE_URL", ai.base_url().to_string()),
        ("OPENAI_MODEL", "gpt-4.1-mini".to_owned()),
    ];
    if db == Db::Postgres {
        variables.push(("DATABASE_URL", testkit::postgres::database().await));
    }
    let program = Program::start(folder.path(), &variables);
    std::fs::write(folder.path().join("photo.jpg"), png(1)).unwrap();
    let examples = examples();
    assert!(examples.contains("SERVICE=http://127.0.0.1:5000\n"), "the examples say where the service is: {examples}");
    let script = format!("{CURL}{}", examples.replace("http://127.0.0.1:5000", &program.address));
    let run = Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));

    let answers = std::fs::read_to_string(folder.path().join("answers.txt")).unwrap();
    let answers: Vec<(u16, Value)> = answers
        .lines()
        .map(|line| {
            let (status, body) = line.split_once(' ').unwrap();
            (status.parse().unwrap(), serde_json::from_str(body).unwrap())
        })
        .collect();
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [201, 200, 200, 201, 200, 200, 200, 200], "{answers:#?}");
    let [register, login, me, upload, list, show, analyze, delete] = &answers[..] else { unreachable!() };
    for (answer, message) in [
        (register, "User registered successfully"),
        (login, "Login successful"),
        (upload, "Image uploaded successfully"),
        (analyze, "Image analyzed successfully"),
        (delete, "Image deleted successfully"),
    ] {
        assert_eq!(answer.1["message"], message);
    }
    for answer in [register, login] {
        assert_eq!(answer.1["user"]["username"], "anna");
        assert!(answer.1["access_token"].is_string());
    }
    assert_eq!((&me.1["username"], &me.1["email"]), (&"anna".into(), &"anna@example.com".into()));
    let image = &upload.1["image"];
    assert_eq!(image["name"], "photo.jpg");
    assert!(image["description"].is_string(), "the AI was asked at once: {image}");
    assert_eq!(list.1["images"][0]["id"], image["id"]);
    assert_eq!(show.1["id"], image["id"]);
    assert!(analyze.1["image"]["description"].is_string());
    let asked = ai.requests();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].texts.iter().any(|text| text.contains("Which animals")), "the custom prompt reached the AI");
}

#[rstest]
#[case(&["true", "True", "TRUE", "1", "yes", "YES", "y", "t", "on", " true "], true)]
#[case(&["false", "False", "0", "no", "off", "", "maybe"], false)]
#[tokio::test]
async fn the_analyze_flag_is_understood_as_people_write_it(#[case] spellings: &[&str], #[case] asked: bool) {
    let ai = AiStandIn::start();
    let config = AiConfig { key: KEY.into(), base_url: Some(ai.base_url()), model: "gpt-4.1-mini".to_owned() };
    let app = TestApp::start_with(Db::Sqlite, |service| service.ai = Some(config)).await;
    let anna = app.register("anna").await;
    for (n, spelling) in spellings.iter().enumerate() {
        // Before the picture or after it: the order of a form's fields is the client's.
        let form = Form::new();
        let flag = |form: Form| form.text("analyze", (*spelling).to_owned());
        let picture = |form: Form| form.part("image", Part::bytes(png(n as u32)).file_name("a.png"));
        let form = if n % 2 == 0 { picture(flag(form)) } else { flag(picture(form)) };
        let answer = Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await;
        assert_eq!(answer.status, 201);
        let response: UploadResponse = answer.ok();
        assert_eq!(response.message, "Image uploaded successfully");
        assert_eq!(response.image.description.is_some(), asked, "analyze={spelling:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_prompt_of_ones_own_replaces_the_usual_one(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let ai = AiStandIn::start();
    let config = AiConfig { key: KEY.into(), base_url: Some(ai.base_url()), model: "gpt-4.1-mini".to_owned() };
    let app = TestApp::start_with(db, |service| service.ai = Some(config)).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let analyze = path(route::ANALYZE, &image.id);
    let _: ImageResponse =
        anna.post(&analyze, &AnalyzeRequest { prompt: Some("How many gulls?".to_owned()) }).await.ok();
    // No body, an empty object, null and an empty prompt all mean the usual one.
    let usual = [
        anna.request(Method::POST, &analyze),
        anna.request(Method::POST, &analyze).json(&serde_json::json!({})),
        anna.request(Method::POST, &analyze).json(&serde_json::json!({"prompt": null})),
        anna.request(Method::POST, &analyze).json(&serde_json::json!({"prompt": "  "})),
    ];
    for request in usual {
        let response: ImageResponse = Answer::of(request).await.ok();
        assert_eq!(response.message, "Image analyzed successfully");
    }
    let prompts: Vec<bool> =
        ai.requests().iter().map(|request| request.texts.iter().any(|text| text.contains("How many gulls?"))).collect();
    assert_eq!(prompts, [true, false, false, false, false]);
}
