//! A running service and the people who use it, so that tests read like sentences.

use std::ops::Deref;

use account_api::{AuthResponse, ErrorBody, ErrorCode, RegisterRequest, route};
use account_service::{Config, Housekeeping, Journal, Server, Stop};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinHandle;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Db {
    Sqlite,
    Postgres,
}

/// A service that can be called, wherever it runs.
pub struct Site {
    pub base: String,
    pub http: reqwest::Client,
}

/// A service on a free port of this process. It ends when it is dropped.
pub struct TestApp {
    site: Site,
    pub config: Config,
    pub housekeeping: Housekeeping,
    pub journal: Journal,
    stop: Stop,
    running: Option<JoinHandle<()>>,
    pub dir: tempfile::TempDir,
}

impl TestApp {
    pub async fn start(db: Db) -> Self {
        Self::start_with(db, |_| {}).await
    }

    pub async fn start_with(db: Db, change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::in_folder(dir.path());
        if db == Db::Postgres {
            config.database_url = Some(testkit::postgres::database().await.into());
        }
        // Tests come from one address, and in a hurry.
        config.limits.rates = None;
        change(&mut config);
        let server = Server::bind(config.clone()).await.unwrap();
        config.listen = server.address();
        Self {
            site: Site::at(format!("http://{}", server.address())),
            config,
            housekeeping: server.housekeeping(),
            journal: server.journal(),
            stop: server.stop_handle(),
            running: Some(tokio::spawn(server.run())),
            dir,
        }
    }

    /// Ends it and starts it again on the same folder and database, configured anew.
    pub async fn restart(&mut self, change: impl FnOnce(&mut Config)) {
        self.stop.stop();
        self.running.take().unwrap().await.unwrap();
        change(&mut self.config);
        let server = Server::bind(self.config.clone()).await.unwrap();
        (self.housekeeping, self.journal) = (server.housekeeping(), server.journal());
        self.stop = server.stop_handle();
        self.running = Some(tokio::spawn(server.run()));
    }

    /// Ends it as `SIGTERM` would, and gives its folder back.
    pub async fn stop(mut self) {
        self.stop.stop();
        self.running.take().unwrap().await.unwrap();
    }

    /// The addresses that were given out end now, and the service looks at their keys.
    pub async fn addresses_end(&self) {
        self.execute("UPDATE held_keys SET until = 0").await;
        self.housekeeping.once().await;
    }

    /// Changes the database behind the service's back.
    pub async fn execute(&self, statement: &str) {
        use sea_orm::ConnectionTrait;
        let database = self.database().await;
        database.execute_unprepared(statement).await.unwrap();
        database.close().await.unwrap();
    }

    async fn database(&self) -> sea_orm::DatabaseConnection {
        use secrecy::ExposeSecret;
        let file = format!("sqlite:{}", self.config.data_dir.join("account.db").display());
        let url = self.config.database_url.as_ref().map_or(file, |url| url.expose_secret().to_owned());
        sea_orm::Database::connect(url).await.unwrap()
    }

    /// A column of a table, as text, straight from the database.
    pub async fn column(&self, query: &str) -> Vec<String> {
        use sea_orm::ConnectionTrait;
        let database = self.database().await;
        let rows = database.query_all_raw(sea_orm::Statement::from_string(database.get_database_backend(), query));
        let texts = rows.await.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        database.close().await.unwrap();
        texts
    }
}

impl Deref for TestApp {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Site {
    pub fn at(base: String) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // Each request on a connection of its own: on a busy machine one that is used again may be just being closed.
            .pool_max_idle_per_host(0);
        Self { base, http: http.build().unwrap() }
    }

    pub async fn register(&self, name: &str) -> Person<'_> {
        let request = RegisterRequest {
            username: name.to_owned(),
            email: format!("{name}@example.com"),
            password: "a long enough password".to_owned(),
            device_name: Some(format!("{name}'s laptop")),
            ..RegisterRequest::default()
        };
        let answer: AuthResponse = self.nobody().post(route::REGISTER, &request).await.ok();
        self.signed_in(answer)
    }

    pub fn signed_in(&self, auth: AuthResponse) -> Person<'_> {
        Person { app: self, token: Some(auth.access_token.clone()), auth: Some(auth) }
    }

    /// Somebody who isn't signed in.
    pub fn nobody(&self) -> Person<'_> {
        Person { app: self, token: None, auth: None }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Person<'a> {
    pub app: &'a Site,
    pub token: Option<String>,
    pub auth: Option<AuthResponse>,
}

impl Person<'_> {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.app.http.request(method, format!("{}{path}", self.app.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &impl Serialize) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(body)).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of an error, which has to come with that code's status.
    #[track_caller]
    pub fn code(&self) -> ErrorCode {
        let body: ErrorBody = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no error body: {} {}", self.status, String::from_utf8_lossy(&self.body)));
        assert_eq!(self.status.as_u16(), body.error.code.status(), "{body:?}");
        body.error.code
    }
}

/// A picture that differs with its seed.
pub fn png(seed: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([(seed % 251) as u8, x as u8 * 3, y as u8 * 5]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Replaces the variable of a route's path.
pub fn path(route: &str, id: &str) -> String {
    route.replace("{id}", id).replace("{token}", id)
}
