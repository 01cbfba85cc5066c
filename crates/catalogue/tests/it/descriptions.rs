//! The queue of descriptions.

use catalogue::table::description_job::{self as jobs, Failure, Status, Totals};
use catalogue::table::picture;

use crate::support::{catalogue, image, put, wait, write};

fn why() -> Failure {
    Failure { code: "ai_refused".into(), message: "No.".into() }
}

fn totals(catalogue: &catalogue::Catalogue) -> Totals {
    wait(catalogue.read(jobs::totals)).unwrap()
}

#[test]
fn a_picture_is_wanted_once_with_its_newest_prompt() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2)]);
    let wanted = |prompt: Option<&'static str>| {
        let ids = ids.clone();
        write(&catalogue, move |conn| jobs::want(conn, &ids, prompt))
    };
    let first = wanted(None);
    assert_eq!(wanted(Some("Plants?")), first);
    assert_eq!(write(&catalogue, |conn| jobs::want(conn, &[99], None)), []);
    let claimed = write(&catalogue, |conn| jobs::claim(conn, "one", 1));
    assert_eq!((claimed[0].id, claimed[0].prompt.as_deref()), (first[0].id, Some("Plants?")));
    assert_eq!(wanted(Some("Plants?")).len(), 2);
    assert_eq!(totals(&catalogue).waiting, 2, "what is being asked is not asked twice");
    wanted(Some("Birds?"));
    assert_eq!(totals(&catalogue).waiting, 3, "another question is another wish");
}

#[test]
fn claims_are_for_one_worker_and_come_back_when_it_ends() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    write(&catalogue, move |conn| jobs::want(conn, &ids, None));
    let mine = write(&catalogue, |conn| jobs::claim(conn, "one", 2));
    let others = write(&catalogue, |conn| jobs::claim(conn, "two", 9));
    assert_eq!((mine.len(), others.len()), (2, 1));
    let id = mine[0].id;
    assert!(!write(&catalogue, move |conn| jobs::end(conn, "two", id, None)), "not the other's to end");
    assert!(write(&catalogue, move |conn| jobs::end(conn, "one", id, None)));
    assert_eq!(write(&catalogue, |conn| jobs::release_claims_of(conn, "one")), 1);
    assert_eq!(write(&catalogue, |conn| jobs::claim(conn, "two", 9)).len(), 1);
    assert_eq!(wait(catalogue.read(jobs::claimants)).unwrap(), ["two"]);
}

#[test]
fn a_queue_that_stopped_or_was_paused_gives_nothing_out_and_loses_nothing() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2)]);
    write(&catalogue, move |conn| jobs::want(conn, &ids, None));
    write(&catalogue, |conn| jobs::stop(conn, &why()));
    assert!(write(&catalogue, |conn| jobs::claim(conn, "one", 9)).is_empty());
    assert_eq!(totals(&catalogue).waiting, 2);
    write(&catalogue, |conn| jobs::set_paused(conn, true));
    write(&catalogue, jobs::go_on);
    assert!(write(&catalogue, |conn| jobs::claim(conn, "one", 9)).is_empty(), "still paused");
    write(&catalogue, |conn| jobs::set_paused(conn, false));
    assert_eq!(write(&catalogue, |conn| jobs::claim(conn, "one", 9)).len(), 2);
}

#[test]
fn what_failed_or_was_cancelled_can_be_had_again() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2), image(3)]);
    let all = ids.clone();
    write(&catalogue, move |conn| jobs::want(conn, &all, Some("Plants?")));
    let first = write(&catalogue, |conn| jobs::claim(conn, "one", 1)).remove(0);
    assert!(write(&catalogue, move |conn| jobs::end(conn, "one", first.id, Some(&why()))));
    let (number, cancelled) = write(&catalogue, |conn| jobs::cancel(conn, None));
    assert_eq!(cancelled, 2);
    assert_eq!(totals(&catalogue), Totals { failed: 1, cancelled: 2, ..Totals::default() });
    assert_eq!(write(&catalogue, move |conn| jobs::uncancel(conn, number)), 2);
    assert_eq!(write(&catalogue, |conn| jobs::retry(conn, Status::Failed, None)), 1);
    assert_eq!(totals(&catalogue).waiting, 3);
    let waiting = wait(catalogue.read(|conn| jobs::jobs(conn, Status::Waiting, 0, 9))).unwrap();
    assert!(waiting.iter().all(|job| job.prompt.as_deref() == Some("Plants?") && job.failure.is_none()));

    // Cancelled while it was being asked, and answered nevertheless.
    let asked = write(&catalogue, |conn| jobs::claim(conn, "one", 1)).remove(0).id;
    write(&catalogue, |conn| jobs::cancel(conn, None));
    assert!(write(&catalogue, move |conn| jobs::end(conn, "one", asked, None)));
    assert_eq!((totals(&catalogue).done, totals(&catalogue).cancelled), (1, 2));
    write(&catalogue, move |conn| picture::remove(conn, &image(ids[2]).id));
    assert_eq!(totals(&catalogue).cancelled, 1, "a picture that is gone wants nothing");
}

#[test]
fn a_hundred_thousand_wishes_are_made_and_made_again() {
    const MANY: u32 = 100_000;
    let (_folder, catalogue) = catalogue();
    write(&catalogue, |conn| {
        conn.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        let ids: Vec<u32> = (1..=MANY).collect();
        // Pictures that are only numbers: what is looked at is the queue.
        for id in &ids {
            conn.prepare_cached("INSERT INTO description_job (picture, run, status) VALUES (?1, 1, 'waiting')")?
                .execute([id])?;
        }
        // A look at every row for every picture would take minutes.
        let again = jobs::want(conn, &ids, None)?;
        assert_eq!(again.len(), ids.len());
        conn.execute_batch("DELETE FROM description_job")
    });
}
