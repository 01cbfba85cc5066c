//! Batches of grants and completions: a few statements for all of them, and the answers that each would get alone.

use account_api::{
    CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, GrantOutcome, GrantRequest, GrantResponse,
    NewPicture, User, route,
};
use rstest::rstest;

use crate::app::{Db, TestApp, path, png};
use crate::uploads::{announcement, put, single};

#[rstest]
#[tokio::test]
async fn each_is_answered_as_it_would_be_alone(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let here = anna.upload("here.png", &png(1)).await;
    let trashed = anna.upload("trashed.png", &png(2)).await;
    assert!(anna.delete(&path(route::IMAGE, &trashed.id)).await.status.is_success());
    let begun = anna.grant(announcement("begun.png", &png(3))).await;
    // Begun with another sum: that can't be gone on with.
    let differs = NewPicture { content_md5: announcement("", &png(9)).content_md5, ..announcement("x.png", &png(4)) };
    let replaced = anna.grant(differs).await;

    let names = ["new.png", "here.png", "trashed.png", "begun.png", "x.png", "twin-a.png", "twin-b.png"];
    let pictures = [png(5), png(1), png(2), png(3), png(4), png(6), png(6)];
    let files = names.iter().zip(&pictures).map(|(name, bytes)| announcement(name, bytes)).collect();
    let response: GrantResponse = anna.post(route::UPLOADS, &GrantRequest { files }).await.ok();
    assert!(response.results.iter().map(|result| &*result.reference).eq(names), "in their order");
    let outcomes: Vec<GrantOutcome> = response.results.into_iter().map(|result| result.outcome).collect();
    for (at, image) in [(1, &here), (2, &trashed)] {
        match &outcomes[at] {
            GrantOutcome::Duplicate { image: found } => assert_eq!((&found.id, &found.deleted_at), (&image.id, &None)),
            other => panic!("{}: {other:?}", names[at]),
        }
    }
    let granted = |at: usize| match &outcomes[at] {
        GrantOutcome::Granted { grant } => grant.clone(),
        other => panic!("{}: {other:?}", names[at]),
    };
    assert_eq!(granted(3).upload_id, begun.upload_id);
    assert_ne!(granted(4).upload_id, replaced.upload_id);
    assert_eq!(granted(5).upload_id, granted(6).upload_id, "the same bytes are one upload");

    for at in [0, 3, 4, 5] {
        assert_eq!(put(&anna, single(&granted(at)), &pictures[at]).await.status, 200);
    }
    let item = |upload_id: &str| CompleteItem { upload_id: upload_id.to_owned(), parts: Vec::new() };
    let ids: Vec<String> = [0, 3, 4, 5, 6].map(|at| granted(at).upload_id).to_vec();
    let uploads = ids.iter().map(|id| item(id)).chain([item(&replaced.upload_id), item("nonsense")]).collect();
    let response: CompleteResponse = anna.post(route::COMPLETE, &CompleteRequest { uploads }).await.ok();
    let mut revisions = Vec::new();
    for (id, result) in ids.iter().zip(&response.results) {
        match &result.outcome {
            CompleteOutcome::Verified { image, .. } => {
                assert_eq!((&result.upload_id, &image.id), (id, id));
                revisions.push(image.revision);
            }
            other => panic!("{id}: {other:?}"),
        }
    }
    assert_eq!(revisions[3], revisions[4], "the same picture");
    revisions.dedup();
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), 4, "each picture has a revision of its own");
    for over in &response.results[5..] {
        assert!(matches!(over.outcome, CompleteOutcome::Failed { .. }), "{over:?}");
    }
    assert_eq!(anna.images().await.len(), 6);
    app.addresses_end().await;
    let usage = anna.get(route::ME).await.ok::<User>().usage.unwrap();
    assert_eq!(usage.pictures, 6, "whatever was taken for the others was given back");
}
