//! What this computer has uploaded comes back by the feed, and is nothing new.

use account_api::Image;
use catalogue::Catalogue;
use catalogue::table::upload;
use catalogue::table::{picture, state};

use crate::support::{catalogue, image, put, shown, wait, write};

fn upsert(catalogue: &Catalogue, image: Image) -> bool {
    write(catalogue, move |conn| picture::upsert(conn, &image)).news
}

fn generation(catalogue: &Catalogue) -> i64 {
    wait(catalogue.read(state::generation)).unwrap()
}

/// A verified upload of picture 1 whose thumbnail is still to be sent.
fn owe_thumbnail(catalogue: &Catalogue) {
    write(catalogue, |conn| {
        conn.execute(
            "INSERT INTO upload (id, revision, run, position, origin, given, name, shown_source, describe, size, status,
                 image_id, picture, owes_thumbnail)
             VALUES (7, 1, 1, 1, 'clipboard', 'a', 'a', 'a', 0, 1, 'verified', ?1, 1, 1)",
            [image(1).id],
        )
    });
}

#[test]
fn the_same_record_again_is_no_news_and_writes_nothing() {
    let (_folder, catalogue) = catalogue();
    assert!(upsert(&catalogue, image(1)));
    let written = generation(&catalogue);
    assert!(!upsert(&catalogue, image(1)));
    assert!(!upsert(&catalogue, Image { url: Some("https://s3.example.com/?signature".into()), ..image(1) }));
    assert_eq!(generation(&catalogue), written);
}

#[test]
fn that_the_store_has_a_thumbnail_is_news_where_it_was_not_made() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    let with_thumbnail = Image { revision: 9, has_thumbnail: true, ..image(1) };
    assert!(upsert(&catalogue, with_thumbnail), "another computer may show it from now on");
}

#[test]
fn the_feed_may_say_it_before_the_answer() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    owe_thumbnail(&catalogue);
    let written = generation(&catalogue);
    assert!(!upsert(&catalogue, Image { revision: 9, has_thumbnail: true, ..image(1) }));
    let kept = shown(&catalogue, 1);
    assert_eq!((kept.has_thumbnail, kept.revision, generation(&catalogue)), (true, 9, written));
}

#[test]
fn the_feed_may_say_it_after_the_answer_and_an_older_page_undoes_nothing() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    owe_thumbnail(&catalogue);
    let written = generation(&catalogue);
    write(&catalogue, |conn| {
        upload::thumbnail_done(conn, &[7])?;
        picture::thumbnail_stored(conn, &image(1).id)
    });
    assert!(!upsert(&catalogue, image(1)), "read before the store was asked");
    assert!(shown(&catalogue, 1).has_thumbnail);
    assert!(!upsert(&catalogue, Image { revision: 9, has_thumbnail: true, ..image(1) }));
    assert_eq!((shown(&catalogue, 1).revision, generation(&catalogue)), (9, written));
}
