//! The client against the real service, with a proxy between them that breaks things.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account_api::{AnalyzeRequest, ChangesQuery, EditsRequest, ErrorCode, RegisterRequest};
use engine::service::{
    AccessToken, Client, ClientOptions, RefreshTokens, RetryPolicy, ServiceAddress, StoredSession, auth,
};
use engine::{EngineError, ErrorKind};
use futures::future::{BoxFuture, join_all};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use testkit::proxy::{CannedAnswer, Fault, FaultProxy, When};

use crate::support::Service;

const QUICK: RetryPolicy =
    RetryPolicy { repeats: 3, first_wait: Duration::from_millis(1), longest_wait: Duration::from_secs(5) };

/// The refresh token of one session, as the sealed file of all processes.
#[derive(Default)]
struct Kept {
    token: Mutex<Option<SecretString>>,
    keeping_fails: Mutex<usize>,
    /// How many calls but refreshes the proxy had seen when a token was kept.
    seen: Mutex<Vec<usize>>,
    proxy: Mutex<Option<Arc<FaultProxy>>>,
}

impl Kept {
    fn token(&self) -> Option<String> {
        self.token.lock().unwrap().as_ref().map(|token| token.expose_secret().to_owned())
    }
}

impl RefreshTokens for Kept {
    fn newest(&self) -> BoxFuture<'_, engine::Result<Option<SecretString>>> {
        Box::pin(async { Ok(self.token.lock().unwrap().clone()) })
    }

    fn keep(&self, token: SecretString) -> BoxFuture<'_, engine::Result<()>> {
        Box::pin(async move {
            let mut failures = self.keeping_fails.lock().unwrap();
            if *failures > 0 {
                *failures -= 1;
                return Err(EngineError::new(ErrorKind::Disk, messages::Message::words("The disk is full.")));
            }
            if let Some(proxy) = &*self.proxy.lock().unwrap() {
                let others = proxy.exchanges().iter().filter(|e| !e.target.contains("refresh")).count();
                self.seen.lock().unwrap().push(others);
            }
            *self.token.lock().unwrap() = Some(token);
            Ok(())
        })
    }

    fn forget(&self) -> BoxFuture<'_, engine::Result<()>> {
        Box::pin(async {
            *self.token.lock().unwrap() = None;
            Ok(())
        })
    }
}

/// Anna, registered at a real service behind a proxy.
struct Scene {
    service: Service,
    proxy: Arc<FaultProxy>,
    kept: Arc<Kept>,
    folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        Self::at(Service::start().await).await
    }

    async fn at(service: Service) -> Self {
        let request = RegisterRequest {
            username: "anna".to_owned(),
            email: "anna@example.com".to_owned(),
            password: "a long enough password".to_owned(),
            device_name: None,
            ..RegisterRequest::default()
        };
        let session = auth::register(&ServiceAddress::parse(&service.url).unwrap(), &request).await.unwrap();
        let proxy = Arc::new(FaultProxy::start(&service.url));
        let kept = Arc::new(Kept::default());
        *kept.token.lock().unwrap() = Some(session.refresh_token.into());
        *kept.proxy.lock().unwrap() = Some(proxy.clone());
        Self { service, proxy, kept, folder: tempfile::tempdir().unwrap() }
    }

    /// A client as a new process has it: no access token yet.
    fn client(&self) -> Client {
        client_at(&self.proxy.endpoint(), &self.kept, self.folder.path())
    }

    fn refreshes(&self) -> usize {
        self.proxy.exchanges().iter().filter(|exchange| exchange.target.contains("/api/auth/refresh")).count()
    }
}

fn client_at(url: &str, kept: &Arc<Kept>, folder: &Path) -> Client {
    let address = ServiceAddress::parse(url).unwrap();
    let session = StoredSession::new(address.clone(), QUICK, kept.clone(), folder.join("session.lock")).unwrap();
    Client::new(ClientOptions { address, tokens: Arc::new(session), retry: QUICK, links_at: None }).unwrap()
}

