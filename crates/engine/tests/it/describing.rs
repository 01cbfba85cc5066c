//! Batches of descriptions, against a stand-in for the AI.

use engine::view::{AiSettingsChange, DescribeProgress, NoticeKind, PictureEdit, Scope};
use engine::{ErrorKind, Event, Role, Source, UploadOptions};
use testkit::ai::{AiStandIn, Behaviour, KEY};
use testkit::photos;

use crate::computer::{Computer, Hosted};

async fn use_ai(computer: &Computer, ai: &AiStandIn, key: &str) {
    let change = AiSettingsChange {
        key: Some(key.into()),
        base_url: Some(ai.base_url().to_string()),
        ..AiSettingsChange::default()
    };
    let settings = computer.engine.change_ai(change).await.unwrap();
    assert_eq!(settings.ai.has_key, !key.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_hears_of_a_key_that_a_command_enters_or_removes() {
    let window = Computer::new(Role::Window).await;
    window.engine.start();
    let command = window.beside(Role::CommandLine).await;
    for (key, there) in [(KEY, true), ("", false)] {
        let change = AiSettingsChange { key: Some(key.into()), ..AiSettingsChange::default() };
        command.engine.change_ai(change).await.unwrap();
        let can = |event: &Event| matches!(event, Event::StateChanged(state) if state.can_describe == there);
        window.heard("whether pictures can be described", can).await;
        let has = |event: &Event| matches!(event, Event::SettingsChanged(settings) if settings.ai.has_key == there);
        window.heard("whether there is a key", has).await;
    }
}

async fn finished(computer: &Computer, total: u32) -> Vec<DescribeProgress> {
    computer
        .heard(
            "the end of the batch",
            |event| matches!(event, Event::Descriptions(progress) if !progress.running && progress.total == total),
        )
        .await;
    let all = computer.said().into_iter().filter_map(|event| match event {
        Event::Descriptions(progress) => Some(progress),
        _ => None,
    });
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_goes_through_and_says_what_came_of_each() {
    let hosted = Hosted::start().await;
    let one = Computer::registered(Role::CommandLine, &hosted, "anna").await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(one.upload(&format!("{number}.jpg"), &photos::jpeg(1600, 1200, number)).await);
    }
    ids.push(one.upload("drawing.eps", &photos::eps()).await);
    one.engine.describe(ids.clone(), Some("Say it in few words.".into())).await.unwrap();
    let progress = finished(&one, 4).await;
    let last = progress.last().unwrap();
    assert_eq!((last.done, last.failed), (4, 1));
    let outcomes: Vec<_> = progress.iter().flat_map(|progress| progress.outcomes.clone()).collect();
    assert_eq!(outcomes.len(), 4, "each once");
    let drawing = outcomes.iter().find(|outcome| outcome.name == "drawing.eps").unwrap();
    assert_eq!(drawing.error_code.as_deref(), Some("ai_unsupported_picture"));

    let requests = ai.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.texts.iter().any(|text| text.contains("Say it in few words."))));
    let described = one.engine.picture(ids[0]).await.unwrap();
    assert!(described.description.is_some_and(|text| !text.is_empty()));
    assert!(described.described_by.is_some_and(|model| model != "person"));

    one.engine.sync().await.unwrap();
    let other = Computer::signed_in(Role::CommandLine, &hosted, "anna").await;
    other.engine.sync().await.unwrap();
    assert_eq!(other.pictures(Scope::Undescribed).await.len(), 1);
    assert_eq!(other.engine.counts().await.unwrap().undescribed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_while_the_model_thinks_stays() {
    let one = Computer::new(Role::CommandLine).await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let id = one.upload("a.jpg", &photos::jpeg(640, 480, 1)).await;
    let before = PictureEdit { add_tags: vec!["old".into(), "kept".into()], ..PictureEdit::default() };
    one.edit(id, before).await.unwrap();
    ai.answer_next(Behaviour::Wait);
    one.engine.describe(vec![id], None).await.unwrap();
    ai.arrived(1).await;
    let typed = PictureEdit {
        description: Some("Our house.".into()),
        add_tags: vec!["typed".into()],
        remove_tags: vec!["old".into()],
        ..PictureEdit::default()
    };
    one.edit(id, typed).await.unwrap();
    ai.go_on();
    finished(&one, 1).await;
    one.engine.sync().await.unwrap();
    let said = one.engine.picture(id).await.unwrap();
    assert_eq!((said.description.as_deref(), said.described_by.as_deref()), (Some("Our house."), Some("person")));
    assert!(said.alt_text.is_some_and(|text| !text.is_empty()), "what nobody wrote is filled in");
    assert_eq!(said.tags[..2], ["kept", "typed"]);
    assert!(said.tags.len() > 2 && !said.tags.contains(&"old".to_owned()), "{:?}", said.tags);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_fail_for_every_picture_stops_the_batch_once() {
    let one = Computer::new(Role::CommandLine).await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, "sk-wrong").await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(one.upload(&format!("{number}.jpg"), &photos::jpeg(64, 48, number)).await);
    }
    one.engine.describe(ids.clone(), None).await.unwrap();
    finished(&one, 6).await;
    assert!(ai.requests().len() <= 2, "not one for each picture");
    let notices: Vec<_> = one
        .said()
        .into_iter()
        .filter_map(|event| match event {
            Event::Notice(notice) if notice.kind == NoticeKind::Error => Some(notice.message),
            _ => None,
        })
        .collect();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].contains("refused the API key") && notices[0].contains("not tried"), "{notices:?}");
    assert_eq!(one.engine.describe_one(ids[0], None).await.unwrap_err().code, ErrorKind::AiKeyRejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_told_apart() {
    let one = Computer::new(Role::CommandLine).await;
    let id = one.upload("a.jpg", &photos::jpeg(64, 48, 1)).await;
    assert_eq!(one.engine.describe_one(id, None).await.unwrap_err().code, ErrorKind::AiNoKey);
    assert!(!one.engine.state().can_describe);
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    assert!(one.engine.state().can_describe);
    ai.answer_next(Behaviour::Refuse);
    assert_eq!(one.engine.describe_one(id, None).await.unwrap_err().code, ErrorKind::AiRefused);
    let long = "x".repeat(5000);
    assert_eq!(one.engine.describe_one(id, Some(long)).await.unwrap_err().code, ErrorKind::InvalidInput);
    let described = one.engine.describe_one(id, None).await.unwrap();
    assert!(described.description.is_some());
    drop(ai);
    assert_eq!(one.engine.describe_one(id, None).await.unwrap_err().code, ErrorKind::AiOffline);
    assert_eq!(one.engine.picture(id).await.unwrap().description, described.description, "kept");
}

/// The shorter wait is one that a single request takes upon itself.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_queue_waits_for_and_until_when_is_told() {
    for seconds in [80, 15] {
        let one = Computer::new(Role::CommandLine).await;
        let ai = AiStandIn::start();
        use_ai(&one, &ai, KEY).await;
        let id = one.upload("1.jpg", &photos::jpeg(64, 48, 1)).await;
        ai.answer_always(Some(Behaviour::RateLimit { retry_after: Some(seconds) }));
        one.engine.describe(vec![id], None).await.unwrap();
        one.heard("a wait", |event| {
            matches!(event, Event::Descriptions(DescribeProgress { waits: Some(waits), running: true, .. })
                if waits.code == "ai_quota")
        })
        .await;
        one.engine.cancel_descriptions(None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_can_be_cancelled_and_another_one_begun() {
    let one = Computer::new(Role::CommandLine).await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.push(one.upload(&format!("{number}.jpg"), &photos::jpeg(64, 48, number)).await);
    }
    ai.answer_always(Some(Behaviour::Hang));
    one.engine.describe(ids.clone(), None).await.unwrap();
    ai.arrived(2).await;
    assert_eq!(one.engine.cancel_descriptions(None).await.unwrap().pictures, 4);
    assert!(!one.engine.describe_progress().await.unwrap().running);
    ai.answer_always(None);
    one.engine.describe(vec![ids[3]], None).await.unwrap();
    let last = finished(&one, 1).await.pop().unwrap();
    assert_eq!((last.done, last.failed), (1, 0));
    assert!(one.engine.picture(ids[3]).await.unwrap().description.is_some());
    assert!(one.engine.picture(ids[0]).await.unwrap().description.is_none());
}

/// A window with a library on this computer.
async fn window() -> Computer {
    let computer = Computer::new(Role::Window).await;
    computer.engine.choose_this_computer().await.unwrap();
    computer
}

/// Pictures to describe.
async fn pictures(computer: &Computer, count: u32) -> Vec<u32> {
    let mut ids = Vec::new();
    for number in 0..u64::from(count) {
        ids.push(computer.upload(&format!("{number}.jpg"), &photos::jpeg(64, 48, number)).await);
    }
    ids
}

async fn described(computer: &Computer, count: u32) {
    computer
        .heard(
            "all descriptions",
            |event| matches!(event, Event::Descriptions(progress) if (progress.waiting, progress.failed) == (0, 0) && progress.done == count),
        )
        .await;
    assert!(computer.pictures(Scope::Undescribed).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_tried_waits_through_an_error_and_goes_on_with_the_right_key() {
    let one = window().await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, "sk-wrong").await;
    let ids = pictures(&one, 6).await;
    one.engine.start();
    one.engine.describe(ids.clone(), Some("In few words.".into())).await.unwrap();
    one.heard("the stop", |event| matches!(event, Event::Descriptions(progress) if progress.stopped.is_some())).await;
    let progress = one.engine.describe_progress().await.unwrap();
    assert_eq!((progress.waiting, progress.failed, progress.running), (6, 0, false), "none is lost, none has failed");
    assert_eq!(progress.stopped.unwrap().code, "ai_key_rejected");
    assert!(one.engine.picture(ids[5]).await.unwrap().describing);

    let again = one.restarted(Role::Window).await;
    again.engine.start();
    assert_eq!(again.engine.describe_progress().await.unwrap().waiting, 6, "nor by a restart");
    let asked = ai.requests().len();
    use_ai(&again, &ai, KEY).await;
    described(&again, 6).await;
    let requests = ai.requests();
    assert_eq!(requests.len() - asked, 6);
    assert!(requests[asked..].iter().all(|request| request.texts.iter().any(|text| text.contains("In few words."))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_goes_on_where_a_quit_broke_it_off() {
    let one = window().await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let ids = pictures(&one, 5).await;
    one.engine.start();
    ai.answer_next(Behaviour::Hang);
    ai.answer_next(Behaviour::Hang);
    one.engine.describe(ids, None).await.unwrap();
    ai.arrived(2).await;
    let again = one.restarted(Role::Window).await;
    again.engine.start();
    described(&again, 5).await;
    assert_eq!(ai.requests().len(), 2 + 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_never_ask_for_the_same_picture() {
    let one = window().await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let ids = pictures(&one, 8).await;
    let other = one.beside(Role::Window).await;
    let command = one.beside(Role::CommandLine).await;
    one.engine.start();
    other.engine.start();
    ai.answer_always(Some(Behaviour::Wait));
    one.engine.describe(ids.clone(), None).await.unwrap();
    other.engine.describe(ids.clone(), None).await.unwrap();
    ai.arrived(4).await;
    let mut told = Vec::new();
    let asked = command.engine.describe_all(ids.clone(), None, None, |id, result| told.push((id, result)));
    let go_on = async {
        // Two at a time in each process.
        ai.arrived(6).await;
        ai.go_on();
    };
    tokio::join!(async { asked.await.unwrap() }, go_on);
    told.sort_by_key(|(id, _)| *id);
    assert_eq!(told, ids.into_iter().map(|id| (id, Ok(()))).collect::<Vec<_>>());
    assert_eq!(ai.requests().len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_lasts_and_what_was_cancelled_comes_back() {
    let one = window().await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let ids = pictures(&one, 3).await;
    one.engine.start();
    one.engine.pause_descriptions(true).await.unwrap();
    one.engine.describe(ids.clone(), None).await.unwrap();
    let one = one.restarted(Role::Window).await;
    one.engine.start();
    let progress = one.engine.describe_progress().await.unwrap();
    assert_eq!((progress.waiting, progress.paused, progress.running), (3, true, false));
    let all = one.engine.cancel_descriptions(None).await.unwrap();
    assert_eq!(all.pictures, 3);
    assert_eq!(one.engine.uncancel_descriptions(all.number).await.unwrap(), 3);
    one.engine.cancel_descriptions(Some(vec![ids[1]])).await.unwrap();
    assert!(ai.requests().is_empty());
    one.engine.pause_descriptions(false).await.unwrap();
    one.heard("two", |event| matches!(event, Event::Descriptions(p) if p.waiting == 0 && p.done == 2)).await;
    assert_eq!(one.engine.retry_descriptions(true, None).await.unwrap(), 1);
    described(&one, 1).await;
    assert_eq!(ai.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_itself_can_be_tried_again() {
    let one = window().await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let ids = pictures(&one, 2).await;
    one.engine.start();
    ai.answer_next(Behaviour::Refuse);
    ai.answer_next(Behaviour::Refuse);
    one.engine.describe(ids, None).await.unwrap();
    one.heard("two failures", |event| matches!(event, Event::Descriptions(p) if p.failed == 2)).await;
    let progress = one.engine.describe_progress().await.unwrap();
    assert!(progress.outcomes.iter().all(|outcome| outcome.error_code.as_deref() == Some("ai_refused")));
    assert_eq!(one.engine.retry_descriptions(false, None).await.unwrap(), 2);
    described(&one, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_at_upload_survives_a_quit() {
    let one = window().await;
    let ai = AiStandIn::start();
    use_ai(&one, &ai, KEY).await;
    let file = one.downloads().join("a.jpg");
    std::fs::write(&file, photos::jpeg(64, 48, 1)).unwrap();
    let options = UploadOptions { describe: true, album: None };
    let rows = one.engine.upload(vec![Source::Path(file)], options).await.unwrap();
    one.engine.finish_uploads(&rows, |_| ()).await.unwrap();
    // Nobody works on descriptions here yet.
    let again = one.restarted(Role::Window).await;
    assert!(ai.requests().is_empty());
    again.engine.start();
    described(&again, 1).await;
    assert_eq!(ai.requests().len(), 1);
}
