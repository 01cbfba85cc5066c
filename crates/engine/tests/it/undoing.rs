//! Undoing between two computers of one account: it never takes away what the other did.

use engine::view::{NewMarks, PictureDetail, PictureEdit, Scope};
use engine::{Event, Role};
use testkit::photos;

use crate::computer::{Computer, Hosted};

fn nothing() -> PictureEdit {
    PictureEdit::default()
}

fn described(description: &str, rating: u8) -> PictureEdit {
    PictureEdit {
        description: Some(description.into()),
        marks: NewMarks { rating: Some(rating), ..NewMarks::default() },
        add_tags: vec!["q9".into()],
        ..nothing()
    }
}

fn said(picture: &PictureDetail) -> (Option<&str>, u8, usize) {
    (picture.description.as_deref(), picture.marks.rating, picture.tags.len())
}

/// Two computers that know the same picture, with its number at each.
async fn two(hosted: &Hosted) -> (Computer, u32, Computer, u32) {
    let one = Computer::registered(Role::CommandLine, hosted, "anna").await;
    let here = one.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    one.engine.sync().await.unwrap();
    let other = Computer::signed_in(Role::CommandLine, hosted, "anna").await;
    other.engine.sync().await.unwrap();
    let there = other.pictures(Scope::All).await[0].id;
    (one, here, other, there)
}

async fn sync_all(computers: [&Computer; 3]) {
    for computer in computers {
        computer.engine.sync().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_offline_leaves_what_another_computer_did_meanwhile() {
    let mut hosted = Hosted::start().await;
    let (one, here, other, there) = two(&hosted).await;
    hosted.down().await;
    other.edit(there, described("Theirs.", 5)).await.unwrap();
    one.edit(here, described("Oops.", 2)).await.unwrap();
    // It tries, in vain, and nobody got anything.
    one.engine.sync().await.unwrap_err();
    let undone = one.engine.undo().await.unwrap();
    assert_eq!((undone.done, undone.pictures, undone.left), (true, 1, 0));
    assert!(!one.engine.picture(here).await.unwrap().pending, "as if nothing had been done");
    hosted.up().await;
    sync_all([&other, &one, &other]).await;
    for (computer, id) in [(&one, here), (&other, there)] {
        assert_eq!(said(&computer.engine.picture(id).await.unwrap()), (Some("Theirs."), 5, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_undone_where_nobody_else_has_changed_it() {
    let hosted = Hosted::start().await;
    let (one, here, other, there) = two(&hosted).await;
    one.edit(here, described("Mine.", 2)).await.unwrap();
    sync_all([&one, &other, &one]).await;
    other.edit(there, PictureEdit { description: Some("Theirs.".into()), ..nothing() }).await.unwrap();
    sync_all([&other, &one, &other]).await;
    let undone = one.engine.undo().await.unwrap();
    assert_eq!((undone.done, undone.left), (true, 1));
    sync_all([&one, &other, &one]).await;
    for (computer, id) in [(&one, here), (&other, there)] {
        assert_eq!(said(&computer.engine.picture(id).await.unwrap()), (Some("Theirs."), 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn albums_that_somebody_else_has_changed_stay() {
    let hosted = Hosted::start().await;
    let (one, _, other, there) = two(&hosted).await;
    let renamed = one.engine.create_album("R").await.unwrap().id;
    one.engine.rename_album(&renamed, "RC").await.unwrap();
    sync_all([&one, &other, &one]).await;
    other.engine.rename_album(&renamed, "RD").await.unwrap();
    sync_all([&other, &one, &other]).await;
    let left = one.engine.undo().await.unwrap();
    assert_eq!((left.done, left.left), (false, 1));
    assert_eq!(one.engine.album(&renamed).await.unwrap().name, "RD");
    let filled = one.engine.create_album("K").await.unwrap().id;
    sync_all([&one, &other, &one]).await;
    other.engine.add_to_album(&filled, vec![there]).await.unwrap();
    sync_all([&other, &one, &other]).await;
    let left = one.engine.undo().await.unwrap();
    assert_eq!((left.title.as_str(), left.done, left.left), ("Album “K” created", false, 1));
    sync_all([&one, &other, &one]).await;
    for computer in [&one, &other] {
        let album = computer.engine.album(&filled).await.unwrap();
        assert_eq!((album.name.as_str(), album.pictures), ("K", 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_made_of_pictures_is_made_and_undone_as_one() {
    let hosted = Hosted::start().await;
    let (one, here, other, there) = two(&hosted).await;
    let made = one.engine.create_album_of("Lofoten", vec![here]).await.unwrap();
    assert_eq!((made.name.as_str(), made.pictures), ("Lofoten", 1));
    assert_eq!(one.engine.history().await.unwrap().len(), 1, "one thing to undo");
    sync_all([&one, &other, &one]).await;
    assert_eq!(other.engine.album(&made.id).await.unwrap().pictures, 1);

    let undone = one.engine.undo().await.unwrap();
    assert_eq!((undone.done, undone.left), (true, 0));
    sync_all([&one, &other, &one]).await;
    for (computer, id) in [(&one, here), (&other, there)] {
        assert!(computer.engine.albums().await.unwrap().is_empty());
        assert!(computer.engine.picture(id).await.unwrap().albums.is_empty(), "and the picture stays");
    }
    assert!(one.engine.redo().await.unwrap().done);
    sync_all([&one, &other, &one]).await;
    for computer in [&one, &other] {
        let album = computer.engine.album(&made.id).await.unwrap();
        assert_eq!((album.name.as_str(), album.pictures), ("Lofoten", 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_computer_removed_for_good_is_not_offered_and_words_about_it_are_told() {
    let hosted = Hosted::start().await;
    let (one, here, other, there) = two(&hosted).await;
    one.engine.delete(vec![here]).await.unwrap();
    one.engine.restore(vec![here]).await.unwrap();
    sync_all([&one, &other, &one]).await;
    other.engine.delete_forever(vec![there]).await.unwrap();
    other.engine.sync().await.unwrap();
    one.edit(here, described("Our pier, at night.", 2)).await.unwrap();
    one.engine.sync().await.unwrap();
    one.heard("the words", |event| {
        matches!(event, Event::Notice(notice) if notice.message.contains("Your description was: “Our pier, at night.”"))
    })
    .await;
    assert!(one.pictures(Scope::All).await.is_empty());
    let turns = one.engine.turns().await.unwrap();
    assert_eq!((turns.undo, turns.redo), (None, None));
    assert!(one.engine.history().await.unwrap().iter().all(|entry| !entry.undoable));
}
