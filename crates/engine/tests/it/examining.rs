//! Pictures that are looked at again, because an update reads more from files.

use std::path::Path;

use catalogue::table::state;
use catalogue::{Catalogue, Connection};
use engine::Role;
use engine::view::{PictureDetail, Scope};
use testkit::photos;

use crate::computer::{Computer, Hosted, files_below};

fn account(hosted: &Hosted) -> Connection {
    let database = files_below(hosted.folder()).into_iter().find(|path| path.ends_with("account.db")).unwrap();
    Connection::open(database).unwrap()
}

/// The account's records as a version left them that read nothing and showed nothing.
fn forget_what_was_read(hosted: &Hosted) {
    account(hosted)
        .execute_batch(
            "UPDATE users SET revision = revision + 1;
             UPDATE images SET facts = NULL, taken_at = NULL, thumbnail_spec = NULL, thumbnail_key = NULL,
                 has_thumbnail = 0, revision = (SELECT revision FROM users WHERE users.id = images.user_id);",
        )
        .unwrap();
}

/// How many thumbnails the account has.
fn thumbnails(hosted: &Hosted) -> u32 {
    let count = "SELECT COUNT(*) FROM images WHERE has_thumbnail";
    account(hosted).query_row(count, [], |row| row.get(0)).unwrap()
}

/// The catalogue as that version left it.
async fn forget_who_read(library: &Path) {
    let opened = Catalogue::open(library).unwrap();
    opened.catalogue.write(|conn| state::set_examiner(conn, 0)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_update_reads_reaches_the_pictures_that_are_here() {
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let id = one.upload("a.jpg", &photos::jpeg_with_exif(1, Some((52.5, 13.4)), Some("2024:05:06 07:08:09"))).await;
    one.upload("gone.jpg", &photos::jpeg(64, 48, 7)).await;
    one.lose("gone.jpg");
    // Larger than what is looked at as a picture; the newest is looked at first.
    let mut large = photos::png(64, 48, 3);
    large.resize(129 << 20, 0);
    one.upload("large.png", &large).await;
    let read = one.engine.picture(id).await.unwrap();
    assert!(read.facts.latitude.is_some());
    hosted.down().await;
    forget_what_was_read(&hosted);
    hosted.up().await;
    one.engine.sync().await.unwrap();
    let forgotten = one.engine.picture(id).await.unwrap();
    assert_eq!((forgotten.facts.latitude, forgotten.taken_at), (None, None));
    forget_who_read(&one.library_dir()).await;

    let one = one.restarted(Role::Window).await;
    one.engine.start();
    let other = Computer::signed_in(Role::Window, &hosted, "anna").await;
    other.engine.start();
    let is_read = |pictures: &[PictureDetail]| {
        pictures.iter().any(|now| now.name == "a.jpg" && now.facts == read.facts && now.taken_at == read.taken_at)
    };
    one.sees(Scope::All, "what the file says", is_read).await;
    other.sees(Scope::All, "it and its thumbnail", |pictures| is_read(pictures) && thumbnails(&hosted) == 1).await;
    // Of a file that has gone nothing is fetched, and nothing is lost.
    let pictures = other.pictures(Scope::All).await;
    assert_eq!(pictures.len(), 3);
    let large = pictures.iter().find(|picture| picture.name == "large.png").unwrap();
    assert_eq!(large.width, None, "so large a file isn't read into memory");
}
