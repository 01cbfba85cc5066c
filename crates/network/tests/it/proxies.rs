//! Which way requests go, and whose fault it is when no answer comes.

use std::sync::Arc;

use network::{Proxies, Trouble};
use rstest::rstest;
use testkit::forward::ForwardProxy;
use testkit::tls::TlsFront;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn through(variables: &[(&str, &str)]) -> Arc<Proxies> {
    let set = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Arc::new(Proxies::of(set))
}

/// A server that answers everything with 403, and its address.
async fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                while client.read(&mut head).await.is_ok_and(|count| count > 0) {
                    let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
                }
            });
        }
    });
    url
}

/// The address of a proxy that takes what is no HTTP as most do.
async fn plain_proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut said = [0; 4096];
            if client.read(&mut said).await.is_ok_and(|count| count > 0) {
                let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
            }
        }
    });
    address
}

/// The address of a proxy that says so much, and then nothing more.
async fn proxy_saying(said: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _ = client.read(&mut asked).await;
            let _ = client.write_all(said.as_bytes()).await;
        }
    });
    address
}

/// Asks, and gives the status or what is said of the failure.
async fn ask(variables: &[(&str, &str)], url: &str) -> Result<u16, String> {
    let proxies = through(variables);
    let client = network::client_through(&proxies).build().unwrap();
    match client.get(url).send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) => Err(Trouble::through(&proxies, &error).to_string()),
    }
}

#[tokio::test]
async fn plain_requests_go_through_and_this_computer_is_reached_directly() {
    let server = server().await;
    let proxy = ForwardProxy::http().leading("store.test", &server);
    let variables = [("HTTP_PROXY", &*proxy.url())];
    assert_eq!(ask(&variables, "http://store.test:3900/b/k").await, Ok(403), "the server answers");
    assert_eq!(proxy.hosts(), ["store.test"]);
    assert_eq!((&*proxy.passages()[0].method, &*proxy.passages()[0].path), ("GET", "/b/k"));
    let port = server.rsplit_once(':').unwrap().1;
    for here in [server.clone(), format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}/x")] {
        assert_eq!(ask(&variables, &here).await, Ok(403), "{here}");
    }
    assert_eq!(proxy.passages().len(), 1);
}

#[tokio::test]
async fn socks_carries_everything_and_looks_names_up() {
    let server = server().await;
    let proxy = ForwardProxy::socks().leading("store.test", &server).with_login("anna", "pass word");
    let url = proxy.url_with("anna", "pass%20word");
    assert_eq!(ask(&[("all_proxy", &url)], "http://store.test:3900/b").await, Ok(403));
    assert_eq!(proxy.passages()[0].method, "SOCKS");
    assert_eq!(proxy.hosts(), ["store.test"]);
    let refused = ask(&[("ALL_PROXY", &url)], "http://nowhere.test/").await.unwrap_err();
    assert_eq!(
        refused,
        format!("the proxy at {} (ALL_PROXY) doesn’t make the connection: host unreachable", proxy.address())
    );
    let stranger = ask(&[("ALL_PROXY", &proxy.url())], "http://store.test/").await.unwrap_err();
    assert!(stranger.contains(&proxy.address()) && stranger.contains("password"), "{stranger}");
}

#[tokio::test]
async fn a_tunnel_that_breaks_is_no_proxy_that_is_not_there() {
    let proxy = proxy_saying("HTTP/1.1 200 Connection established\r\n\r\n").await;
    let told = ask(&[("HTTPS_PROXY", &format!("http://{proxy}"))], "https://store.test/").await.unwrap_err();
    assert!(told.starts_with(&format!("the connection through the proxy at {proxy} (HTTPS_PROXY) broke")), "{told}");
}

#[tokio::test]
async fn what_is_no_http_is_told_in_words() {
    let proxy = proxy_saying("220 mail.example.com ESMTP\r\n").await;
    let told = ask(&[("HTTP_PROXY", &format!("http://{proxy}"))], "http://store.test/").await.unwrap_err();
    assert!(told.contains(&proxy) && told.contains("no answer in HTTP"), "{told}");
}

