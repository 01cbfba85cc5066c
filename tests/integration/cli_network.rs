//! A computer behind a proxy: every part of the app goes through it, and what is on this computer never does.

use rstest::rstest;
use testkit::ai::{AiStandIn, KEY};
use testkit::forward::ForwardProxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::cli_app::{Ran, Terminal};
use crate::world::{Database, Hosted, Store, password_of};

/// A terminal on a computer whose requests go through a proxy.
struct Behind<'a> {
    terminal: Terminal,
    variable: &'a str,
    proxy: String,
}

impl Behind<'_> {
    async fn run(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.terminal.command(arguments);
        command.env(self.variable, &self.proxy);
        self.terminal.finish(command, input).await
    }
}

/// A web server that has one picture.
async fn web(picture: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let _ = client.read(&mut [0; 8192]).await;
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                picture.len()
            );
            let _ = client.write_all(head.as_bytes()).await;
            let _ = client.write_all(&picture).await;
        }
    });
    url
}

#[rstest]
#[case::http(ForwardProxy::http(), "HTTP_PROXY")]
#[case::socks(ForwardProxy::socks(), "all_proxy")]
#[tokio::test(flavor = "multi_thread")]
async fn bucket_ai_and_fetched_pictures_go_through_the_proxy(#[case] proxy: ForwardProxy, #[case] variable: &str) {
    let (garage, ai) = (testkit::garage::bucket().await, AiStandIn::start());
    let terminal = Terminal::new().with_passphrase();
    let picture = std::fs::read(terminal.picture("elsewhere.png", [10, 200, 10])).unwrap();
    let proxy = proxy
        .leading("store.test", &garage.endpoint)
        .leading("ai.test", ai.base_url().as_str())
        .leading("web.test", &web(picture).await);
    let behind = Behind { terminal, variable, proxy: proxy.url() };
    let bucket = ["use", "bucket", "--endpoint", "http://store.test:9000", "--region", &garage.region];
    let key = ["--bucket", &garage.bucket, "--key-id", &garage.key_id, "--secret-stdin", "--path-style"];
    behind.run(&[&bucket[..], &key[..]].concat(), &garage.secret).await.ok();
    behind.run(&["settings", "ai", "--key-stdin", "--base-url", "http://ai.test/v1"], KEY).await.ok();
    behind.terminal.picture("x.png", [200, 10, 10]);
    let line = behind.run(&["upload", "--json", "--describe", "x.png"], "").await.ok().object();
    assert!(line["description"].as_str().unwrap().contains("red"), "{line}");
    let fetched = behind.run(&["upload", "--json", "http://web.test/green.png"], "").await.ok().object();
    assert_eq!(fetched["status"], "uploaded", "{fetched}");
    let id = line["id"].as_str().unwrap();
    behind.run(&["download", id, "-o", "back.png"], "").await.ok();
    behind.run(&["doctor"], "").await.ok();
    assert_eq!(proxy.hosts(), ["ai.test", "store.test", "web.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_goes_through_the_proxy_and_what_is_here_does_not() {
    let hosted = Hosted::start(Database::Sqlite, Store::Garage).await;
    hosted.person("anna").await;
    let proxy = ForwardProxy::http().leading("service.test", &hosted.url());
    let behind = Behind { terminal: Terminal::new().with_passphrase(), variable: "HTTP_PROXY", proxy: proxy.url() };
    let login = ["login", "--service", "http://service.test", "--username", "anna", "--password-stdin"];
    behind.run(&login, &password_of("anna")).await.ok();
    behind.terminal.picture("x.png", [200, 10, 10]);
    // Its store is on this computer.
    behind.run(&["upload", "x.png"], "").await.ok();
    assert_eq!(proxy.hosts(), ["service.test"]);

    proxy.answer_with(Some(403));
    let list = behind.run(&["doctor", "--json"], "").await.ended(1).out;
    assert!(list.contains("may have answered 403 Forbidden") && !list.contains("not an account service"), "{list}");
    let login = behind.run(&login, &password_of("anna")).await.ended(1);
    assert!(login.err.contains(&proxy.address()) && !login.err.contains("not an account service"), "{}", login.err);
    proxy.answer_with(Some(407));
    let list = behind.run(&["doctor", "--json"], "").await.ended(1).out;
    assert!(list.contains(&format!("the proxy at {} (HTTP_PROXY) wants a user name", proxy.address())), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn this_computer_needs_no_proxy() {
    let proxy = ForwardProxy::http();
    let behind = Behind { terminal: Terminal::new(), variable: "ALL_PROXY", proxy: proxy.url() };
    behind.terminal.picture("x.png", [200, 10, 10]);
    behind.run(&["upload", "x.png"], "").await.ok();
    behind.run(&["doctor"], "").await.ok();
    assert_eq!(proxy.passages(), []);
}

#[rstest]
#[case(Some(407), "wants a user name and a password")]
#[case(Some(403), "may have answered 403 Forbidden in its place")]
#[case(Some(503), "may have answered 503 Service Unavailable in its place")]
#[case(None, "can’t be reached: nothing listens there")]
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_at_fault_is_named(#[case] status: Option<u16>, #[case] says: &str) {
    let proxy = ForwardProxy::http();
    proxy.answer_with(status);
    let nothing = format!("127.0.0.1:{}", testkit::process::free_port());
    let address = if status.is_some() { proxy.address() } else { nothing };
    let proxy_url = format!("http://{address}");
    let behind = Behind { terminal: Terminal::new(), variable: "HTTP_PROXY", proxy: proxy_url };
    let bucket = ["doctor", "--json", "--endpoint", "http://store.test", "--region", "r", "--bucket", "b"];
    let ran = behind.run(&[&bucket[..], &["--key-id", "k", "--secret-stdin"]].concat(), "secret").await.ended(1);
    let failed = ran.json().into_iter().find(|step| step["status"] == "failed").unwrap();
    let message = failed["message"].as_str().unwrap();
    assert_eq!((&failed["check"], &failed["code"]), (&"connect".into(), &"proxy".into()), "{failed}");
    assert!(message.contains(&format!("the proxy at {address} (HTTP_PROXY) {says}")), "{message}");
}
