//! What only the catalogue knows is said again to an account that has lost it.

use account_api::{AlbumOrder, EditKind, EditResult, EditStatus, Image};
use catalogue::search::Filter;
use catalogue::table::picture::{self, Order};
use catalogue::table::say_again::say_again;
use catalogue::table::{album, operation, waiting};

use crate::support::{catalogue, image, make, names, put, reading, shown, tag, wait, write};

#[test]
fn everything_that_was_said_stands_after_an_account_came_back_without_it() {
    let (_folder, catalogue) = catalogue();
    let at = |year: u32| Some(format!("{year}-01-01T00:00:00"));
    put(&catalogue, vec![Image { taken_at: at(2020), ..image(1) }, image(2), image(3)]);
    let id = |number| image(number).id;
    make(
        &catalogue,
        vec![
            EditKind::CreateAlbum { album_id: "family".into(), name: "Family".into() },
            EditKind::CreateAlbum { album_id: "sea".into(), name: "Sea".into() },
            EditKind::SetAlbum {
                album_id: "sea".into(),
                name: None,
                cover: Some(id(1)),
                order: Some(AlbumOrder::Oldest),
                parent: Some("family".into()),
            },
            EditKind::SetName { image_id: id(1), name: "gate.jpg".into() },
            EditKind::SetRating { image_id: id(1), rating: 4 },
            EditKind::SetRotation { image_id: id(1), rotation: 90 },
            EditKind::SetTakenAt { image_id: id(1), taken_at: at(2021) },
            EditKind::SetDescription { image_id: id(1), description: "a person's".into() },
            tag(1, "door"),
            EditKind::AddToAlbum { image_id: id(1), album_id: "sea".into(), place: "a1".into() },
            EditKind::Trash { image_id: id(2) },
            EditKind::Remove { image_id: id(3) },
        ],
    );
    make(&catalogue, reading(1));
    let plain = |id| {
        let unlike = Image { revision: 0, updated_at: String::new(), described_at: None, ..shown(&catalogue, id) };
        let in_trash = unlike.deleted_at.as_ref().map(|_| String::new());
        Image { deleted_at: in_trash, ..unlike }
    };
    let albums = || -> Vec<_> {
        let albums = wait(catalogue.read(album::all)).unwrap().into_iter();
        albums.map(|row| (row.album.name, row.album.cover, row.album.order, row.album.parent, row.pictures)).collect()
    };
    let before = (plain(1), plain(2), albums());

    // The account took nearly all of it, and then lost everything but the pictures.
    write(&catalogue, |conn| {
        let waiting = waiting::oldest(conn, 0, 100)?.into_iter().map(|one| one.edit);
        let results: Vec<EditResult> = waiting
            .filter(|edit| !matches!(edit.kind, EditKind::Remove { .. }))
            .map(|edit| EditResult { id: edit.id, status: EditStatus::Applied, revision: Some(9), message: None })
            .collect();
        operation::settle(conn, &results)
    });
    let said = write(&catalogue, |conn| {
        let said = say_again(conn)?;
        picture::forget_revisions(conn).map(|()| said)
    });
    assert!(said > 10, "{said}");
    let came_back = Image { name: "made up.jpg".into(), taken_at: at(2020), revision: 1, ..image(1) };
    put(&catalogue, vec![came_back, Image { revision: 2, ..image(2) }, Image { revision: 3, ..image(3) }]);
    assert_eq!(write(&catalogue, picture::remove_unseen), 0, "albums that wait to be told of stay");
    assert_eq!((plain(1), plain(2), albums()), before);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["gate.jpg"]);
}