fn refusal(code: ErrorCode, headers: &[(&str, &str)]) -> Fault {
    Fault::Answer(CannedAnswer {
        status: code.status(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        content_type: "application/json".to_owned(),
        body: format!(r#"{{"error":{{"code":"{code}","message":"As ordered."}}}}"#),
    })
}

fn page(status: u16, headers: &[(&str, &str)]) -> Fault {
    Fault::Answer(CannedAnswer {
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        content_type: "text/html".to_owned(),
        body: "<h1>Welcome to nginx!</h1>".to_owned(),
    })
}

fn me() -> When {
    When::method("GET").containing("/api/auth/me")
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_share_one_refresh() {
    let scene = Scene::new().await;
    let client = scene.client();
    let answers = join_all((0..20).map(|_| client.me())).await;
    assert!(answers.into_iter().all(|user| user.unwrap().username == "anna"));
    assert_eq!(scene.refreshes(), 1);

    // A token that the service refuses is replaced once, too, however many find out.
    let refused = AccessToken { token: "refused".into(), expires_in: Duration::from_secs(600) };
    let client = scene.client().with_access(refused);
    for answer in join_all((0..20).map(|_| client.me())).await {
        answer.unwrap();
    }
    assert_eq!(scene.refreshes(), 2);
}

#[tokio::test]
async fn a_token_that_is_about_to_expire_is_replaced_before_it_is_sent() {
    let scene = Scene::new().await;
    let stale = AccessToken { token: "stale".into(), expires_in: Duration::ZERO };
    scene.client().with_access(stale).me().await.unwrap();
    assert_eq!(scene.proxy.exchanges().iter().map(|e| e.status).collect::<Vec<_>>(), [Some(200), Some(200)]);
}

#[rstest]
#[case(ErrorCode::TokenExpired)]
#[case(ErrorCode::Unauthorized)]
#[tokio::test]
async fn a_refused_token_is_replaced_unseen(#[case] code: ErrorCode) {
    let scene = Scene::new().await;
    let client = scene.client();
    client.me().await.unwrap();
    scene.proxy.next_when(me(), refusal(code, &[]));
    client.me().await.unwrap();
    assert_eq!(scene.refreshes(), 2);
    assert!(client.is_signed_in());
}

#[tokio::test]
async fn a_new_refresh_token_is_kept_before_anything_is_done_with_it() {
    let scene = Scene::new().await;
    let before = scene.kept.token();
    scene.client().me().await.unwrap();
    // Once with the attempt that it is asked for by, once with itself.
    assert_eq!(*scene.kept.seen.lock().unwrap(), [0, 0]);
    assert_ne!(scene.kept.token(), before);

    // One that can't be kept is not lost, and the old one isn't used again.
    *scene.kept.keeping_fails.lock().unwrap() = 1;
    let client = scene.client();
    assert_eq!(client.me().await.unwrap_err().kind(), ErrorKind::Disk);
    client.me().await.unwrap();
    client.me().await.unwrap();
    scene.client().me().await.unwrap();
    assert!(scene.kept.token().is_some());
}

#[tokio::test]
async fn a_crash_around_keeping_the_new_token_does_not_end_the_session() {
    let scene = Scene::new().await;
    let before = scene.kept.token();
    // Between the answer and the disk: the new token is in memory only, and the memory is gone.
    *scene.kept.keeping_fails.lock().unwrap() = 1;
    let crashed = scene.client();
    assert_eq!(crashed.me().await.unwrap_err().kind(), ErrorKind::Disk);
    drop(crashed);
    assert_eq!(scene.kept.token(), before);
    scene.client().me().await.unwrap();
    let kept = scene.kept.token();
    assert_ne!(kept, before);

    // Between the disk and the first use: the access token is gone, the refresh token is not.
    scene.proxy.next_when(me(), Fault::DropResponse);
    let crashed = scene.client();
    let caller = tokio::spawn(async move { crashed.me().await });
    let _ = caller.await.unwrap();
    assert_ne!(scene.kept.token(), kept);
    scene.client().me().await.unwrap();
}

#[tokio::test]
async fn an_ended_session_is_said_once_and_for_all() {
    let scene = Scene::new().await;
    let (client, other) = (scene.client(), scene.client());
    client.me().await.unwrap();
    other.logout().await.unwrap();
    let mut watched = client.signed_in();
    let error = client.me().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::SignedOut, Some(ErrorCode::SessionEnded)));
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    watched.wait_for(|signed_in| !signed_in).await.unwrap();
    assert_eq!(scene.kept.token(), None);
    let asked = scene.proxy.exchanges().len();
    assert_eq!(client.me().await.unwrap_err().kind(), ErrorKind::SignedOut);
    assert_eq!(scene.proxy.exchanges().len(), asked, "a session that is over was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_live_on_one_session() {
    // No second use of a token is forgiven, not even at once.
    let service = Service::start_with(|config| config.sessions.grace = Duration::ZERO).await;
    let scene = Scene::at(service).await;
    for _ in 0..5 {
        // No access token each time, as after a start: both refresh at once, with one token.
        let (one, other) = (scene.client(), scene.client());
        let (a, b) = tokio::join!(one.me(), other.me());
        a.unwrap();
        b.unwrap();
    }
    assert_eq!(scene.refreshes(), 10);
    // Signing in anew in the meantime is taken up, too.
    let old = scene.client();
    old.logout().await.unwrap();
    let address = ServiceAddress::parse(&scene.service.url).unwrap();
    let request = account_api::LoginRequest {
        username: "anna".to_owned(),
        password: "a long enough password".to_owned(),
        ..account_api::LoginRequest::default()
    };
    let session = auth::login(&address, &request).await.unwrap();
    *scene.kept.token.lock().unwrap() = Some(session.refresh_token.into());
    old.me().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_does_not_end_the_session() {
    let scene = Scene::new().await;
    scene.proxy.next_when(When::method("POST").containing("refresh"), Fault::DropResponse);
    scene.client().me().await.unwrap();
    scene.client().me().await.unwrap();
    assert_eq!(scene.refreshes(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_loses_no_token() {
    let scene = Scene::new().await;
    scene.proxy.next_when(When::method("POST").containing("refresh"), Fault::StallAfter { bytes: 5 });
    let client = scene.client();
    let caller = tokio::spawn({
        let client = client.clone();
        async move { client.me().await }
    });
    scene.proxy.stalled(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    scene.proxy.release();
    scene.client().me().await.unwrap();
    client.me().await.unwrap();
}

#[tokio::test]
async fn offline_is_told_with_the_host_and_passes() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.proxy.down();
    let error = client.me().await.unwrap_err();
    assert!(error.is_offline());
    let host = scene.proxy.endpoint().replace("http://", "");
    assert!(error.to_string().contains(&host), "{error}");
    assert!(client.is_signed_in(), "offline is not signed out");
    scene.proxy.up();
    client.me().await.unwrap();
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let scene = Scene::new().await;
    let client = scene.client();
    client.me().await.unwrap();
    for fault in [
        refusal(ErrorCode::DatabaseUnavailable, &[]),
        refusal(ErrorCode::Internal, &[]),
        refusal(ErrorCode::RateLimited, &[("Retry-After", "0")]),
        page(502, &[]),
        Fault::DropResponse,
        Fault::TruncateResponse { bytes: 3 },
    ] {
        let before = scene.proxy.exchanges().len();
        scene.proxy.times(2, me(), fault.clone());
        client.me().await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(scene.proxy.exchanges().len() - before, 3, "{fault:?}");
    }
    scene.proxy.always(me(), page(503, &[]));
    let error = client.me().await.unwrap_err();
    assert!(error.is_offline() && error.to_string().contains("127.0.0.1"), "{error}");
}

/// What was never made can be taken back without a trace; of what may have been made, nobody may say that it wasn't.
#[tokio::test]
async fn a_failed_call_says_whether_it_may_have_been_made() {
    let scene = Scene::new().await;
    let client = scene.client();
    client.me().await.unwrap();
    for (fault, may_be_made) in [
        (refusal(ErrorCode::Forbidden, &[]), false),
        (refusal(ErrorCode::RateLimited, &[]), false),
        (refusal(ErrorCode::DatabaseUnavailable, &[]), true),
        (refusal(ErrorCode::Internal, &[]), true),
        (page(504, &[]), true),
        (Fault::DropResponse, true),
        (Fault::TruncateResponse { bytes: 3 }, true),
    ] {
        scene.proxy.always(me(), fault.clone());
        assert_eq!(client.me().await.unwrap_err().may_be_made(), may_be_made, "{fault:?}");
        scene.proxy.clear();
    }
    // The last attempt was certainly not made; the first may have been.
    let edits = When::method("POST").containing("/api/edits");
    scene.proxy.next_when(edits.clone(), Fault::DropResponse);
    scene.proxy.next_when(edits, refusal(ErrorCode::Forbidden, &[]));
    assert!(client.edits(&EditsRequest { operations: Vec::new() }).await.unwrap_err().may_be_made());
    scene.proxy.down();
    assert!(!client.me().await.unwrap_err().may_be_made(), "nobody was there to make it");
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let scene = Scene::new().await;
    let client = scene.client();
    client.me().await.unwrap();
    let before = scene.proxy.exchanges().len();
    scene.proxy.next_when(me(), refusal(ErrorCode::RateLimited, &[("Retry-After", "3600")]));
    let error = client.me().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    scene.proxy.next_when(me(), refusal(ErrorCode::Forbidden, &[]));
    assert_eq!(client.me().await.unwrap_err().code(), Some(ErrorCode::Forbidden));
    // It costs money.
    scene.proxy.next_when(When::method("POST").containing("analyze"), refusal(ErrorCode::AiTimedOut, &[]));
    let error = client.analyze_image("x", &AnalyzeRequest::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AiTimedOut);
    assert_eq!(scene.proxy.exchanges().len() - before, 3);
    // Codes of a newer service are told in its words.
    let mut answer = refusal(ErrorCode::Conflict, &[]);
    if let Fault::Answer(answer) = &mut answer {
        answer.body = answer.body.replace("conflict", "from_tomorrow");
    }
    scene.proxy.next_when(me(), answer);
    let error = client.me().await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::Unknown));
    assert!(error.to_string().contains("As ordered."), "{error}");
}

#[tokio::test]
async fn only_an_account_service_passes_for_one() {
    let scene = Scene::new().await;
    let address = ServiceAddress::parse(&scene.proxy.endpoint()).unwrap();
    auth::check(&address).await.unwrap();
    let cases = [
        (page(200, &[]), "is not an account service"),
        (page(404, &[]), "is not an account service"),
        (page(301, &[("Location", "https://elsewhere.example/")]), "https://elsewhere.example/"),
    ];
    for (fault, said) in cases {
        scene.proxy.next(fault);
        let error = auth::check(&address).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn errors_of_people_are_told_as_such() {
    let scene = Scene::new().await;
    let address = ServiceAddress::parse(&scene.service.url).unwrap();
    let wrong = account_api::LoginRequest {
        username: "anna".to_owned(),
        password: "not her password".to_owned(),
        ..account_api::LoginRequest::default()
    };
    assert_eq!(auth::login(&address, &wrong).await.unwrap_err().kind(), ErrorKind::InvalidCredentials);
    let taken = RegisterRequest {
        username: "Anna".to_owned(),
        email: "other@example.com".to_owned(),
        password: "a long enough password".to_owned(),
        device_name: None,
        ..RegisterRequest::default()
    };
    let error = auth::register(&address, &taken).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::RegistrationRefused, Some(ErrorCode::UsernameTaken)));
    let client = scene.client();
    assert_eq!(client.image("no-such-picture").await.unwrap_err().kind(), ErrorKind::NotFound);
    let changes = client.changes(&ChangesQuery { after: 0, limit: Some(10) }).await.unwrap();
    assert!(changes.changes.is_empty());
    client.ready().await.unwrap();
}

#[tokio::test]
async fn news_come_and_end_with_the_session() {
    let mut scene = Scene::new().await;
    let client = scene.client();
    let mut news = client.news().await.unwrap();
    assert_eq!(news.next().await.unwrap(), Some(0));
    scene.service.down().await;
    assert!(matches!(news.next().await, Ok(None) | Err(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_is_lost_on_a_connection_that_the_service_closes_as_it_is_used_again() {
    let scene = Scene::new().await;
    scene.proxy.close_on_reuse();
    let client = scene.client();
    for _ in 0..3 {
        client.me().await.unwrap();
        // POST, and may be sent again: asking for the same twice does the same as once.
        assert!(client.edits(&EditsRequest { operations: Vec::new() }).await.unwrap().results.is_empty());
    }
    assert!(scene.proxy.lost() > 0, "connections were used again");
    // Must not be sent twice: it gets a connection of its own.
    let (lost, asked) = (scene.proxy.lost(), scene.proxy.arrivals());
    client.logout().await.unwrap();
    assert_eq!((scene.proxy.lost(), scene.proxy.arrivals()), (lost, asked + 1));
}
