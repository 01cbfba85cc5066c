//! Two computers, one account.

use engine::view::{Connection, NewMarks, NoticeKind, PictureEdit, Scope};
use engine::{ErrorKind, Event, Role};
use testkit::photos;

use crate::computer::{Computer, Hosted};

#[tokio::test(flavor = "multi_thread")]
async fn what_one_does_the_other_sees() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::Window, &hosted, "anna").await;
    let other = Computer::signed_in(Role::Window, &hosted, "anna").await;
    one.engine.start();
    other.engine.start();

    let id = one.upload("a.jpg", &photos::jpeg(640, 480, 1)).await;
    other.sees(Scope::All, "the upload", |pictures| pictures.len() == 1).await;
    let there = other.pictures(Scope::All).await[0].id;

    one.rename(id, "Sunset").await.unwrap();
    one.edit(
        id,
        PictureEdit { marks: NewMarks { favourite: Some(true), ..NewMarks::default() }, ..PictureEdit::default() },
    )
    .await
    .unwrap();
    let edit = PictureEdit {
        description: Some("A red sky.".into()),
        alt_text: Some("Sky".into()),
        add_tags: vec!["sky".into(), " sky ".into()],
        ..PictureEdit::default()
    };
    let shown = one.edit(id, edit).await.unwrap();
    assert_eq!((shown.tags.as_slice(), shown.described_by.as_deref()), (["sky".to_owned()].as_slice(), Some("person")));
    other
        .sees(Scope::Favourites, "the edits", |pictures| {
            pictures.iter().any(|p| p.name == "Sunset" && p.description.as_deref() == Some("A red sky."))
        })
        .await;

    other.engine.delete(vec![there]).await.unwrap();
    one.sees(Scope::Trash, "the deletion", |pictures| pictures.len() == 1).await;
    one.engine.restore(vec![id]).await.unwrap();
    other.sees(Scope::All, "the restoring", |pictures| pictures.len() == 1).await;

    one.engine.delete_forever(vec![id]).await.unwrap();
    assert!(one.pictures(Scope::All).await.is_empty(), "at once, here");
    other.sees(Scope::All, "the removal", <[_]>::is_empty).await;
    assert_eq!(other.engine.picture(there).await.unwrap_err().code, ErrorKind::NotFound);
    assert_eq!(other.engine.counts().await.unwrap().all, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_everything_but_the_account_works_and_edits_arrive_later() {
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let bytes = photos::jpeg(320, 240, 1);
    let id = one.upload("a.jpg", &bytes).await;
    assert_eq!(one.engine.preview(id).await.unwrap().bytes, bytes);
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    hosted.down().await;

    let one = one.restarted(Role::CommandLine).await;
    assert_eq!(one.names(Scope::All).await, ["a.jpg"]);
    assert!(one.engine.thumbnail(id).await.unwrap().is_some());
    assert_eq!(one.engine.preview(id).await.unwrap().bytes, bytes, "from the cache");
    assert!(one.rename(id, "Offline").await.unwrap().pending);
    let error = one.engine.sync().await.unwrap_err();
    assert_eq!(error.code, ErrorKind::ServiceUnreachable);
    assert!(matches!(one.engine.state().connection, Connection::Offline { .. }));
    assert_eq!(one.names(Scope::All).await, ["Offline"]);
    let error = one.engine.links(vec![id], None).await.unwrap_err();
    assert_eq!(error.code, ErrorKind::ServiceUnreachable);

    one.engine.try_connection().await.unwrap();
    assert!(matches!(one.engine.state().connection, Connection::Offline { .. }));
    hosted.up().await;
    one.engine.try_connection().await.unwrap();
    assert_eq!(one.engine.state().connection, Connection::Online);
    assert!(!one.engine.picture(id).await.unwrap().pending);
    other.engine.sync().await.unwrap();
    assert_eq!(other.names(Scope::All).await, ["Offline"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_describe_a_picture_at_once_lose_nothing_of_each_other() {
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let id = one.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    let there = other.pictures(Scope::All).await[0].id;
    hosted.down().await;
    let text = |description: &str, tag: &str| PictureEdit {
        description: Some(description.into()),
        add_tags: vec![tag.into()],
        ..PictureEdit::default()
    };
    one.edit(id, text("A pier.", "pier")).await.unwrap();
    let alt = PictureEdit { alt_text: Some("Pier".into()), add_tags: vec!["sea".into()], ..PictureEdit::default() };
    other.edit(there, alt).await.unwrap();
    hosted.up().await;
    for computer in [&one, &other, &one] {
        computer.engine.sync().await.unwrap();
    }
    for (computer, id) in [(&one, id), (&other, there)] {
        let picture = computer.engine.picture(id).await.unwrap();
        assert_eq!((picture.description.as_deref(), picture.alt_text.as_deref()), (Some("A pier."), Some("Pier")));
        assert_eq!(picture.tags, ["pier", "sea"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_comes_online_by_itself() {
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    hosted.down().await;
    let one = one.restarted(Role::Window).await;
    one.engine.start();
    let connection = |wanted: fn(&Connection) -> bool| move |event: &Event| matches!(event, Event::StateChanged(state) if wanted(&state.connection));
    one.heard("being offline", connection(|c| matches!(c, Connection::Offline { .. }))).await;
    hosted.up().await;
    one.heard("being online", connection(|c| *c == Connection::Online)).await;
    one.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_is_gone_is_taken_back_and_told() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    let gone = one.upload("gone.jpg", &photos::jpeg(64, 48, 1)).await;
    let trashed = one.upload("trashed.jpg", &photos::jpeg(64, 48, 2)).await;
    other.engine.sync().await.unwrap();
    for picture in other.pictures(Scope::All).await {
        match picture.name.as_str() {
            "gone.jpg" => other.engine.delete_forever(vec![picture.id]).await.unwrap(),
            _ => other.engine.delete(vec![picture.id]).await.unwrap(),
        }
    }
    other.engine.sync().await.unwrap();

    one.rename(gone, "Mine").await.unwrap();
    one.rename(trashed, "Mine, too").await.unwrap();
    one.engine.sync().await.unwrap();
    assert!(one.pictures(Scope::All).await.is_empty());
    assert_eq!(one.names(Scope::Trash).await, ["Mine, too"], "the words of a computer that was away are not lost");
    let told = one.said().into_iter().filter(|event| {
        matches!(event, Event::Notice(notice) if notice.kind == NoticeKind::Warning && notice.message.contains("“Mine”"))
    });
    assert_eq!(told.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_catalogue_is_rebuilt_from_the_account() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    one.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    let id = one.upload("b.jpg", &photos::jpeg(64, 48, 2)).await;
    one.rename(id, "Renamed").await.unwrap();
    one.engine.sync().await.unwrap();
    one.engine.shutdown().await;
    let catalogue = one.library_dir().join("catalogue.db");
    for suffix in ["", "-wal"] {
        let mut path = catalogue.clone().into_os_string();
        path.push(suffix);
        if std::fs::exists(&path).unwrap() {
            std::fs::write(&path, vec![0xEE; 64 << 10]).unwrap();
        }
    }
    let one = one.beside(Role::CommandLine).await;
    one.heard(
        "what happened",
        |event| matches!(event, Event::Notice(notice) if notice.message.contains("being rebuilt")),
    )
    .await;
    one.engine.sync().await.unwrap();
    let mut names = one.names(Scope::All).await;
    names.sort();
    assert_eq!(names, ["Renamed", "a.jpg"]);
    assert!(one.library_dir().join("damaged-1").join("catalogue.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_sees_what_a_command_does() {
    let hosted = Hosted::start().await;
    let window = Computer::registered(Role::Window, &hosted, "anna").await;
    window.engine.start();
    let command = window.beside(Role::CommandLine).await;
    let id = command.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    window.sees(Scope::All, "the upload", |pictures| pictures.len() == 1).await;
    command.rename(id, "By command").await.unwrap();
    // The command ends without having sent it: the window does.
    command.engine.shutdown().await;
    window
        .sees(Scope::All, "the sent rename", |pictures| {
            pictures.iter().any(|picture| picture.name == "By command" && !picture.pending)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_follows_a_command_that_chooses_a_place() {
    let hosted = Hosted::start().await;
    drop(Computer::registered(Role::CommandLine, &hosted, "anna").await);
    let window = Computer::new(Role::Window).await;
    window.engine.start();
    assert_eq!(window.engine.layout(Default::default()).await.unwrap_err().code, ErrorKind::NoPlace);
    let command = window.beside(Role::CommandLine).await;
    command.sign_in(&hosted, "anna").await;
    window
        .heard("the account", |event| {
            matches!(event, Event::StateChanged(state)
                if state.place.as_ref().is_some_and(|place| place.username.as_deref() == Some("anna")))
        })
        .await;
    assert!(window.engine.layout(Default::default()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_was_signed_out_goes_on_when_a_command_signs_in() {
    let hosted = Hosted::start().await;
    let window = Computer::registered(Role::Window, &hosted, "anna").await;
    window.engine.start();
    let state = window.engine.sign_out().await.unwrap();
    assert!(state.place.is_some_and(|place| !place.signed_in));
    assert_eq!(window.engine.sync().await.unwrap_err().code, ErrorKind::SignedOut);
    let command = window.beside(Role::CommandLine).await;
    command.sign_in(&hosted, "anna").await;
    command.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    window.sees(Scope::All, "the upload", |pictures| pictures.len() == 1).await;
    window
        .heard("being online again", |event| {
            matches!(event, Event::StateChanged(state)
                if state.connection == Connection::Online && state.place.as_ref().is_some_and(|place| place.signed_in))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_a_choice_uses_this_computer() {
    let one = Computer::new(Role::CommandLine).await;
    let id = one.upload("a.png", &photos::png(64, 48, 1)).await;
    assert_eq!(one.engine.picture(id).await.unwrap().format, "png");
    assert!(one.engine.state().place.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_can_not_be_are_refused() {
    let one = Computer::new(Role::CommandLine).await;
    let id = one.upload("a.png", &photos::png(64, 48, 1)).await;
    for name in ["", "  ", "a/b", "a\\b", "a\nb", &"x".repeat(256)] {
        assert_eq!(one.rename(id, name).await.unwrap_err().code, ErrorKind::InvalidInput, "{name:?}");
    }
    assert_eq!(one.rename(id, " ä ").await.unwrap().name, "ä");
    one.engine.delete(vec![id]).await.unwrap();
    assert_eq!(one.rename(id, "b").await.unwrap_err().code, ErrorKind::InvalidInput, "in the trash");
    assert_eq!(one.rename(999, "b").await.unwrap_err().code, ErrorKind::NotFound);
}
