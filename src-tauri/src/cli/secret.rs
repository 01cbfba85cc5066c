//! Passwords and keys: from a prompt or from standard input, never from the arguments, which every user of a computer
//! can read.

use std::io::{self, IsTerminal, Read, Write};

use super::failure::Failure;

/// Longest secret that is read from standard input, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Whether somebody can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Wrong usage, when there is neither standard input nor anybody to ask.
pub fn check(from_stdin: bool, option: &str) -> Result<(), Failure> {
    if from_stdin || can_ask() {
        return Ok(());
    }
    Err(Failure::Usage(format!("There is no terminal to ask on. Pass it on standard input with {option}.")))
}

/// Reads a secret from standard input when told so, else asks for it.
pub fn read(prompt: &str, from_stdin: bool, option: &str) -> Result<String, Failure> {
    check(from_stdin, option)?;
    if from_stdin { from_reader(io::stdin().lock(), option) } else { ask(prompt) }
}

/// Reads two secrets from standard input, one a line, each for one of these options.
pub fn read_two(options: [&str; 2]) -> Result<[String; 2], Failure> {
    two_from_reader(io::stdin().lock(), options)
}

/// Asks on the terminal, without showing what is typed.
pub fn ask(prompt: &str) -> Result<String, Failure> {
    rpassword::prompt_password(format!("{prompt}: "))
        .map_err(|error| Failure::Usage(format!("The terminal can't be asked: {error}")))
}

/// Asks a question that is answered with yes or no; no, when nobody can be asked.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    if !can_ask() {
        return Err(Failure::Usage(format!("{question} There is no terminal to ask on: say so with --yes.")));
    }
    agreed(question)
}

/// Asks a question that is answered with yes or no; anything but yes is no.
pub fn agreed(question: &str) -> Result<bool, Failure> {
    let mut err = io::stderr().lock();
    // Whoever can't see the question can't say yes.
    let _ = write!(err, "{question} [y/N] ");
    let _ = err.flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|error| Failure::Usage(format!("No answer can be read: {error}")))?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Asks for something new, twice, so that a slip of the finger does no harm.
pub fn ask_twice(prompt: &str) -> Result<String, Failure> {
    let first = ask(prompt)?;
    if first.is_empty() {
        return Err(Failure::Usage("Nothing was typed. Nothing was changed.".to_owned()));
    }
    if ask("Again")? != first {
        return Err(Failure::Usage("The two differ. Nothing was changed; try again.".to_owned()));
    }
    Ok(first)
}

/// The first line, without its end.
fn from_reader(reader: impl Read, option: &str) -> Result<String, Failure> {
    match text_of(reader, option)?.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::Usage(format!("{option}: standard input is empty."))),
    }
}

/// The first two lines, without their ends.
fn two_from_reader(reader: impl Read, [first, second]: [&str; 2]) -> Result<[String; 2], Failure> {
    let text = text_of(reader, first)?;
    let mut lines = text.lines();
    let mut next = |option: &str, which: &str| match lines.next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::Usage(format!("{option}: standard input has no {which} line."))),
    };
    Ok([next(first, "first")?, next(second, "second")?])
}

fn text_of(reader: impl Read, option: &str) -> Result<String, Failure> {
    let mut text = String::new();
    reader
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| Failure::Usage(format!("{option}: standard input can't be read: {error}")))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_secret() {
        for text in ["s3cret", "s3cret\n", "s3cret\r\n", "s3cret\nmore\n"] {
            assert_eq!(from_reader(text.as_bytes(), "--x").unwrap(), "s3cret", "{text:?}");
        }
        assert_eq!(from_reader(" with spaces \n".as_bytes(), "--x").unwrap(), " with spaces ");
    }

    #[test]
    fn two_lines_are_two_secrets() {
        let two = |text: &str| two_from_reader(text.as_bytes(), ["--x", "--y"]);
        assert_eq!(two("s3cret\r\n123456\n").unwrap(), ["s3cret", "123456"]);
        for text in ["", "s3cret", "s3cret\n", "\n123456\n"] {
            assert!(matches!(two(text), Err(Failure::Usage(_))), "{text:?}");
        }
    }

    #[test]
    fn nothing_is_wrong_usage() {
        for text in ["", "\n", "\nx"] {
            assert!(matches!(from_reader(text.as_bytes(), "--x"), Err(Failure::Usage(_))), "{text:?}");
        }
    }
}
