//! Holding, moving, paging, and grouping failures.

use proptest::prelude::*;

use super::*;

fn waiting(conn: &Connection) -> Vec<u32> {
    ids(&page(conn, List::Open, 0, 1000).unwrap().0)
}

fn queue(conn: &Connection, count: usize) -> Vec<u32> {
    let files: Vec<NewUpload> = (0..count).map(|number| file(&number.to_string(), 1)).collect();
    insert(conn, &files, None).unwrap().0
}

#[test]
fn rows_go_where_they_are_told_and_are_claimed_in_that_order() {
    let conn = open();
    let [a, b, c, d, e]: [u32; 5] = queue(&conn, 5).try_into().unwrap();
    move_rows(&conn, &[d], MoveTo::First).unwrap();
    assert_eq!(waiting(&conn), [d, a, b, c, e]);
    move_rows(&conn, &[a], MoveTo::Last).unwrap();
    assert_eq!(waiting(&conn), [d, b, c, e, a]);
    move_rows(&conn, &[e, b], MoveTo::Before(d)).unwrap();
    assert_eq!(waiting(&conn), [b, e, d, c, a], "they keep their order among themselves");
    move_rows(&conn, &[d], MoveTo::After(c)).unwrap();
    assert_eq!(waiting(&conn), [b, e, c, d, a]);
    move_rows(&conn, &[b, e], MoveTo::Down).unwrap();
    assert_eq!(waiting(&conn), [c, b, e, d, a]);
    move_rows(&conn, &[b, e], MoveTo::Up).unwrap();
    move_rows(&conn, &[b, e], MoveTo::Up).unwrap();
    assert_eq!(waiting(&conn), [b, e, c, d, a], "what stands at the front stays there");
    assert_eq!(ids(&claim(&conn, "one", None, 9).unwrap()), [b, e, c, d, a]);
    assert_eq!(move_rows(&conn, &[99], MoveTo::First).unwrap(), 0);
}

