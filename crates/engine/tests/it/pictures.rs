//! Bytes out of the library: downloads, previews, thumbnails, links.

use engine::view::{LinkFormat, PictureEdit, Scope};
use engine::{ErrorKind, Role};
use testkit::photos;

use crate::computer::{Computer, Hosted, files_below};

#[tokio::test(flavor = "multi_thread")]
async fn a_download_has_the_very_bytes_and_overwrites_nothing_in_a_folder() {
    let one = Computer::new(Role::CommandLine).await;
    let bytes = photos::jpeg(320, 240, 1);
    let id = one.upload("a.jpg", &bytes).await;
    let folder = one.downloads();
    let first = one.engine.download(id, folder.clone()).await.unwrap();
    let second = one.engine.download(id, folder.clone()).await.unwrap();
    assert_eq!((first, second.clone()), (folder.join("a.jpg"), folder.join("a (2).jpg")));
    assert_eq!(std::fs::read(second).unwrap(), bytes);

    for folder in [".", "..", " .. "] {
        assert_eq!(one.rename(id, folder).await.unwrap_err().code, ErrorKind::InvalidInput, "{folder:?}");
    }
    one.rename(id, "Holiday: day 1").await.unwrap();
    assert_eq!(one.engine.download(id, folder.clone()).await.unwrap(), folder.join("Holiday_ day 1.jpg"));
    let file = folder.join("mine.jpg");
    assert_eq!(one.engine.download(id, file.clone()).await.unwrap(), file);
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    let nowhere = folder.join("not there").join("x.jpg");
    assert_eq!(one.engine.download(id, nowhere).await.unwrap_err().code, ErrorKind::InvalidInput);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4, "nothing half-written is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_changed_in_the_store_are_never_given_out() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let bytes = photos::png(320, 240, 1);
    let id = one.upload("a.png", &bytes).await;
    let mut altered = 0;
    for path in files_below(hosted.folder()) {
        let mut stored = std::fs::read(&path).unwrap();
        if stored == bytes {
            let middle = stored.len() / 2;
            stored[middle] ^= 1;
            std::fs::write(&path, stored).unwrap();
            altered += 1;
        }
    }
    assert_eq!(altered, 1);
    one.lose("a.png");
    let error = one.engine.download(id, one.downloads()).await.unwrap_err();
    assert_eq!(error.code, ErrorKind::ChecksumMismatch, "{error}");
    assert_eq!(one.engine.preview(id).await.unwrap_err().code, ErrorKind::ChecksumMismatch);
    assert_eq!(std::fs::read_dir(one.downloads()).unwrap().count(), 0);
}

/// Browsers show nothing of some files of which most can be decoded.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_damaged_picture_there_is_a_whole_preview_of_what_can_be_decoded() {
    let one = Computer::new(Role::CommandLine).await;
    let bytes = photos::truncated_jpeg();
    let id = one.upload("cut.jpg", &bytes).await;
    let preview = one.engine.preview(id).await.unwrap();
    assert_ne!(preview.bytes, bytes);
    let shown = pictures::examine(&preview.bytes, &pictures::Limits::default()).unwrap();
    let cut = pictures::examine(&bytes, &pictures::Limits::default()).unwrap();
    assert_eq!((shown.remark, shown.width, shown.height), (None, cut.width, cut.height));
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_are_what_a_browser_shows() {
    let one = Computer::new(Role::CommandLine).await;
    for (name, bytes, mime) in [
        ("a.jpg", photos::jpeg(64, 48, 1), "image/jpeg"),
        ("b.gif", photos::animated_gif(64, 48, 2, 3), "image/gif"),
        ("c.webp", photos::webp(64, 48, 3), "image/webp"),
        ("d.bmp", photos::bmp(64, 48, 4), "image/bmp"),
        ("e.avif", photos::animated_avif(), "image/avif"),
    ] {
        let id = one.upload(name, &bytes).await;
        let blob = one.engine.preview(id).await.unwrap();
        assert_eq!((blob.content_type.as_str(), &blob.bytes[..]), (mime, &bytes[..]), "{name}");
        assert!(one.engine.picture(id).await.unwrap().can_preview);
    }
    let id = one.upload("f.tiff", &photos::tiff(64, 48, 5)).await;
    let blob = one.engine.preview(id).await.unwrap();
    assert_eq!((blob.content_type.as_str(), &blob.bytes[..2]), ("image/jpeg", &[0xFF, 0xD8][..]));
    assert_eq!(one.engine.preview(id).await.unwrap(), blob);

    let id = one.upload("g.eps", &photos::eps()).await;
    assert!(!one.engine.picture(id).await.unwrap().can_preview);
    assert_eq!(one.engine.preview(id).await.unwrap_err().code, ErrorKind::NotFound);
    assert_eq!(one.engine.thumbnail(id).await.unwrap(), None);
    let row = one.engine.rows(vec![id, 999], "").await.unwrap();
    assert_eq!((row.len(), row[0].has_thumbnail), (1, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thumbnail_is_fetched_or_made_again_and_then_kept() {
    let mut hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    one.upload("a.png", &photos::png(640, 480, 1)).await;
    one.engine.shutdown().await;
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    let id = other.pictures(Scope::All).await[0].id;
    let all = futures::future::join_all((0..8).map(|_| other.engine.thumbnail(id))).await;
    let first = all[0].clone().unwrap().unwrap();
    assert!(all.iter().all(|one| one.as_ref() == Ok(&Some(first.clone()))));
    assert!(first.content_type.starts_with("image/"));
    hosted.down().await;
    assert_eq!(other.engine.thumbnail(id).await.unwrap(), Some(first));
}

#[tokio::test(flavor = "multi_thread")]
async fn links_keep_their_order_and_carry_the_alternative_text() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let bytes = photos::jpeg(64, 48, 1);
    let first = one.upload("a.jpg", &bytes).await;
    let second = one.upload("b [1].jpg", &photos::jpeg(64, 48, 2)).await;
    let trashed = one.upload("c.jpg", &photos::jpeg(64, 48, 3)).await;
    one.engine.delete(vec![trashed]).await.unwrap();
    let edit = PictureEdit { alt_text: Some("A \"dot\"".into()), ..PictureEdit::default() };
    one.edit(first, edit).await.unwrap();

    let links = one.engine.links(vec![second, trashed, first], None).await.unwrap();
    assert_eq!(links.iter().map(|link| link.id).collect::<Vec<_>>(), [second, first]);
    let shared = reqwest::get(&links[1].text).await.unwrap().error_for_status().unwrap();
    assert_eq!(shared.bytes().await.unwrap(), bytes);

    let markdown = one.engine.links(vec![first, second], Some(LinkFormat::Markdown)).await.unwrap();
    assert_eq!(markdown[0].text, format!("![A \"dot\"]({})", links[1].text));
    assert_eq!(markdown[1].text, format!("![b \\[1\\].jpg]({})", links[0].text));
    let html = one.engine.links(vec![first], Some(LinkFormat::Html)).await.unwrap();
    assert_eq!(html[0].text, format!("<img src=\"{}\" alt=\"A &quot;dot&quot;\">", links[1].text));
    assert_eq!(one.engine.links(vec![trashed], None).await.unwrap_err().code, ErrorKind::NotFound);
}
