//! Commands that are printed for people to run: a name that comes from a file or another person is one word in them, and
//! nothing that a shell would act on.

use super::output::one_line;

/// A text as one word of a command; none for a text that can't be typed, because not all of it can be seen.
pub fn word(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '+' | '=' | ':' | ',' | '.' | '/' | '-');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return Some(text.to_owned());
    }
    if text.is_empty() || one_line(text) != text {
        return None;
    }
    quoted(text)
}

/// Between single quotes, in which a POSIX shell acts on nothing (XCU 2.2.2).
#[cfg(not(windows))]
fn quoted(text: &str) -> Option<String> {
    Some(format!("'{}'", text.replace('\'', r"'\''")))
}

/// Between double quotes, unless there is something in it on which `cmd` or PowerShell acts even there.
#[cfg(windows)]
fn quoted(text: &str) -> Option<String> {
    (!text.contains(['"', '%', '$', '`', '!', '^']) && !text.ends_with('\\')).then(|| format!("\"{text}\""))
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_it_as_it_is() {
        for text in [
            "/home/anna/a b.png",
            "pay$(touch PWNED).png",
            "q\"; touch x; \".png",
            "it's `id`.png",
            "-rf",
            "a.png",
            "Möwe.png",
        ] {
            let printed = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", word(text).unwrap())])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(printed.stdout).unwrap(), text);
        }
        assert_eq!(word("a.png"), Some("a.png".to_owned()), "what needs no quotes has none");
    }

    #[test]
    fn what_can_not_be_seen_is_not_typed() {
        for text in ["", "new\nline.png", "a\u{202e}gnp.exe", "a\u{200b}b.png", "a  b.png"] {
            assert_eq!(word(text), None, "{text:?}");
        }
    }
}
