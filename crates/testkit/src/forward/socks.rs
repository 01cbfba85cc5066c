//! The one that speaks SOCKS5.

use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::shared::{Passage, Shared};

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const LOGIN: u8 = 2;
const NONE_ACCEPTABLE: u8 = 0xff;

/// "Host unreachable" (RFC 1928, section 6).
const UNREACHABLE: u8 = 4;

/// Serves one connection.
pub(super) async fn serve(mut client: TcpStream, shared: &Shared) -> Option<()> {
    let login = shared.state().login.clone();
    let [_, count] = bytes::<2>(&mut client).await?;
    let mut methods = vec![0; count.into()];
    client.read_exact(&mut methods).await.ok()?;
    let wanted = if login.is_some() { LOGIN } else { NO_LOGIN };
    if !methods.contains(&wanted) {
        client.write_all(&[VERSION, NONE_ACCEPTABLE]).await.ok()?;
        return None;
    }
    client.write_all(&[VERSION, wanted]).await.ok()?;
    if let Some((user, password)) = login {
        let [_version] = bytes::<1>(&mut client).await?;
        let given = (text(&mut client).await?, text(&mut client).await?);
        let is_right = given == (user, password);
        client.write_all(&[1, u8::from(!is_right)]).await.ok()?;
        if !is_right {
            return None;
        }
    }
    let [_, _command, _, kind] = bytes::<4>(&mut client).await?;
    let host = match kind {
        1 => Ipv4Addr::from(bytes::<4>(&mut client).await?).to_string(),
        4 => Ipv6Addr::from(bytes::<16>(&mut client).await?).to_string(),
        _ => text(&mut client).await?,
    };
    let port = u16::from_be_bytes(bytes::<2>(&mut client).await?);
    let passage = Passage { method: "SOCKS".to_owned(), host, port, path: String::new() };
    let server = shared.connect(passage).await;
    let reply = if server.is_some() { 0 } else { UNREACHABLE };
    client.write_all(&[VERSION, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
    copy_bidirectional(&mut client, &mut server?).await.ok()?;
    Some(())
}

async fn bytes<const COUNT: usize>(client: &mut TcpStream) -> Option<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    client.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

/// A text with its length before it.
async fn text(client: &mut TcpStream) -> Option<String> {
    let [length] = bytes::<1>(client).await?;
    let mut text = vec![0; length.into()];
    client.read_exact(&mut text).await.ok()?;
    String::from_utf8(text).ok()
}
