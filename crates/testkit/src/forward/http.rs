//! The one that speaks HTTP.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use url::Url;

use super::shared::{Passage, Shared};
use crate::proxy::Head;

/// Serves a client's first request, and hands everything on that follows on the connection: a client of a proxy uses a
/// connection for one host, because every answer ends it.
pub(super) async fn serve(mut client: TcpStream, shared: &Shared) -> Option<()> {
    let head = Head::read(&mut client, Vec::new()).await?;
    let (login, answer) = {
        let state = shared.state();
        (state.login.clone(), state.answer)
    };
    let wanted =
        login.map(|(user, password)| format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))));
    if wanted.is_some_and(|wanted| head.header("proxy-authorization") != Some(&wanted)) {
        return refuse(&mut client, 407, "Proxy-Authenticate: Basic realm=\"proxy\"\r\n").await;
    }
    if let Some(status) = answer {
        return refuse(&mut client, status, "").await;
    }
    let passage = passage(&head)?;
    let is_tunnel = passage.method == "CONNECT";
    let target = passage.path.clone();
    let Some(mut server) = shared.connect(passage).await else { return refuse(&mut client, 502, "").await };
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
        server.write_all(&head.rest).await.ok()?;
    } else {
        server.write_all(&head.closing_at(&target)).await.ok()?;
        server.write_all(&head.rest).await.ok()?;
    }
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}

fn passage(head: &Head) -> Option<Passage> {
    let method = head.method().to_owned();
    if method == "CONNECT" {
        let (host, port) = head.target().rsplit_once(':')?;
        return Some(Passage { method, host: host.to_owned(), port: port.parse().ok()?, path: String::new() });
    }
    let url = Url::parse(head.target()).ok()?;
    let path = url[url::Position::BeforePath..].to_owned();
    Some(Passage { method, host: url.host_str()?.to_owned(), port: url.port_or_known_default()?, path })
}

/// An error of the proxy's own, as a page for people.
async fn refuse(client: &mut TcpStream, status: u16, header: &str) -> Option<()> {
    let page = "<html><body>The proxy can't do that.</body></html>";
    let answer = format!(
        "HTTP/1.1 {status} Refused\r\n{header}Content-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    client.write_all(answer.as_bytes()).await.ok()?;
    // The request's body may still be on its way; closing now would reset the connection before the answer is read.
    client.shutdown().await.ok()?;
    tokio::io::copy(client, &mut tokio::io::sink()).await.ok()?;
    Some(())
}