#[test]
fn moving_one_row_in_a_long_queue_writes_that_row_only() {
    let conn = open();
    let all = queue(&conn, 1000);
    let before = conn.total_changes();
    move_rows(&conn, &[all[900]], MoveTo::Before(all[3])).unwrap();
    move_rows(&conn, &[all[2]], MoveTo::Down).unwrap();
    // The queue's revision, and the row.
    assert_eq!(conn.total_changes() - before, 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Against a list in memory, with so many moves into one place that room runs out.
    #[test]
    fn any_moves_do_what_they_do_to_a_list(moves in prop::collection::vec((0usize..8, 0usize..8, 0usize..6), 1..120)) {
        let conn = open();
        let all = queue(&conn, 8);
        let mut list = all.clone();
        for (which, anchor, kind) in moves {
            let (id, anchor) = (all[which], all[anchor]);
            let at = list.iter().position(|known| *known == id).unwrap();
            let to = [MoveTo::First, MoveTo::Last, MoveTo::Up, MoveTo::Down, MoveTo::Before(anchor), MoveTo::After(anchor)][kind];
            list.remove(at);
            let there = list.iter().position(|known| *known == anchor);
            let target = match to {
                MoveTo::First => 0,
                MoveTo::Last => list.len(),
                MoveTo::Up => at.saturating_sub(1),
                MoveTo::Down => (at + 1).min(list.len()),
                MoveTo::Before(_) => there.unwrap_or(at),
                MoveTo::After(_) => there.map_or(at, |there| there + 1),
            };
            list.insert(target, id);
            move_rows(&conn, &[id], to).unwrap();
            prop_assert_eq!(waiting(&conn), list.clone());
        }
    }
}

#[test]
fn room_between_two_rows_never_runs_out() {
    let conn = open();
    let all = queue(&conn, 3);
    for turn in 0..100 {
        let (moved, other) = if turn % 2 == 0 { (all[2], all[1]) } else { (all[1], all[2]) };
        move_rows(&conn, &[moved], MoveTo::After(all[0])).unwrap();
        assert_eq!(waiting(&conn), [all[0], moved, other]);
    }
}

#[test]
fn rows_on_hold_are_passed_over_and_keep_what_was_sent() {
    let conn = open();
    let all = queue(&conn, 3);
    claim(&conn, "one", Some(&(all[0]..=all[0])), 9).unwrap();
    let grant = Granted { part_size: Some(8), ..granted(all[0]) };
    write_granted(&conn, "one", &[grant]).unwrap();
    let part = upload_part::UploadPart { number: 1, content_md5: "m".into(), etag: Some("tag".into()) };
    upload_part::plan(&conn, all[0], &[part]).unwrap();

    assert_eq!(hold(&conn, &all[..2]).unwrap(), all[..2]);
    assert!(hold(&conn, &all[..2]).unwrap().is_empty(), "they are on hold already");
    assert_eq!(totals(&conn).unwrap().held, 2);
    assert_eq!(ids(&claim(&conn, "one", None, 9).unwrap()), all[2..]);
    assert!(!unclaimed(&conn, None).unwrap());
    assert!(mark_sent(&conn, "one", &all[..1]).unwrap().is_empty(), "it is nobody's");

    assert_eq!(unhold(&conn, &all[..1]).unwrap(), all[..1]);
    let again = claim(&conn, "one", None, 9).unwrap();
    assert_eq!((ids(&again), again[0].part_size), (all[..1].to_vec(), Some(8)));
    assert_eq!(upload_part::of_upload(&conn, all[0]).unwrap().len(), 1);
    assert_eq!(unhold_all(&conn).unwrap(), 1);
    assert_eq!(totals(&conn).unwrap().held, 0);
}

#[test]
fn a_row_that_was_put_on_hold_too_late_is_in_the_library_and_says_so() {
    let conn = open();
    let all = queue(&conn, 2);
    claim(&conn, "one", None, 9).unwrap();
    write_granted(&conn, "one", &[granted(all[0])]).unwrap();
    hold(&conn, &all).unwrap();
    let ends = [(all[0], verified()), (all[1], failure(true))];
    assert_eq!(finish(&conn, "one", &ends).unwrap(), all[..1]);
    assert_eq!(totals(&conn).unwrap().held, 1);
}

#[test]
fn failures_are_gathered_by_their_reason_and_tried_again_together() {
    let conn = open();
    let name = |at: usize| format!("photo-{at}.jpg");
    let files: Vec<NewUpload> = (0..6).map(|at| file(&name(at), 1)).collect();
    let (all, _) = insert(&conn, &files, None).unwrap();
    claim(&conn, "one", None, 9).unwrap();
    let says = |at: usize, code: &str, reason: &str, values: String, retryable| {
        let reason = Some(Reason { name: reason.into(), values });
        (all[at], Outcome::Failed(Failure { code: code.into(), message: "A sentence.".into(), reason, retryable }))
    };
    let named = |at: usize| format!(r#"{{"name":"{}"}}"#, name(at));
    let sized = |at: usize| format!(r#"{{"name":"{}","size":"{at}.0"}}"#, name(at));
    let ends = [
        says(0, "too_large", "upload_too_large", sized(0), true),
        says(1, "not_a_picture", "upload_not_a_picture", named(1), false),
        says(2, "too_large", "upload_too_large", sized(2), true),
        says(3, "not_a_picture", "upload_not_a_picture", named(3), false),
        says(4, "too_large", "upload_too_large", sized(4), true),
        says(5, "too_large", "upload_fetch_too_large", "{}".into(), true),
    ];
    finish(&conn, "one", &ends).unwrap();
    let groups = failure_groups(&conn, 9).unwrap();
    let told: Vec<_> = groups
        .iter()
        .map(|group| (group.reason.as_deref().unwrap(), group.files, group.retryable, group.alike))
        .collect();
    let expected = [
        ("upload_too_large", 3, 3, false),
        ("upload_not_a_picture", 2, 0, true),
        ("upload_fetch_too_large", 1, 1, true),
    ];
    assert_eq!(told, expected);
    let reason = |at: usize| groups[at].reason.as_deref();
    assert_eq!(ids(&in_group(&conn, &groups[1].code, reason(1), 9).unwrap()), [all[1], all[3]]);
    assert_eq!(retry_group(&conn, &groups[0].code, reason(0)).unwrap(), 3);
    assert_eq!(retry_group(&conn, &groups[1].code, reason(1)).unwrap(), 0, "that can't help");
    let again = get(&conn, all[0]).unwrap().unwrap();
    assert_eq!((again.status, again.failure), (Status::Queued, None));
    assert_eq!(waiting(&conn), [all[0], all[2], all[4]], "at their old places");
}

#[test]
fn the_list_is_read_by_the_page() {
    let conn = open();
    let all = queue(&conn, 10);
    claim(&conn, "one", Some(&(all[0]..=all[2])), 9).unwrap();
    finish(&conn, "one", &all[..3].iter().map(|id| (*id, verified())).collect::<Vec<_>>()).unwrap();
    let (rows, count) = page(&conn, List::Open, 5, 4).unwrap();
    assert_eq!((ids(&rows), count), (all[8..].to_vec(), 7));
    let (rows, count) = page(&conn, List::Done, 0, 2).unwrap();
    assert_eq!((ids(&rows), count), (vec![all[2], all[1]], 3));
}

#[test]
fn claiming_reads_the_index_of_what_can_be_claimed() {
    let conn = open();
    let mut plan = conn
        .prepare(&format!(
            "EXPLAIN QUERY PLAN SELECT id FROM upload INDEXED BY upload_next WHERE {CLAIMABLE} AND id BETWEEN 1 AND 9 ORDER BY position LIMIT 4"
        ))
        .unwrap();
    let steps: Vec<String> = plan.query_map([], |row| row.get(3)).unwrap().map(|step| step.unwrap()).collect();
    assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE")), "{steps:?}");
}
