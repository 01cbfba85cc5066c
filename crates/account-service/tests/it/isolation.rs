//! Every route × {nobody, another user, a session that was ended, the owner}, on both databases.
//!
//! A route that is added needs a row in [`ROWS`]: the list is held against the service's own OpenAPI document.

use std::collections::BTreeSet;

use account_api::{Grant, Image, LoginRequest, User, route};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::app::{Answer, Db, Person, TestApp, png};
use crate::uploads::{announcement, put, single};

/// A call and who may make it.
struct Row {
    method: Method,
    route: &'static str,
    /// The query string, with its question mark.
    query: &'static str,
    /// What is sent; the owner's identifiers stand in it.
    body: fn(&Things) -> Body,
    access: Access,
}

enum Access {
    /// Everybody, signed in or not, with the same outcome.
    Public(StatusCode),
    /// Only with a session, and it concerns the caller's own account. The other user gets in, too, and neither learns nor
    /// changes anything of the owner's.
    Own(StatusCode),
    /// Names a thing by its identifier. To the other user it looks exactly as if it had never existed.
    Thing(StatusCode),
}

use Access::{Own, Public, Thing};

enum Body {
    None,
    Json(Value),
    Form(Vec<u8>),
}

/// What the owner has. Made anew for every row, because rows use it up.
#[derive(Clone)]
struct Things {
    image: String,
    upload: String,
    parts: String,
    link: String,
    refresh_token: String,
    session: String,
}

impl Things {
    /// Identifiers of the same kind that nobody ever had.
    fn of_nobody() -> Self {
        let id = || uuid::Uuid::new_v4().to_string();
        Self {
            image: id(),
            upload: id(),
            parts: id(),
            link: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            refresh_token: id(),
            session: id(),
        }
    }
}

const NOTHING: fn(&Things) -> Body = |_| Body::None;

fn row(method: Method, route: &'static str, access: Access, body: fn(&Things) -> Body) -> Row {
    Row { method, route, query: "", body, access }
}

