//! Deleting and undoing it, on each database and each store.

use engine::Role;
use engine::view::{LibraryQuery, Scope};
use rstest::rstest;
use testkit::photos;

use crate::world::{Database, Hosted, Person, Store};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_picture_can_be_taken_back_or_removed_for_good(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    let bytes = photos::jpeg(320, 200, 1);
    let id = anna.upload_one(&anna.file("a.jpg", &bytes)).await;
    let other = anna.upload_one(&anna.file("b.jpg", &photos::jpeg(320, 200, 2))).await;

    anna.engine.delete(vec![id]).await.unwrap();
    assert_eq!(anna.count().await, 1);
    let trash = LibraryQuery { scope: Scope::Trash, ..Default::default() };
    assert_eq!(anna.engine.layout(trash.clone()).await.unwrap()[0].id, id);
    anna.engine.restore(vec![id]).await.unwrap();
    assert_eq!(anna.count().await, 2);
    assert_eq!(anna.read_back(id).await, bytes);

    let link = anna.engine.links(vec![id], None).await.unwrap()[0].text.clone();
    anna.engine.delete(vec![id]).await.unwrap();
    anna.engine.delete_forever(vec![id]).await.unwrap();
    anna.engine.sync().await.unwrap();
    assert!(anna.engine.layout(trash).await.unwrap().is_empty());
    assert!(!reqwest::get(link).await.unwrap().status().is_success(), "the link of a removed picture is dead");

    let elsewhere = Person::new(Role::CommandLine).await;
    elsewhere.sign_in(&hosted, "anna").await;
    elsewhere.engine.sync().await.unwrap();
    assert_eq!(elsewhere.count().await, 1);
    assert_eq!(anna.engine.picture(other).await.unwrap().name, "b.jpg");
}
