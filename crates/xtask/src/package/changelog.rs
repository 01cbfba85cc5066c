//! `deploy/CHANGELOG.md`: what each version brought. Packages and catalogues of software say it, too.

use std::fs;

use crate::failure::{Failure, Result};
use crate::process::{output, program};
use crate::tree::Tree;

use super::facts::Facts;

/// Where it is, below the root.
pub const FILE: &str = "deploy/CHANGELOG.md";
/// The heading of what has been done since the last release.
pub const NEXT: &str = "Next";

/// One version.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Such as `0.1.0`.
    pub version: String,
    /// Such as `2026-12-01`.
    pub date: String,
    /// What it brought, one sentence or a few each.
    pub news: Vec<String>,
}

/// Reads the versions, the newest first. What has no version yet counts as the app's version, of the day of its last commit.
///
/// # Errors
/// When the file has another form, or says nothing of the app's version.
pub fn read(tree: &Tree, facts: &Facts) -> Result<Vec<Entry>> {
    let path = tree.root.join(FILE);
    let text = fs::read_to_string(&path).map_err(|error| Failure::new(format!("{FILE} can't be read: {error}")))?;
    let today = output(program("git").args(["log", "-1", "--format=%cs"]).current_dir(&tree.root))?;
    let entries = parse(&text, &facts.version, today.trim())?;
    match entries.first() {
        Some(newest) if newest.version == facts.version => Ok(entries),
        _ => Err(Failure::new(format!("{FILE} says nothing of version {}, which Cargo.toml is at.", facts.version))),
    }
}

/// `## 1.2.3 (2026-12-01)` and a list below each.
pub fn parse(text: &str, version: &str, today: &str) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let (name, date) = match heading.strip_suffix(')').and_then(|heading| heading.split_once(" (")) {
                Some((name, date)) => (name, date),
                None if heading == NEXT => (version, today),
                None => return Err(Failure::new(format!("{FILE}: “{line}” is no “## VERSION (YYYY-MM-DD)”."))),
            };
            entries.push(Entry { version: name.to_owned(), date: date.to_owned(), news: Vec::new() });
        } else if let Some(entry) = entries.last_mut() {
            if let Some(item) = line.strip_prefix("- ") {
                entry.news.push(item.trim().to_owned());
            } else if let (Some(item), false) = (entry.news.last_mut(), line.trim().is_empty()) {
                item.push(' ');
                item.push_str(line.trim());
            }
        }
    }
    // An empty list of what comes next is no version.
    if entries.first().is_some_and(|first| first.news.is_empty()) && text.contains(&format!("\n## {NEXT}\n")) {
        entries.remove(0);
    }
    match entries.iter().find(|entry| entry.news.is_empty()) {
        Some(empty) => Err(Failure::new(format!("{FILE} says nothing of what version {} brought.", empty.version))),
        None => Ok(entries),
    }
}

/// The text once what comes next is this version, of this day.
///
/// # Errors
/// When there is nothing new, or the version is there already.
pub fn released_as(text: &str, version: &str, today: &str) -> Result<String> {
    let entries = parse(text, NEXT, today)?;
    if entries.iter().any(|entry| entry.version == version) {
        return Err(Failure::new(format!("{FILE} has version {version} already.")));
    }
    if entries.first().is_none_or(|newest| newest.version != NEXT) {
        return Err(Failure::new(format!("{FILE} says nothing of what is new, under “## {NEXT}”.")));
    }
    Ok(text.replacen(&format!("\n## {NEXT}\n"), &format!("\n## {NEXT}\n\n## {version} ({today})\n"), 1))
}

/// The version on top, when nothing has been done since.
pub fn newest_release(text: &str) -> Option<&str> {
    let mut headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    let newest = headings.find(|heading| *heading != NEXT)?;
    let nothing_new = parse(text, NEXT, "").ok()?.first()?.version != NEXT;
    newest.split_once(" (").filter(|_| nothing_new).map(|(version, _)| version)
}