fn rows() -> Vec<Row> {
    const OK: StatusCode = StatusCode::OK;
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    vec![
        row(post.clone(), route::REGISTER, Public(StatusCode::CONFLICT), |_| {
            Body::Json(json!({"username": "owner", "email": "owner@example.com", "password": "a long enough password"}))
        }),
        row(post.clone(), route::LOGIN, Public(OK), |_| {
            Body::Json(json!({"username": "owner", "password": "a long enough password"}))
        }),
        row(post.clone(), route::REFRESH, Public(OK), |things| {
            Body::Json(json!({"refresh_token": things.refresh_token}))
        }),
        row(get.clone(), route::ME, Own(OK), NOTHING),
        row(post.clone(), route::LOGOUT, Own(OK), NOTHING),
        row(post.clone(), route::PASSWORD, Own(OK), |_| {
            Body::Json(json!({"current_password": "a long enough password", "new_password": "a long enough password"}))
        }),
        row(get.clone(), route::SESSIONS, Own(OK), NOTHING),
        row(delete.clone(), route::SESSIONS, Own(OK), NOTHING),
        row(delete.clone(), route::SESSION, Thing(OK), NOTHING),
        row(get.clone(), route::TOTP, Own(OK), NOTHING),
        // Nothing waits for a code, which is only said to somebody who is signed in.
        row(post.clone(), route::TOTP_CONFIRM, Own(StatusCode::CONFLICT), |_| Body::Json(json!({"code": "123456"}))),
        row(post.clone(), route::TOTP, Own(OK), |_| Body::Json(json!({"password": "a long enough password"}))),
        row(post.clone(), route::TOTP_DISABLE, Own(OK), |_| Body::Json(json!({"password": "a long enough password"}))),
        row(post.clone(), route::RECOVERY_CODES, Own(OK), |_| {
            Body::Json(json!({"password": "a long enough password"}))
        }),
        row(post.clone(), route::EMAIL, Own(OK), |_| {
            // Whoever asks gets another address, which nobody had.
            let email = format!("{}@example.com", uuid::Uuid::new_v4());
            Body::Json(json!({"email": email, "password": "a long enough password"}))
        }),
        row(post.clone(), route::EMAIL_CONFIRM, Public(StatusCode::GONE), |_| Body::Json(json!({"token": "no token"}))),
        row(get.clone(), route::EMAIL_PAGE, Public(OK), NOTHING),
        // With a wrong password: the owner is needed for the rows to come. That it works is tried elsewhere.
        row(post.clone(), route::REMOVE_ACCOUNT, Own(StatusCode::UNAUTHORIZED), |_| {
            Body::Json(json!({"password": "a wrong password"}))
        }),
        row(post.clone(), route::RECOVERY, Public(StatusCode::CONFLICT), |_| Body::Json(json!({"account": "owner"}))),
        row(post.clone(), route::RECOVERY_CODE, Public(StatusCode::UNAUTHORIZED), |_| {
            Body::Json(json!({
                "account": "owner", "recovery_code": "0000-0000-0000-0000", "new_password": "another long password"
            }))
        }),
        row(post.clone(), route::RESET, Public(StatusCode::GONE), |_| {
            Body::Json(json!({"token": "no token", "new_password": "another long password"}))
        }),
        row(get.clone(), route::RESET_PAGE, Public(OK), NOTHING),
        row(get.clone(), route::IMAGES, Own(OK), NOTHING),
        row(post.clone(), route::IMAGES, Own(StatusCode::CREATED), |_| Body::Form(png(77))),
        row(get.clone(), route::IMAGE, Thing(OK), NOTHING),
        Row { query: "?trash=true", ..row(get.clone(), route::IMAGE, Thing(OK), NOTHING) },
        row(patch, route::IMAGE, Thing(OK), |_| Body::Json(json!({"favourite": true}))),
        row(delete.clone(), route::IMAGE, Thing(OK), NOTHING),
        Row { query: "?permanent=true", ..row(delete.clone(), route::IMAGE, Thing(OK), NOTHING) },
        row(post.clone(), route::RESTORE, Thing(OK), NOTHING),
        // There is no AI here, which is only said of a picture that is there.
        row(post.clone(), route::ANALYZE, Thing(StatusCode::CONFLICT), NOTHING),
        row(post.clone(), route::UPLOADS, Own(OK), |_| {
            Body::Json(json!({"files": [announcement("own.png", &png(78))]}))
        }),
        row(post.clone(), route::UPLOAD_PARTS, Thing(OK), |_| {
            Body::Json(json!({"parts": [{"number": 1, "content_md5": "XUFAKrxLKna5cZ2REBfFkg=="}]}))
        }),
        row(get.clone(), route::UPLOAD_STORED, Thing(OK), NOTHING),
        row(delete, route::UPLOAD, Thing(OK), NOTHING),
        row(post.clone(), route::COMPLETE, Thing(OK), |things| {
            Body::Json(json!({"uploads": [{"upload_id": things.upload}]}))
        }),
        row(post.clone(), route::EDITS, Thing(OK), |things| {
            let operation = json!({
                "id": "0192f0c1-2b6e-7c3a-9d55-3f1f2a9b7c10", "clock": "019ad3f1c8000000",
                "device": "7b0e4d2c-55aa-4c8e-8f0e-1f1c2e0f9a11", "kind": "set_favourite", "image_id": things.image,
                "favourite": true,
            });
            Body::Json(json!({"operations": [operation]}))
        }),
        row(post.clone(), route::VERIFY, Thing(OK), |things| Body::Json(json!({"image_ids": [things.image]}))),
        row(post.clone(), route::EXAMINATIONS, Thing(OK), |things| {
            Body::Json(json!({"examinations": [{"image_id": things.image, "camera": "Mallory’s"}]}))
        }),
        row(post.clone(), route::THUMBNAIL_URLS, Thing(OK), |things| Body::Json(json!({"image_ids": [things.image]}))),
        row(post.clone(), route::THUMBNAILS, Thing(OK), |things| Body::Json(json!({"image_ids": [things.image]}))),
        row(post, route::LINKS, Thing(OK), |things| Body::Json(json!({"image_ids": [things.image]}))),
        row(get.clone(), route::CHANGES, Own(OK), NOTHING),
        row(get.clone(), route::CHANGES_STREAM, Own(OK), NOTHING),
        row(get.clone(), route::SHARED, Public(StatusCode::FOUND), NOTHING),
        row(get.clone(), route::OPENAPI, Public(OK), NOTHING),
        row(get.clone(), route::HEALTHZ, Public(OK), NOTHING),
        row(get, route::READYZ, Public(OK), NOTHING),
    ]
}

