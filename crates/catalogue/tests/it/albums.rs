//! Albums and tags.

use account_api::{Album, AlbumOrder, EditKind, Image, InAlbum};
use catalogue::search::Filter;
use catalogue::table::album::{self, Found};
use catalogue::table::picture::{self, Order};
use catalogue::table::tag;

use crate::support::{catalogue, image, make, names, put, shown, wait, write};

const SEA: &str = "b1a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10";
const CITY: &str = "c2a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10";

fn create(id: &str, name: &str) -> EditKind {
    EditKind::CreateAlbum { album_id: id.into(), name: name.into() }
}

fn add(number: u32, album: &str) -> EditKind {
    EditKind::AddToAlbum { image_id: image(number).id, album_id: album.into(), place: String::new() }
}

fn take_out(number: u32, album: &str) -> EditKind {
    EditKind::RemoveFromAlbum { image_id: image(number).id, album_id: album.into() }
}

fn rename(id: &str, name: &str) -> EditKind {
    EditKind::SetAlbum { album_id: id.into(), name: Some(name.into()), cover: None, order: None, parent: None }
}

fn listed(catalogue: &catalogue::Catalogue) -> Vec<(String, u64)> {
    let albums = wait(catalogue.read(album::all)).unwrap();
    albums.into_iter().map(|one| (one.album.name, one.pictures)).collect()
}

fn members(catalogue: &catalogue::Catalogue, id: &'static str) -> Vec<u32> {
    wait(
        catalogue
            .read(move |conn| album::get(conn, id)?.map_or(Ok(Vec::new()), |known| album::members(conn, &known.album))),
    )
    .unwrap()
}

fn accounts(id: &str, name: &str, revision: i64) -> Album {
    Album {
        id: id.into(),
        name: name.into(),
        cover: None,
        order: AlbumOrder::ByHand,
        parent: None,
        created_at: "2026-03-01T12:00:00.000Z".into(),
        updated_at: "2026-03-01T12:00:00.000Z".into(),
        revision,
    }
}

#[test]
fn an_album_made_offline_exists_at_once_and_keeps_the_order_in_which_pictures_came() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    let made = make(&catalogue, vec![create(SEA, "Sea"), add(3, SEA), add(1, SEA), add(1, SEA), add(2, CITY)]);
    assert_eq!((made.operations, made.known), (3, 3));
    assert_eq!(listed(&catalogue), [("Sea".into(), 2)]);
    assert_eq!(members(&catalogue, SEA), [ids[2], ids[0]]);
    make(&catalogue, vec![rename(SEA, "Ocean"), add(2, SEA), take_out(3, SEA)]);
    assert_eq!(listed(&catalogue), [("Ocean".into(), 2)]);
    assert_eq!(members(&catalogue, SEA), [ids[0], ids[1]]);
    assert_eq!(shown(&catalogue, ids[2]).albums, []);
    make(&catalogue, vec![EditKind::Trash { image_id: image(1).id }]);
    assert_eq!(listed(&catalogue), [("Ocean".into(), 1)], "the trash doesn't count");
}

#[test]
fn the_picture_that_was_chosen_stands_for_an_album_and_else_the_first_in_it() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    let cover = |number: Option<u32>| EditKind::SetAlbum {
        album_id: SEA.into(),
        name: None,
        cover: Some(number.map_or_else(String::new, |number| image(number).id)),
        order: None,
        parent: None,
    };
    let stands = || wait(catalogue.read(|conn| album::get(conn, SEA))).unwrap().unwrap().cover;
    make(&catalogue, vec![create(SEA, "Sea")]);
    assert_eq!(stands(), None);
    make(&catalogue, vec![add(3, SEA), add(1, SEA)]);
    assert_eq!(stands(), Some(ids[2]));
    make(&catalogue, vec![cover(Some(1))]);
    assert_eq!(stands(), Some(ids[0]));
    let elsewhere = wait(catalogue.read(|conn| album::get(conn, SEA))).unwrap().unwrap().cover_id;
    assert_eq!(elsewhere, Some(image(1).id), "by the name that other computers know, too");
    make(&catalogue, vec![EditKind::Trash { image_id: image(1).id }]);
    assert_eq!(stands(), Some(ids[2]), "what is in the trash stands for nothing");
    make(&catalogue, vec![EditKind::Restore { image_id: image(1).id }, cover(None)]);
    assert_eq!(stands(), Some(ids[2]));
}

