//! One client connection, which is one request.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::Instant;

use super::fault::{CannedAnswer, Fault};
use super::head::Head;
use super::shared::{Exchange, Shared};

/// Largest piece that is handed on at once.
const PIECE: usize = 64 << 10;

/// Most bytes that are kept of a request that is stalled.
const MOST_KEPT: usize = 64 << 20;

/// How a connection ends.
enum End {
    /// After a whole answer.
    Closed,
    /// In the middle, with a reset.
    Reset,
}

/// Counts a request as arrived now and as finished when dropped.
struct Underway<'a>(&'a Shared);

impl<'a> Underway<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.progress.send_modify(|progress| {
            progress.arrived += 1;
            progress.most_at_once = progress.most_at_once.max(progress.arrived - progress.finished);
        });
        Self(shared)
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.progress.send_modify(|progress| progress.finished += 1);
    }
}

/// Serves a client until its request is over or the proxy goes down.
pub(super) async fn serve(mut client: TcpStream, shared: Arc<Shared>, mut broken: watch::Receiver<u64>) {
    let end = tokio::select! {
        end = exchange(&mut client, &shared) => end,
        _ = broken.changed() => End::Reset,
    };
    match end {
        End::Closed => {
            if shared.closes_on_reuse() {
                tokio::select! {
                    () = lose(&mut client, &shared) => {}
                    _ = broken.changed() => {}
                }
            }
            let _ = client.shutdown().await;
        }
        // Dropped with unsent data thrown away, which sends RST in place of FIN. If it can't be set, the client sees an
        // early end of the connection, which is as broken.
        End::Reset => drop(client.set_zero_linger()),
    }
}

/// Keeps a connection until it is used again, and says nothing to that: the server has closed it at the same moment.
async fn lose(client: &mut TcpStream, shared: &Shared) {
    let mut piece = vec![0; PIECE];
    if client.read(&mut piece).await.is_ok_and(|count| count > 0) {
        shared.progress.send_modify(|progress| progress.lost += 1);
    }
}

async fn exchange(client: &mut TcpStream, shared: &Shared) -> End {
    let Some(head) = Head::read(client, Vec::new()).await else { return End::Closed };
    let _underway = Underway::new(shared);
    let fault = shared.fault_for(head.method(), head.target());
    let place = {
        let mut script = shared.script();
        script.exchanges.push(Exchange {
            method: head.method().to_owned(),
            target: head.target().to_owned(),
            body_bytes: 0,
            status: None,
            server_status: None,
            fault: fault.clone(),
        });
        script.exchanges.len() - 1
    };
    let note = Note { shared, place };
    match fault {
        Some(Fault::Answer(answer)) => answer_in_place(client, head, &answer, &note).await,
        fault => hand_on(client, head, fault.as_ref(), &note).await,
    }
}

/// The note that is kept of a request.
struct Note<'a> {
    shared: &'a Shared,
    place: usize,
}

impl Note<'_> {
    fn change(&self, change: impl FnOnce(&mut Exchange)) {
        change(&mut self.shared.script().exchanges[self.place]);
    }
}

/// Reads the whole request and answers it without the server.
async fn answer_in_place(client: &mut TcpStream, head: Head, answer: &CannedAnswer, note: &Note<'_>) -> End {
    // A client that waits for "continue" gets the final answer instead, and sends no body.
    if !head.expects_continue() && read_body(client, &head).await.is_none() {
        return End::Reset;
    }
    write_answer(client, head.method(), answer, note).await
}

async fn write_answer(
    client: &mut (impl AsyncWriteExt + Unpin),
    method: &str,
    answer: &CannedAnswer,
    note: &Note<'_>,
) -> End {
    let CannedAnswer { status, headers, content_type, body } = answer;
    let mut text = format!("HTTP/1.1 {status} Canned\r\nContent-Type: {content_type}\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    if method != "HEAD" {
        text += body;
    }
    note.change(|exchange| exchange.status = Some(*status));
    match client.write_all(text.as_bytes()).await {
        Ok(()) => End::Closed,
        Err(_) => End::Reset,
    }
}

