use std::fs;

use catalogue::search::{Filter, Query, layout};
use catalogue::table::picture::{self, Order};
use catalogue::{Catalogue, CatalogueError, FILE_NAME, Glance, Origin, glance};

use crate::support::{image, names, put, wait, write};

#[test]
fn sqlite_has_the_fix_for_corrupted_wal_files() {
    // Fixed in 3.51.3: https://sqlite.org/releaselog/3_51_3.html
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn a_library_is_there_again_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Catalogue::open(folder.path()).unwrap();
    assert_eq!(opened.origin, Origin::New);
    put(&opened.catalogue, vec![image(1)]);
    drop(opened);
    let opened = Catalogue::open(folder.path()).unwrap();
    assert_eq!(opened.origin, Origin::Existing);
    assert_eq!(names(&opened.catalogue, Filter::default(), Order::Name, ""), ["IMG_0001.jpg"]);
}

#[test]
fn a_glance_counts_without_opening() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(glance(folder.path()), None);
    assert!(!folder.path().join(FILE_NAME).exists(), "looking made a catalogue");
    let opened = Catalogue::open(folder.path()).unwrap();
    put(&opened.catalogue, vec![image(1), image(2)]);
    assert_eq!(glance(folder.path()), Some(Glance { pictures: Some(2), unfinished: 0 }), "while it is open");
    drop(opened);
    assert_eq!(glance(folder.path()), Some(Glance { pictures: Some(2), unfinished: 0 }), "when it is closed");

    let broken = tempfile::tempdir().unwrap();
    fs::write(broken.path().join(FILE_NAME), "no database").unwrap();
    assert_eq!(glance(broken.path()), None);
    assert_eq!(fs::read_to_string(broken.path().join(FILE_NAME)).unwrap(), "no database", "looking changed it");
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(Catalogue::open(folder.path()).unwrap());
    let path = folder.path().join(FILE_NAME);
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.pragma_update(None, "user_version", 1000).unwrap();
    drop(conn);
    let error = Catalogue::open(folder.path()).err().unwrap();
    assert!(matches!(error, CatalogueError::Newer { found: 1000, .. }), "{error}");
    assert!(path.exists());
}

#[test]
fn an_older_schema_is_backed_up_before_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let conn = rusqlite::Connection::open(&path).unwrap();
    // The first version: only the first table.
    conn.execute_batch(catalogue::table::state::MIGRATION).unwrap();
    conn.execute_batch("UPDATE state SET revision = 77").unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    drop(conn);
    let opened = Catalogue::open(folder.path()).unwrap();
    assert_eq!(opened.origin, Origin::Existing);
    assert_eq!(wait(opened.catalogue.read(catalogue::table::state::revision)).unwrap(), 77);
    let backup = rusqlite::Connection::open(folder.path().join("catalogue.backup-1.db")).unwrap();
    let revision: i64 = backup.query_row("SELECT revision FROM state", [], |row| row.get(0)).unwrap();
    assert_eq!(revision, 77);
}

#[test]
fn pictures_of_an_older_schema_keep_their_dates_and_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let conn = rusqlite::Connection::open(&path).unwrap();
    use catalogue::table::{audit, pending_edit, picture, picture_search, state, upload, upload_part};
    let steps = [
        state::MIGRATION,
        picture::MIGRATION,
        picture_search::MIGRATION,
        pending_edit::MIGRATION,
        upload::MIGRATION,
        upload_part::MIGRATION,
        upload::HOLD_AND_ORDER,
        picture::FAULTS,
        audit::MIGRATION,
    ];
    steps.iter().for_each(|step| conn.execute_batch(step).unwrap());
    for (name, taken_at, millisecond) in [("b", "NULL", 7), ("a", "NULL", 5), ("c", "'2026-02-28T23:59:59'", 6)] {
        conn.execute_batch(&format!(
            "INSERT INTO picture (image_id, revision, name, format, content_type, size, sha256, taken_at, has_thumbnail,
                 favourite, tags, created_at, updated_at, stored_size, verified_by, verified_at, shelf, described,
                 aspect_milli, shown_local, added_local, name_key, name_folded)
             VALUES ('{name}', 1, '{name}', 'png', 'image/png', 1, '{name}', {taken_at}, 0, 0, '[]',
                 '2026-03-01T12:00:00.{millisecond:03}Z', 'x', 1, 'content_md5', 'x', 0, 0, 1000,
                 1772323199, 1772366400, '{name}', '{name}')"
        ))
        .unwrap();
    }
    conn.pragma_update(None, "user_version", steps.len() as i64).unwrap();
    drop(conn);
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    assert_eq!(names(&catalogue, Filter::default(), Order::Newest, ""), ["b", "a", "c"]);
    let query = Query { order: Order::Oldest, ..Query::default() };
    let rows = wait(catalogue.read(move |conn| layout(conn, &query))).unwrap();
    assert_eq!(rows[0].day, 20_512, "2026-02-28 by the camera's clock");
}

#[test]
fn a_file_that_is_no_database_is_set_aside_with_its_companions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    fs::write(&path, vec![0x5A; 8192]).unwrap();
    fs::write(folder.path().join("catalogue.db-wal"), b"stale").unwrap();
    let opened = Catalogue::open(folder.path()).unwrap();
    let Origin::Replaced { aside, .. } = &opened.origin else { panic!("{:?}", opened.origin) };
    assert_eq!(fs::read(aside.join(FILE_NAME)).unwrap(), vec![0x5A; 8192]);
    put(&opened.catalogue, vec![image(1)]);
    assert_eq!(names(&opened.catalogue, Filter::default(), Order::Name, "").len(), 1);
}

