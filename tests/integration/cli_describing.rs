//! `describe` and `settings ai`, against the stand-in for OpenAI's API.

use testkit::ai::{AiStandIn, Behaviour, KEY};

use crate::cli_app::Terminal;

async fn use_ai(terminal: &Terminal, ai: &AiStandIn, key: &str) {
    let base_url = ai.base_url();
    terminal.run_with(&["settings", "ai", "--key-stdin", "--base-url", base_url.as_str()], key).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_it_says_what_to_do() {
    let terminal = Terminal::new().with_passphrase();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let ran = terminal.run(&["describe", "--json", &id]).await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "ai_no_key", "{}", ran.out);
    assert!(ran.err.contains("image-manager settings ai --ask-key"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_to_be_described_are_named_by_what_they_lack_or_by_a_search() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, KEY).await;
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let blue = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    assert_eq!(terminal.run(&["describe", "--json", "--query", "name:blue"]).await.ok().object()["id"], blue);
    assert_eq!(terminal.run(&["describe", "--json", "--undescribed"]).await.ok().object()["name"], "red.png");
    let nothing = terminal.run(&["describe", "--undescribed"]).await.ok();
    assert!(nothing.err.contains("No picture was found"), "{}", nothing.err);
    assert_eq!(ai.requests().len(), 2);
    terminal.run(&["describe"]).await.ended(2);
    for nothing in ["", " - ", "\"", "..."] {
        terminal.run(&["describe", "--query", nothing]).await.ended(2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_described_and_found_by_the_words() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    let base_url = ai.base_url();
    let settings = ["settings", "ai", "--json", "--key-stdin", "--base-url", base_url.as_str()];
    let settings = terminal.run_with(&settings, testkit::ai::KEY).await.ok();
    assert_eq!(settings.object()["ai"]["has_key"], true);
    assert!(!settings.out.contains(testkit::ai::KEY));

    let id = terminal.upload(&terminal.picture("x.png", [200, 10, 10])).await;
    let described = terminal.run(&["describe", "--json", &id]).await.ok().object();
    assert_eq!(described["id"], id);
    let description = described["description"].as_str().unwrap();
    assert!(description.contains("red"), "the stand-in looks at the pixels: {description}");
    assert_eq!(ai.requests().len(), 1);

    assert_eq!(terminal.run(&["search", "--json", "red"]).await.ok().object()["id"], id);
    let shown = terminal.run(&["show", "--json", &id]).await.ok().object();
    assert_eq!(shown["description"], described["description"]);
    // Who wrote which text, once a person wrote one of them.
    terminal.run(&["edit", &id, "--description", "A plain."]).await.ok();
    let shown = terminal.run(&["show", &id]).await.ok().out;
    assert!(shown.contains("person, ") && shown.contains("; the alternative text by gpt"), "{shown}");
    terminal.run(&["edit", &id, "--alt", "Plain"]).await.ok();
    let shown = terminal.run(&["show", &id]).await.ok().out;
    assert!(!shown.contains("; the alternative text by"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_can_be_described_at_once() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, KEY).await;
    terminal.picture("x.png", [10, 10, 200]);
    let line = terminal.run(&["upload", "--json", "--describe", "x.png"]).await.ok().object();
    assert!(line["description"].as_str().unwrap().contains("blue"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_fails_the_command_but_not_the_upload() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, "sk-wrong").await;
    terminal.picture("x.png", [10, 10, 200]);
    let line = terminal.run(&["upload", "--json", "--describe", "x.png"]).await.ended(1).object();
    assert_eq!(line["status"], "uploaded");
    assert_eq!(line["description_error"]["code"], "ai_key_rejected", "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_shown_and_what_failed_is_tried_again() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    let base_url = ai.base_url();
    let key = async |key: &str| {
        let settings = ["settings", "ai", "--key-stdin", "--base-url", base_url.as_str()];
        terminal.run_with(&settings, key).await.ok();
    };
    key("sk-wrong").await;
    let ids = [
        terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await,
        terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await,
    ];
    let refused = terminal.run(&["describe", "--json", "--prompt", "Say it short.", &ids[0], &ids[1]]).await.ended(1);
    assert!(refused.json().iter().all(|line| line["error"]["code"] == "ai_key_rejected"), "{}", refused.out);
    let statuses = async || {
        let lines = terminal.run(&["descriptions", "--json"]).await.ok().json();
        lines.iter().map(|line| line["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(statuses().await, ["failed", "failed"], "the wishes are kept");

    key(testkit::ai::KEY).await;
    terminal.run(&["descriptions", "retry"]).await.ok();
    assert_eq!(statuses().await, ["waiting", "waiting"]);
    terminal.run(&["descriptions", "pause"]).await.ok();
    assert_eq!(terminal.run(&["descriptions", "--json", "finish"]).await.ended(1).object()["error"]["code"], "paused");
    terminal.run(&["descriptions", "cancel", &ids[0]]).await.ok();
    assert_eq!(statuses().await, ["waiting", "cancelled"]);
    let again = terminal.run(&["descriptions", "retry", "--cancelled"]).await.ok();
    assert!(again.err.contains("2 pictures wait for their descriptions."), "{}", again.err);
    terminal.run(&["descriptions", "resume"]).await.ok();
    let before = ai.requests().len();
    let finished = terminal.run(&["descriptions", "finish"]).await.ok();
    assert!(finished.err.contains("No picture waits"), "{}", finished.err);
    assert!(ai.requests()[before..].iter().all(|asked| asked.texts.iter().any(|text| text.contains("Say it short."))));
    assert_eq!(ai.requests().len() - before, 2);
    assert!(statuses().await.is_empty());
    let shown = terminal.run(&["show", "--json", &ids[1]]).await.ok().object();
    assert!(shown["description"].as_str().unwrap().contains("blue"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_killed_loses_no_wish_and_others_do_each_once() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, KEY).await;
    let mut ids = Vec::new();
    for red in [10, 60, 110, 160, 210] {
        ids.push(terminal.upload(&terminal.picture(&format!("{red}.png"), [red, 10, 10])).await);
    }
    ai.answer_always(Some(Behaviour::Hang));
    let arguments: Vec<&str> = ["describe", "--json"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let mut killed = terminal.command(&arguments).spawn().unwrap();
    // Two at a time.
    ai.arrived(2).await;
    killed.kill().await.unwrap();
    ai.answer_always(None);
    assert_eq!(terminal.run(&["descriptions", "--json"]).await.ok().json().len(), 5);

    let finish = || terminal.run(&["descriptions", "finish"]);
    let (one, other) = tokio::join!(finish(), finish());
    one.ok();
    other.ok();
    assert_eq!(ai.requests().len(), 2 + 5);
    assert!(terminal.run(&["descriptions", "--json"]).await.ok().json().is_empty());
    for id in &ids {
        assert!(terminal.run(&["show", "--json", id]).await.ok().object()["description"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_killed_loses_no_wish() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, KEY).await;
    terminal.picture("x.png", [10, 10, 200]);
    // Its picture never comes: the command waits for it when it is killed.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/y.png", silent.local_addr().unwrap());
    let mut killed = terminal.command(&["upload", "--json", "--describe", "x.png", &address]).spawn().unwrap();
    let _connection = silent.accept().await.unwrap();
    let waiting = async || terminal.run(&["descriptions", "--json"]).await.ok().json();
    while waiting().await.is_empty() {
        assert!(killed.try_wait().unwrap().is_none(), "it waits for the second picture");
    }
    killed.kill().await.unwrap();
    assert!(ai.requests().is_empty());
    assert_eq!(waiting().await[0]["status"], "waiting");
    terminal.run(&["descriptions", "finish"]).await.ok();
    assert_eq!(ai.requests().len(), 1);
    // A picture that is here already, and described, isn't described again.
    let again = terminal.run(&["upload", "--json", "--describe", "x.png"]).await.ok().object();
    assert_eq!((again["status"].as_str(), ai.requests().len()), (Some("duplicate"), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_by_its_reason() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, KEY).await;
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    ai.answer_next(Behaviour::Refuse);
    terminal.run(&["describe", "--json", &id]).await.ended(1);
    let listed = terminal.run(&["descriptions"]).await.ok();
    assert!(listed.err.contains("1 picture failed (ai_refused): "), "{}", listed.err);
    let other = terminal.run(&["descriptions", "--json", "retry", "--reason", "too_large"]).await.ended(1);
    assert_eq!(other.object()["error"]["code"], "not_found");
    let again = terminal.run(&["descriptions", "retry", "--reason", "ai_refused"]).await.ok();
    assert!(again.err.contains("1 picture waits for its description."), "{}", again.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_asks_the_ai_without_a_picture() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    let descriptions = async |status: i32| {
        let ran = terminal.run(&["doctor", "--json"]).await.ended(status);
        ran.json().into_iter().find(|step| step["check"] == "descriptions").unwrap()
    };
    use_ai(&terminal, &ai, KEY).await;
    let well = descriptions(0).await;
    assert!(well["status"] == "ok" && well["message"].as_str().unwrap().contains("gpt-5-mini"), "{well}");
    terminal.run(&["settings", "ai", "--model", "gpt-99"]).await.ok();
    let lacks = descriptions(0).await;
    assert!(lacks["status"] == "lacking" && lacks["message"].as_str().unwrap().contains("gpt-99"), "{lacks}");
    use_ai(&terminal, &ai, "sk-wrong").await;
    let wrong = descriptions(1).await;
    assert_eq!((&wrong["status"], &wrong["code"]), (&"failed".into(), &"ai_key_rejected".into()), "{wrong}");
    assert!(ai.requests().is_empty(), "nothing is described, and nothing is paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_costs_is_said_before_counted_after_and_limited() {
    let ai = AiStandIn::start();
    let terminal = Terminal::new().with_passphrase();
    use_ai(&terminal, &ai, KEY).await;
    let red = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let blue = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;

    // What is on this computer costs nothing, unless somebody says otherwise.
    let free = terminal.run(&["describe", "--estimate", "--json", &red]).await.ok().object();
    assert_eq!((&free["pictures"], &free["cost_usd"]), (&1.into(), &0.0.into()), "{free}");
    terminal.run(&["settings", "ai", "--price", "gpt-5-mini=1000,2000"]).await.ok();
    let dear = terminal.run(&["describe", "--estimate", "--json", "--undescribed"]).await.ok().object();
    let (input, output) = (dear["input_tokens"].as_f64().unwrap(), dear["output_tokens"].as_f64().unwrap());
    let expected = (input * 1000.0 + output * 2000.0) / 1e6;
    assert!((dear["cost_usd"].as_f64().unwrap() - expected).abs() < 1e-5 && dear["pictures"] == 2, "{dear}");
    let said = terminal.run(&["describe", "--estimate", "--undescribed"]).await.ok();
    assert!(said.out.contains("2 pictures would be sent to 127.0.0.1"), "{}", said.out);
    assert!(ai.requests().is_empty(), "an estimate sends nothing");

    // A limit that is smaller than one picture's cost lets none be sent.
    let stopped = terminal.run(&["describe", "--json", "--max-cost", "0.01", &red]).await.ended(1);
    assert_eq!(stopped.object()["error"]["code"], "ai_cost_cap", "{}", stopped.out);
    assert!(ai.requests().is_empty());
    terminal.run(&["describe", "--max-cost", "100", &red]).await.ok();
    assert_eq!(ai.requests().len(), 1);

    let used = terminal.run(&["descriptions", "usage", "--json"]).await.ok().object();
    assert_eq!((&used["model"], &used["pictures"], &used["unpriced"]), (&"gpt-5-mini".into(), &1.into(), &0.into()));
    let cost = used["input_tokens"].as_f64().unwrap() * 1000.0 + used["output_tokens"].as_f64().unwrap() * 2000.0;
    assert!((used["cost_usd"].as_f64().unwrap() - cost / 1e6).abs() < 1e-5, "{used}");

    // The month's limit counts what was spent.
    terminal.run(&["settings", "ai", "--monthly-cap", "0.02"]).await.ok();
    let stopped = terminal.run(&["describe", "--json", &blue]).await.ended(1).object();
    assert_eq!(stopped["error"]["code"], "ai_cost_cap", "{stopped}");
    assert!(stopped["error"]["message"].as_str().unwrap().contains("$0.02 a month"), "{stopped}");
    terminal.run(&["settings", "ai", "--monthly-cap", "0"]).await.ok();
    terminal.run(&["describe", &blue]).await.ok();
    assert_eq!(ai.requests().len(), 2);
}
