//! Edits that merge: two computers of one account, undoing, albums, and very many pictures.

use std::path::Path;

use engine::view::{HistoryEntry, LibraryQuery, NewMarks, PictureEdit, Scope, Sort};
use engine::{ErrorKind, Role};
use rstest::rstest;
use testkit::ai::{AiStandIn, Behaviour, KEY};
use testkit::photos;
use testkit::proxy::FaultProxy;

use crate::computer::{Computer, Hosted};

fn nothing() -> PictureEdit {
    PictureEdit::default()
}

fn tag(tag: &str) -> PictureEdit {
    PictureEdit { add_tags: vec![tag.into()], ..nothing() }
}

fn rating(stars: u8) -> PictureEdit {
    PictureEdit { marks: NewMarks { rating: Some(stars), ..NewMarks::default() }, ..nothing() }
}

fn titles(entries: &[HistoryEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.title.as_str()).collect()
}

/// Both are away, do much, and come back, in either order.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_two_computers_do_offline_is_all_there(#[values(true, false)] one_first: bool) {
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let id = one.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    let second = one.upload("b.jpg", &photos::jpeg(64, 48, 2)).await;
    let shared = one.engine.create_album("Shared").await.unwrap().id;
    one.engine.add_to_album(&shared, vec![id]).await.unwrap();
    one.engine.sync().await.unwrap();
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    let named = |name: &'static str| other.engine.layout(LibraryQuery { text: name.into(), ..LibraryQuery::default() });
    let (there, there_second) = (named("a.jpg").await.unwrap()[0].id, named("b.jpg").await.unwrap()[0].id);
    hosted.down().await;

    one.edit(id, PictureEdit { name: Some("Earlier.jpg".into()), description: Some("A pier.".into()), ..tag("pier") })
        .await
        .unwrap();
    one.edit(id, rating(5)).await.unwrap();
    one.edit(second, rating(2)).await.unwrap();
    one.engine.add_to_album("Shared", vec![second]).await.unwrap();
    one.engine.create_album("Of one").await.unwrap();
    one.engine.add_to_album("Of one", vec![id]).await.unwrap();
    other
        .edit(there, PictureEdit { name: Some("Later.jpg".into()), alt_text: Some("Pier".into()), ..tag("sea") })
        .await
        .unwrap();
    other.edit(there, rating(3)).await.unwrap();
    other.engine.remove_from_album("shared", vec![there]).await.unwrap();
    other.engine.rename_album("Shared", "Summer").await.unwrap();
    other.edit(there_second, tag("bird")).await.unwrap();
    let offline = other.engine.albums().await.unwrap();
    assert_eq!((offline[0].name.as_str(), offline[0].pictures, offline[0].pending), ("Summer", 0, true));

    hosted.up().await;
    let order = if one_first { [&one, &other, &one] } else { [&other, &one, &other] };
    for computer in order {
        computer.engine.sync().await.unwrap();
    }
    for (computer, id, second) in [(&one, id, second), (&other, there, there_second)] {
        let picture = computer.engine.picture(id).await.unwrap();
        assert_eq!(picture.name, "Later.jpg");
        assert_eq!((picture.description.as_deref(), picture.alt_text.as_deref()), (Some("A pier."), Some("Pier")));
        let mut tags = picture.tags.clone();
        tags.sort();
        assert_eq!(tags, ["pier", "sea"]);
        let within: Vec<&str> = picture.albums.iter().map(|album| album.name.as_str()).collect();
        assert_eq!(within, ["Of one"]);
        assert!(!picture.pending);
        let beside = computer.engine.picture(second).await.unwrap();
        assert_eq!((picture.marks.rating, beside.marks.rating), (3, 2), "the later one, and the only one");
        assert_eq!(beside.tags, ["bird"]);
        let rated = LibraryQuery { text: "rating:>=3".into(), sort: Sort::Rating, ..LibraryQuery::default() };
        assert_eq!(computer.engine.layout(rated).await.unwrap().len(), 1);
        let albums = computer.engine.albums().await.unwrap();
        let told: Vec<_> = albums.iter().map(|album| (album.name.as_str(), album.pictures, album.pending)).collect();
        assert_eq!(told, [("Of one", 1, false), ("Summer", 1, false)]);
        assert_eq!(computer.engine.album_pictures("Summer").await.unwrap(), [second]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_and_a_person_say_at_once_is_kept_and_the_persons_is_shown() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let ai = AiStandIn::start();
    let change = engine::view::AiSettingsChange {
        key: Some(KEY.into()),
        model: None,
        base_url: Some(ai.base_url().to_string()),
        ..engine::view::AiSettingsChange::default()
    };
    one.engine.change_ai(change).await.unwrap();
    let id = one.upload("a.jpg", &photos::jpeg(640, 480, 1)).await;
    ai.answer_next(Behaviour::Wait);
    one.engine.describe(vec![id], None).await.unwrap();
    ai.arrived(1).await;
    one.edit(id, PictureEdit { description: Some("Our house.".into()), ..nothing() }).await.unwrap();
    ai.go_on();
    one.sees(Scope::All, "the answer", |pictures| pictures[0].alt_text.is_some()).await;
    one.engine.sync().await.unwrap();
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    let there = other.pictures(Scope::All).await.remove(0);
    assert_eq!((there.description.as_deref(), there.described_by.as_deref()), (Some("Our house."), Some("person")));
    // Without the person's words the model's are there.
    let alone = other.edit(there.id, PictureEdit { description: Some(String::new()), ..nothing() }).await.unwrap();
    assert!(alone.description.is_some_and(|text| !text.is_empty()));
    assert_ne!(alone.described_by.as_deref(), Some("person"));
    assert!(other.engine.history().await.unwrap().len() == 1 && one.engine.history().await.unwrap().len() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_undone_after_a_restart_and_everywhere() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(one.upload(&format!("{number}.jpg"), &photos::jpeg(64, 48, number)).await);
    }
    one.engine
        .edit(
            ids.clone(),
            PictureEdit { marks: NewMarks { favourite: Some(true), ..NewMarks::default() }, ..nothing() },
        )
        .await
        .unwrap();
    one.engine.edit(ids.clone(), tag("sea")).await.unwrap();
    one.engine.delete(vec![ids[0]]).await.unwrap();
    one.engine.sync().await.unwrap();
    let one = one.restarted(Role::CommandLine).await;
    let done = one.engine.history().await.unwrap();
    assert_eq!(
        titles(&done),
        ["“0.jpg” moved to the trash", "Tag “sea” added to 3 pictures", "Favourite on 3 pictures"]
    );
    assert_eq!(one.engine.undo().await.unwrap().title, "“0.jpg” moved to the trash");
    assert_eq!(one.engine.undo().await.unwrap().pictures, 3);
    assert!(one.pictures(Scope::All).await.iter().all(|picture| picture.tags.is_empty() && picture.marks.favourite));
    one.engine.sync().await.unwrap();
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    assert!(other.pictures(Scope::Favourites).await.iter().all(|picture| picture.tags.is_empty()));
    assert_eq!(other.engine.counts().await.unwrap().favourites, 3);
    one.engine.redo().await.unwrap();
    one.engine.sync().await.unwrap();
    other.engine.sync().await.unwrap();
    assert!(other.pictures(Scope::All).await.iter().all(|picture| picture.tags == ["sea"]));

    one.engine.delete_forever(vec![ids[2]]).await.unwrap();
    let refused = one.engine.undo().await.unwrap_err();
    assert_eq!(refused.code, ErrorKind::InvalidInput);
    assert!(refused.message.starts_with("“1 picture removed for good” can’t be undone"), "{}", refused.message);
    assert_eq!(one.engine.undo().await.unwrap().title, "Tag “sea” added to 3 pictures");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_renamed_and_merged_everywhere_at_once() {
    let one = Computer::new(Role::CommandLine).await;
    let mut ids = Vec::new();
    for (number, tags) in [(0, ["sea", "old"]), (1, ["Ocean", "sea"]), (2, ["ocean", "x"])] {
        let id = one.upload(&format!("{number}.jpg"), &photos::jpeg(64, 48, number)).await;
        one.edit(id, PictureEdit { add_tags: tags.map(str::to_owned).into(), ..nothing() }).await.unwrap();
        ids.push(id);
    }
    assert_eq!(one.engine.replace_tags(vec!["SEA".into(), "ocean".into()], "Water").await.unwrap(), 3);
    one.engine.sync().await.unwrap();
    let tags: Vec<_> = one.engine.tags().await.unwrap().into_iter().map(|tag| (tag.tag, tag.pictures)).collect();
    assert_eq!(tags, [("old".into(), 1), ("Water".into(), 3), ("x".into(), 1)]);
    one.engine.replace_tags(vec!["water".into()], "water").await.unwrap();
    one.engine.sync().await.unwrap();
    assert_eq!(one.engine.picture(ids[0]).await.unwrap().tags, ["old", "water"]);
    one.engine.undo().await.unwrap();
    assert_eq!(one.engine.picture(ids[0]).await.unwrap().tags, ["old", "Water"]);
    one.engine.undo().await.unwrap();
    one.engine.sync().await.unwrap();
    let mut tags = one.engine.picture(ids[1]).await.unwrap().tags;
    tags.sort();
    assert_eq!(tags, ["Ocean", "sea"]);
    assert_eq!(one.engine.replace_tags(vec!["none".into()], "x").await.unwrap_err().code, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_get_into_a_real_album_and_albums_that_are_meant_are_told_apart() {
    let one = Computer::new(Role::CommandLine).await;
    let upload = async |name: &str, number: u64, album: &str| {
        let path = one.downloads().join(name);
        std::fs::write(&path, photos::jpeg(64, 48, number)).unwrap();
        let options = engine::UploadOptions { describe: false, album: Some(album.into()) };
        let rows = one.engine.upload(vec![engine::Source::Path(path)], options).await?;
        one.engine.finish_uploads(&rows, |_| ()).await
    };
    upload("a.jpg", 1, "Holiday").await.unwrap();
    upload("b.jpg", 2, " holiday ").await.unwrap();
    let albums = one.engine.albums().await.unwrap();
    assert_eq!((albums.len(), albums[0].name.as_str(), albums[0].pictures), (1, "Holiday", 2));
    assert!(!albums[0].pending, "it has reached the account");
    let pictures = one.pictures(Scope::All).await;
    assert!(pictures.iter().all(|picture| picture.tags.is_empty() && picture.albums.len() == 1));
    let query = LibraryQuery { album: Some(albums[0].id.clone()), ..LibraryQuery::default() };
    assert_eq!(one.engine.layout(query).await.unwrap().len(), 2);

    let second = one.engine.create_album("HOLIDAY").await.unwrap().id;
    let error = upload("c.jpg", 3, "Holiday").await.unwrap_err();
    assert_eq!(error.code, ErrorKind::InvalidInput);
    assert!(error.message.contains(&albums[0].id) && error.message.contains(&second), "{}", error.message);
    upload("c.jpg", 3, &second).await.unwrap();
    assert_eq!(one.engine.album(&second[..8]).await.unwrap().pictures, 1);
    one.engine.remove_album(&second).await.unwrap();
    assert_eq!(one.engine.counts().await.unwrap().all, 3);
    one.engine.undo().await.unwrap();
    one.engine.sync().await.unwrap();
    assert_eq!(one.engine.album(&second).await.unwrap().pictures, 1);
}

/// Makes many pictures of the one that the service has, as if they had been uploaded.
fn multiply(folder: &Path, many: u32) {
    let conn = catalogue::Connection::open(folder.join("account.db")).unwrap();
    let columns: Vec<String> = conn
        .prepare("SELECT name FROM pragma_table_info('images')")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let values: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            "id" => "randomblob(16)".to_owned(),
            "sha256" => "lower(hex(randomblob(32)))".to_owned(),
            "object_key" | "thumbnail_key" => format!("{column} || '-' || n"),
            "revision" => "users.revision + n".to_owned(),
            other => format!("images.{other}"),
        })
        .collect();
    conn.execute_batch(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {many} - 1)
         INSERT INTO images ({}) SELECT {} FROM images, users, numbers;
         UPDATE users SET revision = revision + {many} - 1;",
        columns.join(", "),
        values.join(", ")
    ))
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn favourites_on_ten_thousand_pictures_are_eleven_requests_at_most() {
    const MANY: u32 = 10_000;
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    one.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    hosted.down().await;
    multiply(hosted.folder(), MANY);
    hosted.up().await;
    let proxy = FaultProxy::start(&hosted.url());
    let one = Computer::new(Role::CommandLine).await;
    one.sign_in_at(&proxy.endpoint(), "anna").await;
    one.engine.sync().await.unwrap();
    let ids: Vec<u32> = one.engine.layout(LibraryQuery::default()).await.unwrap().iter().map(|item| item.id).collect();
    assert_eq!(ids.len(), MANY as usize);

    let before = proxy.exchanges().len();
    one.engine
        .edit(ids, PictureEdit { marks: NewMarks { favourite: Some(true), ..NewMarks::default() }, ..nothing() })
        .await
        .unwrap();
    one.engine.sync().await.unwrap();
    let asked: Vec<String> = proxy.exchanges().drain(before..).map(|one| one.target).collect();
    assert!(asked.len() <= 11, "{asked:?}");
    assert_eq!(one.engine.counts().await.unwrap().favourites, u64::from(MANY));
    assert_eq!(titles(&one.engine.history().await.unwrap()), ["Favourite on 10,000 pictures"]);
    // Nothing is left to be told either way.
    let before = proxy.exchanges().len();
    one.engine.sync().await.unwrap();
    assert_eq!(proxy.exchanges().len() - before, 1);

    let turned = one.engine.undo().await.unwrap();
    assert_eq!((turned.pictures, turned.left), (u64::from(MANY), 0));
    one.engine.sync().await.unwrap();
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    assert_eq!(other.engine.counts().await.unwrap().favourites, 0);
}
