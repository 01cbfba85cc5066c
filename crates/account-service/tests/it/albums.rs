//! Albums, and how the feed and the journal carry them and links.

use std::collections::BTreeMap;

use account_api::{
    Author, ChangesPage, EditKind, EditResult, EditStatus, LinksRequest, LinksResponse, MessageResponse, route,
};
use rstest::rstest;
use serde_json::Value;
use uuid::Uuid;

use crate::app::{Db, TestApp, path, png};
use crate::edits::{Device, add_tag, create_album, into_album, name, out_of_album, remove_tag};
use crate::journal::{NEVER, segments};

#[rstest]
#[tokio::test]
async fn an_album_that_is_made_again_has_what_was_in_it(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let album = &Uuid::new_v4().to_string();
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(anna.upload(&format!("{n}.png"), &png(n)).await.id);
    }
    let laptop = Device::new(1);
    let mut edits = vec![laptop.at(0, create_album(album, "Usedom"))];
    edits.extend(ids.iter().enumerate().map(|(n, id)| laptop.at(n as i64 + 1, into_album(id, album, &n.to_string()))));
    let cover = |cover: &str| EditKind::SetAlbum {
        album_id: album.clone(),
        name: None,
        cover: Some(cover.to_owned()),
        order: None,
        parent: None,
    };
    edits.push(laptop.at(9, cover(&ids[1])));
    anna.edits(&edits).await;
    assert_eq!(anna.edit(laptop.at(10, EditKind::RemoveAlbum { album_id: album.clone() })).await, EditStatus::Applied);
    assert!(anna.picture(&ids[0]).await.albums.is_empty());
    // Said of an album that is gone, it counts when that is there again.
    assert_eq!(anna.edit(laptop.at(11, out_of_album(&ids[0], album))).await, EditStatus::Gone);
    assert_eq!(anna.edit(laptop.at(12, cover(&ids[2]))).await, EditStatus::Gone);
    let seen = anna.everything().await.next;
    assert_eq!(anna.edit(laptop.at(13, create_album(album, "Usedom"))).await, EditStatus::Applied);
    let page: ChangesPage = anna.get(&format!("{}?after={seen}", route::CHANGES)).await.ok();
    let told: Vec<&str> = page.changes.iter().map(|change| &*change.image_id).collect();
    assert!(told.len() == 2 && told.contains(&&*ids[1]) && told.contains(&&*ids[2]), "{told:?}");
    let known = page.albums[0].album.clone().unwrap();
    assert_eq!((&*known.name, known.cover.as_ref()), ("Usedom", Some(&ids[2])));
    assert_eq!(anna.picture(&ids[1]).await.albums[0].place, "1");
    assert!(anna.picture(&ids[0]).await.albums.is_empty());

    // A cover that is gone for good is none.
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &ids[2]))).await.ok();
    assert_eq!(anna.everything().await.albums[0].album.clone().unwrap().cover, None);
}

/// Two people who have made an album of the same identifier, which takes a guess or a copy.
#[rstest]
#[tokio::test]
async fn nobody_reaches_anothers_pictures_or_albums(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (anna, ben) = (app.register("anna").await, app.register("ben").await);
    let (hers, his) = (anna.upload("a.png", &png(1)).await, ben.upload("b.png", &png(2)).await);
    let (album, device) = (&Uuid::new_v4().to_string(), Device::new(1));
    anna.edits(&[device.at(1, create_album(album, "Hers")), device.at(2, into_album(&hers.id, album, "a"))]).await;
    let nothing = Uuid::new_v4().to_string();
    let tries = |image: &str, album: &str| {
        vec![
            device.at(50, name(image, "his.png")),
            device.at(50, EditKind::Remove { image_id: image.to_owned() }),
            device.at(50, into_album(&his.id, album, "a")),
            device.at(50, EditKind::RemoveAlbum { album_id: album.to_owned() }),
        ]
    };
    let seen = |results: Vec<EditResult>| results.into_iter().map(|one| (one.status, one.revision)).collect::<Vec<_>>();
    assert_eq!(seen(ben.edits(&tries(&hers.id, album)).await), seen(ben.edits(&tries(&nothing, &nothing)).await));
    let answers =
        ben.edits(&[device.at(60, create_album(album, "His")), device.at(61, into_album(&his.id, album, "b"))]).await;
    assert!(answers.iter().all(|answer| answer.status == EditStatus::Applied));
    assert_eq!(anna.picture(&hers.id).await.name, "a.png");
    assert_eq!(anna.everything().await.albums[0].album.clone().unwrap().name, "Hers");
    assert_eq!(ben.everything().await.albums[0].album.clone().unwrap().name, "His");
}

