//! The service's clock is an hour wrong.

use std::time::{Duration, SystemTime};

use account_api::{Image, ImageResponse, MessageResponse, RefreshRequest, RefreshResponse, route};
use account_service::object_store::ObjectStore;
use reqwest::Method;
use rstest::rstest;
use testkit::proxy::{CannedAnswer, Fault, FaultProxy, When};

use crate::app::{Answer, Db, png};
use crate::process::{PROGRAM, Process, Setup};
use crate::store::Store;

/// The program, with its clock off by that.
async fn off_by(setup: &Setup, shift: &str) -> Process {
    let mut command = setup.command(PROGRAM);
    command.arg("serve").envs(testkit::faketime::off_by(shift));
    setup.serve_as(command).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_hour_costs_nothing(#[values(Db::Sqlite, Db::Postgres)] db: Db, #[values("+1h", "-1h")] shift: &str) {
    let garage = testkit::garage::bucket().await;
    let mut setup = Setup::on(db, Some(&garage)).await;
    setup.set("JWT_SECRET_KEY", "the same secret, whatever the time is");
    let service = off_by(&setup, shift).await;
    // Database and bucket answer, and the store's clock is known from its first answer.
    let _: MessageResponse = service.nobody().get(route::READYZ).await.ok();
    let anna = service.register("anna").await;
    let part = reqwest::multipart::Part::bytes(png(1)).file_name("form.png");
    let form = reqwest::multipart::Form::new().part("image", part);
    let by_form = Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await;
    let by_form = by_form.ok::<ImageResponse>().image;
    // What the client sends itself, by the addresses that the service signs.
    let by_grant = anna.upload("grant.png", &png(2)).await;
    for (image, seed) in [(&by_form, 1), (&by_grant, 2)] {
        let shown = Answer::of(service.http.get(image.url.as_ref().unwrap())).await;
        assert!(shown.status == 200 && shown.body == png(seed), "{}", String::from_utf8_lossy(&shown.body));
    }
    let refresh = anna.auth.clone().unwrap().refresh_token;
    let (_, log) = service.end("TERM").await;
    assert!(log.contains("the store’s: requests are signed by the store’s"), "the operator is told: {log}");

    // The clock is set right: everybody goes on, signed in as they are, with everything that they have.
    let service = setup.serve().await;
    let refreshed = service
        .nobody()
        .post(route::REFRESH, &RefreshRequest { refresh_token: refresh, ..RefreshRequest::default() })
        .await;
    let refreshed: RefreshResponse = refreshed.ok();
    let anna = crate::app::Person { token: Some(refreshed.access_token), ..service.nobody() };
    let image = anna.upload("later.png", &png(3)).await;
    let ids: Vec<String> = anna.images().await.into_iter().map(|image| image.id).collect();
    assert_eq!(ids.len(), 3);
    let _: Image = anna.get(&route::IMAGE.replace("{id}", &image.id)).await.ok();
    assert_eq!(setup.run(&["check"]).code, Some(0));
}

#[tokio::test]
async fn a_head_that_is_refused_without_a_reason_is_asked_again_by_the_stores_clock() {
    let store = Store::start().await;
    let proxy = FaultProxy::start(store.endpoint());
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
    let answer = |status, headers| {
        Fault::Answer(CannedAnswer { status, headers, content_type: "application/xml".to_owned(), body: String::new() })
    };
    let bucket = store.at(proxy.endpoint());
    proxy.next_when(When::method("HEAD"), answer(403, vec![("Date".to_owned(), date)]));
    // The store behind the proxy has the right clock, and would refuse what is signed by the other.
    proxy.next_when(When::method("HEAD"), answer(200, Vec::new()));
    let checked = ObjectStore::new(&bucket).check().await;
    assert!(checked.is_ok(), "{checked:?}: {:#?}", proxy.exchanges());
    assert_eq!(proxy.arrivals(), 2);
    // With clocks that agree, 403 means that.
    let date = httpdate::fmt_http_date(SystemTime::now());
    proxy.next_when(When::method("HEAD"), answer(403, vec![("Date".to_owned(), date)]));
    assert!(ObjectStore::new(&bucket).check().await.unwrap_err().is_refusal());
    assert_eq!(proxy.arrivals(), 3);
}

/// A trash is emptied by the day that was told, not by a clock that has run ahead.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ahead_empties_no_trash_before_its_day() {
    let garage = testkit::garage::bucket().await;
    let mut setup = Setup::on(Db::Sqlite, Some(&garage)).await;
    setup.set("JWT_SECRET_KEY", "the same secret, whatever the time is");
    setup.set("TRASH_DAYS", "5");
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let image = anna.upload("red.png", &png(1)).await;
    let _: MessageResponse = anna.delete(&route::IMAGE.replace("{id}", &image.id)).await.ok();
    let refresh = anna.auth.clone().unwrap().refresh_token;
    service.end("TERM").await;

    let ahead = off_by(&setup, "+6d").await;
    let _: MessageResponse = ahead.nobody().get(route::READYZ).await.ok();
    let (_, log) = ahead.end("TERM").await;
    assert!(log.contains("ahead of the store’s"), "{log}");
    assert!(!log.contains("left the trash for good"), "{log}");

    let service = setup.serve().await;
    let request = RefreshRequest { refresh_token: refresh, ..RefreshRequest::default() };
    let refreshed: RefreshResponse = service.nobody().post(route::REFRESH, &request).await.ok();
    let anna = crate::app::Person { token: Some(refreshed.access_token), ..service.nobody() };
    let kept: Image = anna.get(&format!("{}?trash=true", route::IMAGE.replace("{id}", &image.id))).await.ok();
    assert!(kept.deleted_at.is_some(), "it is in the trash as before");
}
