//! Names, addresses and words in a terminal, as people and other programs have them.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use crate::cli_app::Terminal;

/// A server that gives the same picture, with this header, to whoever asks; it keeps the lines that it was asked with.
fn server(picture: Vec<u8>, header: &'static str) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
            let length = picture.len();
            let head = format!("HTTP/1.1 200 OK\r\n{header}content-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&picture).unwrap();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_taken_as_the_window_takes_them() {
    let terminal = Terminal::new();
    let file = terminal.picture("a b.png", [1, 2, 3]);
    let address = url::Url::from_file_path(&file).unwrap();
    let line = terminal.run(&["upload", "--json", address.as_str()]).await.ok().object();
    assert_eq!((&line["status"], &line["path"]), (&Value::from("uploaded"), &Value::from(address.as_str())));

    let bytes = std::fs::read(terminal.picture("c.png", [4, 5, 6])).unwrap();
    let header = "content-disposition: attachment; filename*=UTF-8''Stra%C3%9Fe%20in%20K%C3%B6ln.png\r\n";
    let (server, asked) = server(bytes, header);
    let address = format!("{}/x%2Fy%20z.png?a=%26", server.replace("http", "HTTP"));
    let line = terminal.run(&["upload", "--json", &address]).await.ok().object();
    assert_eq!(line["status"], "uploaded", "{line}");
    assert_eq!(asked.recv().unwrap(), "GET /x%2Fy%20z.png?a=%26 HTTP/1.1", "byte for byte");
    let picture = terminal.run(&["show", "--json", line["id"].as_str().unwrap()]).await.ok().object();
    assert_eq!(picture["name"], "Straße in Köln.png");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_files_in_a_folder_are_left_alone() {
    let terminal = Terminal::new();
    terminal.picture("holiday/beach.png", [1, 2, 3]);
    for (name, bytes) in [
        ("beach.xmp", &b"<x:xmpmeta/>"[..]),
        ("film.mp4", b"\0\0\0\x18ftypmp42"),
        ("Thumbs.db", b"x"),
        (".beach.png", b"x"),
    ] {
        std::fs::write(terminal.pictures().join("holiday").join(name), bytes).unwrap();
    }
    let ran = terminal.run(&["upload", "--json", "holiday"]).await.ok();
    let mut outcome: Vec<_> = ran.json();
    outcome.sort_by_key(|line| line["path"].as_str().unwrap().to_owned());
    let outcome: Vec<_> =
        outcome.iter().map(|line| (line["path"].as_str().unwrap(), line["status"].as_str().unwrap())).collect();
    assert_eq!(
        outcome,
        [
            ("holiday/.beach.png", "skipped"),
            ("holiday/Thumbs.db", "skipped"),
            ("holiday/beach.png", "uploaded"),
            ("holiday/beach.xmp", "skipped"),
            ("holiday/film.mp4", "skipped")
        ]
    );
    assert!(ran.json().iter().all(|line| line["error"] == Value::Null), "{}", ran.out);
    assert!(ran.err.contains("4 other files left alone"), "{}", ran.err);
    // Whoever names one wants it uploaded.
    let named = terminal.run(&["upload", "--json", "holiday/beach.xmp"]).await.ended(1).object();
    assert_eq!((&named["status"], &named["error"]["code"]), (&Value::from("failed"), &Value::from("not_a_picture")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_fetched_has_a_line_and_keeps_nothing_else_back() {
    let terminal = Terminal::new();
    terminal.picture("beach.png", [1, 2, 3]);
    let given = ["ftp://example.com/a.png", "file://otherhost/x.png", "beach.png"];
    let ran = terminal.run(&[&["upload", "--json"], &given[..]].concat()).await.ended(1);
    let lines = ran.json();
    let said = |number: usize| (lines[number]["path"].as_str().unwrap(), lines[number]["status"].as_str().unwrap());
    for (number, path) in given.iter().enumerate() {
        assert_eq!(said(number), (*path, if number == 2 { "uploaded" } else { "failed" }));
    }
    let elsewhere = lines[1]["error"]["message"].as_str().unwrap();
    assert!(elsewhere.contains("another computer (otherhost)"), "{elsewhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_by_standard_input_is_named_as_it_was_typed() {
    let terminal = Terminal::new();
    let picture = std::fs::read(terminal.picture("beach.png", [1, 2, 3])).unwrap();
    let arguments = ["upload", "--json", "--name", "At the sea.png", "-"];
    let line = terminal.finish(terminal.command(&arguments), &picture).await.ok().object();
    assert_eq!((&line["path"], &line["status"]), (&Value::from("-"), &Value::from("uploaded")));
    let picture = terminal.run(&["show", "--json", line["id"].as_str().unwrap()]).await.ok().object();
    assert_eq!(picture["name"], "At the sea.png");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn standard_input_that_cant_be_read_keeps_nothing_else_from_being_uploaded() {
    let terminal = Terminal::new();
    terminal.picture("beach.png", [1, 2, 3]);
    let folder = std::fs::File::open(terminal.pictures()).unwrap();
    let output = terminal.command(&["upload", "--json", "-", "beach.png"]).stdin(folder).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> =
        std::str::from_utf8(&output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["path"], &lines[0]["status"]), (&Value::from("beach.png"), &Value::from("uploaded")));
    assert_eq!((&lines[1]["path"], &lines[1]["status"]), (&Value::from("-"), &Value::from("failed")));
    let message = lines[1]["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("Standard input can’t be read: ") && !message.contains("os error"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_found_by_what_a_keyboard_types() {
    let terminal = Terminal::new();
    let decomposed = "\u{1110}\u{1166}\u{1109}\u{1173}\u{1110}\u{1173}.png";
    terminal.upload(&terminal.picture(decomposed, [1, 2, 3])).await;
    terminal.upload(&terminal.picture("beach dog.png", [4, 5, 6])).await;
    terminal.upload(&terminal.picture("Anna Bob.png", [7, 8, 9])).await;
    for (words, name) in
        [(&["테스트"][..], decomposed), (&["beach", "-", "dog"], "beach dog.png"), (&["Anna & Bob"], "Anna Bob.png")]
    {
        let mut arguments = vec!["search", "--json", "--"];
        arguments.extend_from_slice(words);
        let found = terminal.run(&arguments).await.ok().object();
        assert_eq!(found["name"], name, "as it was given");
    }
    for nothing in ["", " ", "&", "--"] {
        let all = terminal.run(&["search", "--json", "--", nothing]).await.ok().json();
        assert_eq!(all.len(), 3, "what asks for nothing leaves nothing out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_command_no_terminal_and_hide_no_ending() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("photo\u{202e}gpj\u{9b}31m.png", [1, 2, 3])).await;
    let invisible = |text: &str| text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}');
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["show", &id],
        &["show", "--json", &id],
        &["search", "photo"],
        &["link", "--format", "markdown", &id],
        &["link", "--json", "--format", "html", &id],
        &["download", &id],
        &["delete", &id],
    ] {
        let ran = terminal.run(arguments).await.ok();
        assert!(!invisible(&ran.out) && !invisible(&ran.err), "{arguments:?}: {ran:?}");
    }
    let saved = std::fs::read_dir(terminal.pictures()).unwrap().map(|entry| entry.unwrap().file_name());
    let saved: Vec<String> = saved.map(|name| name.into_string().unwrap()).filter(|name| !invisible(name)).collect();
    assert_eq!(saved, ["photogpj.png"], "what a terminal would obey goes as a whole");
}
