//! The change feed.

use std::collections::BTreeMap;

use account_api::{ChangesPage, Image, MessageResponse, Operation, route};
use futures::StreamExt;
use reqwest::Method;
use rstest::rstest;

use crate::app::{Db, Person, TestApp, path, png};

impl Person<'_> {
    async fn changes(&self, after: i64, limit: u32) -> ChangesPage {
        self.get(&format!("{}?after={after}&limit={limit}", route::CHANGES)).await.ok()
    }

    /// Applies everything after a revision as a device would.
    async fn follow(&self, library: &mut BTreeMap<String, Image>, mut after: i64) -> i64 {
        loop {
            let page = self.changes(after, 2).await;
            assert!(page.changes.windows(2).all(|pair| pair[0].revision < pair[1].revision));
            for change in page.changes {
                match change.operation {
                    Operation::Upsert { image } => {
                        assert_eq!((image.revision, &image.url), (change.revision, &None));
                        library.insert(change.image_id, *image);
                    }
                    Operation::Remove => {
                        library.remove(&change.image_id);
                    }
                }
            }
            after = page.next;
            if !page.more {
                return after;
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_device_that_follows_has_what_the_account_has(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let mut library = BTreeMap::new();
    let mut uploaded = Vec::new();
    for n in 0..5 {
        uploaded.push(anna.upload(&format!("{n}.png"), &png(n)).await.id);
    }
    let at = anna.follow(&mut library, 0).await;
    assert_eq!(library.len(), 5);
    assert!(anna.changes(at, 100).await.changes.is_empty());

    let _: MessageResponse = anna.delete(&path(route::IMAGE, &uploaded[0])).await.ok();
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &uploaded[1]))).await.ok();
    anna.upload("late.png", &png(99)).await;
    anna.follow(&mut library, at).await;
    assert!(library[&uploaded[0]].deleted_at.is_some(), "the trash is part of the library");
    assert!(!library.contains_key(&uploaded[1]));
    assert_eq!(library.len(), 5);

    // A device that begins now ends with the same.
    let mut anew = BTreeMap::new();
    anna.follow(&mut anew, 0).await;
    assert_eq!(anew, library);
}

#[rstest]
#[tokio::test]
async fn news_arrive_while_one_listens(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let response = anna.request(Method::GET, route::CHANGES_STREAM).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.bytes_stream();
    let mut heard = String::new();
    let mut hear = async |text: &str| {
        while !heard.contains(text) {
            heard.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
        }
    };
    hear("event: news\ndata: 0\n\n").await;
    let image = anna.upload("a.png", &png(1)).await;
    hear(&format!("event: news\ndata: {}\n\n", image.revision)).await;
    let _: MessageResponse = anna.post(route::LOGOUT, &()).await.ok();
    anna_is_gone(&mut stream).await;
}

/// A stream ends with its session, and never says anything more.
async fn anna_is_gone(stream: &mut (impl futures::Stream<Item = reqwest::Result<impl AsRef<[u8]>>> + Unpin)) {
    while let Some(event) = stream.next().await {
        let event = event.unwrap();
        assert!(!event.as_ref().starts_with(b"event"), "news after the end");
    }
}

#[tokio::test]
async fn a_stream_does_not_keep_the_service_from_ending() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let response = anna.request(Method::GET, route::CHANGES_STREAM).send().await.unwrap();
    app.stop().await;
    let _ = response.text().await;
}
