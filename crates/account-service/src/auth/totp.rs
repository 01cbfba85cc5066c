//! Codes of authenticator apps: TOTP (RFC 6238) with what every app can do, which is SHA-1, six digits, 30 seconds.

use totp_rs::{Builder, Secret, Totp};

use crate::clock::Millis;
use crate::error::{Error, Result};

/// What an authenticator app shows beside the account's name.
const ISSUER: &str = "Image Manager";

/// One step to either side, for clocks that differ and for people who type (RFC 6238, section 5.2).
const SKEW: u16 = 1;

/// A secret of 160 bits, as long as the hash (RFC 4226, section 4), in base32.
pub fn new_secret() -> String {
    Secret::new_stack(rand::random()).to_base32()
}

/// Everything that an authenticator app wants to know.
///
/// # Errors
/// When the secret is not one of [`new_secret`].
pub fn uri(secret: &str, username: &str) -> Result<String> {
    totp(secret, username)?.to_url().map_err(Error::internal)
}

/// The time step whose code this is, when it is the present one or a neighbour.
///
/// # Errors
/// When the secret is not one of [`new_secret`].
pub fn step(secret: &str, code: &str, now: Millis) -> Result<Option<i64>> {
    // Apps show the code in two groups.
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let step = totp(secret, "account")?.check(&code, (now / 1000).unsigned_abs());
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn totp(secret: &str, username: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::try_from_base32(secret).map_err(Error::internal)?)
        .with_skew(SKEW)
        .with_issuer(Some(ISSUER))
        .with_account_name(username)
        .build()
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, in six digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = Secret::new_stack(*b"12345678901234567890").to_base32();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(&secret, code, seconds * 1000).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_neighbours() {
        let secret = Secret::new_stack(*b"12345678901234567890").to_base32();
        let at = |seconds: i64| step(&secret, "287 082", seconds * 1000).unwrap();
        assert_eq!((at(0), at(59), at(89)), (Some(1), Some(1), Some(1)));
        assert_eq!(at(90), None);
        for wrong in ["", "28708", "2870822", "+87082", "abcdef", "000000"] {
            assert_eq!(step(&secret, wrong, 59_000).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn the_uri_is_the_one_that_apps_read() {
        let secret = new_secret();
        assert_eq!(secret.len(), 32);
        let uri = uri(&secret, "anna").unwrap();
        assert_eq!(uri, format!("otpauth://totp/Image%20Manager:anna?secret={secret}&issuer=Image%20Manager"));
    }
}
