//! What can break between the service and the store, and between the app and the service, one row each: every picture
//! lands exactly once.

use engine::view::UploadStatus;
use rstest::rstest;
use testkit::photos;
use testkit::proxy::{CannedAnswer, Fault, When};

use super::bucket::Store;
use super::once::assert_each_once;
use super::stage::{Stage, failure, large_png};

/// The service's own calls to the store.
#[derive(Clone, Copy)]
enum Call {
    Create,
    ListParts,
    Complete,
    Head,
    HeadOfThumbnail,
}

impl Call {
    fn when(self) -> When {
        match self {
            Call::Create => When::method("POST").containing("uploads").lacking("uploadId="),
            Call::ListParts => When::method("GET").containing("uploadId="),
            Call::Complete => When::method("POST").containing("uploadId="),
            Call::Head => When::method("HEAD").containing("/pictures/"),
            Call::HeadOfThumbnail => When::method("HEAD").containing("/thumbnails/"),
        }
    }
}

/// One more than the service tries by itself, so that the app has to try again, too.
const TIMES: usize = 4;

async fn land(stage: &Stage) {
    let anna = stage.anna().await;
    let (small, large) = (photos::bmp(200, 100, 1), large_png(16 << 20 | 1, 3));
    let ids = anna.drop_files([stage.file("small.bmp", &small), stage.file("large.png", &large)]).await;
    anna.engine.start();
    let rows = anna.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_each_once(stage, &anna, &[&small, &large]).await;
}

#[rstest]
#[case::create_500(Call::Create, Fault::internal_error())]
#[case::create_slow_down(Call::Create, Fault::slow_down(Some(1)))]
#[case::create_reset(Call::Create, Fault::ResetAfter { bytes: 0 })]
#[case::create_lost(Call::Create, Fault::DropResponse)]
#[case::create_truncated(Call::Create, Fault::TruncateResponse { bytes: 60 })]
#[case::list_500(Call::ListParts, Fault::internal_error())]
#[case::list_slow_down(Call::ListParts, Fault::slow_down(Some(1)))]
#[case::list_lost(Call::ListParts, Fault::DropResponse)]
#[case::list_truncated(Call::ListParts, Fault::TruncateResponse { bytes: 120 })]
#[case::complete_500(Call::Complete, Fault::internal_error())]
#[case::complete_500_after_success(Call::Complete, Fault::ReplaceResponse(CannedAnswer::s3(500, "InternalError", "")))]
#[case::complete_error_in_success(Call::Complete, Fault::error_in_success())]
#[case::complete_error_in_success_after_success(
    Call::Complete,
    Fault::ReplaceResponse(CannedAnswer::error_in_success())
)]
#[case::complete_slow_down(Call::Complete, Fault::slow_down(Some(1)))]
#[case::complete_reset(Call::Complete, Fault::ResetAfter { bytes: 20 })]
#[case::complete_lost(Call::Complete, Fault::DropResponse)]
#[case::complete_truncated(Call::Complete, Fault::TruncateResponse { bytes: 40 })]
#[case::complete_expired(Call::Complete, Fault::expired())]
#[case::head_500(Call::Head, Fault::internal_error())]
#[case::head_slow_down(Call::Head, Fault::slow_down(Some(1)))]
#[case::head_reset(Call::Head, Fault::ResetAfter { bytes: 0 })]
#[case::head_lost(Call::Head, Fault::DropResponse)]
#[case::head_truncated(Call::Head, Fault::TruncateHead { bytes: 25 })]
#[case::head_expired(Call::Head, Fault::expired())]
#[case::head_of_thumbnail_500(Call::HeadOfThumbnail, Fault::internal_error())]
#[tokio::test(flavor = "multi_thread")]
async fn the_services_own_calls_may_fail(
    #[case] call: Call,
    #[case] fault: Fault,
    #[values(Store::Garage, Store::Embedded)] store: Store,
) {
    let stage = Stage::with(store).await;
    stage.store.times(TIMES, call.when(), fault);
    land(&stage).await;
}

#[rstest]
#[case::create(Call::Create)]
#[case::list(Call::ListParts)]
#[case::complete(Call::Complete)]
#[case::head(Call::Head)]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_the_service_that_is_held_back_and_lost_is_asked_for_again(#[case] call: Call) {
    let stage = Stage::new().await;
    stage.store.next_when(call.when(), Fault::StallResponse);
    let broken = async {
        stage.store.stalled(1).await;
        stage.store.break_connections();
    };
    tokio::join!(land(&stage), broken);
}

#[rstest]
#[case::clock_skew(Fault::clock_skew("Mon, 01 Jan 2024 00:00:00 GMT"), "clock")]
#[case::wrong_key(Fault::Answer(CannedAnswer::s3(403, "AccessDenied", "Forbidden")), "refuses")]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_the_service_is_told_and_the_queue_goes_on_by_itself(
    #[case] fault: Fault,
    #[case] reason: &str,
) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    // Answers to HEAD have no body, and so no reason.
    stage.store.always(Call::Create.when(), fault);
    let (small, large) = (photos::bmp(200, 100, 1), large_png(16 << 20 | 1, 3));
    let ids = anna.drop_files([stage.file("small.bmp", &small), stage.file("large.png", &large)]).await;
    anna.engine.start();
    let said = anna.until_waiting().await;
    assert!(said.contains(reason), "{said}");
    stage.store.clear();
    let rows = anna.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_each_once(&stage, &anna, &[&small, &large]).await;
}

#[rstest]
#[case::grants_lost("/api/uploads", Fault::DropResponse)]
#[case::grants_500("/api/uploads", Fault::internal_error())]
#[case::parts_lost("/parts", Fault::DropResponse)]
#[case::parts_truncated("/parts", Fault::TruncateResponse { bytes: 30 })]
#[case::complete_reset("/complete", Fault::ResetAfter { bytes: 10 })]
#[case::complete_lost("/complete", Fault::DropResponse)]
#[case::complete_truncated("/complete", Fault::TruncateResponse { bytes: 30 })]
#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_service_may_break(#[case] route: &str, #[case] fault: Fault) {
    let stage = Stage::new().await;
    stage.service.times(TIMES, When::method("POST").containing(route), fault);
    land(&stage).await;
}

/// The store has thrown away what was sent, as buckets with rules of their own do: it is sent again, and told if that
/// doesn't help.
#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_never_there_is_reported_and_lands_when_the_store_keeps_it() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let gone = Fault::Answer(CannedAnswer::s3(404, "NoSuchKey", ""));
    stage.store.always(When::method("HEAD").containing("/pictures/"), gone);
    let small = photos::bmp(200, 100, 1);
    let ids = anna.drop_files([stage.file("small.bmp", &small)]).await;
    anna.engine.start();
    let row = anna.finished(&ids).await.remove(0);
    let (code, message) = failure(&row);
    assert_eq!(code, "checksum_mismatch");
    assert!(message.contains("never arrived whole"), "{message}");
    stage.store.clear();
    anna.engine.retry_failed_uploads().await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
    assert_each_once(&stage, &anna, &[&small]).await;
}
