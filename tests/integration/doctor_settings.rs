//! `doctor` of a bucket's settings: each misconfiguration is named in a sentence, and after mending as told it works.
//! Against Garage, the embedded store, TLS, and servers that are no stores.

use std::path::PathBuf;

use account_service::config::BucketConfig;
use account_service::embedded::{Embedded, EmbeddedConfig, EmbeddedStorage};
use secrecy::ExposeSecret;
use serde_json::Value;
use testkit::proxy::{CannedAnswer, Fault, FaultProxy, When};
use testkit::tls::TlsFront;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::cli_app::{Ran, Terminal};
use crate::world::{Database, Hosted, Store, bucket_config};

/// What is typed.
#[derive(Debug, Clone)]
struct Typed {
    endpoint: String,
    region: String,
    bucket: String,
    key_id: String,
    secret: String,
    path_style: bool,
    /// An authority that this computer trusts.
    trusted: Option<PathBuf>,
}

impl Typed {
    fn of(bucket: &BucketConfig) -> Self {
        Self {
            endpoint: bucket.endpoint.clone().unwrap(),
            region: bucket.region.clone(),
            bucket: bucket.bucket.clone(),
            key_id: bucket.key_id.clone(),
            secret: bucket.secret.expose_secret().to_owned(),
            path_style: bucket.path_style,
            trusted: None,
        }
    }

    /// The same, with another address.
    fn at(&self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), ..self.clone() }
    }

    /// What comes after the scheme.
    fn host(&self) -> &str {
        self.endpoint.split_once("://").unwrap().1
    }

    async fn examine(&self, terminal: &Terminal) -> Ran {
        let mut arguments = vec!["doctor", "--json", "--endpoint", &self.endpoint, "--region", &self.region];
        arguments.extend(["--bucket", &self.bucket, "--key-id", &self.key_id, "--secret-stdin"]);
        if self.path_style {
            arguments.push("--path-style");
        }
        let mut command = terminal.command(&arguments);
        if let Some(authority) = &self.trusted {
            command.env("SSL_CERT_FILE", authority);
        }
        terminal.finish(command, &self.secret).await
    }

    /// The one step that fails.
    async fn failure(&self, terminal: &Terminal) -> Value {
        let ran = self.examine(terminal).await.ended(1);
        let mut failed: Vec<Value> = ran.json().into_iter().filter(|step| step["status"] == "failed").collect();
        assert_eq!(failed.len(), 1, "{self:?}: {}", ran.out);
        failed.remove(0)
    }

    /// Every step, of which all work.
    async fn works(&self, terminal: &Terminal) -> Vec<Value> {
        let ran = self.examine(terminal).await;
        assert_eq!(ran.status, 0, "{self:?}: {}", ran.out);
        ran.json()
    }
}

/// A misconfiguration: what is typed, which step finds it, what the sentence has to say, and what works then.
struct Row {
    typed: Typed,
    check: &'static str,
    code: &'static str,
    words: Vec<String>,
    mended: Typed,
}

fn row(typed: Typed, check: &'static str, code: &'static str, words: &[&str], mended: &Typed) -> Row {
    let words = words.iter().map(|&word| word.to_owned()).collect();
    Row { typed, check, code, words, mended: mended.clone() }
}

async fn check(rows: Vec<Row>) {
    let terminal = Terminal::new();
    for row in rows {
        let step = row.typed.failure(&terminal).await;
        let told = step["message"].as_str().unwrap();
        assert_eq!((&step["check"], &step["code"]), (&row.check.into(), &row.code.into()), "{:?}: {told}", row.typed);
        for word in &row.words {
            assert!(told.contains(word.as_str()), "{:?}: “{told}” doesn’t say “{word}”", row.typed);
        }
        row.mended.works(&terminal).await;
    }
}

/// The embedded store, by itself.
async fn embedded() -> (Embedded, Typed, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = EmbeddedConfig {
        data_dir: folder.path().to_owned(),
        reserve_in: None,
        storage: EmbeddedStorage::ThisComputer,
        preferred_port: None,
        expects_pictures: false,
    };
    let service = account_service::embedded::start(config).await.unwrap();
    let typed = Typed::of(service.embedded_bucket().unwrap());
    (service, typed, folder)
}

/// A server that answers everything with this, or not at all.
async fn server(answer: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut client, _)) = listener.accept().await {
            let Some(answer) = answer else {
                held.push(client);
                continue;
            };
            let mut request = [0; 8192];
            let _ = client.read(&mut request).await;
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n", answer.len());
            let _ = client.write_all(format!("{head}content-type: text/html\r\n\r\n{answer}").as_bytes()).await;
        }
    });
    format!("http://{address}")
}

