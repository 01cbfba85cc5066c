use super::*;
use crate::migrate::newest_schema;
use crate::table::{local_file, upload_part};

mod order;

fn open() -> Connection {
    let conn = newest_schema();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    conn
}

fn file(name: &str, size: u64) -> NewUpload {
    NewUpload {
        origin: Origin::File,
        given: format!("/pictures/{name}"),
        name: name.into(),
        shown_source: "/pictures".into(),
        path: Some(format!("/pictures/{name}").into_bytes()),
        album: None,
        describe: false,
        size,
        modified_ns: Some(1),
        failure: None,
        found: false,
    }
}

fn left_alone() -> Failure {
    Failure { code: LEFT_ALONE.into(), message: "It is no picture.".into(), reason: None, retryable: false }
}

/// What is no picture is counted and listed apart from failures, whenever that is found out.
#[test]
fn what_is_left_alone_is_no_failure() {
    let conn = open();
    let rows = [
        NewUpload { failure: Some(left_alone()), found: true, ..file("Thumbs.db", 5) },
        NewUpload { found: true, ..file("film.mp4", 7) },
        file("gone.jpg", 9),
    ];
    let (ids, _) = insert(&conn, &rows, None).unwrap();
    assert!(get(&conn, ids[1]).unwrap().unwrap().found);
    claim(&conn, "w", None, 10).unwrap();
    finish(&conn, "w", &[(ids[1], Outcome::Failed(left_alone())), (ids[2], failure(true))]).unwrap();
    let totals = totals(&conn).unwrap();
    assert_eq!((totals.left_alone, totals.failed, totals.open), (2, 1, 0));
    assert_eq!(page(&conn, List::Failed, 0, 10).unwrap().1, 1);
    assert_eq!(failure_groups(&conn, 10).unwrap().len(), 1);
    assert_eq!(retry_failed(&conn).unwrap(), 1);
}

#[test]
fn what_was_left_alone_is_listed_as_long_as_it_is_counted() {
    let conn = open();
    let left = |name| NewUpload { failure: Some(left_alone()), found: true, ..file(name, 5) };
    let (ids, _) = insert(&conn, &[left("Thumbs.db"), file("a.jpg", 9), left("film.mp4")], None).unwrap();
    let listed = || page(&conn, List::LeftAlone, 0, 10).unwrap().0.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(listed(), [ids[0], ids[2]]);
    clear_finished(&conn).unwrap();
    assert_eq!((listed(), totals(&conn).unwrap().left_alone), (vec![ids[0], ids[2]], 2));
    claim(&conn, "w", None, 10).unwrap();
    finish(&conn, "w", &[(ids[1], failure(false))]).unwrap();
    insert(&conn, &[file("b.jpg", 9)], None).unwrap();
    assert_eq!((listed(), totals(&conn).unwrap().left_alone), (vec![], 0), "another run");
}

/// A failure is over once the same bytes are in the library, by whichever file they came.
#[test]
fn what_had_failed_is_settled_by_the_same_bytes() {
    let conn = open();
    let (ids, _) = insert(&conn, &[file("full.jpg", 5), file("other.jpg", 6), file("again.jpg", 5)], None).unwrap();
    claim(&conn, "w", None, 10).unwrap();
    let read = |id, sha256: &str| ReadFile { id, size: 5, modified_ns: None, sha256: sha256.into(), remark: None };
    write_read(&conn, "w", &[read(ids[0], "same"), read(ids[1], "other"), read(ids[2], "same")]).unwrap();
    write_granted(&conn, "w", &[granted(ids[0])]).unwrap();
    finish(&conn, "w", &[(ids[0], failure(true)), (ids[1], failure(true))]).unwrap();
    assert!(settle_failed(&conn, &[ids[2]]).unwrap().is_empty(), "nothing has landed");
    finish(&conn, "w", &[(ids[2], verified())]).unwrap();
    let before = now(&conn).unwrap();
    let settled = settle_failed(&conn, &[ids[2]]).unwrap();
    assert_eq!(settled.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[0]]);
    let row = &settled[0];
    assert_eq!((row.status, row.image_id.as_deref(), row.picture), (Status::Duplicate, Some("img"), Some(9)));
    assert_eq!((&row.failure, &row.upload_id), (&None, &None));
    assert!(now(&conn).unwrap() != before, "who looks is told");
    let totals = totals(&conn).unwrap();
    assert_eq!((totals.failed, totals.duplicates, totals.verified), (1, 1, 1));
}

