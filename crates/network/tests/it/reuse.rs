//! A server closes a connection in the very moment in which it is used again: the request is lost, and sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use network::Proxies;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers the first request on each connection, takes the second one in, and closes without a word.
async fn closing_on_reuse() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let lost = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&lost);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, Arc::clone(&counted)));
        }
    });
    (url, lost)
}

async fn serve(mut client: TcpStream, lost: Arc<AtomicUsize>) {
    let mut head = [0; 4096];
    if !client.read(&mut head).await.is_ok_and(|count| count > 0) {
        return;
    }
    let _ = client.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    if client.read(&mut head).await.is_ok_and(|count| count > 0) {
        lost.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn what_may_be_repeated_is_not_lost_on_a_connection_that_closes() {
    let (url, lost) = closing_on_reuse().await;
    let direct = Arc::new(Proxies::of(|_| None));
    let client = network::client_through(&direct).build().unwrap();
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD] {
        for _ in 0..2 {
            let answer = client.request(method.clone(), &url).body("body").send().await;
            assert_eq!(answer.unwrap().status(), 200, "{method}");
        }
    }
    assert!(lost.load(Ordering::SeqCst) > 0, "connections were used again");
}

#[tokio::test]
async fn what_may_not_be_repeated_needs_a_connection_of_its_own() {
    let (url, lost) = closing_on_reuse().await;
    let direct = Arc::new(Proxies::of(|_| None));
    let client = network::client_through(&direct).pool_max_idle_per_host(0).build().unwrap();
    for _ in 0..4 {
        assert_eq!(client.post(&url).body("body").send().await.unwrap().status(), 200);
    }
    assert_eq!(lost.load(Ordering::SeqCst), 0);
}
