//! Pictures that show the same: what is kept of them, and what a person says of them.

use engine::view::{AlbumRow, Difference, DuplicateGroup, GroupKind, NewMarks, PictureEdit, Scope};
use engine::{ErrorKind, Role};
use testkit::photos;

use crate::computer::{Computer, Hosted};

async fn groups(computer: &Computer, kind: GroupKind) -> Vec<DuplicateGroup> {
    computer.engine.compare_pictures().await.unwrap();
    let duplicates = computer.engine.duplicates(kind, 10).await.unwrap();
    assert!(!duplicates.more);
    duplicates.groups
}

/// The names of those that show the same.
async fn named(computer: &Computer) -> Vec<Vec<String>> {
    let groups = groups(computer, GroupKind::Duplicates).await;
    groups.into_iter().map(|group| group.members.into_iter().map(|member| member.name).collect()).collect()
}

/// One scene three times and another one; their numbers.
async fn upload(computer: &Computer) -> [u32; 4] {
    [
        computer.upload("small.jpg", &photos::jpeg(320, 240, 1)).await,
        computer.upload("large.png", &photos::png(640, 480, 1)).await,
        computer.upload("large.jpg", &photos::jpeg(640, 480, 1)).await,
        computer.upload("other.jpg", &photos::jpeg(640, 480, 2)).await,
    ]
}

fn words() -> PictureEdit {
    PictureEdit {
        marks: NewMarks { favourite: Some(true), rating: Some(4), ..NewMarks::default() },
        description: Some("The sea at dusk.".to_owned()),
        add_tags: vec!["sea".to_owned()],
        taken_at: Some("2021-02-03T04:05:06".to_owned()),
        ..PictureEdit::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_of_the_others_is_said_of_the_one_that_is_kept() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let [small, png, jpeg, other] = upload(&one).await;
    let group = groups(&one, GroupKind::Duplicates).await.remove(0);
    let ids: Vec<u32> = group.members.iter().map(|member| member.id).collect();
    assert_eq!((ids, group.keep, group.why), (vec![png, jpeg, small], Some(png), Some(Difference::Format)));
    assert_eq!(group.differs, [Difference::Pixels, Difference::Format, Difference::Bytes]);
    assert_eq!(one.engine.counts().await.unwrap().duplicates, 1);

    one.edit(small, words()).await.unwrap();
    one.edit(jpeg, PictureEdit { add_tags: vec!["Sea".to_owned(), "sun".to_owned()], ..PictureEdit::default() })
        .await
        .unwrap();
    let album: AlbumRow = one.engine.create_album_of("Holiday", vec![small, jpeg]).await.unwrap();
    let plain = one.engine.picture(png).await.unwrap();

    let trashed = one.engine.keep_of_groups(vec![png]).await.unwrap();
    assert_eq!(trashed.len(), 2);
    let kept = one.engine.picture(png).await.unwrap();
    assert_eq!((kept.marks.favourite, kept.marks.rating, &*kept.name), (true, 4, "large.png"));
    assert_eq!(
        (kept.description.as_deref(), kept.taken_at.as_deref()),
        (Some("The sea at dusk."), Some("2021-02-03T04:05:06"))
    );
    assert_eq!(kept.tags.len(), 2, "{:?}", kept.tags);
    assert_eq!(one.engine.album_pictures(&album.id).await.unwrap(), [png]);
    assert_eq!(one.pictures(Scope::Trash).await.len(), 2);
    assert!(named(&one).await.is_empty());
    assert_eq!(one.engine.history().await.unwrap()[0].title, "Duplicates moved to the trash");

    // One thing to undo.
    assert!(one.engine.undo().await.unwrap().done);
    assert_eq!(one.engine.picture(png).await.unwrap().marks, plain.marks);
    assert_eq!(one.engine.picture(png).await.unwrap().description, None);
    assert_eq!(one.engine.album_pictures(&album.id).await.unwrap().len(), 2);
    assert!(one.pictures(Scope::Trash).await.is_empty());
    assert_eq!(named(&one).await, [["large.png", "large.jpg", "small.jpg"]]);

    let refused = one.engine.keep_of_groups(vec![other]).await.unwrap_err();
    assert_eq!(refused.code, ErrorKind::NotFound);
    let refused = one.engine.decide_duplicates(vec![small, small], false).await.unwrap_err();
    assert_eq!(refused.code, ErrorKind::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_are_kept_are_not_offered_again_and_one_goes_alone() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let [small, png, jpeg, _] = upload(&one).await;
    named(&one).await;
    one.engine.keep_of_groups(vec![jpeg, png]).await.unwrap();
    assert!(named(&one).await.is_empty(), "the small one is in the trash, and the two are different");
    one.engine.undo().await.unwrap();
    assert_eq!(named(&one).await.concat().len(), 3);
    // What somebody sees on the screen, of which another one has come since.
    one.engine.keep_duplicates(vec![png], vec![small]).await.unwrap();
    assert_eq!(named(&one).await, [["large.png", "large.jpg"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_word_holds_on_every_computer() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let [small, png, jpeg, other] = upload(&one).await;
    assert_eq!(named(&one).await, [["large.png", "large.jpg", "small.jpg"]]);
    one.engine.sync().await.unwrap();

    let elsewhere = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    elsewhere.engine.sync().await.unwrap();
    assert!(named(&elsewhere).await.is_empty(), "it has no thumbnails yet");
    for picture in elsewhere.pictures(Scope::All).await {
        assert!(elsewhere.engine.thumbnail(picture.id).await.unwrap().is_some());
    }
    assert_eq!(named(&elsewhere).await, named(&one).await);

    one.engine.decide_duplicates(vec![small, jpeg], false).await.unwrap();
    one.engine.decide_duplicates(vec![other, png], true).await.unwrap();
    one.engine.sync().await.unwrap();
    elsewhere.engine.sync().await.unwrap();
    let apart = |groups: Vec<Vec<String>>| {
        let together = |one: &str, other: &str| {
            groups.iter().any(|group| [one, other].iter().all(|name| group.iter().any(|known| known == name)))
        };
        assert!(!together("small.jpg", "large.jpg") && together("other.jpg", "large.png"), "{groups:?}");
    };
    apart(named(&one).await);
    apart(named(&elsewhere).await);

    // Both are taken back, and that travels, too.
    assert_eq!(one.engine.undo().await.unwrap().title, "2 pictures said to be the same");
    assert_eq!(one.engine.undo().await.unwrap().title, "2 pictures said to be different");
    one.engine.sync().await.unwrap();
    elsewhere.engine.sync().await.unwrap();
    assert_eq!(named(&elsewhere).await, [["large.png", "large.jpg", "small.jpg"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_compares_in_the_background() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::Window, &hosted, "anna").await;
    one.engine.start();
    let [_, png, ..] = upload(&one).await;
    // Whatever comes first: the background, or somebody who looks.
    let group = one.engine.duplicates(GroupKind::Duplicates, 10).await.unwrap().groups.remove(0);
    assert_eq!((group.keep, group.members.len()), (Some(png), 3));
    one.sees(Scope::All, "all pictures", |pictures| pictures.len() == 4).await;
}