impl Row {
    fn path(&self, things: &Things) -> String {
        let id = match self.route {
            route::UPLOAD_PARTS | route::UPLOAD_STORED => &things.parts,
            route::UPLOAD => &things.upload,
            route::SESSION => &things.session,
            _ => &things.image,
        };
        format!("{}{}", self.route.replace("{id}", id).replace("{token}", &things.link), self.query)
    }

    async fn send(&self, person: &Person<'_>, things: &Things) -> Answer {
        let request = person.request(self.method.clone(), &self.path(things));
        let request = match (self.body)(things) {
            Body::None => request,
            Body::Json(body) => request.json(&body),
            Body::Form(bytes) => {
                let part = reqwest::multipart::Part::bytes(bytes).file_name("own.png");
                request.multipart(reqwest::multipart::Form::new().part("image", part))
            }
        };
        if self.route == route::CHANGES_STREAM {
            return beginning_of(request).await;
        }
        Answer::of(request).await
    }
}

/// A stream has no end: its first event, or the whole of a refusal.
async fn beginning_of(request: reqwest::RequestBuilder) -> Answer {
    let mut response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.chunk().await.unwrap().unwrap_or_default().to_vec();
    Answer { status, headers, body }
}

/// What one who may not know sees: everything but the request's own number and the time.
fn seen(answer: &Answer, things: &Things) -> (StatusCode, Vec<(String, String)>, String) {
    let headers = answer.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let mut body = String::from_utf8_lossy(&answer.body).into_owned();
    // Batches repeat what was asked for.
    for id in [&things.image, &things.upload, &things.parts] {
        body = body.replace(id.as_str(), "ID");
    }
    (answer.status, headers.collect(), body)
}

async fn things_of(owner: &Person<'_>, n: u32) -> Things {
    let image = owner.upload("owners-secret.png", &png(n)).await;
    let upload: Grant = owner.grant(announcement("owners-secret.png", &png(n + 1))).await;
    put(owner, single(&upload), &png(n + 1)).await;
    let mut large = announcement("owners-secret-large.png", &png(n + 2));
    large.size = 20 * 1024 * 1024;
    let parts = owner.grant(large).await;
    let links: account_api::LinksResponse = owner.post(route::LINKS, &json!({"image_ids": [image.id]})).await.ok();
    let link = links.links[0].url.rsplit_once("/i/").unwrap().1.to_owned();
    let refresh_token = owner.auth.as_ref().unwrap().refresh_token.clone();
    let sessions: account_api::SessionsResponse = owner.get(route::SESSIONS).await.ok();
    let session = sessions.sessions.into_iter().find(|session| session.current).unwrap().id;
    Things { image: image.id, upload: upload.upload_id, parts: parts.upload_id, link, refresh_token, session }
}

