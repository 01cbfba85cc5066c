use std::fs;

use catalogue::{ThumbStore, Thumbnail};

use crate::support::wait;

fn thumbnail(size: usize) -> Thumbnail {
    Thumbnail { content_type: "image/jpeg".into(), bytes: vec![7; size] }
}

#[test]
fn thumbnails_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = ThumbStore::open(folder.path(), 1 << 20).unwrap();
    assert_eq!(wait(store.get("a")).unwrap(), None);
    wait(store.put("a", thumbnail(10))).unwrap();
    wait(store.put("a", thumbnail(20))).unwrap();
    drop(store);
    let store = ThumbStore::open(folder.path(), 1 << 20).unwrap();
    assert_eq!(wait(store.get("a")).unwrap(), Some(thumbnail(20)));
    assert_eq!(wait(store.has(vec!["b".into(), "a".into()])).unwrap(), [false, true]);
    wait(store.remove("a".into())).unwrap();
    assert_eq!(wait(store.get("a")).unwrap(), None);
}

#[test]
fn the_cap_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    {
        let store = ThumbStore::open(folder.path(), 100 << 20).unwrap();
        for number in 0..10 {
            wait(store.put(&format!("{number}"), thumbnail(1 << 20))).unwrap();
        }
    }
    let store = ThumbStore::open(folder.path(), 4 << 20).unwrap();
    // The first one after opening looks at the cap.
    wait(store.put("new", thumbnail(1 << 20))).unwrap();
    let keys: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let kept = wait(store.has(keys)).unwrap().into_iter().filter(|kept| *kept).count();
    assert!(kept <= 3, "{kept} old ones left");
    assert!(wait(store.get("new")).unwrap().is_some());
}

#[test]
fn a_damaged_file_is_started_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thumbs.db"), b"this is not a database, and long enough to be noticed as such")
        .unwrap();
    let store = ThumbStore::open(folder.path(), 1 << 20).unwrap();
    wait(store.put("a", thumbnail(10))).unwrap();
    assert_eq!(wait(store.get("a")).unwrap(), Some(thumbnail(10)));
}

#[test]
fn damage_that_is_found_later_is_mended_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thumbs.db");
    {
        let store = ThumbStore::open(folder.path(), 100 << 20).unwrap();
        for number in 0..200 {
            wait(store.put(&format!("{number:064}"), thumbnail(3000))).unwrap();
        }
    }
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())).unwrap();
    let root: u32 = conn
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_thumbnail_1'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(conn);
    let mut bytes = fs::read(&path).unwrap();
    let page = (root as usize - 1) * 4096;
    bytes[page..page + 4096].fill(0xEE);
    fs::write(&path, bytes).unwrap();
    let store = ThumbStore::open(folder.path(), 100 << 20).unwrap();
    let key = format!("{:064}", 5);
    assert_eq!(wait(store.get(&key)).unwrap(), None);
    wait(store.put(&key, thumbnail(10))).unwrap();
    assert_eq!(wait(store.get(&key)).unwrap(), Some(thumbnail(10)));
}
