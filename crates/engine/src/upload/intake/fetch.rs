//! Pictures by their address: fetched into the spool, stopped as soon as it is clear that they are none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use network::{ProxyTrouble, Trouble};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Response, Url};
use tokio::io::AsyncWriteExt as _;

use crate::ErrorKind;
use crate::upload::intake::refusal::Refusal;
use crate::upload::intake::scan::name_in_address;
use crate::upload::intake::spool::Unfinished;

/// The largest picture that is fetched, in bytes.
const LARGEST: u64 = 512 << 20;

/// How much tells the format.
const HEAD: usize = 64 << 10;

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// A picture that was fetched.
#[derive(Debug)]
pub(in crate::upload) struct Fetched {
    /// Where it is kept.
    pub(in crate::upload) path: PathBuf,
    /// What it is called, with an ending that fits.
    pub(in crate::upload) name: String,
    /// Size in bytes.
    pub(in crate::upload) size: u64,
}

/// A client for other people's servers: no tokens, no cookies, nothing of ours but a name.
pub(in crate::upload) fn client() -> reqwest::Result<reqwest::Client> {
    network::client()
        .redirect(Policy::limited(8))
        .connect_timeout(Duration::from_secs(15))
        .read_timeout(SILENCE)
        // Some servers pack what they give whether or not they are asked to.
        .gzip(true)
        .build()
}

/// Fetches a picture. Nothing is left behind when it fails or is dropped.
///
/// # Errors
/// A sentence for people.
pub(in crate::upload) async fn fetch(http: &reqwest::Client, address: &str, spool: &Path) -> Result<Fetched, Refusal> {
    let url = Url::parse(address).map_err(|_| {
        Refusal::last(ErrorKind::InvalidInput, messages::Upload::NoAddress { address: address.to_owned() })
    })?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let address = url.clone();
    let broken = |error: reqwest::Error| match Trouble::at(&address, error) {
        Trouble::Proxy(trouble) => by_proxy(host.clone(), &trouble),
        trouble => Refusal::for_now(
            ErrorKind::Unreadable,
            messages::Upload::FetchBroken { host: host.clone(), why: trouble.to_string() },
        ),
    };
    let response = http.get(url).send().await.map_err(broken)?;
    let status = response.status();
    // Any site says that it has no such page.
    let is_sites = matches!(status, reqwest::StatusCode::NOT_FOUND | reqwest::StatusCode::GONE);
    if let Some(trouble) = network::answered_by_proxy(response.url(), status, response.headers(), is_sites) {
        return Err(by_proxy(host, &trouble));
    }
    // A part that nobody asked for would be kept as a damaged picture.
    if !status.is_success() || status == reqwest::StatusCode::PARTIAL_CONTENT {
        return Err(Refusal::for_now(
            ErrorKind::Unreadable,
            messages::Upload::FetchRefused { host, status: status.to_string() },
        ));
    }
    if response.content_length().is_some_and(|size| size > LARGEST) {
        return Err(too_large(&host));
    }
    let said = response.headers().get(CONTENT_DISPOSITION);
    let said = said.and_then(|header| names::from_disposition(header.as_bytes())).and_then(|name| names::kept(&name));
    let final_name = said.or_else(|| name_in_address(response.url()));
    let unfinished = Unfinished::create(spool).map_err(|error| unwritable(&error))?;
    let size = store(response, &unfinished, &host, broken).await?;
    let format = sniff_file(unfinished.path()).await;
    let name = named(final_name.unwrap_or_else(|| host.clone()), format);
    let path = unfinished.keep().map_err(|error| unwritable(&error))?;
    Ok(Fetched { path, name, size })
}

/// A proxy that doesn't let it through. Waiting doesn't change its mind.
fn by_proxy(host: String, trouble: &ProxyTrouble) -> Refusal {
    let (why, proxy) = (trouble.to_string(), messages::Service::CheckProxy.to_string());
    Refusal::for_now(ErrorKind::Unreadable, messages::Upload::FetchProxy { host, why, proxy })
}

