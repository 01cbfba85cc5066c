//! A library in a bucket of one's own, on the next computer.

use engine::view::{Connection, LibraryQuery, NewMarks, PictureDetail, PictureEdit, RebuildProgress, Scope};
use engine::{Event, Role};
use testkit::photos;

use crate::places::garage_form;
use crate::world::Person;

/// Everything that the window knows of every picture, but for numbers that each computer gives itself.
async fn library(person: &Person) -> Vec<PictureDetail> {
    let mut all = Vec::new();
    for scope in [Scope::All, Scope::Trash] {
        let query = LibraryQuery { scope, ..LibraryQuery::default() };
        for item in person.engine.layout(query).await.unwrap() {
            all.push(PictureDetail { id: 0, ..person.engine.picture(item.id).await.unwrap() });
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_descriptions_favourites_and_the_trash_come_along() {
    let form = garage_form().await;
    let anna = Person::new(Role::CommandLine).await;
    anna.engine.choose_bucket(form.clone()).await.unwrap();
    let gull = anna.upload_one(&anna.file("gull.jpg", &photos::jpeg(300, 200, 1))).await;
    let trashed = anna.upload_one(&anna.file("old.png", &photos::png(90, 60, 2))).await;
    let edit = PictureEdit {
        name: Some("Möwe 海.jpg".to_owned()),
        marks: NewMarks { favourite: Some(true), ..NewMarks::default() },
        taken_at: Some("2024-05-06T07:08".to_owned()),
        description: Some("A gull on a pier.".to_owned()),
        alt_text: Some("Möwe".to_owned()),
        add_tags: vec!["gull".to_owned(), "海".to_owned()],
        ..PictureEdit::default()
    };
    anna.engine.edit(vec![gull], edit).await.unwrap();
    anna.engine.create_album("Sea").await.unwrap();
    anna.engine.add_to_album("Sea", vec![gull]).await.unwrap();
    anna.engine.delete(vec![trashed]).await.unwrap();
    anna.engine.sync().await.unwrap();
    let before = library(&anna).await;
    anna.engine.shutdown().await;

    let next = Person::new(Role::CommandLine).await;
    next.engine.choose_bucket(form).await.unwrap();
    assert_eq!(next.count().await, 0);
    let found = next.engine.bucket_libraries().await.unwrap();
    assert!(matches!(&found[..], [library] if !library.open && library.pictures == 2), "{found:?}");
    let report = next.engine.rebuild(None, &|_: RebuildProgress| {}).await.unwrap();
    assert_eq!((report.restored, report.from_journal), (2, 2), "{report:?}");
    assert_eq!(library(&next).await, before);
    assert!(next.engine.bucket_libraries().await.unwrap()[0].open);

    let favourite = next.engine.resolve(&before[0].image_id).await.unwrap();
    assert_eq!(next.read_back(favourite).await, photos::jpeg(300, 200, 1));
    let thumbnail = next.engine.thumbnail(favourite).await.unwrap();
    assert!(thumbnail.is_some_and(|thumbnail| !thumbnail.bytes.is_empty()), "from the bucket");
}

/// Each opens the app when it is its turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_takes_up_what_another_computer_did_meanwhile() {
    let form = garage_form().await;
    let anna = Person::new(Role::Window).await;
    anna.engine.choose_bucket(form.clone()).await.unwrap();
    anna.engine.start();
    let gull = anna.upload_one(&anna.file("gull.jpg", &photos::jpeg(300, 200, 1))).await;
    anna.engine.sync().await.unwrap();
    let image_id = anna.engine.picture(gull).await.unwrap().image_id;
    let anna = anna.restart_after(Role::Window, |_| ()).await;

    let next = Person::new(Role::CommandLine).await;
    next.engine.choose_bucket(form).await.unwrap();
    next.engine.rebuild(None, &|_: RebuildProgress| {}).await.unwrap();
    let here = next.engine.resolve(&image_id).await.unwrap();
    let edit = PictureEdit { name: Some("Möwe.jpg".to_owned()), ..PictureEdit::default() };
    next.engine.edit(vec![here], edit).await.unwrap();
    next.upload_one(&next.file("new.png", &photos::png(90, 60, 2))).await;
    next.engine.sync().await.unwrap();
    next.engine.shutdown().await;

    anna.engine.start();
    let mut taken_up = false;
    anna.events
        .until("the connection, after a word about what came of it", |event| match event {
            Event::Notice(notice) => {
                taken_up |= notice.message.contains("2 later changes were taken up");
                false
            }
            Event::StateChanged(state) => taken_up && state.connection == Connection::Online,
            _ => false,
        })
        .await;
    anna.engine.sync().await.unwrap();
    let id = anna.engine.resolve(&image_id).await.unwrap();
    assert_eq!(anna.engine.picture(id).await.unwrap().name, "Möwe.jpg");
    assert_eq!(anna.count().await, 2);
}
