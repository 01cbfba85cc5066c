//! Several instances behind one PostgreSQL and one bucket serve the same people.

use std::collections::BTreeMap;
use std::time::Duration;

use account_api::{
    AuthResponse, ChangesPage, Image, Operation, PartSpec, PartsRequest, PartsResponse, RefreshRequest,
    RefreshResponse, StoredPartsResponse, Transfer, User, route,
};
use futures::StreamExt;
use reqwest::Method;
use testkit::postgres::Cluster;

use crate::app::{Answer, Db, Person, Site, TestApp, path, png};
use crate::process::Setup;
use crate::serving::slow_form;
use crate::uploads::{announcement, md5_of, put, single, verified};

async fn refreshed(site: &Site, token: &str) -> RefreshResponse {
    site.nobody()
        .post(route::REFRESH, &RefreshRequest { refresh_token: token.to_owned(), ..RefreshRequest::default() })
        .await
        .ok()
}

/// A whole library by the change feed.
async fn library(person: &Person<'_>) -> BTreeMap<String, Image> {
    let mut library = BTreeMap::new();
    let mut after = 0;
    loop {
        let page: ChangesPage = person.get(&format!("{}?after={after}&limit=3", route::CHANGES)).await.ok();
        for change in page.changes {
            match change.operation {
                Operation::Upsert { image } => drop(library.insert(change.image_id, *image)),
                Operation::Remove => drop(library.remove(&change.image_id)),
            }
        }
        after = page.next;
        if !page.more {
            return library;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_serve_the_same_people_and_one_may_be_killed() {
    let garage = testkit::garage::bucket().await;
    let mut setup = Setup::on(Db::Postgres, Some(&garage)).await;
    setup.set("JWT_SECRET_KEY", "the same secret for all of the instances");
    let (one, other) = (setup.serve().await, setup.serve().await);

    // Signed in at one, known at the other; refreshed by turns.
    let here = one.register("anna").await;
    let auth = here.auth.clone().unwrap();
    let there = Person { app: &other.site, token: here.token.clone(), auth: here.auth.clone() };
    let me: User = there.get(route::ME).await.ok();
    assert_eq!(me.id, auth.user.id);
    let first = refreshed(&other, &auth.refresh_token).await;
    let second = refreshed(&one, &first.refresh_token).await;
    let third = refreshed(&other, &second.refresh_token).await;

    // Granted by one, completed by the other, and the other way round.
    let mut expected = BTreeMap::new();
    for seed in 0..8 {
        let (granting, completing) = if seed % 2 == 0 { (&here, &there) } else { (&there, &here) };
        let grant = granting.grant(announcement(&format!("{seed}.png"), &png(seed))).await;
        put(granting, single(&grant), &png(seed)).await;
        let image = verified(completing.finish(&grant.upload_id).await);
        expected.insert(image.id.clone(), image.sha256);
    }
    // A large one, whose parts are granted by both.
    let bytes: Vec<u8> = (0..17 * 1024 * 1024_u32).map(|n| (n ^ (n >> 9)) as u8).collect();
    let grant = here.grant(announcement("large.png", &bytes)).await;
    let Transfer::Multipart { part_size, part_count } = grant.transfer else { panic!("a single PUT") };
    let parts: Vec<&[u8]> = bytes.chunks(part_size as usize).collect();
    let send = async |person: &Person<'_>, number: u32| {
        let part = parts[number as usize - 1];
        let request = PartsRequest { parts: vec![PartSpec { number, content_md5: md5_of(part) }] };
        let granted: PartsResponse = person.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await.ok();
        assert_eq!(put(person, &granted.parts[0].put, part).await.status, 200);
    };
    send(&here, 1).await;
    // And one through the service itself, which has half of it when it is killed.
    let (form, sender, _) = slow_form(png(50));
    let cut_off = tokio::spawn(here.request(Method::POST, route::IMAGES).multipart(form).send());
    send(&here, 2).await;
    one.end("KILL").await;
    assert!(cut_off.await.unwrap().is_err());
    drop(sender);

    // The other goes on with all of it.
    let stored: StoredPartsResponse = there.get(&path(route::UPLOAD_STORED, &grant.upload_id)).await.ok();
    assert_eq!(stored.parts.len(), 2);
    for number in 3..=part_count {
        send(&there, number).await;
    }
    let image = verified(there.finish(&grant.upload_id).await);
    expected.insert(image.id.clone(), image.sha256);
    let (form, sender, rest) = slow_form(png(50));
    sender.send(rest).await.unwrap();
    drop(sender);
    let again = Answer::of(there.request(Method::POST, route::IMAGES).multipart(form)).await;
    let image = again.ok::<account_api::ImageResponse>().image;
    expected.insert(image.id.clone(), image.sha256);
    let fourth = refreshed(&other, &third.refresh_token).await;
    assert_ne!(fourth.refresh_token, third.refresh_token);

    // One that comes in its place sees the same.
    let anew = setup.serve().await;
    let anew = Person { app: &anew.site, token: Some(fourth.access_token), auth: None };
    for person in [&there, &anew] {
        let library = library(person).await;
        let found: BTreeMap<_, _> = library.values().map(|image| (image.id.clone(), image.sha256.clone())).collect();
        assert_eq!(found, expected);
    }
    assert_eq!(setup.run(&["check"]).code, Some(0), "nothing is half-done");
}

/// An instance whose streams only look when they are told.
async fn told_only(url: &str) -> TestApp {
    TestApp::start_with(Db::Sqlite, |config| {
        config.database_url = Some(url.to_owned().into());
        config.signing.current = Some("the same secret for all of the instances".to_owned().into());
        config.limits.look = Some(Duration::from_secs(24 * 60 * 60));
    })
    .await
}

/// What a stream says.
struct Heard {
    stream: std::pin::Pin<Box<dyn futures::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    text: String,
}

impl Heard {
    async fn by(person: &Person<'_>) -> Self {
        let response = person.request(Method::GET, route::CHANGES_STREAM).send().await.unwrap();
        Self { stream: Box::pin(response.bytes_stream()), text: String::new() }
    }

    async fn until(&mut self, revision: i64) {
        let event = format!("event: news\ndata: {revision}\n\n");
        while !self.text.contains(&event) {
            let more = self.stream.next().await.unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }
}

fn at<'a>(app: &'a TestApp, auth: &AuthResponse) -> Person<'a> {
    app.signed_in(auth.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn news_reach_the_clients_of_the_other_instance() {
    let url = testkit::postgres::database().await;
    let (one, other) = (told_only(&url).await, told_only(&url).await);
    let auth = one.register("anna").await.auth.unwrap();
    let mut heard = Heard::by(&at(&other, &auth)).await;
    heard.until(0).await;
    let note = route::IMAGES;
    for seed in 1..4 {
        // One on the same bucket would need another store; the form is stored by the instance that takes it.
        let part = reqwest::multipart::Part::bytes(png(seed)).file_name("a.png");
        let form = reqwest::multipart::Form::new().part("image", part);
        let sent = Answer::of(at(&one, &auth).request(Method::POST, note).multipart(form)).await;
        let image = sent.ok::<account_api::ImageResponse>().image;
        heard.until(image.revision).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn news_go_on_after_the_database_was_restarted() {
    let cluster = Cluster::start().await;
    let url = cluster.database().await;
    let (one, other) = (told_only(&url).await, told_only(&url).await);
    let auth = one.register("anna").await.auth.unwrap();
    tokio::task::block_in_place(|| cluster.restart());
    let mut heard = Heard::by(&at(&other, &auth)).await;
    heard.until(0).await;
    let image = at(&one, &auth).upload("a.png", &png(1)).await;
    heard.until(image.revision).await;
}
