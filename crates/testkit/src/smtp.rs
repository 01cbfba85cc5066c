//! A mail server that keeps what it is sent (RFC 5321, with AUTH PLAIN of RFC 4954), for tests that read mail.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::runtime::{listen, runtime};

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and text as they were sent, with the transport's dots taken out.
    pub source: String,
}

impl Mail {
    /// The text, with quoted-printable undone (RFC 2045, section 6.7).
    pub fn text(&self) -> String {
        let (headers, body) = self.source.split_once("\r\n\r\n").unwrap_or((&self.source, ""));
        if !headers.to_ascii_lowercase().contains("quoted-printable") {
            return body.to_owned();
        }
        let joined = body.replace("=\r\n", "");
        let mut bytes = Vec::with_capacity(joined.len());
        let mut rest = joined.as_bytes();
        while let Some((first, others)) = rest.split_first() {
            let code = others.get(..2).and_then(|two| std::str::from_utf8(two).ok());
            match code.filter(|_| *first == b'=').and_then(|two| u8::from_str_radix(two, 16).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &others[2..];
                }
                None => {
                    bytes.push(*first);
                    rest = others;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A running server on a free port of 127.0.0.1. It ends when it is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    login: Option<(String, String)>,
    mails: Mutex<VecDeque<Mail>>,
    arrived: watch::Sender<usize>,
    /// How many mails are refused for now (451) before one is taken.
    refusing: Mutex<usize>,
}

impl SmtpServer {
    /// Takes mail from everybody.
    pub fn start() -> Self {
        Self::with(None)
    }

    /// Takes mail only from who signs in.
    pub fn start_with_login(username: &str, password: &str) -> Self {
        Self::with(Some((username.to_owned(), password.to_owned())))
    }

    fn with(login: Option<(String, String)>) -> Self {
        let (listener, address) = listen(0);
        let shared = Arc::new(Shared {
            login,
            mails: Mutex::default(),
            arrived: watch::Sender::new(0),
            refusing: Mutex::default(),
        });
        let accepting = runtime().spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, accepting }
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses the next mails for now, as servers do that are busy or that greylist.
    pub fn refuse_for_now(&self, mails: usize) {
        *self.shared.refusing.lock().unwrap_or_else(PoisonError::into_inner) = mails;
    }

    /// Waits for the next mail.
    pub async fn next(&self) -> Mail {
        let mut arrived = self.shared.arrived.subscribe();
        loop {
            arrived.borrow_and_update();
            if let Some(mail) = self.shared.mails.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
                return mail;
            }
            arrived.changed().await.expect("the server runs as long as it is there");
        }
    }

    /// How many mails have come in all.
    pub fn count(&self) -> usize {
        *self.shared.arrived.borrow()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A client that hangs up has its reasons.
            let _ = converse(stream, &shared).await;
        });
    }
}

async fn converse(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 testkit ESMTP\r\n").await?;
    let mut signed_in = shared.login.is_none();
    let mut mail = Mail { from: String::new(), to: Vec::new(), source: String::new() };
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let (verb, argument) = command.split_once(' ').unwrap_or((command, ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" if shared.login.is_some() => "250-testkit\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "EHLO" => "250-testkit\r\n250 8BITMIME",
            "HELO" | "NOOP" => "250 fine",
            "AUTH" => {
                signed_in = argument.split_once(' ').is_some_and(|(_, proof)| is_login(proof, shared));
                if signed_in { "235 welcome" } else { "535 wrong user name or password" }
            }
            "MAIL" if !signed_in => "530 sign in first",
            "MAIL" => {
                mail = Mail { from: address(argument), to: Vec::new(), source: String::new() };
                "250 fine"
            }
            "RCPT" => {
                mail.to.push(address(argument));
                "250 fine"
            }
            "DATA" if mail.to.is_empty() => "503 for whom?",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                mail.source = data(&mut stream).await?;
                if take(&mail, shared) { "250 taken" } else { "451 come back later" }
            }
            "RSET" => {
                mail.to.clear();
                "250 fine"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 not here",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn is_login(proof: &str, shared: &Shared) -> bool {
    let Some((username, password)) = &shared.login else { return false };
    let expected = format!("\0{username}\0{password}");
    BASE64_STANDARD.decode(proof).is_ok_and(|given| given == expected.as_bytes())
}

/// What stands between the angle brackets.
fn address(argument: &str) -> String {
    let inside = argument.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    inside.unwrap_or(argument).to_owned()
}

/// Up to the line with a single dot (RFC 5321, section 4.5.2).
async fn data(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut source = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.trim_end() == "." {
            return Ok(source);
        }
        source.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn take(mail: &Mail, shared: &Shared) -> bool {
    let mut refusing = shared.refusing.lock().unwrap_or_else(PoisonError::into_inner);
    if *refusing > 0 {
        *refusing -= 1;
        return false;
    }
    shared.mails.lock().unwrap_or_else(PoisonError::into_inner).push_back(mail.clone());
    shared.arrived.send_modify(|count| *count += 1);
    true
}