#[test]
fn damage_found_while_it_is_open_is_set_aside_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let opened = Catalogue::open(folder.path()).unwrap();
    put(&opened.catalogue, (1..400).map(image).collect());
    drop(opened);
    // Waits until the threads have let go of the file: the last connection removes the WAL.
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())).unwrap();
    let root: u32 = conn
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'picture_by_size'", [], |row| row.get(0))
        .unwrap();
    drop(conn);
    let mut bytes = fs::read(&path).unwrap();
    let page = (root as usize - 1) * 4096;
    bytes[page..page + 4096].fill(0xEE);
    fs::write(&path, bytes).unwrap();

    let opened = Catalogue::open(folder.path()).unwrap();
    assert_eq!(opened.origin, Origin::Existing);
    let query = Query { order: Order::Size, ..Query::default() };
    let error = wait(opened.catalogue.read(move |conn| layout(conn, &query))).unwrap_err();
    assert!(matches!(error, CatalogueError::Damaged(_)), "{error}");
    assert!(opened.catalogue.is_damaged());
    assert!(wait(opened.catalogue.check()).is_err());
    drop(opened);
    let opened = Catalogue::open(folder.path()).unwrap();
    assert!(matches!(opened.origin, Origin::Replaced { .. }));
    assert!(!opened.catalogue.is_damaged());
    drop(opened);
    assert_eq!(Catalogue::open(folder.path()).unwrap().origin, Origin::Existing);
}

#[test]
fn two_processes_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let one = Catalogue::open(folder.path()).unwrap().catalogue;
    // Another opening has connections of its own, as another process has.
    let other = Catalogue::open(folder.path()).unwrap().catalogue;
    assert!(!wait(one.written_elsewhere()).unwrap());
    put(&one, vec![image(1)]);
    assert!(!wait(one.written_elsewhere()).unwrap(), "one's own writes are no news");
    put(&other, vec![image(2)]);
    assert!(wait(one.written_elsewhere()).unwrap());
    assert!(!wait(one.written_elsewhere()).unwrap());
    assert_eq!(names(&one, Filter::default(), Order::Name, "").len(), 2);
}

#[test]
fn many_processes_open_a_new_library_at_once_and_write() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let folder = folder.path();
            scope.spawn(move || {
                let catalogue = Catalogue::open(folder).unwrap().catalogue;
                for picture in 0..20 {
                    put(&catalogue, vec![image(number * 100 + picture)]);
                }
            });
        }
    });
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    assert_eq!(wait(catalogue.read(picture::counts)).unwrap().all, 120);
}

#[test]
fn a_failed_write_leaves_nothing_and_a_panic_does_not_end_the_writer() {
    let (_folder, catalogue) = crate::support::catalogue();
    let failed: Result<(), _> = wait(catalogue.write(|conn| {
        picture::upsert(conn, &image(1))?;
        Err(rusqlite::Error::InvalidQuery)
    }));
    assert!(failed.is_err());
    let panicked: Result<(), _> = wait(catalogue.write(|conn| {
        picture::upsert(conn, &image(2))?;
        panic!("on purpose")
    }));
    assert!(matches!(panicked, Err(CatalogueError::Closed)));
    assert!(names(&catalogue, Filter::default(), Order::Name, "").is_empty());
    put(&catalogue, vec![image(3)]);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["IMG_0003.jpg"]);
}

#[test]
fn a_reader_can_not_write() {
    let (_folder, catalogue) = crate::support::catalogue();
    assert!(wait(catalogue.read(|conn| picture::upsert(conn, &image(1)))).is_err());
    assert_eq!(write(&catalogue, |conn| picture::upsert(conn, &image(1))).id, 1);
}

#[test]
fn a_full_disk_is_said_to_be_one_and_is_over_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    // SQLite answers just as it does on a disk that is full.
    let bound = |pages: u32| {
        wait(catalogue.write(move |conn| {
            conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, u32>(0))
        }))
    };
    bound(1).unwrap();
    for _ in 0..3 {
        let full = wait(catalogue.write(|conn| conn.execute("CREATE TABLE filler AS SELECT zeroblob(1000000)", [])));
        let full = full.unwrap_err();
        assert!(full.is_full() && full.to_string().contains("disk"), "{full}");
    }
    bound(1_000_000).unwrap();
    put(&catalogue, vec![image(1)]);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["IMG_0001.jpg"]);
}

#[cfg(unix)]
#[test]
fn a_library_is_its_owners_only_also_when_it_was_there_before() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    drop(Catalogue::open(folder.path()).unwrap());
    fs::create_dir(folder.path().join("originals")).unwrap();
    fs::write(folder.path().join("originals/a.jpg"), "a").unwrap();
    let within = ["", FILE_NAME, "originals", "originals/a.jpg"].map(|name| folder.path().join(name));
    for path in &within {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let opened = Catalogue::open(folder.path()).unwrap();
    let beside = ["catalogue.db-wal", "catalogue.db-shm", "opening.lock"].map(|name| folder.path().join(name));
    for path in within.iter().chain(&beside) {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o} {}", path.display());
    }
    drop(opened);
}
