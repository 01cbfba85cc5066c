use account_api::Image;
use catalogue::search::{Condition, Filter, Query, layout};
use catalogue::table::picture::{self, Counts, Order};

use crate::support::{catalogue, image, names, put, wait};

fn named(number: u32, name: &str, taken_at: Option<&str>, created_at: &str, size: u64) -> Image {
    Image {
        name: name.into(),
        taken_at: taken_at.map(str::to_owned),
        created_at: created_at.into(),
        size,
        ..image(number)
    }
}

#[test]
fn every_order() {
    let (_folder, catalogue) = catalogue();
    put(
        &catalogue,
        vec![
            named(1, "b10.jpg", Some("2020-05-05T10:00:00"), "2026-01-03T12:00:00.000Z", 5),
            named(2, "b9.jpg", Some("2021-05-05T10:00:00+02:00"), "2026-01-01T12:00:00.000Z", 50),
            named(3, "A.jpg", None, "2026-01-02T12:00:00.000Z", 500),
        ],
    );
    let order = |order| names(&catalogue, Filter::default(), order, "");
    assert_eq!(order(Order::Newest), ["A.jpg", "b9.jpg", "b10.jpg"]);
    assert_eq!(order(Order::Oldest), ["b10.jpg", "b9.jpg", "A.jpg"]);
    assert_eq!(order(Order::Added), ["b10.jpg", "A.jpg", "b9.jpg"]);
    assert_eq!(order(Order::Name), ["A.jpg", "b9.jpg", "b10.jpg"]);
    assert_eq!(order(Order::Size), ["A.jpg", "b9.jpg", "b10.jpg"]);
}

#[test]
fn a_picture_without_a_date_goes_by_its_files() {
    let (_folder, catalogue) = catalogue();
    let added = "2026-01-02T12:00:00.000Z";
    put(
        &catalogue,
        vec![
            named(1, "today.jpg", None, added, 5),
            Image { file_modified_at: Some("2014-07-08T09:10:11Z".into()), ..named(2, "old.jpg", None, added, 5) },
            named(3, "taken.jpg", Some("2020-05-05T10:00:00"), added, 5),
        ],
    );
    assert_eq!(names(&catalogue, Filter::default(), Order::Newest, ""), ["today.jpg", "taken.jpg", "old.jpg"]);
}

#[test]
fn the_trash_goes_by_deletion_and_shows_those_days() {
    let (_folder, catalogue) = catalogue();
    let deleted = |number, name: &str, at: &str| Image {
        deleted_at: Some(at.into()),
        ..named(number, name, Some("2020-05-05T10:00:00"), "2026-01-03T12:00:00.000Z", 5)
    };
    put(
        &catalogue,
        vec![
            deleted(1, "late.jpg", "2026-05-03T12:00:00.000Z"),
            deleted(2, "first.jpg", "2026-05-01T12:00:00.000Z"),
            named(3, "here.jpg", None, "2026-01-02T12:00:00.000Z", 500),
        ],
    );
    assert_eq!(names(&catalogue, Condition::Trashed, Order::Deleted, ""), ["first.jpg", "late.jpg"]);
    assert_eq!(names(&catalogue, Filter::default(), Order::Deleted, ""), ["here.jpg"]);
    let query = Query { filter: Condition::Trashed.into(), order: Order::Deleted, ..Query::default() };
    let days = wait(catalogue.read(move |conn| layout(conn, &query))).unwrap();
    assert_eq!(days[1].day - days[0].day, 2);
    let trashed = wait(catalogue.read(picture::trashed)).unwrap();
    assert_eq!((trashed.pictures, trashed.bytes), (2, 10));
    assert_eq!(trashed.oldest.as_deref(), Some("2026-05-01T12:00:00.000Z"));
}