/// Reads a body to its end and forgets it.
async fn read_body(client: &mut TcpStream, head: &Head) -> Option<()> {
    let mut piece = vec![0; PIECE];
    if head.is_chunked() {
        let mut tail = head.rest.clone();
        // The last chunk is empty, and S3 clients send no trailers that end in the same bytes.
        while !tail.ends_with(b"0\r\n\r\n") {
            let count = client.read(&mut piece).await.ok().filter(|count| *count > 0)?;
            tail.extend(&piece[..count]);
            tail.drain(..tail.len().saturating_sub(5));
        }
        return Some(());
    }
    let mut left = head.content_length().unwrap_or(0).saturating_sub(head.rest.len() as u64);
    while left > 0 {
        let count = client.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        left = left.saturating_sub(count as u64);
    }
    Some(())
}

/// Hands the request on and the answer back.
async fn hand_on(client: &mut TcpStream, head: Head, fault: Option<&Fault>, note: &Note<'_>) -> End {
    let Ok(mut server) = TcpStream::connect(&note.shared.upstream).await else { return End::Reset };
    if server.write_all(&head.closing()).await.is_err() {
        return End::Reset;
    }
    let method = head.method().to_owned();
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let end = tokio::select! {
        end = hand_on_body(&mut from_client, &mut to_server, head, fault, note) => end,
        end = hand_back(&mut from_server, &mut to_client, &method, fault, note) => end,
    };
    if matches!(end, End::Reset) {
        let _ = server.set_zero_linger();
    }
    end
}

/// Hands the request's body on. Ends only when the request has to break: its ordinary end is the server's answer.
async fn hand_on_body(
    from_client: &mut ReadHalf<'_>,
    to_server: &mut WriteHalf<'_>,
    head: Head,
    fault: Option<&Fault>,
    note: &Note<'_>,
) -> End {
    let length = head.content_length();
    let mut body = Body { fault, note, sent: 0, has_stalled: false };
    let mut piece = head.rest;
    let started = Instant::now();
    loop {
        if body.hand_on(&mut piece, from_client, to_server).await.is_none() {
            return End::Reset;
        }
        if let Some(Fault::Slow { bytes_per_second }) = fault {
            let due = Duration::from_secs_f64(body.sent as f64 / (*bytes_per_second).max(1) as f64);
            tokio::time::sleep_until(started + due).await;
        }
        piece.clear();
        piece.reserve(PIECE);
        match from_client.take(PIECE as u64).read_buf(&mut piece).await {
            // The client is gone before its time: the server must not wait for the rest.
            Ok(0) if length.is_some_and(|length| body.sent < length) => return End::Reset,
            Ok(0) => std::future::pending().await,
            Ok(_) => {}
            Err(_) => return End::Reset,
        }
    }
}

/// A request's body on its way.
struct Body<'a> {
    fault: Option<&'a Fault>,
    note: &'a Note<'a>,
    sent: u64,
    has_stalled: bool,
}

impl Body<'_> {
    /// Hands on its next piece; `None` when the request is to break here.
    async fn hand_on(
        &mut self,
        piece: &mut Vec<u8>,
        from_client: &mut ReadHalf<'_>,
        to_server: &mut WriteHalf<'_>,
    ) -> Option<()> {
        let (start, end) = (self.sent, self.sent + piece.len() as u64);
        let up_to = |bytes: &u64| usize::try_from(bytes - start).ok();
        let mut done = 0;
        match self.fault {
            Some(Fault::ResetAfter { bytes }) if end >= *bytes => {
                self.write(&piece[..up_to(bytes)?], to_server).await?;
                return None;
            }
            Some(Fault::StallAfter { bytes }) if end >= *bytes && !self.has_stalled => {
                done = up_to(bytes)?;
                self.write(&piece[..done], to_server).await?;
                self.has_stalled = true;
                self.stall(from_client, piece).await?;
            }
            Some(Fault::CorruptRequest { at }) if (start..end).contains(at) => piece[up_to(at)?] ^= 1,
            _ => {}
        }
        self.write(&piece[done..], to_server).await
    }

    async fn write(&mut self, piece: &[u8], to_server: &mut WriteHalf<'_>) -> Option<()> {
        to_server.write_all(piece).await.ok()?;
        self.sent += piece.len() as u64;
        self.note.change(|exchange| exchange.body_bytes = self.sent);
        self.note.shared.progress.send_modify(|progress| progress.bytes += piece.len() as u64);
        Some(())
    }

    /// Waits to be released; `None` when the client gives up before that.
    ///
    /// What the client sends meanwhile is taken and kept: its end of the connection would otherwise stay unseen behind
    /// bytes that nobody reads.
    async fn stall(&self, from_client: &mut ReadHalf<'_>, kept: &mut Vec<u8>) -> Option<()> {
        let shared = self.note.shared;
        let mut released = shared.released.subscribe();
        released.mark_unchanged();
        shared.progress.send_modify(|progress| progress.stalled += 1);
        let gone = async {
            while kept.len() < MOST_KEPT && from_client.read_buf(kept).await.is_ok_and(|count| count > 0) {}
            if kept.len() >= MOST_KEPT {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            changed = released.changed() => changed.ok(),
            () = gone => None,
        }
    }
}

