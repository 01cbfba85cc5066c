//! The fault proxy in front of a real Garage.

use testkit::garage::{Garage, bucket};
use testkit::proxy::{CannedAnswer, Fault, FaultProxy, When};

use crate::garage::{get, put};

const SIZE: usize = 1_000_000;

fn picture() -> Vec<u8> {
    (0..SIZE).map(|index| (index * 7 % 251) as u8).collect()
}

async fn behind_a_proxy() -> (Garage, FaultProxy, String) {
    let garage = bucket().await;
    let proxy = FaultProxy::start(&garage.endpoint);
    let endpoint = proxy.endpoint();
    (garage, proxy, endpoint)
}

#[tokio::test]
async fn without_orders_it_changes_nothing() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    put(&garage, &endpoint, "k", picture()).await.expect("signed for the proxy's own address");
    assert_eq!(get(&garage, &endpoint, "k").await, Some(picture()));
    assert_eq!(get(&garage, &garage.endpoint, "k").await, Some(picture()), "it is in the real server");
    let exchanges = proxy.exchanges();
    assert_eq!(exchanges.len(), 2);
    assert_eq!((exchanges[0].method.as_str(), exchanges[0].status), ("PUT", Some(200)));
    assert!(exchanges[0].body_bytes >= SIZE as u64);
}

#[tokio::test]
async fn it_resets_and_answers_once_and_then_no_more() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::ResetAfter { bytes: 100_000 });
    assert_eq!(put(&garage, &endpoint, "k", picture()).await, Err(None), "a broken connection, no answer");
    proxy.next(Fault::slow_down(Some(3)));
    proxy.next(Fault::internal_error());
    proxy.next(Fault::expired());
    for status in [503, 500, 403] {
        assert_eq!(put(&garage, &endpoint, "k", picture()).await, Err(Some(status)));
    }
    assert_eq!(get(&garage, &garage.endpoint, "k").await, None, "the server has heard of none of them");
    put(&garage, &endpoint, "k", picture()).await.expect("every order has been carried out");
    let exchanges = proxy.exchanges();
    assert_eq!(exchanges[0].body_bytes, 100_000);
    assert_eq!(exchanges[0].server_status, None);
    assert_eq!(exchanges[1].server_status, None);
}

#[tokio::test]
async fn a_canned_answer_says_when_to_come_again() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::slow_down(Some(7)));
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.put(format!("{endpoint}/{}/k", garage.bucket)).body(picture()).send().await.expect("an answer");
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "7");
    assert!(answer.text().await.expect("a body").contains("<Code>SlowDown</Code>"));
}

#[tokio::test]
async fn success_can_stay_unknown() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::DropResponse);
    assert_eq!(put(&garage, &endpoint, "k", picture()).await, Err(None));
    assert_eq!(get(&garage, &garage.endpoint, "k").await, Some(picture()), "yet it is there");
    let exchange = &proxy.exchanges()[0];
    assert_eq!((exchange.status, exchange.server_status), (None, Some(200)));
}

#[tokio::test]
async fn bytes_change_on_the_way() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::CorruptRequest { at: 500_000 });
    let status = put(&garage, &endpoint, "k", picture()).await;
    assert_eq!(status, Err(Some(400)), "the signature covers the body's hash");

    put(&garage, &endpoint, "k", picture()).await.expect("stored whole");
    proxy.next(Fault::CorruptResponse { at: 10 });
    let got = get(&garage, &endpoint, "k").await.expect("an answer");
    let sent = picture();
    let wrong: Vec<usize> = (0..SIZE).filter(|index| got[*index] != sent[*index]).collect();
    assert_eq!(wrong, [10]);

    proxy.next(Fault::TruncateResponse { bytes: 1000 });
    assert_eq!(get(&garage, &endpoint, "k").await, None, "shorter than its length says");
}

#[tokio::test]
async fn a_stalled_request_goes_on_when_released() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next_when(When::method("PUT").containing("slow"), Fault::StallAfter { bytes: 300_000 });
    put(&garage, &endpoint, "other", picture()).await.expect("the order isn't for this one");
    let upload = put(&garage, &endpoint, "slow", picture());
    let release = async {
        proxy.stalled(1).await;
        assert_eq!(proxy.exchanges()[1].body_bytes, 300_000);
        assert_eq!(get(&garage, &garage.endpoint, "slow").await, None);
        proxy.release();
    };
    let (uploaded, ()) = tokio::join!(upload, release);
    uploaded.expect("it went on");
    assert_eq!(get(&garage, &garage.endpoint, "slow").await, Some(picture()));
}

#[tokio::test]
async fn a_client_may_give_up_a_stalled_request() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::StallAfter { bytes: 10 });
    tokio::select! {
        _ = put(&garage, &endpoint, "k", picture()) => panic!("nothing answers"),
        () = proxy.stalled(1) => {}
    }
    proxy.finished(1).await;
    assert_eq!(get(&garage, &garage.endpoint, "k").await, None);
}

#[tokio::test]
async fn it_goes_down_and_comes_up() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::StallAfter { bytes: 10 });
    let down = async {
        proxy.stalled(1).await;
        proxy.down();
    };
    let (uploaded, ()) = tokio::join!(put(&garage, &endpoint, "k", picture()), down);
    assert_eq!(uploaded, Err(None), "its connection was reset");
    assert_eq!(put(&garage, &endpoint, "k", picture()).await, Err(None), "refused");
    proxy.up();
    put(&garage, &endpoint, "k", picture()).await.expect("it is back at the same address");
}

#[tokio::test]
async fn it_counts_what_goes_on_at_once() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.times(3, When::method("PUT"), Fault::StallAfter { bytes: 1 });
    let release = async {
        proxy.stalled(3).await;
        proxy.release();
    };
    let (first, second, third, ()) = tokio::join!(
        put(&garage, &endpoint, "1", picture()),
        put(&garage, &endpoint, "2", picture()),
        put(&garage, &endpoint, "3", picture()),
        release
    );
    assert_eq!((first, second, third), (Ok(()), Ok(()), Ok(())));
    assert_eq!(proxy.most_at_once(), 3);
}

#[tokio::test]
async fn the_server_does_it_and_the_client_hears_something_else() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::ReplaceResponse(CannedAnswer::s3(500, "InternalError", "")));
    proxy.next(Fault::TruncateHead { bytes: 20 });
    assert_eq!(put(&garage, &endpoint, "a", picture()).await, Err(Some(500)));
    assert_eq!(put(&garage, &endpoint, "b", picture()).await, Err(None), "half a head is no answer");
    for key in ["a", "b"] {
        assert_eq!(get(&garage, &garage.endpoint, key).await, Some(picture()), "yet it is there");
    }
    let statuses: Vec<_> = proxy.exchanges().iter().map(|it| (it.status, it.server_status)).collect();
    assert_eq!(statuses[..2], [(Some(500), Some(200)), (None, Some(200))]);
}

#[tokio::test]
async fn an_answer_is_held_back_until_it_is_released() {
    let (garage, proxy, endpoint) = behind_a_proxy().await;
    proxy.next(Fault::StallResponse);
    let (answer, ()) = tokio::join!(put(&garage, &endpoint, "k", picture()), async {
        proxy.stalled(1).await;
        assert_eq!(get(&garage, &garage.endpoint, "k").await, Some(picture()), "the server has done it");
        proxy.release();
    });
    assert_eq!(answer, Ok(()));
    assert!(proxy.bytes() >= SIZE as u64);
    assert_eq!(proxy.arrivals(), 1);
}