/// Albums and links are pages of the feed like pictures: whoever follows it in small steps has everything.
#[rstest]
#[tokio::test]
async fn the_feed_carries_albums_and_links_page_by_page(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let laptop = Device::new(1);
    let mut albums = Vec::new();
    let mut images = Vec::new();
    for n in 0..4 {
        images.push(anna.upload(&format!("{n}.png"), &png(n)).await.id);
        albums.push(Uuid::new_v4().to_string());
        anna.edit(laptop.at(i64::from(n), create_album(&albums[n as usize], "x"))).await;
    }
    let request = LinksRequest { image_ids: images.clone() };
    let links: LinksResponse = anna.post(route::LINKS, &request).await.ok();
    let again: LinksResponse = anna.post(route::LINKS, &request).await.ok();
    assert_eq!(links.links, again.links);
    let tokens: Vec<&str> = links.links.iter().map(|link| link.url.rsplit_once('/').unwrap().1).collect();
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page: ChangesPage = anna.get(&format!("{}?after={after}&limit=3", route::CHANGES)).await.ok();
        let of_images = page.changes.iter().map(|one| (one.revision, one.image_id.clone()));
        let of_albums = page.albums.iter().map(|one| (one.revision, one.album_id.clone()));
        let of_links = page.links.iter().map(|one| (one.revision, one.token.clone()));
        let mut all: Vec<(i64, String)> = of_images.chain(of_albums).chain(of_links).collect();
        all.sort();
        assert!(all.len() <= 3 && all.iter().all(|(revision, _)| (after + 1..=page.next).contains(revision)));
        for one in &page.links {
            assert!(images.contains(&one.link.as_ref().unwrap().image_id));
        }
        seen.extend(all.into_iter().map(|(_, id)| id));
        after = page.next;
        if !page.more {
            break;
        }
    }
    let mut expected: Vec<String> =
        images.iter().chain(&albums).cloned().chain(tokens.into_iter().map(str::to_owned)).collect();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected, "each once");
}

/// What the journal says of albums, links, and of what was taken away, whether it is in many segments or in one.
#[rstest]
#[tokio::test]
async fn compaction_keeps_everything_that_was_said(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.journal = NEVER).await;
    let anna = app.register("anna").await;
    let user = anna.auth.as_ref().unwrap().user.id.parse().unwrap();
    let id = &anna.upload("a.png", &png(1)).await.id;
    let (album, laptop) = (&Uuid::new_v4().to_string(), Device::new(1));
    let rounds = [
        vec![laptop.at(1, create_album(album, "First")), laptop.at(2, into_album(id, album, "a"))],
        vec![laptop.at(3, add_tag(id, "sea", Author::Person)), laptop.at(4, add_tag(id, "gull", Author::Model))],
        vec![laptop.at(5, remove_tag(id, "sea", Author::Person)), laptop.at(6, out_of_album(id, album))],
        vec![laptop.at(7, create_album(album, "Second"))],
    ];
    for round in rounds {
        anna.edits(&round).await;
        app.journal.write().await;
    }
    let links: LinksResponse = anna.post(route::LINKS, &LinksRequest { image_ids: vec![id.clone()] }).await.ok();
    app.journal.write().await;
    let newest = || {
        let mut newest = BTreeMap::<String, Value>::new();
        for segment in segments(app.dir.path()) {
            let lines = std::fs::read_to_string(segment).unwrap();
            for line in lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
                for (kind, id) in [("entry", "image_id"), ("album", "album_id"), ("link", "token")] {
                    let Some(said) = line.get(kind) else { continue };
                    let key = format!("{kind} {}", said[id]);
                    if newest.get(&key).is_none_or(|known| known["revision"].as_i64() < said["revision"].as_i64()) {
                        newest.insert(key, said.clone());
                    }
                }
            }
        }
        newest
    };
    let before = newest();
    let album_now = &before[&format!("album \"{album}\"")];
    assert_eq!(album_now["name"], "Second");
    assert!(album_now["stamps"]["name"].as_str().unwrap().ends_with(&Uuid::from_u128(1).to_string()));
    let token = links.links[0].url.rsplit_once('/').unwrap().1;
    assert_eq!(before[&format!("link \"{token}\"")]["link"]["image_id"], **id);
    let said = &before[&format!("entry \"{id}\"")]["said"];
    let tags: Vec<(&Value, &Value, &Value)> =
        said["tags"].as_array().unwrap().iter().map(|tag| (&tag["tag"], &tag["by"], &tag["present"])).collect();
    assert_eq!(serde_json::json!(tags), serde_json::json!([["gull", "model", true], ["sea", "person", false]]));
    assert_eq!(
        (&said["albums"][0]["album_id"], &said["albums"][0]["present"]),
        (&Value::from(&**album), &Value::from(false))
    );
    assert_eq!(app.journal.compact(user).await.unwrap(), 5);
    assert_eq!(segments(app.dir.path()).len(), 1);
    assert_eq!(newest(), before);
}