/// A computer learns of pictures in the order of their last changes, which isn't that in which they were added.
#[test]
fn every_computer_shows_the_same_order() {
    let burst = Some("2026-03-01T12:00:00");
    let at = |millisecond: u32| format!("2026-03-01T12:00:00.{millisecond:03}Z");
    let pictures = [
        named(1, "IMG_9.jpg", burst, &at(0), 10),
        named(2, "IMG_10.jpg", burst, &at(0), 10),
        named(3, "first dropped.png", None, &at(7), 10),
        named(4, "dropped next.png", None, &at(8), 10),
        named(5, "dropped next.png", None, &at(9), 10),
    ];
    for order in [Order::Newest, Order::Oldest, Order::Added, Order::Name, Order::Size, Order::Rating] {
        let shown = |pictures: Vec<Image>| {
            let (_folder, catalogue) = catalogue();
            put(&catalogue, pictures);
            let query = Query { order, ..Query::default() };
            wait(catalogue.read(move |conn| {
                let ids = layout(conn, &query)?.into_iter().map(|row| row.id);
                ids.map(|id| Ok(picture::record(conn, id)?.unwrap().id)).collect::<rusqlite::Result<Vec<_>>>()
            }))
            .unwrap()
        };
        let (here, there) = (shown(pictures.to_vec()), shown(pictures.iter().rev().cloned().collect()));
        assert_eq!(here, there, "{order:?}");
        if order == Order::Newest {
            let numbers: Vec<&str> = here.iter().map(|id| &id[id.len() - 1..]).collect();
            assert_eq!(numbers[..3], ["5", "4", "3"]);
            assert_eq!(numbers[3..], ["2", "1"], "of the same second, as the camera numbered them");
        }
    }
}

#[test]
fn days_follow_the_order_and_the_cameras_clock() {
    let (_folder, catalogue) = catalogue();
    let odd = Image { width: Some(3000), height: Some(1000), ..named(1, "a", Some("1969-12-31T23:59:59"), "x", 1) };
    let unknown = Image { width: None, height: None, ..named(2, "b", Some("1970-01-02T00:00:00+13:00"), "x", 1) };
    put(&catalogue, vec![odd, unknown]);
    let query = Query { order: Order::Oldest, ..Query::default() };
    let rows = wait(catalogue.read(move |conn| layout(conn, &query))).unwrap();
    assert_eq!((rows[0].day, rows[0].aspect_milli), (-1, 3000));
    assert_eq!((rows[1].day, rows[1].aspect_milli), (1, 1000));
}

#[test]
fn parts_and_counts() {
    let (_folder, catalogue) = catalogue();
    let now = wait(catalogue.read(|conn| {
        conn.query_row("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", [], |row| row.get::<_, String>(0))
    }))
    .unwrap();
    put(
        &catalogue,
        vec![
            Image { name: "favourite".into(), favourite: true, size: 1, ..image(1) },
            Image { name: "new".into(), created_at: now.clone(), size: 2, ..image(2) },
            Image { name: "described".into(), description: Some("A cat.".into()), size: 4, ..image(3) },
            Image { name: "trashed".into(), deleted_at: Some(now), favourite: true, size: 8, ..image(4) },
        ],
    );
    fn part(catalogue: &catalogue::Catalogue, part: impl Into<Filter>) -> Vec<String> {
        names(catalogue, part, Order::Name, "")
    }
    assert_eq!(part(&catalogue, Filter::default()), ["described", "favourite", "new"]);
    assert_eq!(part(&catalogue, Condition::Favourite), ["favourite"]);
    assert_eq!(part(&catalogue, Condition::Recent), ["new"]);
    assert_eq!(part(&catalogue, Condition::Undescribed), ["favourite", "new"]);
    assert_eq!(part(&catalogue, Condition::Trashed), ["trashed"]);
    let counts = wait(catalogue.read(picture::counts)).unwrap();
    assert_eq!(counts, Counts { all: 3, favourites: 1, recent: 1, undescribed: 2, trash: 1, bytes: 7, duplicates: 0 });
}

#[test]
fn tiles_keep_the_order_they_were_asked_for_in() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    let asked = [ids[2], 999, ids[0]];
    let tiles = wait(catalogue.read(move |conn| picture::tiles(conn, &asked))).unwrap();
    assert_eq!(tiles.iter().map(|tile| tile.id).collect::<Vec<_>>(), [ids[2], ids[0]]);
}

#[test]
fn numbers_are_never_used_twice() {
    let (_folder, catalogue) = catalogue();
    let first = put(&catalogue, vec![image(1)])[0];
    let removed = crate::support::write(&catalogue, |conn| picture::remove(conn, "image-00000001"));
    assert_eq!(removed, Some(image(1).sha256));
    let second = put(&catalogue, vec![image(1)])[0];
    assert!(second > first);
}
