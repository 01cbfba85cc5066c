//! Access tokens: JSON Web Tokens (RFC 7519) with HS256 and nothing else, ten minutes good.

use std::time::Duration;

use account_api::ErrorCode;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock;
use crate::error::{Error, Result};

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// Issued, in seconds since 1970.
    pub iat: i64,
    /// Expires, in seconds since 1970.
    pub exp: i64,
}

struct Key {
    /// Tells keys apart without saying anything about them.
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    fn new(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        let mut hash = Sha256::new();
        hash.update(b"access token key id\0");
        hash.update(bytes);
        Self {
            id: hex::encode(&hash.finalize()[..8]),
            encoding: EncodingKey::from_secret(bytes),
            decoding: DecodingKey::from_secret(bytes),
        }
    }
}

/// Issues and reads access tokens.
pub struct AccessTokens {
    current: Key,
    previous: Option<Key>,
    lifetime: Duration,
}

impl AccessTokens {
    /// Signs with `current`; reads what either key has signed.
    pub fn new(current: &SecretString, previous: Option<&SecretString>, lifetime: Duration) -> Self {
        Self { current: Key::new(current), previous: previous.map(Key::new), lifetime }
    }

    /// A new token and the seconds that it is good for.
    ///
    /// # Errors
    /// When signing fails, which it doesn't.
    pub fn issue(&self, user_id: Uuid, session_id: Uuid) -> Result<(String, u64)> {
        let issued = clock::now() / 1000;
        let seconds = self.lifetime.as_secs();
        let claims = Claims { sub: user_id, sid: session_id, iat: issued, exp: issued + seconds as i64 };
        let header = Header { kid: Some(self.current.id.clone()), ..Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &claims, &self.current.encoding).map_err(Error::internal)?;
        Ok((token, seconds))
    }

    /// What a token says, when one of the keys has signed it and it hasn't expired.
    ///
    /// # Errors
    /// [`ErrorCode::TokenExpired`] or [`ErrorCode::Unauthorized`].
    pub fn read(&self, token: &str) -> Result<Claims> {
        let foreign =
            || Error::new(ErrorCode::Unauthorized, "This access token is not one of this service. Sign in again.");
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or_else(foreign)?;
        let key = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| key.id == kid)
            .ok_or_else(foreign)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "sub"]);
        match jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation) {
            // RFC 7519, 4.1.4: on or after the expiration time a token must not be accepted.
            Ok(data) if clock::now() / 1000 < data.claims.exp => Ok(data.claims),
            Ok(_) => Err(expired()),
            Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => Err(expired()),
            Err(_) => Err(foreign()),
        }
    }
}

fn expired() -> Error {
    Error::new(ErrorCode::TokenExpired, "The access token has expired. Refresh it and try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(current: &str, previous: Option<&str>) -> AccessTokens {
        AccessTokens::new(
            &SecretString::from(current),
            previous.map(SecretString::from).as_ref(),
            Duration::from_secs(600),
        )
    }

    #[test]
    fn a_token_says_who_and_which_session() {
        let (user, session) = (Uuid::new_v4(), Uuid::new_v4());
        let tokens = tokens("one", None);
        let (token, seconds) = tokens.issue(user, session).unwrap();
        let claims = tokens.read(&token).unwrap();
        assert_eq!((claims.sub, claims.sid, seconds), (user, session, 600));
    }

    #[test]
    fn keys_can_be_changed_without_signing_anyone_out() {
        let (token, _) = tokens("old", None).issue(Uuid::new_v4(), Uuid::new_v4()).unwrap();
        assert!(tokens("new", Some("old")).read(&token).is_ok());
        assert_eq!(tokens("new", None).read(&token).unwrap_err().code(), ErrorCode::Unauthorized);
    }

    #[test]
    fn an_unsigned_or_altered_token_is_refused() {
        use base64::Engine;
        use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
        let tokens = tokens("one", None);
        let (token, _) = tokens.issue(Uuid::new_v4(), Uuid::new_v4()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let header = String::from_utf8(B64.decode(parts[0]).unwrap()).unwrap().replace("HS256", "none");
        for forged in [
            format!("{}.{}.", B64.encode(header), parts[1]),
            format!("{}.{}.{}", parts[0], B64.encode(r#"{"sub":"x"}"#), parts[2]),
            "x.y.z".to_owned(),
            String::new(),
        ] {
            assert_eq!(tokens.read(&forged).unwrap_err().code(), ErrorCode::Unauthorized, "{forged}");
        }
    }
}
