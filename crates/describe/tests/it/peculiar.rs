//! Servers that answer in ways of their own, and addresses where none is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use describe::{DescribeError, Describer, Endpoint};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::picture;

/// A server that gives these answers (status line and headers, body) in turn, and keeps what it was asked.
async fn server(answers: Vec<(&'static str, String)>) -> (Endpoint, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = asked.clone();
    tokio::spawn(async move {
        for (head, body) in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_request(&mut stream).await;
            heard.lock().unwrap().push(request);
            let length = body.len();
            let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    let base_url = Some(format!("http://{address}/v1").parse().unwrap());
    let endpoint = Endpoint { base_url, timeout: Duration::from_secs(20), ..Endpoint::new("sk-1".into(), "llava") };
    (endpoint, asked)
}

/// Head and body, as far as `content-length` says.
async fn read_request(stream: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 65_536];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned))
                .and_then(|length| length.parse::<usize>().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        let read = stream.read(&mut chunk).await.unwrap();
        if read == 0 {
            return text;
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
}

async fn ask(endpoint: Endpoint) -> Result<describe::Description, DescribeError> {
    Describer::new(endpoint).unwrap().with_patience(Duration::ZERO).describe(&picture(), None).await
}

fn said(content: &str) -> String {
    serde_json::json!({"choices": [{"message": {"content": content}}]}).to_string()
}

#[tokio::test]
async fn the_barest_answer_is_enough() {
    // No id, no model, no usage, no finish reason: more than one local server answers like this.
    let (endpoint, asked) = server(vec![("200 OK", said("{\"description\":\"A tree.\"}"))]).await;
    let found = ask(endpoint).await.unwrap();
    assert_eq!((found.description.as_str(), found.alt_text.as_str()), ("A tree.", "A tree."));
    assert_eq!((found.model.as_str(), found.input_tokens), ("llava", None));
    let asked = asked.lock().unwrap()[0].to_lowercase();
    assert!(asked.starts_with("post /v1/chat/completions http/1.1"), "{}", &asked[..80]);
    assert!(asked.contains("authorization: bearer sk-1"));
}

#[tokio::test]
async fn a_server_that_refuses_unknown_fields_gets_none() {
    let strict =
        r#"{"detail":[{"type":"extra_forbidden","loc":["body","store"],"msg":"Extra inputs are not permitted"}]}"#;
    let (endpoint, asked) =
        server(vec![("422 Unprocessable Entity", strict.into()), ("200 OK", said("A tree by a lake."))]).await;
    assert_eq!(ask(endpoint).await.unwrap().description, "A tree by a lake.");
    let asked = asked.lock().unwrap();
    assert!(asked[0].contains("\"store\":false") && !asked[1].contains("\"store\""));
}

#[tokio::test]
async fn a_compressed_page_of_a_proxy_is_read() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"<html><head><title>Upstream is asleep</title></head></html>").unwrap();
    let page = encoder.finish().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let head = format!("HTTP/1.1 503 No\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", page.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&page).await.unwrap();
        stream.shutdown().await.ok();
    });
    let base_url = Some(format!("http://{address}/v1").parse().unwrap());
    let error = ask(Endpoint { base_url, ..Endpoint::new("sk-1".into(), "llava") }).await.unwrap_err();
    assert!(error.to_string().contains("“Upstream is asleep”"), "{error}");
}

#[rstest]
#[case(
    "301 Moved Permanently\r\nlocation: https://elsewhere.example/v1",
    "",
    "bad_endpoint",
    "https://elsewhere.example/v1"
)]
#[case("404 Not Found", "404 page not found", "bad_endpoint", "/v1")]
#[case("200 OK\r\ncontent-type: text/html", "<html>Log in to this Wi-Fi</html>", "unusable", "OpenAI-compatible")]
#[case("200 OK", r#"{"error":{"message":"Insufficient credits","code":402}}"#, "quota_exhausted", "quota")]
#[case("200 OK", r#"{"error":{"message":"Provider returned error","code":502}}"#, "unavailable", "502")]
#[case("200 OK", "{}", "unusable", "empty")]
#[case("200 OK", r#"{"error":{"message":"No room for this"}}"#, "unusable", "“No room for this”")]
#[case("200 OK", r#"{"error":"the model is unknown here","choices":[]}"#, "unusable", "“the model is unknown here”")]
#[case("200 OK", r#"{"choices":[],"detail":"x"}"#, "unusable", "empty")]
#[case("200 OK", r#"{"detail":"The queue is full"}"#, "unusable", "“The queue is full”")]
#[case(
    "200 OK\r\ncontent-type: text/html",
    "<title>Log in to this Wi-Fi</title>",
    "unusable",
    "“Log in to this Wi-Fi”"
)]
#[case("503 Service Unavailable", "<html><head><title>Back at nine</title>", "unavailable", "“Back at nine”")]
#[case("413 Payload Too Large", r#"{"error":{"message":"Request entity too large"}}"#, "unusable", "413")]
#[case("404 Not Found", r#"{"error":"model 'llava' not found, try pulling it first"}"#, "model_unknown", "llava")]
#[case("429 Too Many Requests\r\nretry-after: 90", "{}", "rate_limited", "90 seconds")]
#[case("403 Forbidden", r#"{"error":{"message":"Your key sk-1 may not do that"}}"#, "no_permission", "may not do that")]
#[tokio::test]
async fn answers_of_many_kinds(
    #[case] head: &'static str,
    #[case] body: &str,
    #[case] code: &str,
    #[case] mentions: &str,
) {
    let (endpoint, _) = server(vec![(head, body.to_owned())]).await;
    let host = endpoint.host();
    let error = ask(endpoint).await.unwrap_err();
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    assert!(message.contains(mentions) && message.contains(&host), "{message}");
    assert!(!message.contains("sk-1"), "the key is quoted: {message}");
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let (endpoint, _) = server(vec![("200 OK", " ".repeat(5 << 20))]).await;
    let error = ask(endpoint).await.unwrap_err();
    assert_eq!(error.code(), "unusable");
    assert!(error.to_string().contains("too long"), "{error}");
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let base_url = Some(format!("http://{address}").parse().unwrap());
    let error = ask(Endpoint { base_url, ..Endpoint::new("k".into(), "m") }).await.unwrap_err();
    assert_eq!(error.code(), "offline");
    assert_eq!(
        error.to_string(),
        format!("{address} can’t be reached: nothing listens there, so the connection was refused.")
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let base_url = Some("http://no-such-host.invalid/v1".parse().unwrap());
    let error = ask(Endpoint { base_url, ..Endpoint::new("k".into(), "m") }).await.unwrap_err();
    assert_eq!(error.code(), "offline");
    assert!(error.to_string().starts_with("no-such-host.invalid can’t be reached: "), "{error}");
}