async fn sign_in<'a>(app: &'a TestApp, name: &str) -> Person<'a> {
    let request = LoginRequest {
        username: name.to_owned(),
        password: "a long enough password".to_owned(),
        ..LoginRequest::default()
    };
    app.signed_in(app.nobody().post(route::LOGIN, &request).await.ok())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_closed_to_whoever_has_no_business_there(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    app.register("owner").await;
    let other = app.register("other").await;
    let before: User = other.get(route::ME).await.ok();
    for (n, row) in rows().iter().enumerate() {
        let name = format!("{} {}{}", row.method, row.route, row.query);
        let owner = sign_in(&app, "owner").await;
        let ended = sign_in(&app, "owner").await;
        assert!(ended.post(route::LOGOUT, &()).await.status.is_success());
        let things = things_of(&owner, n as u32 * 3 + 100).await;
        let unharmed: Image = owner.get(&format!("/api/images/{}", things.image)).await.ok();

        let expected = match row.access {
            Public(status) => {
                let answer = row.send(&app.nobody(), &things).await;
                assert_eq!(answer.status, status, "{name} by nobody: {answer:?}");
                continue;
            }
            Own(status) | Thing(status) => status,
        };
        for (who, person) in [("nobody", &app.nobody()), ("an ended session", &ended)] {
            let answer = row.send(person, &things).await;
            assert_eq!(answer.code(), account_api::ErrorCode::Unauthorized, "{name} by {who}");
            let nothing = row.send(person, &Things::of_nobody()).await;
            assert_eq!(seen(&answer, &things), seen(&nothing, &Things::of_nobody()), "{name} by {who}");
        }
        // Signing the other one out would spoil the next rows.
        let stranger = if row.route == route::LOGOUT { &sign_in(&app, "other").await } else { &other };
        let theirs = row.send(stranger, &things).await;
        let body = String::from_utf8_lossy(&theirs.body);
        match row.access {
            Own(_) => {
                assert_eq!(theirs.status, expected, "{name} by the other user: {theirs:?}");
                for secret in [&things.image, &things.upload, &things.parts, &things.session, &things.link, "owner"] {
                    assert!(!body.contains(secret), "{name} tells the other user of {secret}: {body}");
                }
            }
            Thing(_) => {
                let nobodys = Things::of_nobody();
                let nothing = row.send(stranger, &nobodys).await;
                assert_eq!(seen(&theirs, &things), seen(&nothing, &nobodys), "{name} by the other user");
                let nonsense =
                    Things { image: "x".into(), upload: "x".into(), parts: "x".into(), session: "x".into(), ..nobodys };
                if row.route.contains("{id}") {
                    let answer = row.send(stranger, &nonsense).await;
                    assert_eq!(answer.body, nothing.body, "{name}: what can’t be an identifier doesn’t exist, either");
                }
            }
            Public(_) => unreachable!(),
        }
        let image: Image = owner.get(&format!("/api/images/{}", things.image)).await.ok();
        assert_eq!(
            (image.revision, image.updated_at),
            (unharmed.revision, unharmed.updated_at),
            "{name} did something"
        );
        let answer = row.send(&owner, &things).await;
        assert_eq!(answer.status, expected, "{name} by the owner: {answer:?}");
        if row.route == route::COMPLETE {
            assert!(
                String::from_utf8_lossy(&answer.body).contains("verified"),
                "the upload was still there: {answer:?}"
            );
        }
    }
    let after: User = other.get(route::ME).await.ok();
    assert_eq!(after.username, before.username);
}

#[tokio::test]
async fn every_route_of_the_document_has_a_row() {
    let app = TestApp::start(Db::Sqlite).await;
    let document: Value = app.nobody().get(route::OPENAPI).await.ok();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let open =
                operation.get("security").is_some_and(|schemes| *schemes == json!([{}]) || *schemes == json!([]));
            documented.insert((method.to_uppercase(), path.clone(), open));
        }
    }
    let rows: BTreeSet<_> = rows()
        .into_iter()
        .map(|row| (row.method.to_string(), row.route.to_owned(), matches!(row.access, Public(_))))
        .collect();
    assert_eq!(
        rows, documented,
        "left: the rows of this table; right: the routes of the service, and whether each is open"
    );
}

/// Words of the program that no answer may have.
const INNER: [&str; 14] = [
    "struct",
    "enum",
    "expected",
    "target type",
    "tuple",
    "variant",
    "deserialize",
    "u32",
    "u64",
    "i64",
    "usize",
    "`",
    "column",
    "digit found",
];

