//! From what a store answers to what a person can do about it.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use super::super::bucket::BucketConfig;
use super::super::fault::why;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What is wrong with a bucket's settings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProbeCode { $($(#[$doc])* $variant,)* }

        impl ProbeCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// For programs, such as `wrong_region`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// The address can't be one.
    InvalidAddress = "invalid_address";
    /// Nothing answers.
    Unreachable = "unreachable";
    /// The certificate isn't trusted.
    Certificate = "certificate";
    /// http instead of https, or the other way.
    WrongScheme = "wrong_scheme";
    /// Something answers that is no S3 store.
    NotS3 = "not_s3";
    /// This computer's clock is wrong.
    ClockSkew = "clock_skew";
    /// The store doesn't know the access key's id.
    WrongKeyId = "wrong_key_id";
    /// The secret doesn't belong to the access key's id.
    WrongSecret = "wrong_secret";
    /// There is no such bucket.
    NoSuchBucket = "no_such_bucket";
    /// The bucket is in another region.
    WrongRegion = "wrong_region";
    /// It works with path style turned the other way.
    WrongPathStyle = "wrong_path_style";
    /// The key is good, but may not do this.
    MissingRight = "missing_right";
    /// The store is full, or a quota is.
    Full = "full";
    /// The store can't do this.
    NotSupported = "not_supported";
    /// The store drops what is written beside an object.
    MetadataLost = "metadata_lost";
    /// The store gives no ETags, or not always the same.
    EtagLost = "etag_lost";
    /// Files can't be sent in parts; those that need none can be kept there, if that is agreed to.
    NoParts = "no_parts";
    /// A proxy on the way is what keeps the store from being reached.
    Proxy = "proxy";
    /// What came back isn't what was stored, or a corrupt body was taken.
    Corrupted = "corrupted";
    /// The store reports a fault of its own, which says nothing of what it can do.
    StoreFault = "store_fault";
    /// Anything else.
    Refused = "refused";
}

/// Something that is wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What.
    pub code: ProbeCode,
    /// In words, with what to do.
    pub message: String,
}

/// A problem in words of its own.
pub fn problem(code: ProbeCode, message: impl ToString) -> Problem {
    Problem { code, message: message.to_string() }
}

/// What the first object needs; completes "The key may not …".
pub const STORING: &str = "store objects";

/// What a store answered, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// The HTTP status; 0 when nothing answered.
    pub status: u16,
    /// S3's error code; empty when there was none.
    pub code: String,
    /// S3's message, or what went wrong on the way.
    pub message: String,
    /// The region that the store says is right.
    pub region: Option<String>,
}

impl<E> From<SdkError<E, HttpResponse>> for Refusal
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let context = why(&error);
        let Some(raw) = error.raw_response() else { return Self { message: context, ..Self::default() } };
        let body = raw.body().bytes().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
        let region = raw.headers().get("x-amz-bucket-region").map(str::to_owned).or_else(|| element(&body, "Region"));
        let status = raw.status().as_u16();
        let (code, message) = match &error {
            SdkError::ServiceError(answer) => (
                answer.err().code().unwrap_or_default().to_owned(),
                answer.err().message().unwrap_or_default().to_owned(),
            ),
            _ => (String::new(), context),
        };
        Self { status, code, message, region }
    }
}

impl Refusal {
    /// From the answer to a presigned request.
    pub fn of_body(status: u16, body: &str) -> Self {
        Self {
            status,
            code: element(body, "Code").unwrap_or_default(),
            message: element(body, "Message").unwrap_or_default(),
            region: element(body, "Region"),
        }
    }

    /// The region that the store says is right; some say it in words only ("… expected garage").
    pub fn right_region(&self) -> Option<String> {
        self.region.clone().or_else(|| {
            let (_, rest) = self.message.split_once("expecting '")?;
            Some(rest.split_once('\'')?.0.to_owned())
        })
    }

    /// Whether another region could help.
    pub fn may_be_region(&self) -> bool {
        self.right_region().is_some()
            || matches!(
                &*self.code,
                "PermanentRedirect"
                    | "AuthorizationHeaderMalformed"
                    | "IllegalLocationConstraintException"
                    | "InvalidRegion"
                    | "SignatureDoesNotMatch"
            )
            || (self.code.is_empty() && matches!(self.status, 301 | 307 | 308))
    }

    /// Whether turning path style the other way could help.
    pub fn may_be_path_style(&self) -> bool {
        self.status == 0
            || (self.code.is_empty() && self.status != 403)
            || matches!(
                &*self.code,
                "NoSuchBucket"
                    | "SignatureDoesNotMatch"
                    | "PermanentRedirect"
                    | "MethodNotAllowed"
                    | "InvalidBucketName"
            )
    }

    /// Whether the store failed, rather than refused: a server error (RFC 9110), but for "not implemented".
    fn is_fault(&self) -> bool {
        self.status >= 500 && self.status != 501
    }

