//! Nothing goes wrong but what people give.

use engine::view::UploadStatus;
use engine::{ResultStatus, Source, UploadOptions};
use testkit::photos;

use super::stage::{Stage, failure, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_uploaded_verified_and_readable_again() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let folder = stage.folder.path().join("holiday");
    let paths = photos::sample_folder(&folder, 12);
    let ids = anna.drop_files([folder]).await;
    let rows = anna.finished(&ids).await;
    assert_eq!(rows.iter().map(|row| row.status.clone()).collect::<Vec<_>>(), vec![UploadStatus::Verified; 12]);
    for (row, path) in rows.iter().zip(&paths) {
        assert_eq!(Some(row.name.as_str()), path.file_name().and_then(|name| name.to_str()));
        let picture = row.picture.unwrap();
        anna.assert_stored(picture, &std::fs::read(path).unwrap()).await;
        assert!(anna.engine.thumbnail(picture).await.unwrap().is_some(), "{}", row.name);
    }
    let summary = anna.snapshot().await.summary;
    assert_eq!((summary.total, summary.verified, summary.active), (12, 12, false));
    assert_eq!(summary.bytes_sent, summary.bytes_total);
    assert_eq!(anna.pictures().await.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_with_a_sentence_and_a_damaged_one_is_kept_with_a_remark() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let (good, cut) = (photos::jpeg(300, 200, 1), photos::truncated_jpeg());
    let ids = anna
        .drop_files([
            stage.file("notes.txt", b"Dear diary"),
            stage.file("cut.jpg", &cut),
            stage.file("empty.png", b""),
            stage.file("holiday.jpg", &good),
            stage.folder.path().join("never-was.png"),
        ])
        .await;
    let rows = anna.finished(&ids).await;
    assert_eq!(failure(&rows[0]), ("not_a_picture", "notes.txt is not a picture, so it was not uploaded."));
    assert_eq!(rows[1].status, UploadStatus::Verified);
    let remark = rows[1].remark.clone().unwrap();
    assert!(remark.ends_with("missing, as after an interrupted copy or download."), "{remark}");
    let kept = rows[1].picture.unwrap();
    anna.assert_stored(kept, &cut).await;
    let detail = anna.engine.picture(kept).await.unwrap();
    assert_eq!((detail.remark, detail.width.is_some()), (Some(remark), true));
    assert_eq!(failure(&rows[2]).0, "empty_file");
    assert_eq!(failure(&rows[4]).0, "unreadable");
    assert_eq!(rows[3].status, UploadStatus::Verified);
    anna.assert_stored(rows[3].picture.unwrap(), &good).await;
    assert_eq!(rows[3].remark, None);
    assert_eq!(stage.taken().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_are_stored_once() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let bytes = photos::jpeg(400, 300, 7);
    let (first, second) = (stage.file("a.jpg", &bytes), stage.file("b.jpg", &bytes));
    let ids = anna.drop_files([first, second]).await;
    anna.engine.start();
    let mut rows = anna.finished(&ids).await;
    rows.sort_by_key(|row| row.status != UploadStatus::Verified);
    assert_eq!(rows[0].status, UploadStatus::Verified);
    assert_eq!(rows[1].status, UploadStatus::Duplicate);
    assert_eq!(rows[0].picture, rows[1].picture);

    // Again later, under another name, from another computer: not a byte is sent.
    let other = stage.annas_other("desktop").await;
    other.engine.start();
    let later = other.drop_files([stage.file("c.jpg", &bytes)]).await;
    let row = other.finished(&later).await.remove(0);
    assert_eq!(row.status, UploadStatus::Duplicate);
    other.assert_stored(row.picture.unwrap(), &bytes).await;
    assert!(other.engine.thumbnail(row.picture.unwrap()).await.unwrap().is_some());
    assert_eq!(stage.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_in_parts() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let bytes = super::stage::large_png((20 << 20) + 3, 5);
    let ids = anna.drop_files([stage.file("large.png", &bytes)]).await;
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    let sizes: Vec<u64> = {
        let mut parts = stage.taken();
        parts.sort_by_key(|put| put.target.split("partNumber=").nth(1).map(|n| n[..1].to_owned()));
        parts.iter().map(|put| put.body_bytes).collect()
    };
    assert_eq!(sizes, [8 << 20, 8 << 20, (4 << 20) + 3]);
    anna.assert_stored(row.picture.unwrap(), &bytes).await;
    let detail = anna.engine.picture(row.picture.unwrap()).await.unwrap();
    assert!(detail.verified_by.contains("each part"), "{}", detail.verified_by);
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_and_fetched_pictures_are_kept_until_they_are_verified() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let pasted = photos::png(120, 90, 3);
    let first = anna
        .engine
        .upload(vec![Source::Bytes { name: "pasted.png".to_owned(), bytes: pasted.clone() }], UploadOptions::default())
        .await
        .unwrap();
    let row = anna.finished(&first).await.remove(0);
    assert_eq!((row.status.clone(), row.source.as_str()), (UploadStatus::Verified, "clipboard"));
    anna.assert_stored(row.picture.unwrap(), &pasted).await;

    // What the link of a picture gives is that picture; what an API's address gives is none.
    let link = anna.engine.links(vec![row.picture.unwrap()], Some(engine::view::LinkFormat::Url)).await.unwrap();
    let page = format!("{}/healthz", stage.service.endpoint());
    let sources = vec![Source::Url(link[0].text.clone()), Source::Url(page)];
    let second = anna.engine.upload(sources, UploadOptions::default()).await.unwrap();
    let rows = anna.finished(&second).await;
    assert_eq!(rows[0].status, UploadStatus::Duplicate);
    assert_eq!(failure(&rows[1]).0, "not_a_picture", "{:?}", rows[1]);
    // The copies are removed right after it is written down that they aren't needed.
    until(|| walk(anna.data_dir(), "spool").is_empty()).await;
}

/// Files in folders of this name.
fn walk(root: &std::path::Path, folder: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(walk(&path, folder));
        } else if path.parent().and_then(|parent| parent.file_name()).is_some_and(|name| name == folder) {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_uploads_by_itself_and_gives_links_in_order() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let command = anna.command().await;
    let (one, two) = (photos::jpeg(200, 100, 1), photos::png(100, 200, 2));
    let paths = [stage.file("1.jpg", &one), stage.file("notes.txt", b"no"), stage.file("2.png", &two)];
    let ids = command.drop_files(&paths).await;
    let mut told = 0;
    let results = command.engine.finish_uploads(&ids, |change| told += change.changed.len()).await.unwrap();
    assert!(told >= 3, "progress is told");
    let statuses: Vec<_> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [ResultStatus::Uploaded, ResultStatus::Failed, ResultStatus::Uploaded]);
    assert_eq!(results[1].error.as_ref().unwrap().code, engine::ErrorKind::NotAPicture);
    for (result, (path, bytes)) in [(&results[0], (&paths[0], &one)), (&results[2], (&paths[2], &two))] {
        assert_eq!(result.path, path.display().to_string());
        let got = reqwest::get(result.link.as_ref().unwrap()).await.unwrap().bytes().await.unwrap();
        assert!(got == bytes.as_slice(), "the link of {} gives its bytes", result.path);
        let picture = command.engine.resolve(result.id.as_ref().unwrap()).await.unwrap();
        assert!(command.engine.picture(picture).await.unwrap().has_thumbnail);
    }
    // The thumbnails are in the store before the command ends: another computer need not make them.
    let thumbnails = stage.store.exchanges();
    assert_eq!(thumbnails.iter().filter(|e| e.method == "PUT" && e.target.contains("/thumbnails/")).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_live_photo_the_picture_is_kept_and_the_film_is_told_of() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let folder = stage.folder.path().join("phone");
    std::fs::create_dir_all(&folder).unwrap();
    let film = b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x08wide";
    std::fs::write(folder.join("IMG_0001.JPG"), photos::jpeg(30, 20, 1)).unwrap();
    std::fs::write(folder.join("IMG_0001.MOV"), film).unwrap();
    std::fs::write(folder.join("other.mov"), film).unwrap();
    let ids = anna.drop_files([folder.clone()]).await;
    let mut rows = anna.finished(&ids).await;
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    let statuses: Vec<_> = rows.into_iter().map(|row| row.status).collect();
    let said = "IMG_0001.MOV is the film of the Live Photo IMG_0001.JPG. Films are not kept here: it stays where it is, \
                beside its picture.";
    let film = UploadStatus::LeftAlone { message: Some(said.to_owned()) };
    assert_eq!(statuses, [UploadStatus::Verified, film, UploadStatus::LeftAlone { message: None }]);
    // By name it is refused in the same words.
    let ids = anna.drop_files([folder.join("IMG_0001.MOV")]).await;
    assert_eq!(failure(&anna.finished(&ids).await[0]), ("not_a_picture", said));
}
