//! The program as it serves: how it ends, what it logs, what it tells Prometheus.

use std::collections::BTreeSet;

use account_api::{AuthResponse, ErrorCode, LinksRequest, LinksResponse, LoginRequest, RefreshRequest, route};
use bytes::Bytes;
use reqwest::Method;
use rstest::rstest;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::app::{Answer, Db, png};
use crate::process::Setup;

/// A form whose second half is sent when the channel says so.
pub fn slow_form(bytes: Vec<u8>) -> (reqwest::multipart::Form, mpsc::Sender<Bytes>, Bytes) {
    let bytes = Bytes::from(bytes);
    let (first, second) = (bytes.slice(..bytes.len() / 2), bytes.slice(bytes.len() / 2..));
    let (sender, receiver) = mpsc::channel(2);
    sender.try_send(first).unwrap();
    let stream = futures::stream::unfold(receiver, |mut receiver| async move {
        let next: Bytes = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(next), receiver))
    });
    let body = reqwest::Body::wrap_stream(stream);
    let part = reqwest::multipart::Part::stream_with_length(body, bytes.len() as u64).file_name("slow.png");
    (reqwest::multipart::Form::new().part("image", part), sender, second)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_is_finished_when_it_is_asked_to_end(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut setup = Setup::on(db, None).await;
    setup.set("METRICS_LISTEN", "127.0.0.1:0");
    let service = setup.serve().await;
    let metrics = format!("http://{}", service.said("metrics at http://").await);
    let anna = service.register("anna").await;
    let stream = anna.request(Method::GET, route::CHANGES_STREAM).send().await.unwrap();
    let (form, sender, rest) = slow_form(png(1));
    let upload = tokio::spawn(Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)));
    // It is being worked on when Prometheus sees it beside the stream's request, whose answer has begun.
    while !reqwest::get(&metrics).await.unwrap().text().await.unwrap().contains("requests_in_flight 1\n") {
        tokio::task::yield_now().await;
    }
    service.signal("TERM");
    service.said("ending, after what is in ").await;
    // The stream ends, and nobody new is let in.
    let _ = stream.text().await;
    while service.http.get(format!("{}{}", service.base, route::HEALTHZ)).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    sender.send(rest).await.unwrap();
    drop(sender);
    let uploaded = upload.await.unwrap();
    assert_eq!(uploaded.status, 201);
    assert_eq!(uploaded.headers["connection"], "close", "so that nobody sends another request on it");
    let auth = anna.auth.clone().unwrap();
    let (status, log) = service.end("CONT").await;
    assert!(status.success() && log.contains("ended"), "{status} {log}");

    let service = setup.serve().await;
    let images = service.signed_in(auth).images().await;
    assert_eq!(images.len(), 1);
    let bytes = Answer::of(service.http.get(images[0].url.as_ref().unwrap())).await.body;
    assert!(bytes == png(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_request_ids_and_no_secrets() {
    let garage = testkit::garage::bucket().await;
    let mut setup = Setup::on(Db::Postgres, Some(&garage)).await;
    let url = setup.variable("DATABASE_URL").replace("postgres@", "postgres:hush-database@");
    setup.set("DATABASE_URL", url);
    setup.set("JWT_SECRET_KEY", "hush-signing-key-that-is-long-enough");
    setup.set("LOG_FORMAT", "json");
    setup.set("RUST_LOG", "trace");
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let image = anna.upload("hush-name.png", &png(1)).await;
    let links: LinksResponse = anna.post(route::LINKS, &LinksRequest { image_ids: vec![image.id] }).await.ok();
    let link = &links.links[0].url;
    let location = Answer::of(service.http.get(link)).await.headers["location"].to_str().unwrap().to_owned();
    let wrong = LoginRequest {
        username: "anna".to_owned(),
        password: "hush-wrong-password".to_owned(),
        ..LoginRequest::default()
    };
    let refused = service.nobody().post(route::LOGIN, &wrong).await;
    assert_eq!(refused.code(), ErrorCode::InvalidCredentials);
    let id = refused.headers["x-request-id"].to_str().unwrap().to_owned();
    let AuthResponse { access_token, refresh_token, .. } = anna.auth.clone().unwrap();
    let refresh = RefreshRequest { refresh_token: refresh_token.clone(), ..RefreshRequest::default() };
    let refreshed: account_api::RefreshResponse = service.nobody().post(route::REFRESH, &refresh).await.ok();
    anna.get(&format!("{}?cursor=hush-query", route::IMAGES)).await;
    let (_, log) = service.end("TERM").await;

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert!(answered.iter().all(|line| line["span"]["id"].is_string() && line["status"].is_u64()), "{log}");
    let refused = answered.iter().find(|line| line["span"]["id"] == *id).expect("the request’s line");
    assert_eq!((&refused["span"]["route"], &refused["status"]), (&route::LOGIN.into(), &401.into()));
    let signature = location.split("X-Amz-Signature=").nth(1).unwrap().split('&').next().unwrap();
    let token = link.rsplit('/').next().unwrap();
    for secret in [
        "hush",
        "a long enough password",
        &garage.secret,
        &access_token,
        &refresh_token,
        &refreshed.access_token,
        &refreshed.refresh_token,
        signature,
        token,
        "X-Amz-Signature=",
        ", Signature=",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

#[tokio::test]
async fn prometheus_can_read_how_it_does_on_an_address_of_its_own() {
    let mut setup = Setup::on(Db::Sqlite, None).await;
    setup.set("METRICS_LISTEN", "127.0.0.1:0");
    let service = setup.serve().await;
    let metrics = format!("http://{}", service.said("metrics at http://").await);
    let anna = service.register("anna").await;
    anna.upload("a.png", &png(1)).await;
    anna.get("/api/images/nothing-there").await;
    anna.request(Method::from_bytes(b"INVENTED").unwrap(), "/").send().await.unwrap();
    assert_eq!(anna.get("/metrics").await.code(), ErrorCode::NotFound, "not for everyone");
    let response = reqwest::get(&metrics).await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = response.text().await.unwrap();
    let lines: BTreeSet<&str> = text.lines().collect();
    let bytes = format!("account_service_pictures_verified_bytes_total {}", png(1).len());
    for line in [
        r#"account_service_http_requests_total{method="POST",route="/api/auth/register",status="201"} 1"#,
        r#"account_service_http_requests_total{method="GET",route="/api/images/{id}",status="404"} 1"#,
        r#"account_service_http_requests_total{method="other",route="-",status="404"} 1"#,
        r#"account_service_errors_total{code="not_found"} 3"#,
        "account_service_pictures_verified_total 1",
        &bytes,
        "# EOF",
    ] {
        assert!(lines.contains(line), "{line} is not in:\n{text}");
    }
    assert!(text.contains("account_service_http_request_duration_seconds_bucket{"), "{text}");
    assert!(text.contains("account_service_database_connections{"), "{text}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_at_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut setup = Setup::on(Db::Sqlite, None).await;
    setup.set("LISTEN", taken.local_addr().unwrap().to_string());
    let ran = setup.run(&[]);
    assert!(ran.code == Some(1) && ran.err.contains(&taken.local_addr().unwrap().to_string()), "{ran:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_keeps_is_its_owners_only_also_where_it_was_there_before() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::on(Db::Sqlite, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    anna.upload("a.png", &png(1)).await;
    let auth = anna.auth.clone().unwrap();
    service.end("TERM").await;
    // As an older version left it, or somebody who copied it.
    let theirs = setup.data().join("notes.txt");
    std::fs::write(&theirs, "not ours").unwrap();
    for path in everything(&setup.data()) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let service = setup.serve().await;
    service.signed_in(auth).upload("b.png", &png(2)).await;
    for path in everything(&setup.data()) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        let expected = match path.is_dir() {
            true => 0o700,
            false if path == theirs => 0o644,
            false => 0o600,
        };
        assert_eq!(mode, expected, "{mode:o} {}", path.display());
    }
}

/// A folder and all that is in it.
#[cfg(unix)]
fn everything(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => all.extend(everything(&entry.path())),
            false => all.push(entry.path()),
        }
    }
    all
}
