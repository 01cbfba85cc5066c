//! Two computers of one account, both offline: whoever comes back first, everything is there, and each field is what the
//! rule says; also when the account was rebuilt from its bucket between the two.

use std::collections::BTreeSet;

use account_api::{
    Author, ChangesPage, Edit, EditKind, EditStatus, EditsRequest, EditsResponse, Image, InAlbum, LinksRequest,
    LinksResponse, Reading, route,
};
use account_service::embedded::EmbeddedStorage;
use reqwest::Method;
use rstest::rstest;
use uuid::Uuid;

use crate::app::{Db, TestApp, png};
use crate::edits::{Device, add_tag, create_album, describe, favourite, into_album, name, out_of_album, remove_tag};
use crate::rebuild::Computer;

/// What both computers had seen before they went.
fn before(device: &Device, p: &str, q: &str, album: &str) -> Vec<Edit> {
    vec![
        device.at(0, create_album(album, "Both")),
        device.at(1, add_tag(p, "old", Author::Person)),
        device.at(2, add_tag(p, "bird", Author::Model)),
        device.at(3, into_album(q, album, "a")),
    ]
}

/// What was done on each of the two.
fn offline(p: &str, q: &str, album: &str, first: &Device, second: &Device) -> [Vec<Edit>; 2] {
    let album_name = |name: &str| EditKind::SetAlbum {
        album_id: album.to_owned(),
        name: Some(name.to_owned()),
        cover: None,
        order: None,
        parent: None,
    };
    let reading = Reading { description: "A bird.".to_owned(), model: "gpt".to_owned(), ..Reading::default() };
    let one = vec![
        first.at(10, add_tag(p, "sea", Author::Person)),
        first.at(110, name(p, "first.png")),
        first.at(120, describe(p, "Of the first.")),
        first.at(130, into_album(p, album, "b")),
        first.at(140, out_of_album(q, album)),
        first.at(150, add_tag(p, "old", Author::Person)),
        first.at(160, remove_tag(p, "bird", Author::Person)),
        first.at(210, favourite(p, false)),
        first.at(220, album_name("Of the first")),
        first.at(230, EditKind::Trash { image_id: q.to_owned() }),
    ];
    let two = vec![
        second.at(20, add_tag(p, "Gull", Author::Person)),
        second.at(90, name(p, "second.png")),
        second.at(300, describe(p, "Of the second.")),
        second.at(125, out_of_album(p, album)),
        second.at(310, into_album(q, album, "c")),
        second.at(250, remove_tag(p, "Old", Author::Person)),
        second.at(260, add_tag(p, "Bird", Author::Model)),
        second.at(270, EditKind::SetReading { image_id: p.to_owned(), reading }),
        second.at(200, favourite(p, true)),
        second.at(190, album_name("Of the second")),
        second.at(240, EditKind::Restore { image_id: q.to_owned() }),
        second.at(320, name(q, "in the trash, perhaps.png")),
    ];
    [one, two]
}

/// What the rule says.
fn check(p: &Image, q: &Image, page: &ChangesPage, album: &str) {
    let tags: BTreeSet<&str> = p.tags.iter().map(String::as_str).collect();
    assert_eq!(tags, BTreeSet::from(["sea", "Gull"]));
    assert_eq!((&*p.name, p.description.as_deref(), p.favourite), ("first.png", Some("Of the second."), false));
    assert_eq!(p.reading.as_ref().unwrap().description, "A bird.", "both texts are kept");
    let place = |place: &str| vec![InAlbum { album_id: album.to_owned(), place: place.to_owned() }];
    assert_eq!((&p.albums, &q.albums), (&place("b"), &place("c")));
    assert_eq!((q.deleted_at.as_ref(), &*q.name), (None, "in the trash, perhaps.png"));
    assert_eq!(page.albums.len(), 1);
    assert_eq!(page.albums[0].album.as_ref().unwrap().name, "Of the first");
}

#[rstest]
#[tokio::test]
async fn whoever_comes_back_first_everything_is_there(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
    #[values([0, 1], [1, 0])] order: [usize; 2],
) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let (p, q) = (anna.upload("p.png", &png(1)).await.id, anna.upload("q.png", &png(2)).await.id);
    let (album, first) = (Uuid::new_v4().to_string(), Device::new(1));
    let second = first.beside(2);
    anna.edits(&before(&first, &p, &q, &album)).await;
    let both = offline(&p, &q, &album, &first, &second);
    for one in order {
        anna.edits(&both[one]).await;
        // The answer was lost on the way.
        let again = anna.edits(&both[one]).await;
        assert!(again.iter().all(|result| matches!(result.status, EditStatus::Applied | EditStatus::Superseded)));
    }
    check(&anna.picture(&p).await, &anna.picture(&q).await, &anna.everything().await, &album);
}

impl Computer {
    async fn edits(&self, operations: &[Edit]) {
        let request = EditsRequest { operations: operations.to_vec() };
        let response = self.send(Method::POST, route::EDITS, Some(&request)).await;
        let response: EditsResponse = response.json().await.unwrap();
        assert!(response.results.iter().all(|result| result.status != EditStatus::Invalid), "{response:?}");
    }

    async fn everything(&self) -> ChangesPage {
        let path = format!("{}?limit=1000", route::CHANGES);
        self.send(Method::GET, &path, None::<&()>).await.json().await.unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn a_rebuild_between_the_two_changes_nothing(
    #[values([0, 1], [1, 0])] order: [usize; 2],
    #[values(false, true)] restarts_before: bool,
) {
    let mut computer = Computer::new().await;
    let (p, q) = (computer.upload("p.png", png(1)).await.id, computer.upload("q.png", png(2)).await.id);
    let (album, first) = (Uuid::new_v4().to_string(), Device::new(1));
    let second = first.beside(2);
    computer.edits(&before(&first, &p, &q, &album)).await;
    if restarts_before {
        // Then it stands in two segments.
        let Computer { service, dir, .. } = computer;
        service.shutdown().await;
        drop(service);
        computer = Computer::with(dir, EmbeddedStorage::ThisComputer).await;
    }
    let both = offline(&p, &q, &album, &first, &second);
    computer.edits(&both[order[0]]).await;
    let request = LinksRequest { image_ids: vec![p.clone()] };
    let links: LinksResponse = computer.send(Method::POST, route::LINKS, Some(&request)).await.json().await.unwrap();
    let (library, page) = (computer.library().await, computer.everything().await);
    let computer = computer.without_database().await;
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.albums, report.links, report.damaged.len()), (2, 1, 1, 0), "{report:?}");
    assert_eq!(computer.library().await, library);
    let rebuilt = computer.everything().await;
    assert_eq!(rebuilt.clock, page.clock);
    assert!(links.links[0].url.ends_with(&format!("/i/{}", rebuilt.links[0].token)), "the same link");
    let album_of = |page: &ChangesPage| {
        let album = page.albums[0].album.clone().unwrap();
        account_api::Album { revision: 0, ..album }
    };
    assert_eq!(album_of(&rebuilt), album_of(&page));

    computer.edits(&both[order[1]]).await;
    let library = computer.library().await;
    check(&library[&p], &library[&q], &computer.everything().await, &album);
    // And once more, after everything.
    let computer = computer.without_database().await;
    computer.rebuild(None).await.unwrap();
    assert_eq!(computer.library().await, library);
    let again = computer.rebuild(None).await.unwrap();
    assert_eq!((again.from_journal, again.albums, again.links, again.already), (0, 0, 0, 2), "{again:?}");
}