    /// In words. `doing` completes "The key may not …".
    pub fn explain(&self, bucket: &BucketConfig, doing: &str) -> Problem {
        let said = self.message.to_ascii_lowercase();
        let name = &bucket.bucket;
        // Garage answers AccessDenied to all of these, and says the rest in words.
        let code = match &*self.code {
            "InvalidAccessKeyId" | "NotSignedUp" => ProbeCode::WrongKeyId,
            "AccessDenied" if said.contains("no such key") => ProbeCode::WrongKeyId,
            "SignatureDoesNotMatch" => ProbeCode::WrongSecret,
            "AccessDenied" | "Forbidden" if said.contains("invalid signature") => ProbeCode::WrongSecret,
            "NoSuchBucket" => ProbeCode::NoSuchBucket,
            "PermanentRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException"
            | "InvalidRegion" => ProbeCode::WrongRegion,
            "RequestTimeTooSkewed" | "RequestExpired" => ProbeCode::ClockSkew,
            "AccessDenied" | "AllAccessDisabled" | "AccountProblem" | "Forbidden" => ProbeCode::MissingRight,
            "QuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage" | "EntityTooLarge" => ProbeCode::Full,
            "NotImplemented" | "MethodNotAllowed" => ProbeCode::NotSupported,
            "BadDigest" | "InvalidDigest" => ProbeCode::Corrupted,
            "" => match self.status {
                0 => ProbeCode::Unreachable,
                301 | 307 | 308 if self.right_region().is_some() => ProbeCode::WrongRegion,
                301 | 302 | 303 | 307 | 308 => ProbeCode::NotS3,
                403 => ProbeCode::MissingRight,
                // That it stores objects has been seen by then.
                _ if doing != STORING && self.is_fault() => ProbeCode::StoreFault,
                _ if doing != STORING => ProbeCode::NotSupported,
                _ => ProbeCode::NotS3,
            },
            _ if self.is_fault() => ProbeCode::StoreFault,
            _ => ProbeCode::Refused,
        };
        let message = match code {
            ProbeCode::WrongKeyId => {
                format!("The store doesn’t know the key id “{}”. Check it for typing errors.", bucket.key_id)
            }
            ProbeCode::WrongSecret => {
                "The secret doesn’t belong to this key id. Paste it anew; a blank or a missing character is enough."
                    .to_owned()
            }
            ProbeCode::NoSuchBucket => {
                format!("There is no bucket “{name}” there. Create it, or check its name.")
            }
            ProbeCode::WrongRegion => match self.right_region().filter(|region| *region != bucket.region) {
                Some(right) => format!("The bucket is in the region {right}, not {}. Use {right}.", bucket.region),
                None => format!("{} is not the bucket’s region. Look it up at the store and use that.", bucket.region),
            },
            ProbeCode::ClockSkew => {
                "The store refuses because this computer’s clock and its own disagree by more than 15 \
                                     minutes. Set the clock, best by having it set itself."
                    .to_owned()
            }
            ProbeCode::MissingRight => {
                let said = self.message.split_whitespace().collect::<Vec<_>>().join(" ");
                let said = match said.trim_end_matches('.') {
                    "" => String::new(),
                    said => format!(" The store says: “{said}”."),
                };
                format!("The key may not {doing} in “{name}”. Give it that right at the store.{said}")
            }
            ProbeCode::Full => {
                "The store has no room left, or a quota is used up. Remove something there, or raise the quota."
                    .to_owned()
            }
            ProbeCode::NotS3 if (300..400).contains(&self.status) => format!(
                "What answers there sends every request on to another address (HTTP status {}), which a store doesn’t. Use the \
                 address that it leads to; often it is the same one with https:// instead of http://.",
                self.status
            ),
            ProbeCode::NotSupported if self.code.is_empty() && (200..300).contains(&self.status) => format!(
                "The store was asked to {doing}, and answers in a form that S3 doesn’t have (HTTP status {}), so it can’t be \
                 relied on for that. Use a newer version of it, or another store.",
                self.status
            ),
            ProbeCode::NotSupported => {
                format!("This store can’t {doing}, which is needed here. Use a newer version of it, or another store.")
            }
            ProbeCode::Corrupted => "The bytes arrived at the store changed. Something between here and there alters \
                                     them: look for a proxy."
                .to_owned(),
            ProbeCode::Unreachable => format!(
                "The store didn’t answer: {}. Check the network, and that the store is running.",
                self.message.trim_end_matches('.')
            ),
            ProbeCode::NotS3 => format!(
                "What answers there (HTTP status {}) is not an S3 store. Use the address of the store’s S3 API.",
                self.status
            ),
            _ => {
                let said = [&*self.code, &*self.message].into_iter().filter(|part| !part.trim().is_empty());
                let said = match said.collect::<Vec<_>>().join(" ") {
                    said if said.is_empty() => "it gives no reason".to_owned(),
                    said => said,
                };
                let what = if code == ProbeCode::StoreFault { "reports a fault of its own" } else { "refused" };
                format!(
                    "The store {what}: {said} (HTTP status {}). Try again; if it stays so, the store’s own log or status \
                     page says more.",
                    self.status
                )
            }
        };
        Problem { code, message }
    }
}

fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once("</")?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::SecretString;

    use super::*;

    fn bucket() -> BucketConfig {
        BucketConfig {
            endpoint: None,
            region: "us-east-1".to_owned(),
            bucket: "holiday".to_owned(),
            key_id: "AKIA".to_owned(),
            secret: SecretString::from("s"),
            path_style: false,
            without_parts: false,
            as_typed: false,
        }
    }

    #[rstest]
    #[case(403, "InvalidAccessKeyId", "", ProbeCode::WrongKeyId)]
    #[case(403, "AccessDenied", "Forbidden: No such key: GK12", ProbeCode::WrongKeyId)]
    #[case(403, "SignatureDoesNotMatch", "", ProbeCode::WrongSecret)]
    #[case(403, "AccessDenied", "Forbidden: Invalid signature", ProbeCode::WrongSecret)]
    #[case(403, "AccessDenied", "Access Denied", ProbeCode::MissingRight)]
    #[case(404, "NoSuchBucket", "", ProbeCode::NoSuchBucket)]
    #[case(301, "PermanentRedirect", "", ProbeCode::WrongRegion)]
    #[case(403, "RequestTimeTooSkewed", "", ProbeCode::ClockSkew)]
    #[case(501, "NotImplemented", "", ProbeCode::NotSupported)]
    #[case(200, "", "", ProbeCode::NotS3)]
    #[case(500, "InternalError", "", ProbeCode::StoreFault)]
    #[case(503, "SlowDown", "", ProbeCode::StoreFault)]
    #[case(400, "InvalidRequest", "", ProbeCode::Refused)]
    #[case(503, "", "", ProbeCode::NotS3)]
    fn each_answer_has_its_explanation(
        #[case] status: u16,
        #[case] code: &str,
        #[case] message: &str,
        #[case] explained: ProbeCode,
    ) {
        let refusal = Refusal { status, code: code.to_owned(), message: message.to_owned(), region: None };
        assert_eq!(refusal.explain(&bucket(), STORING).code, explained);
    }

    #[rstest]
    #[case(200, "in a form that S3 doesn’t have")]
    #[case(405, "can’t send large files in parts")]
    fn what_stores_objects_is_a_store(#[case] status: u16, #[case] says: &str) {
        let refusal = Refusal { status, ..Refusal::default() };
        let problem = refusal.explain(&bucket(), "send large files in parts");
        assert_eq!(problem.code, ProbeCode::NotSupported);
        assert!(problem.message.contains(says), "{}", problem.message);
    }

    #[rstest]
    #[case("InternalError", "", "The store reports a fault of its own: InternalError (HTTP status 500).")]
    #[case(
        "InternalError",
        "We erred.",
        "The store reports a fault of its own: InternalError We erred. (HTTP status 500)."
    )]
    fn what_the_store_did_not_say_leaves_no_gap(#[case] code: &str, #[case] message: &str, #[case] begins: &str) {
        let refusal = Refusal { status: 500, code: code.to_owned(), message: message.to_owned(), region: None };
        let problem = refusal.explain(&bucket(), STORING);
        assert!(problem.message.starts_with(begins), "{}", problem.message);
        assert!(!problem.message.contains("  "), "{}", problem.message);
    }

    #[rstest]
    #[case(301)]
    #[case(307)]
    fn a_host_that_sends_requests_on_is_said_to_do_so(#[case] status: u16) {
        let problem = Refusal { status, ..Refusal::default() }.explain(&bucket(), STORING);
        assert_eq!(problem.code, ProbeCode::NotS3);
        assert!(problem.message.contains("sends every request on to another address"), "{}", problem.message);
    }

    #[rstest]
    #[case("")]
    #[case("InternalError")]
    fn a_fault_is_no_word_on_what_a_store_can_do(#[case] code: &str) {
        let refusal = Refusal { status: 500, code: code.to_owned(), ..Refusal::default() };
        let problem = refusal.explain(&bucket(), "send large files in parts");
        assert_eq!(problem.code, ProbeCode::StoreFault);
        assert!(problem.message.contains("Try again"), "{}", problem.message);
    }

    #[test]
    fn the_right_region_is_named_when_the_store_tells() {
        let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is wrong; \
                    expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>";
        let problem = Refusal::of_body(400, body).explain(&bucket(), STORING);
        assert_eq!(problem.code, ProbeCode::WrongRegion);
        assert!(problem.message.contains("Use eu-west-1"), "{}", problem.message);
    }
}
