//! What is said and done when something that lay here, or in the bucket, is not there any more.

use testkit::proxy::{Fault, FaultProxy, When};

use crate::cli_app::Terminal;

/// A store that has found its own copy damaged answers, and breaks off where the damage is: that is no trouble of the network.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_bucket_can_give_no_more_is_told_and_mended_by_its_file() {
    let bucket = testkit::garage::bucket().await;
    let proxy = FaultProxy::start(&bucket.endpoint);
    let terminal = Terminal::new().with_passphrase();
    terminal.use_bucket_at(&proxy.endpoint(), &bucket).await.ok();
    let red = terminal.picture("red.png", [200, 10, 10]);
    let file = red.to_str().unwrap();
    terminal.upload(&red).await;
    proxy.always(When::method("GET").containing("pictures/"), Fault::TruncateResponse { bytes: 20 });

    let checked = terminal.run(&["verify", "--all", "--deep", "--json"]).await.ended(1).json();
    assert_eq!((&checked[0]["status"], &checked[1]["changed"]), (&"changed".into(), &1.into()), "{checked:?}");
    let message = checked[0]["message"].as_str().unwrap();
    assert!(message.contains("gives 20 and breaks off, each time"), "{message}");
    let listed = terminal.run(&["list", "--json"]).await.ok().object();
    assert_eq!(listed["verified"], false, "{listed}");
    let kept = terminal.run(&["free", "--dry-run", "--uploaded", "--json"]).await.ended(1).object();
    assert_eq!(kept["status"], "kept", "{kept}");

    proxy.clear();
    let again = terminal.run(&["upload", "--json", file]).await.ok().object();
    assert_eq!(again["status"], "uploaded", "{again}");
    terminal.run(&["verify", "--all", "--deep"]).await.ok();
    let free = terminal.run(&["free", "--dry-run", "--uploaded", "--json"]).await.ok().object();
    assert_eq!(free["status"], "safe", "{free}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_whose_store_is_gone_is_not_begun_anew_unasked() {
    let terminal = Terminal::new();
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    let (service, away) = (terminal.data_dir().join("this-computer"), terminal.data_dir().join("away"));
    std::fs::rename(&service, &away).unwrap();
    // However often it is tried.
    for _ in 0..2 {
        let listed = terminal.run(&["list", "--json"]).await;
        assert!(listed.err.contains("2 pictures that this computer knows are not there"), "{}", listed.err);
        let listed = listed.json();
        assert_eq!(listed.len(), 2);
        for picture in &listed {
            assert_eq!((&picture["verified"], &picture["proof"]), (&false.into(), &"not_proven".into()), "{picture}");
        }
        terminal.run(&["verify", "--all"]).await.ended(1);
    }
    std::fs::remove_dir_all(&service).unwrap();
    std::fs::rename(&away, &service).unwrap();
    let listed = terminal.run(&["list", "--json"]).await.ok();
    assert!(listed.err.is_empty() && listed.json().iter().all(|picture| picture["verified"] == true), "{}", listed.err);
    terminal.run(&["verify", "--all"]).await.ok();

    // Somebody who wants to begin anew does as was said.
    std::fs::remove_dir_all(&service).unwrap();
    std::fs::remove_dir_all(terminal.data_dir().join("libraries/this-computer")).unwrap();
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_the_library_that_is_gone_is_told_of_and_read_again() {
    let terminal = Terminal::new();
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let catalogue = terminal.data_dir().join("libraries/this-computer/catalogue.db");
    let lose: [fn(&std::path::Path); 2] = [
        |path| std::fs::remove_file(path).unwrap(),
        |path| drop(std::fs::File::options().write(true).truncate(true).open(path).unwrap()),
    ];
    for lose in lose {
        lose(&catalogue);
        let listed = terminal.run(&["list", "--json"]).await.ok();
        assert!(listed.err.contains("list of the library was gone"), "{}", listed.err);
        assert_eq!(listed.json().len(), 1);
        assert!(terminal.run(&["list"]).await.ok().err.is_empty(), "it is said once");
    }
}

/// The records are there, and the pictures are not: as with a folder that was moved, or a disk that isn't mounted.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stored_anew_where_the_folder_with_the_pictures_is_gone() {
    let terminal = Terminal::new();
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let store = terminal.data_dir().join("this-computer/store");
    let away = terminal.data_dir().join("away");
    std::fs::rename(&store, &away).unwrap();
    let listed = terminal.run(&["list", "--json"]).await;
    assert!(listed.err.contains("The folder with this library’s pictures is gone"), "{}", listed.err);
    assert_eq!(listed.json()[0]["verified"], false, "{}", listed.out);
    let blue = terminal.picture("blue.png", [10, 10, 200]);
    let kept = terminal.run(&["upload", "--json", blue.to_str().unwrap()]).await.ended(1).object();
    let message = kept["error"]["message"].as_str().unwrap();
    assert!(message.contains("is gone") && message.contains("stays in the queue"), "{message}");
    assert!(!store.join("objects").exists());

    std::fs::remove_dir_all(&store).ok();
    std::fs::rename(&away, &store).unwrap();
    let sent = terminal.run(&["upload", "--json", blue.to_str().unwrap()]).await.ok().object();
    assert_eq!(sent["status"], "uploaded", "{sent}");
    let listed = terminal.run(&["list", "--json"]).await.ok().json();
    assert!(listed.len() == 2 && listed.iter().all(|picture| picture["verified"] == true), "{listed:?}");

    // Lost for good: whoever says so is told which.
    std::fs::remove_dir_all(&store).unwrap();
    std::fs::create_dir_all(store.join("objects")).unwrap();
    let verified = terminal.run(&["verify", "--all", "--json"]).await.ended(1);
    assert!(verified.json()[0]["status"] == "missing", "{}", verified.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_without_a_journal_is_not_said_to_come_from_one() {
    let terminal = Terminal::new();
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let service = terminal.data_dir().join("this-computer");
    for entry in std::fs::read_dir(&service).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.file_name().unwrap().to_string_lossy().starts_with("account.") {
            std::fs::remove_file(entry).unwrap();
        }
    }
    for kind in ["objects", "facts"] {
        std::fs::remove_dir_all(service.join("store").join(kind).join("journal")).unwrap();
    }
    let listed = terminal.run(&["list"]).await.ok();
    assert!(listed.err.contains("1 picture came back from the store on this computer."), "{}", listed.err);
    assert!(listed.err.contains("There is no journal in it"), "{}", listed.err);
}