#[test]
fn what_the_account_says_of_an_album_leaves_what_waits() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    let upsert = |album: Album| write(&catalogue, move |conn| album::upsert(conn, &album));
    assert!(upsert(accounts(SEA, "Sea", 1)) && !upsert(accounts(SEA, "Sea", 1)));
    make(&catalogue, vec![rename(SEA, "Mine")]);
    assert!(!upsert(accounts(SEA, "Theirs", 2)), "what is shown is still mine");
    assert_eq!(listed(&catalogue), [("Mine".into(), 0)]);
    // A picture may come before its album, and an album's end before that of its pictures.
    let within = vec![InAlbum { album_id: CITY.into(), place: "a".into() }];
    put(&catalogue, vec![Image { revision: 9, albums: within, ..image(1) }]);
    assert_eq!(listed(&catalogue), [("Mine".into(), 0)]);
    upsert(accounts(CITY, "City", 3));
    assert_eq!(listed(&catalogue), [("City".into(), 1), ("Mine".into(), 0)]);
    assert!(write(&catalogue, |conn| album::remove(conn, CITY)));
    assert_eq!(listed(&catalogue), [("Mine".into(), 0)]);
}

#[test]
fn albums_are_found_by_name_or_identifier() {
    let (_folder, catalogue) = catalogue();
    make(&catalogue, vec![create(SEA, "Sea"), create(CITY, "Café")]);
    let find = |reference: &'static str| wait(catalogue.read(move |conn| album::find(conn, reference))).unwrap();
    for (reference, id) in [("sea", SEA), (SEA, SEA), ("b1a7", SEA), ("CAFE\u{301}", CITY)] {
        assert!(matches!(find(reference), Found::One(album) if album.id == id), "{reference}");
    }
    assert_eq!((find("b1a"), find("nothing")), (Found::None, Found::None));
    make(&catalogue, vec![create("d3a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10", "SEA")]);
    assert!(matches!(find("Sea"), Found::Several(albums) if albums.len() == 2));
}

#[test]
fn pictures_are_found_by_their_albums() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1), image(2), image(3)]);
    make(&catalogue, vec![create(SEA, "Sea side"), create(CITY, "City"), add(1, SEA), add(2, CITY)]);
    let found = |text: &str| names(&catalogue, Filter::default(), Order::Name, text);
    for (text, expected) in [
        ("album:sea", vec!["IMG_0001.jpg"]),
        ("album:\"sea side\"", vec!["IMG_0001.jpg"]),
        ("album:\"sea\"", vec![]),
        ("city", vec!["IMG_0002.jpg"]),
        ("has:album", vec!["IMG_0001.jpg", "IMG_0002.jpg"]),
        ("-has:album", vec!["IMG_0003.jpg"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
    make(&catalogue, vec![EditKind::RemoveAlbum { album_id: SEA.into() }]);
    assert_eq!(found("has:album"), ["IMG_0002.jpg"]);
    assert!(found("sea").is_empty());
}

#[test]
fn tags_are_listed_with_their_pictures_and_who_says_so() {
    let (_folder, catalogue) = catalogue();
    let tagged = |number, tags: &[&str], by_model: &[&str]| Image {
        tags: tags.iter().map(|tag| (*tag).into()).collect(),
        tags_by_model: by_model.iter().map(|tag| (*tag).into()).collect(),
        ..image(number)
    };
    let ids = put(
        &catalogue,
        vec![tagged(1, &["sea", "gull"], &["gull"]), tagged(2, &["Sea", "GULL"], &[]), tagged(3, &["sea"], &[])],
    );
    let tags = wait(catalogue.read(tag::all)).unwrap();
    let told: Vec<_> = tags.iter().map(|one| (one.tag.as_str(), one.pictures, one.by_model)).collect();
    assert_eq!(told, [("GULL", 2, 1), ("sea", 3, 0)]);
    assert_eq!(wait(catalogue.read(|conn| tag::pictures(conn, "SEA"))).unwrap(), ids);
    assert_eq!(wait(catalogue.read(|conn| picture::get(conn, 1))).unwrap().unwrap().image.tags_by_model, ["gull"]);
}
