//! Where the system itself is asked about every certificate, also about those that vouch for themselves.

use rustls::pki_types::CertificateDer;

/// It has been asked already.
pub fn is_trusted(_: &CertificateDer<'_>) -> bool {
    false
}
