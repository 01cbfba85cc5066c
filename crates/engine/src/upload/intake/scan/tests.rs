use std::fs;

use super::*;

fn rows(sources: Vec<Source>, spool: &Path) -> Vec<NewUpload> {
    let mut rows = Vec::new();
    scan::<io::Error>(sources, &UploadOptions::default(), spool, &mut |row| {
        rows.push(row);
        Ok(())
    })
    .unwrap();
    rows
}

fn names(rows: &[NewUpload]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_folder_is_walked_in_order_and_junk_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("holiday");
    for name in
        ["b.jpg", "a.jpg", "sub/c.jpg", "notes.txt", ".DS_Store", "Thumbs.db", ".hidden/d.jpg", "__MACOSX/e.jpg"]
    {
        put(&root.join(name), b"x");
    }
    let rows = rows(vec![Source::Path(root.clone())], folder.path());
    let junk = [".DS_Store", ".hidden", "Thumbs.db", "__MACOSX"];
    let (left, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.failure.is_some());
    assert_eq!(names(&left), junk, "they are counted, a folder as one");
    assert!(left.iter().all(|row| row.failure.as_ref().unwrap().code == "left_alone"), "and are no failures");
    assert_eq!(names(&rows), ["a.jpg", "b.jpg", "notes.txt", "c.jpg"]);
    assert!(rows.iter().all(|row| row.found));
    assert_eq!(rows[0].shown_source, root.display().to_string());
    assert_eq!((rows[0].size, rows[0].failure.clone()), (1, None));
    assert!(rows[0].modified_ns.is_some());
}

#[test]
fn what_can_not_be_fetched_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let said = |text: &str| {
        let rows = rows(vec![Source::from_path(text.into())], folder.path());
        assert_eq!(rows[0].given, text);
        rows[0].failure.clone().unwrap().message
    };
    assert!(said("ftp://example.com/a.png").contains("only addresses that begin with https:// or http://"));
    let elsewhere = said("file://otherhost/x.png");
    assert!(elsewhere.contains("a file of another computer (otherhost)"), "{elsewhere}");
    assert!(said("FILE:///").contains("names no file"));
    assert_eq!(said(""), "An empty path names no file.");
}

#[test]
fn a_hidden_file_that_was_named_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    put(&folder.path().join(".cover.jpg"), b"x");
    assert_eq!(rows(vec![Source::Path(folder.path().join(".cover.jpg"))], folder.path())[0].failure, None);
}

#[test]
fn what_is_no_picture_in_a_folder_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("holiday");
    put(&root.join("a.nomedia"), b"");
    put(&root.join("b.jpg"), b"");
    fs::File::create(root.join("c.mp4")).unwrap().set_len(MAX_FILE + 1).unwrap();
    let rows = rows(vec![Source::Path(root.clone()), Source::Path(root.join("a.nomedia"))], folder.path());
    let codes: Vec<_> = rows.iter().map(|row| row.failure.as_ref().unwrap().code.as_str()).collect();
    assert_eq!(codes, ["left_alone", "empty_file", "left_alone", "empty_file"], "the last one was named");
}

#[cfg(unix)]
#[test]
fn links_to_files_are_taken_and_links_to_folders_are_told_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("holiday");
    put(&root.join("a.jpg"), b"x");
    put(&folder.path().join("elsewhere/b.jpg"), b"y");
    std::os::unix::fs::symlink(&root, root.join("loop")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere/b.jpg"), root.join("b.jpg")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("c.jpg")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("program")).unwrap();
    let rows = rows(vec![Source::Path(root)], folder.path());
    assert_eq!(names(&rows), ["a.jpg", "b.jpg", "c.jpg", "loop", "program"]);
    assert_eq!(rows[1].failure, None);
    let codes: Vec<_> = rows[2..].iter().map(|row| row.failure.as_ref().unwrap().code.as_str()).collect();
    assert_eq!(codes, ["unreadable", "left_alone", "left_alone"]);
}

#[test]
fn what_cannot_be_taken_becomes_a_row_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    put(&folder.path().join("empty.jpg"), b"");
    fs::create_dir(folder.path().join("nothing")).unwrap();
    let big = fs::File::create(folder.path().join("big.tiff")).unwrap();
    big.set_len(MAX_FILE + 1).unwrap();
    let sources = ["empty.jpg", "nothing", "gone.jpg", "big.tiff"];
    let rows = rows(sources.map(|name| Source::Path(folder.path().join(name))).to_vec(), folder.path());
    let codes: Vec<_> = rows.iter().map(|row| row.failure.as_ref().unwrap().code.as_str()).collect();
    assert_eq!(codes, ["empty_file", "empty_file", "unreadable", "too_large"]);
}

#[test]
fn addresses_are_recognised_where_a_path_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    put(&folder.path().join("a b.jpg"), b"x");
    let file = Url::from_file_path(folder.path().join("a b.jpg")).unwrap();
    let rows = rows(
        vec![
            Source::Path("https://example.com/p/caf%C3%A9.png?w=9".into()),
            Source::Path("https:/example.com/collapsed.png".into()),
            Source::Path(file.as_str().into()),
            Source::Url("ftp://example.com/x.png".into()),
            Source::Url("https://example.com/".into()),
        ],
        folder.path(),
    );
    assert_eq!(names(&rows), ["café.png", "collapsed.png", "a b.jpg", "ftp://example.com/x.png", "example.com"]);
    assert_eq!(rows[1].given, "https://example.com/collapsed.png");
    assert_eq!((rows[0].origin, rows[2].origin), (Origin::Url, Origin::File));
    assert_eq!(rows[3].failure.as_ref().unwrap().code, "invalid_input");
}

#[test]
fn pasted_bytes_are_kept_in_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let rows = rows(
        vec![
            Source::Bytes { name: "pasted.png".into(), bytes: b"png".to_vec() },
            Source::Bytes { name: "nothing.png".into(), bytes: Vec::new() },
        ],
        &spool,
    );
    let kept = crate::upload::intake::os_path::from_bytes(rows[0].path.as_ref().unwrap());
    assert_eq!(fs::read(kept).unwrap(), b"png");
    assert_eq!(rows[0].shown_source, "clipboard");
    assert_eq!(rows[1].failure.as_ref().unwrap().code, "empty_file");
}