/// What people add to addresses by accident is put right and told, and needs no mending.
async fn untidy(good: &Typed) {
    let terminal = Terminal::new();
    let host = good.host();
    let cases = [
        (format!("{}/", good.endpoint), "slash at the address’s end was left off"),
        (format!("{}//", good.endpoint), "slash at the address’s end was left off"),
        (host.to_owned(), "had no scheme; http:// was put before it"),
        (format!(" {} ", good.endpoint), "The store is"),
    ];
    for (typed, told) in cases {
        let steps = good.at(typed.clone()).works(&terminal).await;
        assert_eq!(steps[0]["check"], "address");
        let message = steps[0]["message"].as_str().unwrap();
        assert!(message.contains(told), "{typed}: {message}");
        assert!(message.contains(&good.endpoint), "{typed}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn untidy_addresses_are_put_right_on_garage() {
    untidy(&Typed::of(&bucket_config(&testkit::garage::bucket().await))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn untidy_addresses_are_put_right_on_the_embedded_store() {
    let (service, good, _folder) = embedded().await;
    untidy(&good).await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_of_a_bucket_on_garage() {
    let good = Typed::of(&bucket_config(&testkit::garage::bucket().await));
    let at_localhost = good.at(good.endpoint.replace("127.0.0.1", "localhost"));
    let wrong_style = Typed { path_style: false, ..at_localhost.clone() };
    check(vec![
        row(
            Typed { region: "eu-west-1".to_owned(), ..good.clone() },
            "put",
            "wrong_region",
            &["works with the region garage", "not with eu-west-1", "Use garage"],
            &good,
        ),
        row(
            good.at(format!("{}/{}/", good.endpoint, good.bucket)),
            "put",
            "invalid_address",
            &["holds the bucket’s name", &format!("It works with {}. Use that", good.endpoint)],
            &good,
        ),
        row(wrong_style, "put", "wrong_path_style", &["works with path style on", "Turn path style on"], &at_localhost),
        row(
            Typed { key_id: "GK000000000000000000000000".to_owned(), ..good.clone() },
            "put",
            "wrong_key_id",
            &["doesn’t know the key id", "GK000000000000000000000000", "Check it"],
            &good,
        ),
        row(
            Typed { secret: "0".repeat(64), ..good.clone() },
            "put",
            "wrong_secret",
            &["secret doesn’t belong to this key id", "Paste it anew"],
            &good,
        ),
        row(
            Typed { bucket: "there-is-none".to_owned(), ..good.clone() },
            "put",
            "no_such_bucket",
            &["no bucket “there-is-none”", "check its name"],
            &good,
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_of_the_embedded_store() {
    let (service, good, _folder) = embedded().await;
    check(vec![
        row(
            Typed { key_id: "nobody".to_owned(), ..good.clone() },
            "put",
            "wrong_key_id",
            &["doesn’t know the key id “nobody”"],
            &good,
        ),
        row(
            Typed { secret: "nonsense".to_owned(), ..good.clone() },
            "put",
            "wrong_secret",
            &["secret doesn’t belong to this key id"],
            &good,
        ),
        row(
            Typed { bucket: "there-is-none".to_owned(), ..good.clone() },
            "put",
            "no_such_bucket",
            &["no bucket “there-is-none”"],
            &good,
        ),
    ])
    .await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_where_no_store_answers() {
    let (service, good, _folder) = embedded().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let page = server(Some("<html><title>Sign in to the console</title></html>")).await;
    let yes_man = server(Some("OK")).await;
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    check(vec![
        row(good.at("ftp://example.com"), "address", "invalid_address", &["is not an address", "https://"], &good),
        row(
            good.at(format!("http://127.0.0.1:{closed}")),
            "connect",
            "unreachable",
            &["nothing listens on port", &closed.to_string(), "Check the port"],
            &good,
        ),
        row(
            good.at("http://no-such-store.invalid"),
            "connect",
            "unreachable",
            &["no host named no-such-store.invalid", "typing errors"],
            &good,
        ),
        row(good.at(page), "connect", "not_s3", &["web page", "not as an S3 store", "S3 API"], &good),
        row(good.at(yes_man), "connect", "not_s3", &["web page", "S3 API"], &good),
        row(good.at(hosted.url()), "put", "not_s3", &["is not an S3 store", "S3 API"], &good),
    ])
    .await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn schemes_and_certificates() {
    let (service, good, _folder) = embedded().await;
    let front = TlsFront::start(&good.endpoint);
    let trusted = Typed { trusted: Some(front.authority()), ..good.at(front.url()) };
    let plain = |typed: &Typed| typed.endpoint.replace("https://", "http://");
    check(vec![
        row(
            good.at(good.endpoint.replace("http://", "https://")),
            "connect",
            "wrong_scheme",
            &["speaks http there, not https", "Begin the address with http://"],
            &good,
        ),
        row(
            trusted.at(plain(&trusted)),
            "connect",
            "wrong_scheme",
            &["speaks https there, not http", "Begin the address with https://"],
            &trusted,
        ),
        row(
            Typed { trusted: None, ..trusted.clone() },
            "connect",
            "certificate",
            &["certificate that this computer doesn’t trust", "Have the system trust it or its issuer"],
            &trusted,
        ),
    ])
    .await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_given_up() {
    let (service, good, _folder) = embedded().await;
    let words = ["didn’t answer within 15 seconds", "firewalls"];
    check(vec![row(good.at(server(None).await), "connect", "unreachable", &words, &good)]).await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_rights_are_named_one_by_one() {
    let garage = testkit::garage::bucket().await;
    let good = Typed::of(&bucket_config(&garage));
    let terminal = Terminal::new();
    garage.allow(true, false).await;
    let step = good.failure(&terminal).await;
    assert_eq!((&step["check"], &step["code"]), (&"put".into(), &"missing_right".into()));
    let told = step["message"].as_str().unwrap();
    assert!(told.contains("may not store objects in") && told.contains("Give it that right"), "{told}");

    garage.allow(false, true).await;
    let ran = good.examine(&terminal).await.ended(1);
    let failed: Vec<Value> = ran.json().into_iter().filter(|step| step["status"] == "failed").collect();
    assert_eq!(failed[0]["check"], "head", "{}", ran.out);
    assert!(failed[0]["message"].as_str().unwrap().contains("may not look at objects"), "{}", ran.out);
    assert!(failed.iter().all(|step| step["code"] == "missing_right"), "{}", ran.out);

    garage.allow(true, true).await;
    good.works(&terminal).await;
}

/// Rights that only other stores have one by one; refused in front of a real one.
#[tokio::test(flavor = "multi_thread")]
async fn missing_rights_to_remove_and_to_list() {
    let (service, good, _folder) = embedded().await;
    let terminal = Terminal::new();
    let denied = || Fault::Answer(CannedAnswer::s3(403, "AccessDenied", "Access Denied"));
    let cases = [
        (When::method("DELETE").lacking("uploadId"), "delete", "may not remove objects"),
        (When::method("DELETE").containing("uploadId"), "abort", "may not give up an upload in parts"),
        (When::method("GET").containing("uploadId"), "multipart", "may not list the parts"),
        (When::method("GET").containing("X-Amz-Signature"), "presigned", "may not read objects by presigned"),
    ];
    for (when, check, words) in cases {
        let proxy = FaultProxy::start(&good.endpoint);
        let typed = good.at(proxy.endpoint());
        proxy.always(when, denied());
        let step = typed.failure(&terminal).await;
        assert_eq!((&step["check"], &step["code"]), (&check.into(), &"missing_right".into()), "{step}");
        let told = step["message"].as_str().unwrap();
        assert!(told.contains(words) && told.contains("Give it that right"), "{told}");
        proxy.clear();
        typed.works(&terminal).await;
    }
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_disagree() {
    let (service, good, _folder) = embedded().await;
    let terminal = Terminal::new();
    let proxy = FaultProxy::start(&good.endpoint);
    let typed = good.at(proxy.endpoint());
    // Told by the Date header of any answer…
    proxy.always(When::any(), Fault::clock_skew("Wed, 01 Jan 2020 00:00:00 GMT"));
    let step = typed.failure(&terminal).await;
    assert_eq!((&step["check"], &step["code"]), (&"clock".into(), &"clock_skew".into()), "{step}");
    let told = step["message"].as_str().unwrap();
    assert!(told.contains("minutes ahead of the store’s") && told.contains("Set the clock"), "{told}");
    // …or by the refusal of a signature.
    proxy.clear();
    let skewed = CannedAnswer::s3(403, "RequestTimeTooSkewed", "The difference is too large.");
    proxy.always(When::method("PUT"), Fault::Answer(skewed));
    let step = typed.failure(&terminal).await;
    assert_eq!((&step["check"], &step["code"]), (&"put".into(), &"clock_skew".into()), "{step}");
    assert!(step["message"].as_str().unwrap().contains("Set the clock"), "{step}");
    proxy.clear();
    typed.works(&terminal).await;
    service.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_alters_or_accepts_anything_is_found_out() {
    let (service, good, folder) = embedded().await;
    let terminal = Terminal::new();
    let proxy = FaultProxy::start(&good.endpoint);
    let typed = good.at(proxy.endpoint());
    proxy.always(When::method("GET").containing("image-manager-check"), Fault::CorruptResponse { at: 3 });
    let ran = typed.examine(&terminal).await.ended(1);
    let corrupted = |step: &Value| step["check"] == "range" && step["code"] == "corrupted";
    assert!(ran.json().iter().any(corrupted), "{}", ran.out);
    proxy.clear();
    typed.works(&terminal).await;
    let objects = walkdir(&folder.path().join("store/objects/image-manager-check"));
    assert!(objects.is_empty(), "nothing is left behind: {objects:?}");
    service.shutdown().await;
}

fn walkdir(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(walkdir(&path)) } else { files.push(path) }
    }
    files
}