async fn store(
    mut response: Response,
    unfinished: &Unfinished,
    host: &str,
    broken: impl Fn(reqwest::Error) -> Refusal,
) -> Result<u64, Refusal> {
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let file = unfinished.file.try_clone().map_err(|error| unwritable(&error))?;
    let mut file = tokio::fs::File::from_std(file);
    let (mut size, mut head, mut known) = (0, Vec::new(), false);
    while let Some(chunk) = response.chunk().await.map_err(&broken)? {
        size += chunk.len() as u64;
        if size > LARGEST {
            return Err(too_large(host));
        }
        if !known {
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD - head.len())]);
            if head.len() == HEAD {
                check(&head, host, is_page)?;
                known = true;
            }
        }
        file.write_all(&chunk).await.map_err(|error| unwritable(&error))?;
    }
    if !known {
        check(&head, host, is_page)?;
    }
    file.flush().await.map_err(|error| unwritable(&error))?;
    Ok(size)
}

fn check(head: &[u8], host: &str, is_page: bool) -> Result<(), Refusal> {
    if pictures::sniff(head).is_some() {
        return Ok(());
    }
    let host = host.to_owned();
    let sentence = match (head.is_empty(), is_page) {
        (true, _) => messages::Upload::FetchedNothing { host },
        (false, true) => messages::Upload::FetchedPage { host },
        (false, false) => messages::Upload::FetchedNoPicture { host },
    };
    Err(Refusal::last(ErrorKind::NotAPicture, sentence))
}

async fn sniff_file(path: &Path) -> Option<pictures::Format> {
    use tokio::io::AsyncReadExt as _;
    let mut head = Vec::new();
    tokio::fs::File::open(path).await.ok()?.take(HEAD as u64).read_to_end(&mut head).await.ok()?;
    pictures::sniff(&head)
}

/// An address ends in anything; a name in what the picture is.
fn named(name: String, format: Option<pictures::Format>) -> String {
    let Some(format) = format else { return name };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let fits =
        ending.is_some_and(|ending| (2..=5).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric));
    if fits && name.len() > 4 && !name.ends_with(".php") { name } else { format!("{name}.{}", format.extension()) }
}

fn too_large(host: &str) -> Refusal {
    Refusal::last(
        ErrorKind::TooLarge,
        messages::Upload::FetchTooLarge { host: host.to_owned(), size: (LARGEST >> 20).to_string() },
    )
}

fn unwritable(error: &std::io::Error) -> Refusal {
    Refusal::for_now(ErrorKind::Disk, messages::Upload::FetchUnkept { why: machine::why(error) })
}

#[cfg(test)]
mod tests {
    use pictures::Format;

    use super::*;

    #[test]
    fn names_get_an_ending_that_fits() {
        assert_eq!(named("photo.jpg".into(), Some(Format::Jpeg)), "photo.jpg");
        assert_eq!(named("thumb.php".into(), Some(Format::Png)), "thumb.php.png");
        assert_eq!(named("avatar".into(), Some(Format::WebP)), "avatar.webp");
        assert_eq!(named("v1.0 release notes".into(), Some(Format::Gif)), "v1.0 release notes.gif");
    }

    /// A server that answers one request with this, and gives its address.
    fn server(head: &'static str, body: Vec<u8>) -> String {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = client.read(&mut request).unwrap();
            let length = body.len();
            write!(client, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n").unwrap();
            client.write_all(&body).unwrap();
        });
        format!("http://{address}")
    }

    async fn fetched(address: &str) -> (String, Vec<u8>) {
        let spool = tempfile::tempdir().unwrap();
        let fetched = fetch(&client().unwrap(), address, spool.path()).await.unwrap();
        (fetched.name, std::fs::read(&fetched.path).unwrap())
    }

    #[tokio::test]
    async fn what_was_packed_for_the_way_is_unpacked() {
        use std::io::Write as _;
        let picture = testkit::photos::png(8, 8, 1);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(&picture).unwrap();
        let address = server("Content-Encoding: gzip\r\n", packed.finish().unwrap());
        assert_eq!(fetched(&format!("{address}/gull.png")).await, ("gull.png".to_owned(), picture));
    }

    #[tokio::test]
    async fn names_in_other_encodings_have_their_letters() {
        let picture = testkit::photos::png(8, 8, 1);
        let address = server("", picture.clone());
        assert_eq!(fetched(&format!("{address}/M%F6we.png")).await.0, "Möwe.png");
        let address = server("Content-Disposition: attachment; filename*=windows-1252''%80.png\r\n", picture);
        assert_eq!(fetched(&address).await.0, "€.png");
    }

    #[test]
    fn a_web_page_is_told_as_such() {
        let refusal = check(b"<!doctype html>", "example.com", true).unwrap_err();
        assert_eq!(
            refusal.error.message,
            "What example.com gave is a web page, not a picture, so it was not uploaded."
        );
    }
}