/// What is wrong with a request is said in the API's words, whatever is wrong with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_another_form_is_refused_in_the_words_of_the_api() {
    let app = TestApp::start(Db::Sqlite).await;
    app.register("owner").await;
    let owner = sign_in(&app, "owner").await;
    let things = things_of(&owner, 1).await;
    let mut refused = 0;
    let mut judge = |name: &str, sent: &str, answer: &Answer| {
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!answer.status.is_server_error(), "{name} {sent}: {body}");
        if answer.status == StatusCode::BAD_REQUEST {
            let told = serde_json::from_slice::<Value>(&answer.body).unwrap()["error"]["message"].to_string();
            assert!(!INNER.iter().any(|word| told.contains(word)), "{name} {sent}: {told}");
            refused += 1;
        }
        // Operations are answered one by one.
        assert!(!body.contains("expected") && !body.contains("struct "), "{name} {sent}: {body}");
    };
    for row in rows() {
        let Body::Json(Value::Object(whole)) = (row.body)(&things) else { continue };
        let name = format!("{} {}", row.method, row.route);
        let send = async |body: String| {
            let request = owner.request(row.method.clone(), &row.path(&things));
            Answer::of(request.header("content-type", "application/json").body(body)).await
        };
        for body in ["", "{", "[]", "[1,2]", "1", "\"x\"", "null", "true"] {
            let answer = send(body.to_owned()).await;
            assert_eq!(answer.code(), account_api::ErrorCode::InvalidRequest, "{name} {body}");
            let told = String::from_utf8_lossy(&answer.body).into_owned();
            let is_json = serde_json::from_str::<Value>(body).is_ok();
            let wanted = if is_json { "The body must be a JSON object." } else { "The body is not JSON" };
            assert!(told.contains(wanted), "{name} {body}: {told}");
            judge(&name, body, &answer);
        }
        for field in whole.keys() {
            for wrong in [json!(1), json!(-1), json!(1e30), json!([]), json!([7]), json!([{}]), json!({}), json!(null)]
            {
                let mut body = whole.clone();
                body.insert(field.clone(), wrong);
                let body = Value::Object(body).to_string();
                judge(&name, &body, &send(body.clone()).await);
            }
        }
    }
    for query in [
        "changes?after=x",
        "changes?after=",
        "changes?after=99999999999999999999",
        "changes?limit=-1",
        "changes?limit=0",
        "changes?limit=99999999999",
        "images?limit=x",
        "images?limit=1001",
        "images?limit=1&limit=2",
        "images?trash=maybe",
        "images?cursor=x",
    ] {
        let answer = owner.get(&format!("/api/{query}")).await;
        assert_eq!(answer.code(), account_api::ErrorCode::InvalidRequest, "{query}");
        judge("GET", query, &answer);
    }
    assert!(refused > 300, "{refused}");
    let limit = owner.get("/api/images?limit=99999999999").await;
    assert!(String::from_utf8_lossy(&limit.body).contains("limit: a whole number from 1 to 1000."), "{limit:?}");
}

/// 122 random bits (RFC 9562, version 4), and for links 128.
#[tokio::test]
async fn identifiers_can_not_be_guessed() {
    let app = TestApp::start(Db::Sqlite).await;
    let owner = app.register("owner").await;
    let mut seen = BTreeSet::new();
    for n in 0..4 {
        let things = things_of(&owner, n * 3).await;
        for id in [&things.image, &things.upload, &things.parts] {
            let id = uuid::Uuid::parse_str(id).unwrap();
            assert_eq!(id.get_version_num(), 4);
            assert!(seen.insert(id.as_u128() >> 64), "no two begin alike");
        }
        assert!(things.link.len() >= 22);
    }
    let me: User = owner.get(route::ME).await.ok();
    assert_eq!(uuid::Uuid::parse_str(&me.id).unwrap().get_version_num(), 4);
}
