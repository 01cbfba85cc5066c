//! What the app leaves on a disk: nothing that others can read, and a log that can be shown to others.

use crate::cli_app::Terminal;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_everything_holds_nothing_that_opens_doors() {
    let terminal = Terminal::new().with_passphrase();
    let picture = terminal.picture("a.png", [1, 2, 3]);
    let mut command = terminal.command(&["upload", "--json", picture.to_str().unwrap()]);
    command.env("RUST_LOG", "trace");
    let uploaded = terminal.finish(command, "").await.ok();
    let log = std::fs::read_to_string(terminal.data_dir().join("image-manager.log")).unwrap();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "everything was asked for");
    let service = terminal.data_dir().join("this-computer");
    let keys: Vec<String> = std::fs::read_dir(&service)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "key"))
        .map(|path| std::fs::read_to_string(path).unwrap().trim().to_owned())
        .collect();
    assert_eq!(keys.len(), 4);
    // The identifier of the store's key names it and opens nothing; it is kept out of the log all the same.
    for text in [&log, &uploaded.err] {
        for secret in keys.iter().map(String::as_str).chain(["Signature=0", "Bearer e", "eyJ"]) {
            let line = text.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} is in the log");
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_what_the_app_keeps_also_when_they_could_before() {
    use std::os::unix::fs::PermissionsExt;
    let terminal = Terminal::new().with_passphrase();
    terminal.upload(&terminal.picture("a.png", [1, 2, 3])).await;
    let all = || {
        let mut all = vec![terminal.data_dir()];
        let mut next = 0;
        while next < all.len() {
            if all[next].is_dir() {
                let entries = std::fs::read_dir(&all[next]).unwrap();
                all.extend(entries.map(|entry| entry.unwrap().path()));
            }
            next += 1;
        }
        all
    };
    let loose = || {
        let mode = |path: &std::path::PathBuf| path.metadata().unwrap().permissions().mode();
        all().into_iter().filter(|path| mode(path) & 0o077 != 0).collect::<Vec<_>>()
    };
    assert_eq!(loose(), [""; 0].map(std::path::PathBuf::from));
    // As an older version left it.
    for path in all() {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    terminal.upload(&terminal.picture("b.png", [4, 5, 6])).await;
    assert_eq!(loose(), [""; 0].map(std::path::PathBuf::from));
}