/// As Debian's packages have it (deb-changelog(5)).
pub fn debian(entries: &[Entry], facts: &Facts) -> Result<String> {
    let mut text = String::new();
    for entry in entries {
        let date = output(program("date").args(["--utc", "--rfc-email", "--date", &entry.date]))?;
        text.push_str(&format!("{} ({}-1) unstable; urgency=medium\n\n", facts.name, entry.version));
        for item in &entry.news {
            text.push_str(&wrap(item, "  * ", "    "));
        }
        text.push_str(&format!("\n -- {}  {}\n\n", facts.maintainer, date.trim()));
    }
    text.pop();
    Ok(text)
}

/// Lines of at most 78 characters.
pub fn wrap(text: &str, first: &str, others: &str) -> String {
    let mut wrapped = String::new();
    let mut line = first.to_owned();
    for (number, word) in text.split_whitespace().enumerate() {
        if number > 0 && line.chars().count() + 1 + word.chars().count() > 78 {
            wrapped.push_str(&line);
            wrapped.push('\n');
            line = format!("{others}{word}");
        } else if number > 0 {
            line = format!("{line} {word}");
        } else {
            line.push_str(word);
        }
    }
    wrapped + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::facts::tests::facts;
    use crate::process::find;

    const TEXT: &str =
        "# Changelog\n\nWhat is new.\n\n## Next\n\n- One\n  thing.\n- Another.\n\n## 1.0.0 (2026-11-02)\n\n- First.\n";

    fn entry(version: &str, date: &str, news: &[&str]) -> Entry {
        let news = news.iter().map(|item| (*item).to_owned()).collect();
        Entry { version: version.to_owned(), date: date.to_owned(), news }
    }

    #[test]
    fn versions_are_read_with_what_comes_next_as_the_current_one() {
        let released = entry("1.0.0", "2026-11-02", &["First."]);
        let read = parse(TEXT, "1.2.3", "2026-12-01").unwrap();
        assert_eq!(read, [entry("1.2.3", "2026-12-01", &["One thing.", "Another."]), released]);
        let nothing_new = TEXT.replace("- One\n  thing.\n- Another.\n\n", "");
        assert_eq!(parse(&nothing_new, "1.0.0", "2026-12-01").unwrap().len(), 1);
    }

    #[test]
    fn what_comes_next_becomes_a_version_once() {
        assert_eq!(newest_release(TEXT), None);
        let released = released_as(TEXT, "1.2.3", "2026-12-01").unwrap();
        assert!(released.contains("## Next\n\n## 1.2.3 (2026-12-01)\n\n- One\n"), "{released}");
        assert_eq!(newest_release(&released), Some("1.2.3"));
        assert_eq!(parse(&released, "1.2.3", "2026-12-02").unwrap()[0].date, "2026-12-01");
        assert!(released_as(&released, "1.2.4", "2026-12-02").is_err());
        assert!(released_as(TEXT, "1.0.0", "2026-12-02").is_err());
    }

    #[test]
    fn another_form_is_refused() {
        for text in ["## 1.0.0\n\n- First.\n", "## 1.0.0 (2026-11-02)\n\nFirst.\n"] {
            assert!(parse(text, "1.0.0", "2026-12-01").is_err(), "{text}");
        }
    }

    #[test]
    fn debians_form_is_one_that_debians_tools_read() {
        let text = debian(&parse(TEXT, "1.2.3", "2026-12-01").unwrap(), &facts()).unwrap();
        assert!(text.starts_with("image-manager (1.2.3-1) unstable; urgency=medium\n\n  * One thing.\n"), "{text}");
        assert!(text.ends_with(" -- Anna <anna@pictures.org>  Mon, 02 Nov 2026 00:00:00 +0000\n"), "{text}");
        if find("dpkg-parsechangelog").is_some() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("changelog");
            std::fs::write(&file, text).unwrap();
            let mut parse = program("dpkg-parsechangelog");
            parse.arg("--all").arg("--file").arg(&file).args(["--show-field", "Version"]);
            assert_eq!(output(&mut parse).unwrap().trim(), "1.2.3-1");
        }
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let wrapped = wrap(&"word ".repeat(40), "  * ", "    ");
        assert!(wrapped.lines().all(|line| line.len() <= 78) && wrapped.lines().count() == 3, "{wrapped}");
    }
}