#[tokio::test]
async fn silence_after_an_answer_has_begun_names_the_proxy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let held = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut asked = [0; 4096];
        let _ = client.read(&mut asked).await;
        client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await.unwrap();
        client
    });
    let proxies = through(&[("HTTP_PROXY", &format!("http://{address}"))]);
    let client = network::client_through(&proxies).build().unwrap();
    let mut response = client.get("http://store.test/x").send().await.unwrap();
    drop(held.await.unwrap());
    let url = response.url().clone();
    let error = loop {
        match response.chunk().await {
            Ok(chunk) => assert!(chunk.is_some(), "it is shorter than it said"),
            Err(error) => break error,
        }
    };
    let told = Trouble::through_at(&proxies, &url, error).to_string();
    assert!(told.contains(&format!("the proxy at {address}")), "{told}");
}

#[tokio::test]
async fn what_the_proxy_does_not_do_names_the_proxy() {
    let server = server().await;
    let front = TlsFront::start(&server);
    let proxy = ForwardProxy::http().leading("store.test", &front.url()).with_login("anna", "right");
    let with = |password: &str| proxy.url_with("anna", password);
    let said = ask(&[("HTTPS_PROXY", &with("wrong"))], "https://store.test/").await.unwrap_err();
    assert!(said.starts_with(&format!("the proxy at {} (HTTPS_PROXY) wants a user name", proxy.address())), "{said}");
    let said = ask(&[("HTTPS_PROXY", &with("right"))], "https://nowhere.test/").await.unwrap_err();
    assert_eq!(said, format!("the proxy at {} (HTTPS_PROXY) doesn’t make the connection", proxy.address()));
    // Beyond the proxy it is the server's.
    let said = ask(&[("HTTPS_PROXY", &with("right"))], "https://store.test/").await.unwrap_err();
    assert!(said.contains("its certificate"), "{said}");
    assert!(proxy.passages().iter().all(|passage| passage.method == "CONNECT"));
}

#[rstest]
#[case("http")]
#[case("socks5")]
#[tokio::test]
async fn a_proxy_that_is_not_there_is_named(#[case] scheme: &str) {
    let port = testkit::process::free_port();
    let variable = format!("{scheme}://127.0.0.1:{port}");
    for url in ["http://store.test/", "https://store.test/"] {
        let said = ask(&[("ALL_PROXY", &variable)], url).await.unwrap_err();
        assert!(said.starts_with(&format!("the proxy at 127.0.0.1:{port} (ALL_PROXY) can’t be reached")), "{said}");
    }
}

/// `https://` before the name of a proxy that is spoken to in the clear, which most are.
#[rstest]
#[case("HTTP_PROXY", "http://store.test/")]
#[case("HTTPS_PROXY", "https://store.test/")]
#[tokio::test]
async fn a_proxy_that_does_not_speak_tls_is_named(#[case] variable: &str, #[case] url: &str) {
    let plain = plain_proxy().await;
    let said = ask(&[(variable, &format!("https://{plain}"))], url).await.unwrap_err();
    let expected = format!(
        "the proxy at {plain} ({variable}) can’t be reached: it is set as an https:// address, and what answers there doesn’t \
         speak TLS. Most proxies are set as http://"
    );
    assert_eq!(said, expected);
    let front = TlsFront::start(&format!("http://{plain}"));
    let said = ask(&[(variable, &front.url())], url).await.unwrap_err();
    let named = format!("the proxy at {} ({variable}) can’t be reached", &front.url()["https://".len()..]);
    assert!(said.starts_with(&named) && said.contains("doesn’t trust its certificate"), "{said}");
}

#[tokio::test]
async fn a_variable_that_names_no_proxy_keeps_requests_from_going_directly() {
    let said = ask(&[("HTTPS_PROXY", "ftp://proxy.test")], "https://store.test/").await.unwrap_err();
    assert!(said.starts_with("HTTPS_PROXY is set, but not to a proxy’s address"), "{said}");
}

#[tokio::test]
async fn no_types_of_ours_are_in_what_is_said() {
    let server = server().await;
    let front = TlsFront::start(&server);
    let nothing = testkit::process::free_port();
    for (url, says) in [
        (format!("http://127.0.0.1:{nothing}/"), "nothing listens there"),
        (front.url(), "this computer doesn’t trust its certificate"),
        (front.url().replace("https", "http"), "the connection broke"),
        (server.replace("http:", "https:"), "no secure connection"),
        ("http://nowhere.invalid/".to_owned(), "its name can’t be found"),
    ] {
        let said = ask(&[], &url).await.unwrap_err();
        assert!(said.contains(says), "{url}: {said}");
        assert!(!said.contains(['{', '}', ';']) && !said.contains("Error") && !said.contains("os error"), "{said}");
    }
}
