//! Whose certificates are trusted: those that the system trusts, by its authorities or by themselves.

#[cfg_attr(all(unix, not(target_vendor = "apple")), path = "files.rs")]
#[cfg_attr(not(all(unix, not(target_vendor = "apple"))), path = "system.rs")]
mod platform;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use crate::provider::provider;

/// The system's trust. What it trusts is read at the first handshake, and again before a certificate is refused: it may
/// have learnt of it in between.
#[derive(Debug)]
pub struct SystemTrust {
    provider: Arc<CryptoProvider>,
    read: Mutex<Option<Arc<dyn ServerCertVerifier>>>,
}

impl SystemTrust {
    /// The one of this process.
    pub fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<SystemTrust>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Arc::new(Self { provider: provider(), read: Mutex::default() }));
        Arc::clone(shared)
    }

    fn known(&self) -> Option<Arc<dyn ServerCertVerifier>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn read_anew(&self) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        let verifier = platform::verifier(Arc::clone(&self.provider))?;
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&verifier));
        Ok(verifier)
    }
}

impl ServerCertVerifier for SystemTrust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |verifier: Arc<dyn ServerCertVerifier>| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        if let Some(verified) = self.known().and_then(|known| verify(known).ok()) {
            return Ok(verified);
        }
        let refused = match self.read_anew().and_then(verify) {
            Ok(verified) => return Ok(verified),
            Err(refused) => refused,
        };
        if is_own_authority(&refused) && platform::is_trusted(end_entity) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        Err(refused)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether a certificate is refused for nothing but this: it is marked as an authority's, as `openssl req -x509` marks
/// those that it makes, and a server shows it. Its time was looked at before that, its name was not.
fn is_own_authority(refused: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = refused else { return false };
    matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}
