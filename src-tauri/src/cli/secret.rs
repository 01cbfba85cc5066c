//! Passwords and keys: from a prompt or from standard input, never from the arguments, which every user of a computer
//! can read.

use std::fmt::Display;
use std::io::{self, IsTerminal, Read, Write};

use messages::Ask;

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
    Err(Failure::Usage(messages::Cli::NoTerminal { option: option.to_string() }.into()))
}

/// Reads a secret from standard input when told so, else asks for it.
pub fn read(prompt: Ask, from_stdin: bool, option: &str) -> Result<String, Failure> {
    check(from_stdin, option)?;
    if from_stdin { from_reader(io::stdin().lock(), option) } else { ask(prompt) }
}

/// Reads two secrets from standard input, one a line, each for one of these options.
pub fn read_two(options: [&str; 2]) -> Result<[String; 2], Failure> {
    two_from_reader(io::stdin().lock(), options)
}

/// Asks on the terminal, without showing what is typed.
pub fn ask(prompt: Ask) -> Result<String, Failure> {
    rpassword::prompt_password(format!("{prompt}: "))
        .map_err(|error| Failure::Usage(messages::Cli::TerminalSilent { why: error.to_string() }.into()))
}

/// Asks a question that is answered with yes or no; no, when nobody can be asked.
pub fn confirm(question: impl Display) -> Result<bool, Failure> {
    if !can_ask() {
        return Err(Failure::Usage(messages::Cli::NoTerminalYes { question: question.to_string() }.into()));
    }
    agreed(question)
}

/// Asks a question that is answered with yes or no; anything but yes is no.
pub fn agreed(question: impl Display) -> Result<bool, Failure> {
    let mut err = io::stderr().lock();
    // Whoever can't see the question can't say yes.
    let _ = write!(err, "{question} [y/N] ");
    let _ = err.flush();
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(|error| Failure::Usage(messages::Cli::NoAnswer { why: error.to_string() }.into()))?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Asks for something new, twice, so that a slip of the finger does no harm.
pub fn ask_twice(prompt: Ask) -> Result<String, Failure> {
    let first = ask(prompt)?;
    if first.is_empty() {
        return Err(Failure::Usage(messages::Cli::NothingTyped.into()));
    }
    if ask(Ask::Again)? != first {
        return Err(Failure::Usage(messages::Cli::TwoDiffer.into()));
    }
    Ok(first)
}

/// The first line, without its end.
fn from_reader(reader: impl Read, option: &str) -> Result<String, Failure> {
    match text_of(reader, option)?.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::Usage(messages::Cli::StdinEmpty { option: option.to_string() }.into())),
    }
}

/// The first two lines, without their ends.
fn two_from_reader(reader: impl Read, [first, second]: [&str; 2]) -> Result<[String; 2], Failure> {
    let text = text_of(reader, first)?;
    let mut lines = text.lines();
    let mut next = |none: messages::Cli| match lines.next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::Usage(none.into())),
    };
    let (first, second) = (first.to_owned(), second.to_owned());
    let first = next(messages::Cli::StdinNoFirstLine { option: first })?;
    Ok([first, next(messages::Cli::StdinNoSecondLine { option: second })?])
}

fn text_of(reader: impl Read, option: &str) -> Result<String, Failure> {
    let mut text = String::new();
    reader.take(LONGEST).read_to_string(&mut text).map_err(|error| {
        Failure::Usage(messages::Cli::StdinUnreadable { option: option.to_string(), why: error.to_string() }.into())
    })?;
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
