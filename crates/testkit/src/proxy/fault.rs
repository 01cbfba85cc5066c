//! What can go wrong, and when.

/// What is done to a request. Bytes count from the start of the body, headers not included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Resets both connections once so many bytes of the request's body were handed on.
    ResetAfter {
        /// Bytes.
        bytes: u64,
    },
    /// Hands on so many bytes of the request's body and then nothing, until `release()` or until the client gives up. The
    /// client can go on sending, as into the buffers of a network that has just died; [`Fault::Slow`] holds it back.
    StallAfter {
        /// Bytes.
        bytes: u64,
    },
    /// Takes the request's body and answers in place of the server, which never hears of it.
    Answer(CannedAnswer),
    /// Hands the whole request on, waits for the server's answer, and resets the client's connection without a byte of
    /// it: the server did it, and the client can't know.
    DropResponse,
    /// Hands the whole request on and answers with this in place of the server's answer: the server did what it was asked
    /// for, and the client hears something else.
    ReplaceResponse(CannedAnswer),
    /// Hands the whole request on and holds the server's answer back until `release()`: the server did it, and the client
    /// waits.
    StallResponse,
    /// Flips a bit of this byte of the request's body.
    CorruptRequest {
        /// Which byte, from 0.
        at: u64,
    },
    /// Flips a bit of this byte of the answer's body.
    CorruptResponse {
        /// Which byte, from 0.
        at: u64,
    },
    /// Leaves headers out of the answer, as some gateways do.
    DropHeaders {
        /// How their names begin, in lower case.
        beginnings: &'static [&'static str],
    },
    /// Closes the client's connection after so many bytes of the answer's head: status line and headers.
    TruncateHead {
        /// Bytes.
        bytes: usize,
    },
    /// Closes the client's connection after so many bytes of the answer's body.
    TruncateResponse {
        /// Bytes.
        bytes: u64,
    },
    /// Hands the request's body on no faster than this.
    Slow {
        /// Bytes a second.
        bytes_per_second: u64,
    },
}

/// An answer given in place of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedAnswer {
    /// HTTP status.
    pub status: u16,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// The media type of the body.
    pub content_type: String,
    /// The body.
    pub body: String,
}

impl CannedAnswer {
    /// An S3 error document. Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    pub fn s3(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             <RequestId>TESTKIT00000001</RequestId><HostId>testkit</HostId></Error>"
        );
        Self { status, headers: Vec::new(), content_type: "application/xml".to_owned(), body }
    }

    /// 200 with an error document, after the blanks that S3 sends to keep the connection open while it works. Source:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>.
    pub fn error_in_success() -> Self {
        let mut answer = Self::s3(200, "InternalError", "We encountered an internal error. Please try again.");
        let (declaration, error) = answer.body.split_once('\n').unwrap_or_default();
        answer.body = format!("{declaration}\n \n   \n{error}");
        answer
    }
}

impl Fault {
    /// 500 InternalError.
    pub fn internal_error() -> Self {
        Self::Answer(CannedAnswer::s3(500, "InternalError", "We encountered an internal error. Please try again."))
    }

    /// 503 SlowDown, with `Retry-After` in seconds if given.
    pub fn slow_down(retry_after: Option<u64>) -> Self {
        let mut answer = CannedAnswer::s3(503, "SlowDown", "Please reduce your request rate.");
        answer.headers.extend(retry_after.map(|seconds| ("Retry-After".to_owned(), seconds.to_string())));
        Self::Answer(answer)
    }

    /// 403 AccessDenied as AWS words it for a presigned URL past its time.
    pub fn expired() -> Self {
        Self::Answer(CannedAnswer::s3(403, "AccessDenied", "Request has expired"))
    }

    /// 400 as Garage words it for a presigned URL past its time.
    pub fn expired_in_garage() -> Self {
        Self::Answer(CannedAnswer::s3(400, "InvalidRequest", "Bad request: Date is too old"))
    }

    /// 403 RequestTimeTooSkewed, with a `Date` header that says what the server thinks the time is.
    pub fn clock_skew(server_date: &str) -> Self {
        let message = "The difference between the request time and the current time is too large.";
        let mut answer = CannedAnswer::s3(403, "RequestTimeTooSkewed", message);
        answer.headers.push(("Date".to_owned(), server_date.to_owned()));
        Self::Answer(answer)
    }

    /// 200 with an error document: what CompleteMultipartUpload may answer after it began with success.
    pub fn error_in_success() -> Self {
        Self::Answer(CannedAnswer::error_in_success())
    }
}

/// Which requests an order is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    method: Option<String>,
    contains: Vec<String>,
    lacks: Vec<String>,
}

impl When {
    /// Every request.
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of this method.
    pub fn method(method: &str) -> Self {
        Self { method: Some(method.to_owned()), ..Self::default() }
    }

    /// And only those with this in their path or query, such as `partNumber=2`.
    pub fn containing(mut self, part: &str) -> Self {
        self.contains.push(part.to_owned());
        self
    }

    /// And only those without this in their path or query.
    pub fn lacking(mut self, part: &str) -> Self {
        self.lacks.push(part.to_owned());
        self
    }

    pub(super) fn fits(&self, method: &str, target: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted == method)
            && self.contains.iter().all(|part| target.contains(part.as_str()))
            && !self.lacks.iter().any(|part| target.contains(part.as_str()))
    }
}
