//! `edit`, `tags`, `album`, `undo`, `redo`, `history`.

use serde_json::json;

use crate::cli_app::Terminal;

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_edited_together_and_that_is_undone_together() {
    let terminal = Terminal::new();
    let red = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let blue = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    let edit = ["edit", "--json", &red, &blue, "--favourite", "yes", "--add-tag", "sea", "--add-tag", "sky"];
    let lines = terminal.run(&edit).await.ok().json();
    assert_eq!(lines, [json!({"id": red, "status": "edited"}), json!({"id": blue, "status": "edited"})]);
    let texts = ["--name", "Rot.png", "--description", "A red one.", "--alt", "Red", "--taken-at", "2024-05-06T07:08"];
    terminal.run(&[&["edit", &red][..], &texts[..]].concat()).await.ok();
    let shown = terminal.run(&["show", "--json", &red]).await.ok().object();
    assert_eq!((&shown["name"], &shown["description"]), (&json!("Rot.png"), &json!("A red one.")));
    assert_eq!((&shown["alt_text"], &shown["taken_at"]), (&json!("Red"), &json!("2024-05-06T07:08:00")));
    assert_eq!((&shown["tags"], &shown["pending"]), (&json!(["sea", "sky"]), &json!(false)));

    let done = terminal.run(&["history", "--json"]).await.ok().json();
    let titles: Vec<&str> = done.iter().map(|entry| entry["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Several changes of “Rot.png”", "Several changes of 2 pictures"]);
    terminal.run(&["undo"]).await.ok();
    let undone = terminal.run(&["undo", "--json"]).await.ok().object();
    assert_eq!(undone, json!({"title": "Several changes of 2 pictures", "pictures": 2, "left": 0, "done": true}));
    let shown = terminal.run(&["show", "--json", &red]).await.ok().object();
    assert_eq!((&shown["name"], &shown["tags"]), (&json!("red.png"), &json!([])));
    assert_eq!((&shown["favourite"], &shown["taken_at"]), (&json!(false), &json!(null)));
    let nothing = terminal.run(&["undo"]).await.ended(1);
    assert!(nothing.err.contains("nothing to undo"), "{}", nothing.err);
    let again = terminal.run(&["redo"]).await.ok();
    assert_eq!(again.out.trim_end(), "Done again: Several changes of 2 pictures");
    assert_eq!(terminal.run(&["list", "--json", "--favourites"]).await.ok().json().len(), 2);

    let partly = terminal.run(&["edit", "--json", "no-such-picture", &red, "--remove-tag", "SEA"]).await.ended(1);
    assert_eq!(partly.json()[0]["error"]["code"], "not_found");
    assert_eq!(partly.json()[1]["id"], red);
    let wrong = terminal.run(&["edit", &red, "--taken-at", "yesterday"]).await.ended(1);
    assert!(wrong.err.contains("2024-05-06T07:08"), "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_twice_is_done_once() {
    let terminal = Terminal::new();
    let red = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    terminal.run(&["edit", &red, "--add-tag", "Tag", "--add-tag", "tag"]).await.ok();
    let shown = terminal.run(&["show", "--json", &red[..4]]).await.ok().object();
    assert_eq!(shown["tags"], json!(["Tag"]), "four characters of an id are enough");
    let undone = terminal.run(&["undo", "--json"]).await.ok();
    assert_eq!(
        (undone.object(), &*undone.err),
        (json!({"title": "Tag “Tag” added to “red.png”", "pictures": 1, "left": 0, "done": true}), "")
    );
    let nothing = terminal.run(&["edit", &red, "--add-tag", " "]).await.ended(1);
    assert!(nothing.err.contains("Tags: one needs at least a character"), "{}", nothing.err);
    let deleted = terminal.run(&["delete", "--json", &red, &red[..6], &red]).await.ok().json();
    assert_eq!(deleted, [json!({"id": red, "status": "deleted"})]);
    assert_eq!(terminal.run(&["history", "--json"]).await.ok().json()[0]["pictures"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_listed_renamed_and_merged() {
    let terminal = Terminal::new();
    let red = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let blue = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    terminal.run(&["edit", &red, "--add-tag", "sea", "--add-tag", "old"]).await.ok();
    terminal.run(&["edit", &blue, "--add-tag", "ocean"]).await.ok();
    let renamed = terminal.run(&["tags", "rename", "--json", "OLD", "ancient"]).await.ok().object();
    assert_eq!(renamed, json!({"tag": "ancient", "pictures": 1}));
    terminal.run(&["tags", "merge", "sea", "ocean", "water"]).await.ok();
    let listed = terminal.run(&["tags", "--json"]).await.ok().json();
    assert_eq!(
        listed,
        [
            json!({"tag": "ancient", "pictures": 1, "by_model": 0}),
            json!({"tag": "water", "pictures": 2, "by_model": 0})
        ]
    );
    assert_eq!(
        terminal.run(&["tags", "rename", "none", "x"]).await.ended(1).err.trim_end(),
        "No picture has the tag “none”."
    );
    terminal.run(&["undo"]).await.ok();
    assert_eq!(terminal.run(&["tags"]).await.ok().out.lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn albums_are_made_filled_shown_and_deleted() {
    let terminal = Terminal::new();
    terminal.picture("red.png", [200, 10, 10]);
    let red = terminal.run(&["upload", "--json", "--album", "Holiday", "red.png"]).await.ok().object();
    let red = red["id"].as_str().unwrap();
    let blue = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    terminal.run(&["album", "add", "holiday", &blue]).await.ok();
    let albums = terminal.run(&["album", "list", "--json"]).await.ok().json();
    assert_eq!((albums.len(), &albums[0]["name"], &albums[0]["pictures"]), (1, &json!("Holiday"), &json!(2)));
    let shown = terminal.run(&["album", "show", "Holiday", "--json"]).await.ok().json();
    let ids: Vec<&str> = shown.iter().map(|picture| picture["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [red, blue.as_str()], "in the order in which they came");
    assert_eq!(shown[0]["albums"], json!([{"id": albums[0]["id"], "name": "Holiday"}]));
    terminal.run(&["album", "remove", "Holiday", red]).await.ok();

    let second = terminal.run(&["album", "create", "HOLIDAY", "--json"]).await.ok().object();
    let told = terminal.run(&["album", "show", "holiday"]).await.ended(1);
    for album in [&albums[0], &second] {
        assert!(told.err.contains(album["id"].as_str().unwrap()), "{}", told.err);
    }
    let second = &second["id"].as_str().unwrap()[..8];
    terminal.run(&["album", "rename", second, "City"]).await.ok();
    terminal.run(&["album", "delete", "City"]).await.ok();
    assert_eq!(terminal.run(&["album", "list"]).await.ok().out.lines().count(), 1);
    terminal.run(&["undo"]).await.ok();
    assert_eq!(terminal.run(&["album", "list"]).await.ok().out.lines().count(), 2);
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().json().len(), 2, "pictures stay");
}
