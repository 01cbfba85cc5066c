//! Queues of jobs.

use catalogue::Catalogue;
use catalogue::table::job::{self as jobs, Failure, Kind, Status, Totals};
use catalogue::table::picture;
use catalogue::table::reason::Reason;

use crate::support::{catalogue, image, put, wait, write};

const KIND: Kind = Kind::Describe;

fn why() -> Failure {
    Failure {
        code: "ai_refused".into(),
        message: "No.".into(),
        reason: Some(Reason { name: "ai_refused".into(), values: "{}".into() }),
    }
}

fn totals(catalogue: &Catalogue) -> Totals {
    wait(catalogue.read(|conn| jobs::totals(conn, KIND))).unwrap()
}

#[test]
fn a_picture_is_wanted_once_with_its_newest_prompt() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2)]);
    let wanted = |prompt: Option<&'static str>| {
        let ids = ids.clone();
        write(&catalogue, move |conn| jobs::want(conn, KIND, &ids, prompt))
    };
    let first = wanted(None);
    assert_eq!(wanted(Some("Plants?")), first);
    assert_eq!(write(&catalogue, |conn| jobs::want(conn, KIND, &[99], None)), []);
    let claimed = write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 1));
    assert_eq!((claimed[0].id, claimed[0].detail.as_deref()), (first[0].id, Some("Plants?")));
    assert_eq!(wanted(Some("Plants?")).len(), 2);
    assert_eq!(totals(&catalogue).waiting, 2, "what is being asked is not asked twice");
    wanted(Some("Birds?"));
    assert_eq!(totals(&catalogue).waiting, 3, "another question is another wish");
}

#[test]
fn claims_are_for_one_worker_and_come_back_when_it_ends() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    write(&catalogue, move |conn| jobs::want(conn, KIND, &ids, None));
    let mine = write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 2));
    let others = write(&catalogue, |conn| jobs::claim(conn, KIND, "two", 9));
    assert_eq!((mine.len(), others.len()), (2, 1));
    let id = mine[0].id;
    assert!(!write(&catalogue, move |conn| jobs::end(conn, "two", id, None)), "not the other's to end");
    assert!(write(&catalogue, move |conn| jobs::end(conn, "one", id, None)));
    assert_eq!(write(&catalogue, |conn| jobs::release_claims_of(conn, "one")), 1);
    assert_eq!(write(&catalogue, |conn| jobs::claim(conn, KIND, "two", 9)).len(), 1);
    assert_eq!(wait(catalogue.read(|conn| jobs::claimants(conn, KIND))).unwrap(), ["two"]);
}

#[test]
fn a_queue_that_stopped_or_was_paused_gives_nothing_out_and_loses_nothing() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2)]);
    write(&catalogue, move |conn| jobs::want(conn, KIND, &ids, None));
    write(&catalogue, |conn| jobs::stop(conn, KIND, &why()));
    assert!(write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 9)).is_empty());
    assert_eq!(totals(&catalogue).waiting, 2);
    write(&catalogue, |conn| jobs::set_paused(conn, KIND, true));
    write(&catalogue, |conn| jobs::go_on(conn, KIND));
    assert!(write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 9)).is_empty(), "still paused");
    write(&catalogue, |conn| jobs::set_paused(conn, KIND, false));
    assert_eq!(write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 9)).len(), 2);
}

#[test]
fn what_failed_or_was_cancelled_can_be_had_again() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    let all = ids.clone();
    write(&catalogue, move |conn| jobs::want(conn, KIND, &all, Some("Plants?")));
    let first = write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 1)).remove(0);
    assert!(write(&catalogue, move |conn| jobs::end(conn, "one", first.id, Some(&why()))));
    let (number, cancelled) = write(&catalogue, |conn| jobs::cancel(conn, KIND, None));
    assert_eq!(cancelled, 2);
    assert_eq!(totals(&catalogue), Totals { failed: 1, cancelled: 2, ..Totals::default() });
    assert_eq!(write(&catalogue, move |conn| jobs::uncancel(conn, KIND, number)), 2);
    assert_eq!(write(&catalogue, |conn| jobs::retry(conn, KIND, Status::Failed, None)), 1);
    assert_eq!(totals(&catalogue).waiting, 3);
    let waiting = wait(catalogue.read(|conn| jobs::jobs(conn, KIND, Status::Waiting, 0, 9))).unwrap();
    assert!(waiting.iter().all(|job| job.detail.as_deref() == Some("Plants?") && job.failure.is_none()));

    // Cancelled while it was being asked, and answered nevertheless.
    let asked = write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 1)).remove(0).id;
    write(&catalogue, |conn| jobs::cancel(conn, KIND, None));
    assert!(write(&catalogue, move |conn| jobs::end(conn, "one", asked, None)));
    assert_eq!((totals(&catalogue).done, totals(&catalogue).cancelled), (1, 2));
    write(&catalogue, move |conn| picture::remove(conn, &image(ids[2]).id));
    assert_eq!(totals(&catalogue).cancelled, 1, "a picture that is gone wants nothing");
}

