//! Where what is trusted stands in files (`SSL_CERT_FILE`, `/etc/ssl/certs`), as certificates.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{Error, RootCertStore};

use crate::trouble::NO_AUTHORITIES;

/// Trusts what the authorities in those files vouch for.
pub fn verifier(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if authorities.is_empty() {
        return Err(Error::General(NO_AUTHORITIES.to_owned()));
    }
    match WebPkiServerVerifier::builder_with_provider(Arc::new(authorities), provider).build() {
        Ok(verifier) => Ok(verifier),
        Err(error) => Err(Error::General(error.to_string())),
    }
}

/// Whether this very certificate is among those that are trusted.
pub fn is_trusted(certificate: &CertificateDer<'_>) -> bool {
    rustls_native_certs::load_native_certs().certs.iter().any(|trusted| trusted.as_ref() == certificate.as_ref())
}