/// What is damaged is in the library as all the others are, and is counted among them and apart.
#[test]
fn damaged_files_are_counted_apart() {
    let conn = open();
    let (ids, _) = insert(&conn, &[file("whole.jpg", 5), file("cut.jpg", 7), file("huge.png", 9)], None).unwrap();
    claim(&conn, "w", None, 10).unwrap();
    let remark = |code: &str| Some(Remark { code: code.into(), message: "A sentence.".into() });
    let read = |id, remark| ReadFile { id, size: 10, modified_ns: None, sha256: format!("{id}"), remark };
    let files = [read(ids[0], None), read(ids[1], remark("truncated")), read(ids[2], remark("too_large"))];
    assert_eq!(write_read(&conn, "w", &files).unwrap(), ids);
    assert_eq!(totals(&conn).unwrap().open, 3);
    let ends: Vec<(u32, Outcome)> = ids.iter().map(|id| (*id, verified())).collect();
    finish(&conn, "w", &ends).unwrap();
    let totals = totals(&conn).unwrap();
    assert_eq!((totals.verified, totals.verified_bytes, totals.damaged, totals.open), (3, 30, 1, 0));
    assert_eq!(get(&conn, ids[1]).unwrap().unwrap().remark, remark("truncated"));
    // The same file, read again when it is whole.
    conn.execute("UPDATE upload SET remark_code = NULL, remark = NULL WHERE id = ?1", [ids[1]]).unwrap();
    assert_eq!(super::totals(&conn).unwrap().damaged, 0);
}

fn failure(retryable: bool) -> Outcome {
    Outcome::Failed(Failure { code: "store_refused".into(), message: "No.".into(), reason: None, retryable })
}

fn verified() -> Outcome {
    Outcome::Verified { image_id: "img".into(), picture: Some(9), owes_thumbnail: false }
}

fn granted(id: u32) -> Granted {
    Granted { id, upload_id: format!("up-{id}"), part_size: None }
}

fn ids(rows: &[Upload]) -> Vec<u32> {
    rows.iter().map(|row| row.id).collect()
}

#[test]
fn rows_are_claimed_in_order_and_once() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1), file("b", 2), file("c", 3)], None).unwrap();
    let first = claim(&conn, "one", None, 2).unwrap();
    assert_eq!(ids(&first), all[..2]);
    assert_eq!(ids(&claim(&conn, "two", None, 9).unwrap()), all[2..]);
    assert!(!unclaimed(&conn, None).unwrap());
    assert_eq!(claimants(&conn).unwrap(), ["one", "two"]);
    assert_eq!(release_claims_of(&conn, "one").unwrap(), 2);
    assert_eq!(ids(&claim(&conn, "two", Some(&(all[1]..=all[1])), 9).unwrap()), [all[1]]);
}

#[test]
fn a_worker_that_lost_its_row_changes_nothing() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1)], None).unwrap();
    claim(&conn, "one", None, 1).unwrap();
    assert!(cancel(&conn, all[0]).unwrap());
    assert!(write_granted(&conn, "one", &[granted(all[0])]).unwrap().is_empty());
    assert!(mark_sent(&conn, "one", &all).unwrap().is_empty());
    assert!(finish(&conn, "one", &[(all[0], failure(true))]).unwrap().is_empty());
    assert_eq!(get(&conn, all[0]).unwrap().unwrap().status, Status::Cancelled);
    assert!(!cancel(&conn, all[0]).unwrap(), "a finished row is not cancelled again");

    owe_abort(&conn, all[0], "late").unwrap();
    assert_eq!(ids_of(owed_aborts(&conn, 9).unwrap()), all);
    assert_eq!(finish(&conn, "one", &[(all[0], verified())]).unwrap(), all, "it was too late: the picture is there");
    assert!(owed_aborts(&conn, 9).unwrap().is_empty());
}