#[test]
fn a_hundred_thousand_jobs_are_made_and_made_again() {
    const MANY: u32 = 100_000;
    let (_folder, catalogue) = catalogue();
    write(&catalogue, |conn| {
        // Pictures that are only numbers: what is looked at is the queue.
        conn.execute_batch("PRAGMA defer_foreign_keys = ON; CREATE TEMP TABLE picture (id INTEGER PRIMARY KEY)")?;
        conn.execute(
            "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)
             INSERT INTO temp.picture SELECT id FROM n",
            [MANY],
        )?;
        let ids: Vec<u32> = (1..=MANY).collect();
        let first = jobs::want(conn, KIND, &ids, None)?;
        // A look at every row for every picture would take minutes.
        let again = jobs::want(conn, KIND, &ids, Some("Plants?"))?;
        assert_eq!((first.len(), jobs::totals(conn, KIND)?.waiting), (ids.len(), MANY));
        assert!(first == again && first.is_sorted_by_key(|wanted| wanted.id));
        conn.execute_batch("DELETE FROM job; DROP TABLE temp.picture")
    });
    assert_eq!(totals(&catalogue), Totals::default());
}

#[test]
fn repetitions_are_one_job_and_the_order_is_that_of_asking() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    let asked = vec![ids[2], ids[0], ids[2], 99];
    assert_eq!(write(&catalogue, move |conn| jobs::want(conn, KIND, &asked, None)).len(), 2);
    let claimed = write(&catalogue, |conn| jobs::claim(conn, KIND, "one", 9));
    assert_eq!(claimed.iter().map(|job| job.picture).collect::<Vec<_>>(), [ids[2], ids[0]]);
}

#[test]
fn what_failed_is_gathered_by_its_reason_and_tried_again_by_it() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, (1..=3).map(image).collect());
    write(&catalogue, move |conn| jobs::want(conn, KIND, &ids, None));
    write(&catalogue, |conn| {
        for job in jobs::claim(conn, KIND, "one", 9)? {
            let code = if job.picture == 2 { "too_large" } else { "ai_refused" };
            jobs::end(conn, "one", job.id, Some(&Failure { code: code.into(), ..why() }))?;
        }
        Ok(())
    });
    let groups = wait(catalogue.read(|conn| jobs::failure_groups(conn, KIND, 9))).unwrap();
    let groups: Vec<_> = groups.iter().map(|group| (group.code.as_str(), group.jobs)).collect();
    assert_eq!(groups, [("ai_refused", 2), ("too_large", 1)]);
    assert_eq!(write(&catalogue, |conn| jobs::retry_group(conn, KIND, "ai_refused", None)), 0, "it has a reason");
    assert_eq!(write(&catalogue, |conn| jobs::retry_group(conn, KIND, "ai_refused", Some("ai_refused"))), 2);
    assert_eq!(totals(&catalogue).waiting, 2);
    let left = wait(catalogue.read(|conn| jobs::failure_groups(conn, KIND, 9))).unwrap();
    assert_eq!((left.len(), left[0].code.as_str()), (1, "too_large"));
}

/// A catalogue of a version that had descriptions only: none of them is lost.
#[test]
fn descriptions_that_an_earlier_version_wanted_are_jobs() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(catalogue::FILE_NAME), include_bytes!("fixtures/catalogue-20.db")).unwrap();
    let old = rusqlite::Connection::open(folder.path().join(catalogue::FILE_NAME)).unwrap();
    old.execute_batch(
        "UPDATE description_queue SET run = 4, paused = 1;
         INSERT INTO description_job (id, picture, run, prompt, status, claimed_by) VALUES (7, 1, 4, 'Birds?', 'waiting', 'gone');
         INSERT INTO description_job (id, picture, run, status, error_code, error_message)
             VALUES (9, 2, 4, 'failed', 'ai_refused', 'No.');",
    )
    .unwrap();
    drop(old);
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    let kept =
        wait(catalogue.read(|conn| Ok((jobs::get(conn, 7)?, jobs::get(conn, 9)?, jobs::queue(conn, KIND)?)))).unwrap();
    let (waiting, failed) = (kept.0.unwrap(), kept.1.unwrap());
    assert_eq!((waiting.detail.as_deref(), waiting.claimed_by.as_deref()), (Some("Birds?"), Some("gone")));
    let as_it_was = Failure { reason: None, ..why() };
    assert_eq!((failed.failure, kept.2.paused), (Some(as_it_was), true));
    assert_eq!(totals(&catalogue), Totals { waiting: 1, failed: 1, ..Totals::default() });
}
