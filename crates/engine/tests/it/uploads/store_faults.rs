//! What can break between the app and the store, one row each: every picture lands exactly once.

use engine::view::UploadStatus;
use rstest::rstest;
use testkit::photos;
use testkit::proxy::{CannedAnswer, Fault, When};

use super::bucket::Store;
use super::once::assert_each_once;
use super::stage::{Stage, large_png};

/// PUTs of whole pictures.
fn wholes() -> When {
    When::method("PUT").containing("/pictures/").lacking("partNumber=")
}

/// PUTs of parts.
fn parts() -> When {
    When::method("PUT").containing("partNumber=")
}

/// How what stands still goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Nothing stands still.
    Nothing,
    /// The network is there again, as if nothing had been.
    GoOn,
    /// The network has changed: connections are gone.
    Break,
}

#[rstest]
#[case::reset_before_the_first_byte(Fault::ResetAfter { bytes: 0 }, Then::Nothing)]
#[case::reset_in_the_middle(Fault::ResetAfter { bytes: 30_000 }, Then::Nothing)]
#[case::reset_after_the_last_byte(Fault::ResetAfter { bytes: 60_054 }, Then::Nothing)]
#[case::stall_and_on(Fault::StallAfter { bytes: 20_000 }, Then::GoOn)]
#[case::stall_and_another_network(Fault::StallAfter { bytes: 20_000 }, Then::Break)]
#[case::answer_held_back(Fault::StallResponse, Then::GoOn)]
#[case::answer_held_back_and_another_network(Fault::StallResponse, Then::Break)]
#[case::internal_error(Fault::internal_error(), Then::Nothing)]
#[case::internal_error_after_success(Fault::ReplaceResponse(CannedAnswer::s3(500, "InternalError", "")), Then::Nothing)]
#[case::slow_down(Fault::slow_down(Some(1)), Then::Nothing)]
#[case::slow_down_without_a_time(Fault::slow_down(None), Then::Nothing)]
#[case::gateway(Fault::Answer(bad_gateway()), Then::Nothing)]
#[case::expired(Fault::expired(), Then::Nothing)]
#[case::expired_in_garage(Fault::expired_in_garage(), Then::Nothing)]
#[case::lost_response(Fault::DropResponse, Then::Nothing)]
#[case::truncated_response(Fault::TruncateHead { bytes: 25 }, Then::Nothing)]
#[case::no_response(Fault::TruncateHead { bytes: 0 }, Then::Nothing)]
#[case::corrupt_byte(Fault::CorruptRequest { at: 3_000 }, Then::Nothing)]
#[tokio::test(flavor = "multi_thread")]
async fn each_picture_lands_once(
    #[case] fault: Fault,
    #[case] then: Then,
    #[values(Store::Garage, Store::Embedded)] store: Store,
) {
    let stage = Stage::with(store).await;
    let anna = stage.anna().await;
    stage.store.times(2, wholes(), fault.clone());
    stage.store.times(2, parts(), fault);
    // Each BMP has 60,054 bytes.
    let (one, two, large) = (photos::bmp(200, 100, 1), photos::bmp(100, 200, 2), large_png(20 << 20, 3));
    let files = [stage.file("1.bmp", &one), stage.file("2.bmp", &two), stage.file("large.png", &large)];
    let ids = anna.drop_files(files).await;
    anna.engine.start();
    match then {
        Then::Nothing => {}
        Then::GoOn => {
            stage.store.stalled(4).await;
            stage.store.release();
        }
        Then::Break => {
            stage.store.stalled(4).await;
            stage.store.break_connections();
        }
    }
    let rows = anna.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_each_once(&stage, &anna, &[&one, &two, &large]).await;
    let summary = anna.snapshot().await.summary;
    assert_eq!((summary.verified, summary.bytes_sent), (3, summary.bytes_total), "nothing is counted twice");
}

/// What a proxy in front of a store says when the store is away.
fn bad_gateway() -> CannedAnswer {
    CannedAnswer {
        status: 502,
        headers: Vec::new(),
        content_type: "text/html".to_owned(),
        body: "<html><h1>502 Bad Gateway</h1></html>".to_owned(),
    }
}

/// Nobody releases anything and no network changes: the app has to notice by itself, which takes it most of a minute.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_on_which_nothing_moves_is_given_up_and_the_picture_goes_again() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.next_when(wholes(), Fault::Slow { bytes_per_second: 1 });
    // 14.4 MB: more than the system's buffers of a connection take.
    let bytes = photos::bmp(2400, 2000, 1);
    let ids = anna.drop_files([stage.file("large.bmp", &bytes)]).await;
    anna.engine.start();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    assert_each_once(&stage, &anna, &[&bytes]).await;
}

#[rstest]
#[case::internal_error(Fault::internal_error())]
#[case::slow_down(Fault::slow_down(Some(1)))]
#[case::lost_response(Fault::DropResponse)]
#[case::truncated_response(Fault::TruncateHead { bytes: 25 })]
#[case::corrupt_byte(Fault::CorruptRequest { at: 100 })]
#[case::expired(Fault::expired())]
#[tokio::test(flavor = "multi_thread")]
async fn a_thumbnail_that_does_not_get_through_keeps_no_picture_and_comes_later(#[case] fault: Fault) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.times(2, When::method("PUT").containing("/thumbnails/"), fault);
    let (one, two) = (photos::jpeg(300, 200, 1), photos::jpeg(200, 300, 2));
    let ids = anna.drop_files([stage.file("1.jpg", &one), stage.file("2.jpg", &two)]).await;
    anna.engine.start();
    let rows = anna.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_each_once(&stage, &anna, &[&one, &two]).await;
    let thumbnails = async || {
        let objects = stage.bucket.objects().await;
        objects.keys().filter(|key| key.starts_with("thumbnails/")).count() == 2
    };
    if super::stage::until_within(std::time::Duration::from_secs(3), thumbnails).await {
        return;
    }
    // What could not be sent is owed, and goes when the app runs next.
    anna.engine.shutdown().await;
    let again = anna.again().await;
    again.engine.start();
    assert!(super::stage::until_async(thumbnails).await, "thumbnails are owed until they are there");
}