#[test]
fn totals_follow_every_change_and_a_run_ends_when_the_queue_is_empty() {
    let conn = open();
    let mut refused = file("notes.txt", 7);
    let (code, message) = ("not_a_picture".into(), "No picture.".into());
    refused.failure = Some(Failure { code, message, reason: None, retryable: false });
    let (all, run) = insert(&conn, &[file("a", 10), file("b", 20), refused], None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    finish(&conn, "one", &[(all[0], verified())]).unwrap();
    let expected = Totals { open: 1, open_bytes: 20, verified: 1, verified_bytes: 10, failed: 1, ..Totals::default() };
    assert_eq!(totals(&conn).unwrap(), expected);

    // More of the same drop, and another drop while one runs, count in the same run.
    assert_eq!(insert(&conn, &[file("c", 5)], Some(run)).unwrap().1, run);
    assert_eq!(insert(&conn, &[file("d", 5)], None).unwrap().1, run);
    assert_eq!(totals(&conn).unwrap().open_bytes, 30);

    cancel_all(&conn).unwrap();
    assert_eq!(clear_finished(&conn).unwrap().len(), 5);
    assert_eq!(totals(&conn).unwrap().cancelled, 3, "clearing the list doesn't change what was done");
    let (_, next) = insert(&conn, &[file("e", 1)], None).unwrap();
    assert_ne!(next, run);
    assert_eq!(totals(&conn).unwrap(), Totals { open: 1, open_bytes: 1, ..Totals::default() });
}

#[test]
fn an_observer_hears_of_each_change_once_and_of_queued_rows_only_up_to_its_horizon() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1), file("b", 1), file("c", 1)], None).unwrap();
    let (rows, cursor) = changed_since(&conn, ChangeCursor::default(), all[1], 10).unwrap();
    assert_eq!(ids(&rows), all[..2]);
    assert!(changed_since(&conn, cursor, all[1], 10).unwrap().0.is_empty());

    claim(&conn, "one", None, 9).unwrap();
    write_granted(&conn, "one", &[granted(all[0]), granted(all[2])]).unwrap();
    let (page, cursor) = changed_since(&conn, cursor, all[1], 1).unwrap();
    assert_eq!(ids(&page), [all[0]]);
    let (page, cursor) = changed_since(&conn, cursor, all[1], 1).unwrap();
    assert_eq!(ids(&page), [all[2]], "a row that moves is told wherever it stands");
    assert!(changed_since(&conn, cursor, all[1], 1).unwrap().0.is_empty());
    assert_eq!(ids(&next_open(&conn, all[0], 10).unwrap()), all[1..]);
}

#[test]
fn a_cancelled_upload_is_owed_an_abort_unless_the_same_bytes_are_queued_again() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1), file("a again", 1)], None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    let read = |id| ReadFile { id, size: 1, modified_ns: None, sha256: "ab".into(), remark: None };
    write_read(&conn, "one", &[read(all[0]), read(all[1])]).unwrap();
    write_granted(&conn, "one", &[granted(all[0])]).unwrap();
    cancel(&conn, all[0]).unwrap();
    assert!(owed_aborts(&conn, 9).unwrap().is_empty());
    finish(&conn, "one", &[(all[1], failure(false))]).unwrap();
    assert_eq!(owed_aborts(&conn, 9).unwrap(), [(all[0], format!("up-{}", all[0]))]);

    clear_finished(&conn).unwrap();
    prune(&conn, 0).unwrap();
    assert!(get(&conn, all[0]).unwrap().is_some(), "it is kept until the abort is done");
    assert!(newest_finished(&conn, 9).unwrap().is_empty(), "but not shown");
    forget_upload(&conn, all[0], &format!("up-{}", all[0])).unwrap();
    prune(&conn, 0).unwrap();
    assert!(get(&conn, all[0]).unwrap().is_none());
}

#[test]
fn a_failed_row_that_can_be_tried_again_keeps_its_parts() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 40), file("b", 40)], None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    let part = upload_part::UploadPart { number: 1, content_md5: "m".into(), etag: None };
    for id in &all {
        let grant = Granted { id: *id, upload_id: format!("up-{id}"), part_size: Some(16) };
        write_granted(&conn, "one", &[grant]).unwrap();
        upload_part::plan(&conn, *id, std::slice::from_ref(&part)).unwrap();
        upload_part::stored(&conn, *id, 1, "tag").unwrap();
    }
    finish(&conn, "one", &[(all[0], failure(true)), (all[1], failure(false))]).unwrap();
    assert_eq!(upload_part::of_upload(&conn, all[0]).unwrap()[0].etag.as_deref(), Some("tag"));
    assert!(upload_part::of_upload(&conn, all[1]).unwrap().is_empty());
    assert_eq!(ids_of(owed_aborts(&conn, 9).unwrap()), [all[1]]);

    assert_eq!(retry_failed(&conn).unwrap(), 1);
    let again = claim(&conn, "two", None, 9).unwrap();
    assert_eq!((again[0].id, again[0].part_size), (all[0], Some(16)));
    // The same upload keeps its parts, another one doesn't.
    let same = Granted { id: all[0], upload_id: format!("up-{}", all[0]), part_size: Some(16) };
    write_granted(&conn, "two", std::slice::from_ref(&same)).unwrap();
    assert_eq!(upload_part::of_upload(&conn, all[0]).unwrap().len(), 1);
    write_granted(&conn, "two", &[Granted { upload_id: "other".into(), ..same }]).unwrap();
    assert!(upload_part::of_upload(&conn, all[0]).unwrap().is_empty());
}

fn ids_of(rows: Vec<(u32, String)>) -> Vec<u32> {
    rows.into_iter().map(|(id, _)| id).collect()
}