/// Reads what the server still sends, and forgets it.
async fn read_to_end(from_server: &mut (impl AsyncRead + Unpin)) {
    let mut piece = Vec::with_capacity(PIECE);
    while from_server.read_buf(&mut piece).await.is_ok_and(|count| count > 0) {
        piece.clear();
    }
}

/// Hands the server's answer back to the client, until the server closes the connection.
async fn hand_back(
    from_server: &mut (impl AsyncRead + Unpin),
    to_client: &mut (impl AsyncWriteExt + Unpin),
    method: &str,
    fault: Option<&Fault>,
    note: &Note<'_>,
) -> End {
    let mut rest = Vec::new();
    let head = loop {
        let Some(head) = Head::read(from_server, rest).await else { return End::Reset };
        if head.status() != Some(100) {
            break head;
        }
        // "Continue", upon which the client sends its body.
        if to_client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err() {
            return End::Reset;
        }
        rest = head.rest;
    };
    note.change(|exchange| exchange.server_status = head.status());
    let head = match fault {
        Some(Fault::DropHeaders { beginnings }) => head.without(beginnings),
        _ => head,
    };
    let mut piece = head.rest.clone();
    let mut sent = 0;
    match fault {
        Some(Fault::DropResponse) => {
            read_to_end(from_server).await;
            return End::Reset;
        }
        Some(Fault::ReplaceResponse(answer)) => {
            read_to_end(from_server).await;
            return write_answer(to_client, method, answer, note).await;
        }
        Some(Fault::TruncateHead { bytes }) => {
            read_to_end(from_server).await;
            let bytes = head.closing().into_iter().take(*bytes).collect::<Vec<_>>();
            let _ = to_client.write_all(&bytes).await;
            return End::Closed;
        }
        Some(Fault::StallResponse) => {
            let mut released = note.shared.released.subscribe();
            released.mark_unchanged();
            note.shared.progress.send_modify(|progress| progress.stalled += 1);
            if released.changed().await.is_err() {
                return End::Reset;
            }
        }
        _ => {}
    }
    let bytes = if note.shared.closes_on_reuse() { head.keeping() } else { head.closing() };
    if to_client.write_all(&bytes).await.is_err() {
        return End::Reset;
    }
    note.change(|exchange| exchange.status = head.status());
    loop {
        let end = sent + piece.len() as u64;
        match fault {
            Some(Fault::TruncateResponse { bytes }) if end >= *bytes => {
                let kept = usize::try_from(bytes.saturating_sub(sent)).unwrap_or(piece.len());
                let _ = to_client.write_all(&piece[..kept]).await;
                return End::Closed;
            }
            Some(Fault::CorruptResponse { at }) if (sent..end).contains(at) => {
                let place = usize::try_from(at - sent).unwrap_or_default();
                piece[place] ^= 1;
            }
            _ => {}
        }
        if to_client.write_all(&piece).await.is_err() {
            return End::Reset;
        }
        sent = end;
        piece.clear();
        piece.reserve(PIECE);
        match from_server.read_buf(&mut piece).await {
            Ok(0) => return End::Closed,
            Ok(_) => {}
            Err(_) => return End::Reset,
        }
    }
}
