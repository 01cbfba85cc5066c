//! `duplicates`.

use serde_json::json;
use testkit::photos;

use crate::cli_app::Terminal;

/// Uploads bytes under a name; gives the picture's identifier.
async fn upload(terminal: &Terminal, name: &str, bytes: &[u8]) -> String {
    let path = terminal.pictures().join(name);
    std::fs::write(&path, bytes).unwrap();
    terminal.upload(&path).await
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_are_listed_kept_and_said_to_be_different() {
    let terminal = Terminal::new();
    let none = terminal.run(&["duplicates"]).await.ok();
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "No pictures of the library show the same.\n"));
    let small = upload(&terminal, "small.jpg", &photos::jpeg(320, 240, 1)).await;
    let large = upload(&terminal, "large.jpg", &photos::jpeg(640, 480, 1)).await;
    let other = upload(&terminal, "other.jpg", &photos::jpeg(640, 480, 2)).await;
    terminal.picture("flat.png", [200, 10, 10]);
    terminal.picture("flat too.png", [10, 10, 200]);
    terminal.run(&["upload", "flat.png", "flat too.png"]).await.ok();

    let group = terminal.run(&["duplicates", "--json"]).await.ok().object();
    assert_eq!(
        (&group["kind"], &group["keep"], &group["why"]),
        (&json!("duplicates"), &json!(large), &json!("pixels"))
    );
    assert_eq!(group["differs"], json!(["pixels", "bytes"]));
    let members: Vec<_> = group["members"].as_array().unwrap().iter().map(|member| &member["id"]).collect();
    assert_eq!(members, [&json!(large), &json!(small)]);
    assert_eq!((&group["members"][1]["width"], &group["members"][1]["format"]), (&json!(320), &json!("JPEG")));
    let lines = terminal.run(&["duplicates"]).await.ok().out;
    let first = lines.lines().next().unwrap();
    assert!(
        first.starts_with(&format!("* {large}  large.jpg  640 × 480  JPEG")) && first.ends_with("more pixels"),
        "{lines}"
    );
    let found = terminal.run(&["search", "--json", "is:duplicate"]).await.ok().json();
    assert_eq!(found.len(), 2);

    terminal.run(&["edit", &small, "--add-tag", "sea", "--description", "Mine.", "--rating", "3"]).await.ok();
    let kept = terminal.run(&["duplicates", "keep", "--json", &large]).await.ok().object();
    assert_eq!(kept, json!({"status": "kept", "ids": [large], "trashed": 1}));
    let shown = terminal.run(&["show", "--json", &large]).await.ok().object();
    assert_eq!(
        (&shown["tags"], &shown["description"], &shown["rating"]),
        (&json!(["sea"]), &json!("Mine."), &json!(3))
    );
    let trash = terminal.run(&["list", "--json", "--trash"]).await.ok().object();
    assert_eq!(trash["id"], small);
    terminal.run(&["undo"]).await.ok();
    assert_eq!(terminal.run(&["duplicates", "--json"]).await.ok().json().len(), 1);

    let apart = terminal.run(&["duplicates", "apart", &small, &large]).await.ok();
    assert!(apart.err.contains("not listed together again"), "{}", apart.err);
    assert!(terminal.run(&["duplicates", "--json"]).await.ok().json().is_empty());
    let together = ["duplicates", "together", "--json", &other, &small];
    let together = terminal.run(&together).await.ok().object();
    assert_eq!(together, json!({"status": "together", "ids": [other, small], "trashed": 0}));
    assert_eq!(terminal.run(&["duplicates", "--json"]).await.ok().object()["members"].as_array().unwrap().len(), 2);

    let nothing = terminal.run(&["duplicates", "keep", &large]).await.ended(1);
    assert!(nothing.err.contains("no duplicates"), "{}", nothing.err);
    let alone = terminal.run(&["duplicates", "apart", &large, &large[..6]]).await.ended(1);
    assert!(alone.err.contains("two pictures or more"), "{}", alone.err);
    let unknown = terminal.run(&["duplicates", "apart", &large, "no-such-picture"]).await.ended(1);
    assert!(unknown.err.contains("no-such-picture"), "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn bursts_are_listed_apart() {
    let terminal = Terminal::new();
    let shot = |seconds: u32| {
        let date = format!("2024:05:06 07:08:{seconds:02}");
        photos::jpeg_with_exif(1, None, Some(&date))
    };
    for (name, seconds) in [("a.jpg", 1), ("b.jpg", 2), ("c.jpg", 40)] {
        upload(&terminal, name, &shot(seconds)).await;
    }
    let burst = terminal.run(&["duplicates", "--json", "--bursts"]).await.ok().object();
    assert_eq!((&burst["kind"], &burst["keep"]), (&json!("burst"), &json!(null)));
    let names: Vec<_> = burst["members"].as_array().unwrap().iter().map(|member| &member["name"]).collect();
    assert_eq!(names, ["a.jpg", "b.jpg"]);
    // What was taken later shows the same, and is no burst.
    let group = terminal.run(&["duplicates", "--json"]).await.ok().object();
    let names: Vec<_> = group["members"].as_array().unwrap().iter().map(|member| &member["name"]).collect();
    assert_eq!((names, &group["why"]), (vec![&json!("a.jpg"), &json!("c.jpg")], &json!("date")));
}