#[test]
fn what_was_cancelled_together_comes_back_together_and_as_it_was() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1), file("b", 1), file("c", 1), file("d", 1)], None).unwrap();
    claim(&conn, "one", None, 1).unwrap();
    finish(&conn, "one", &[(all[0], verified())]).unwrap();
    hold(&conn, &[all[2]]).unwrap();
    cancel(&conn, all[1]).unwrap();
    let (number, cancelled) = cancel_all(&conn).unwrap();
    assert_eq!(cancelled, 2);
    assert_eq!(totals(&conn).unwrap().held, 0);

    assert_eq!(uncancel(&conn, number).unwrap(), 2);
    let row = |id| get(&conn, id).unwrap().unwrap();
    let standing = |id| (row(id).status, row(id).held);
    assert_eq!(standing(all[0]), (Status::Verified, false));
    assert_eq!(standing(all[1]), (Status::Cancelled, false), "cancelled before, for itself");
    assert_eq!(standing(all[2]), (Status::Queued, true));
    assert_eq!(standing(all[3]), (Status::Queued, false));
    assert_eq!(uncancel(&conn, number).unwrap(), 0, "only once");

    assert_eq!(retry_cancelled(&conn).unwrap(), 1);
    assert_eq!(standing(all[1]), (Status::Queued, false));
}

#[test]
fn starting_over_forgets_the_grant() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 40)], None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    write_granted(&conn, "one", &[granted(all[0])]).unwrap();
    assert_eq!(start_over(&conn, "two", all[0]).unwrap(), None);
    assert_eq!(start_over(&conn, "one", all[0]).unwrap(), Some(format!("up-{}", all[0])));
    let row = get(&conn, all[0]).unwrap().unwrap();
    assert_eq!((row.status, row.upload_id), (Status::Queued, None));
}

#[test]
fn what_is_cleared_stays_in_the_history_and_is_not_tried_again_unasked() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1), file("b", 1), file("c", 1)], None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    finish(&conn, "one", &[(all[0], verified()), (all[1], failure(true))]).unwrap();
    clear_finished(&conn).unwrap();
    assert!(
        page(&conn, List::Done, 0, 9).unwrap().0.is_empty() && page(&conn, List::Failed, 0, 9).unwrap().0.is_empty()
    );
    let (history, count) = page(&conn, List::History, 0, 9).unwrap();
    assert_eq!((ids(&history), count), (vec![all[1], all[0]], 2));
    assert!(history.iter().all(|row| row.finished_at.as_ref().is_some_and(|at| at.ends_with('Z'))), "{history:?}");
    assert_eq!(retry_failed(&conn).unwrap(), 0);
    // Named, it is tried again, and is on the list again.
    assert!(retry(&conn, all[1]).unwrap());
    claim(&conn, "one", None, 9).unwrap();
    finish(&conn, "one", &[(all[1], failure(true))]).unwrap();
    assert_eq!(ids(&page(&conn, List::Failed, 0, 9).unwrap().0), [all[1]]);
}

#[test]
fn a_file_is_remembered_apart_from_the_list_with_the_bytes_of_its_last_upload() {
    let conn = open();
    let read = |id, sha256: &str| ReadFile { id, size: 1, modified_ns: None, sha256: sha256.into(), remark: None };
    let upload = |name: &str, sha256: &str, outcome| {
        let (all, _) = insert(&conn, &[file(name, 1)], None).unwrap();
        claim(&conn, "one", None, 9).unwrap();
        write_read(&conn, "one", &[read(all[0], sha256)]).unwrap();
        finish(&conn, "one", &[(all[0], outcome)]).unwrap();
    };
    upload("a", "11", verified());
    upload("b", "22", Outcome::Duplicate { image_id: "img".into(), picture: Some(9) });
    upload("c", "33", failure(false));
    upload("a", "44", verified());
    clear_finished(&conn).unwrap();
    prune(&conn, 0).unwrap();
    assert!(page(&conn, List::History, 0, 9).unwrap().0.is_empty());
    let known = local_file::after(&conn, 0, 9).unwrap();
    let known: Vec<_> = known.iter().map(|file| (str::from_utf8(&file.path).unwrap(), file.sha256.as_str())).collect();
    assert_eq!(known, [("/pictures/a", "44"), ("/pictures/b", "22")]);
    assert!(local_file::with_bytes(&conn, "11").unwrap().is_empty());
    assert_eq!(local_file::with_bytes(&conn, "22").unwrap()[0].path, b"/pictures/b");
}

#[test]
fn pruning_keeps_the_newest() {
    let conn = open();
    let (all, _) = insert(&conn, &[file("a", 1), file("b", 1), file("c", 1)], None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    finish(&conn, "one", &all.iter().map(|id| (*id, verified())).collect::<Vec<_>>()).unwrap();
    assert_eq!(prune(&conn, 2).unwrap(), 1);
    assert_eq!(ids(&newest_finished(&conn, 9).unwrap()), all[1..]);
}
