//! A damaged picture whose file comes again, whole.

use engine::view::{AlbumRow, PictureEdit, UploadRow, UploadStatus};
use engine::{ErrorKind, ResultStatus, Source, UploadOptions};
use testkit::photos;

use super::stage::Stage;

/// What a person has said of it.
fn words() -> PictureEdit {
    PictureEdit {
        description: Some("The sea at dusk".to_owned()),
        add_tags: vec!["sea".to_owned()],
        taken_at: Some("2021-02-03T04:05:06".to_owned()),
        ..PictureEdit::default()
    }
}

fn offer(row: &UploadRow) -> (UploadStatus, Option<u32>) {
    (row.status.clone(), row.replaces)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_offered_to_take_the_place_with_all_that_was_said() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let whole = photos::jpeg(300, 200, 1);
    let file = stage.file("photo.jpg", &whole[..whole.len() * 2 / 3]);
    let first = anna.drop_files([file.clone()]).await;
    let damaged = anna.finished(&first).await.remove(0);
    assert!(damaged.remark.is_some() && damaged.replaces.is_none());
    let damaged = damaged.picture.unwrap();
    anna.engine.edit(vec![damaged], words()).await.unwrap();
    let album: AlbumRow = anna.engine.create_album_of("Holiday", vec![damaged]).await.unwrap();

    // From the same place, whole this time: nothing happens by itself.
    std::fs::write(&file, &whole).unwrap();
    let second = anna.drop_files([file]).await;
    let row = anna.finished(&second).await.remove(0);
    assert_eq!(offer(&row), (UploadStatus::Verified, Some(damaged)));
    let new = row.picture.unwrap();
    assert_eq!(anna.pictures().await.len(), 2);

    anna.engine.replace_damaged(damaged, new).await.unwrap();
    assert_eq!(anna.pictures().await.len(), 1);
    let detail = anna.engine.picture(new).await.unwrap();
    assert_eq!((detail.description.as_deref(), detail.remark), (Some("The sea at dusk"), None));
    assert_eq!(detail.taken_at.as_deref(), Some("2021-02-03T04:05:06"));
    assert_eq!(detail.tags.len(), 1);
    assert_eq!(anna.engine.album_pictures(&album.id).await.unwrap(), [new]);
    assert!(anna.engine.picture(damaged).await.unwrap().deleted_at.is_some());
    // The offer has been taken.
    let rows = anna.snapshot().await.rows;
    assert_eq!(rows.iter().find(|row| row.id == second[0]).unwrap().replaces, None);

    // One thing to undo.
    anna.engine.undo().await.unwrap();
    assert_eq!(anna.pictures().await.len(), 2);
    let detail = anna.engine.picture(new).await.unwrap();
    assert_eq!((detail.description, detail.tags.len()), (None, 0));
    assert_eq!(anna.engine.album_pictures(&album.id).await.unwrap(), [damaged]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_same_name_and_facts_is_the_same_one() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let whole = photos::jpeg(300, 200, 1);
    let folder = |name: &str, bytes: &[u8]| {
        let folder = stage.folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("photo.jpg");
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let upload = async |file| {
        let rows = anna.engine.upload(vec![Source::Path(file)], UploadOptions::default()).await.unwrap();
        anna.engine.finish_uploads(&rows, |_| ()).await.unwrap().remove(0)
    };
    let damaged = upload(folder("phone", &whole[..whole.len() / 2])).await;
    assert_eq!((damaged.status, damaged.replaces.clone()), (ResultStatus::Uploaded, None));
    // Of another size, and so another picture.
    let other = upload(folder("other", &photos::jpeg(200, 200, 1))).await;
    assert_eq!((other.status, other.replaces), (ResultStatus::Uploaded, None));
    let again = upload(folder("card", &whole)).await;
    assert_eq!((again.status, again.replaces), (ResultStatus::Uploaded, damaged.id.clone()));
    // It is offered until it is taken.
    let once_more = upload(folder("copy", &whole)).await;
    assert_eq!((once_more.status, once_more.replaces), (ResultStatus::Duplicate, damaged.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_or_in_the_trash_is_not_replaced() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let ids = anna.drop_files([stage.file("a.jpg", &photos::jpeg(30, 20, 1))]).await;
    let picture = anna.finished(&ids).await.remove(0).picture.unwrap();
    let refused = |outcome: engine::Result<()>| outcome.unwrap_err().code;
    assert_eq!(refused(anna.engine.replace_damaged(picture, picture).await), ErrorKind::InvalidInput);
    assert_eq!(refused(anna.engine.replace_damaged(picture + 1, picture).await), ErrorKind::NotFound);
    anna.engine.delete(vec![picture]).await.unwrap();
    assert_eq!(refused(anna.engine.replace_damaged(picture, picture + 1).await), ErrorKind::NotFound);
}
