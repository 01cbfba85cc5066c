//! TLS in front of a server that speaks plain HTTP, with a certificate of an authority that no computer trusts by itself,
//! or with one that vouches for itself.
//!
//! The certificates beside this file are for `localhost` and 127.0.0.1 and for nothing but tests. They were made by
//! `openssl`, are good until 2126, and their authority's key was thrown away. The one that vouches for itself is as
//! `openssl req -x509` makes them: marked as an authority's.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::NamedTempFile;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

use crate::runtime::{listen, runtime};

/// A running front, on a free port of 127.0.0.1. It ends when it is dropped.
#[derive(Debug)]
pub struct TlsFront {
    address: SocketAddr,
    accepting: JoinHandle<()>,
    authority: NamedTempFile,
}

impl TlsFront {
    /// Starts one in front of a server such as `http://127.0.0.1:3900`. What it takes in is handed on as it is.
    ///
    /// # Panics
    /// When that is no `http://` URL.
    pub fn start(upstream: &str) -> Self {
        let shown = (&include_bytes!("server.pem")[..], &include_bytes!("server.key.pem")[..]);
        Self::showing(upstream, shown, include_bytes!("authority.pem"))
    }

    /// The same with a certificate that vouches for itself: it is its own authority.
    ///
    /// # Panics
    /// When that is no `http://` URL.
    pub fn self_signed(upstream: &str) -> Self {
        let certificate = include_bytes!("itself.pem");
        Self::showing(upstream, (certificate, include_bytes!("itself.key.pem")), certificate)
    }

    fn showing(upstream: &str, (certificate, key): (&[u8], &[u8]), trusted: &[u8]) -> Self {
        let url = Url::parse(upstream).expect("the server's address is a URL");
        let upstream = format!("{}:{}", url.host_str().expect("with a host"), url.port().unwrap_or(80));
        let certificate = CertificateDer::from_pem_slice(certificate).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
            .expect("the certificate and the key belong together");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (listener, address) = listen(0);
        let accepting = runtime().spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
                runtime().spawn(async move {
                    // Who doesn't speak TLS, or doesn't trust the certificate, is left.
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        // A file of its own: where the sources are is known when this is built, and several checkouts may share a build.
        let mut authority = NamedTempFile::new().expect("the temporary folder can be written to");
        authority.write_all(trusted).expect("the disk has room");
        Self { address, accepting, authority }
    }

    /// `https://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// The authority's certificate, for whoever is to trust it (`SSL_CERT_FILE`), as long as this is there.
    pub fn authority(&self) -> PathBuf {
        self.authority.path().to_path_buf()
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
