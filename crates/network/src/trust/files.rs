//! Where what is trusted stands in files (`SSL_CERT_FILE`, `/etc/ssl/certs`), as certificates.

use rustls::pki_types::CertificateDer;

/// Whether this very certificate is among those that are trusted.
pub fn is_trusted(certificate: &CertificateDer<'_>) -> bool {
    rustls_native_certs::load_native_certs().certs.iter().any(|trusted| trusted.as_ref() == certificate.as_ref())
}
