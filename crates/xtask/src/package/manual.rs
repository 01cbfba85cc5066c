//! Manual pages and completions of the command line, made from the same definition that the app reads its arguments by.

use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

#[path = "../../../../src-tauri/src/cli/args/mod.rs"]
#[allow(dead_code, unused_imports, reason = "nothing is parsed here")]
mod args;

/// Writes `image-manager.1` and one page for each command, such as `image-manager-album-create.1`.
pub fn pages(folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(args::Arguments::command(), folder)
}

/// What a shell reads to complete commands and options.
pub fn completion(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut args::Arguments::command(), "image-manager", &mut text);
    if shell != Shell::Bash {
        return text;
    }
    // clap_complete 4.6 writes the hyphen of a program's name in two ways there, so that nothing after a command is completed.
    String::from_utf8_lossy(&text).replace("image__subcmd__manager", "image__manager").into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::process::{find, output, program};

    /// The names of pages for a command and those below it.
    fn names(command: &clap::Command, before: &str, found: &mut BTreeSet<String>) {
        let name = format!("{before}{}", command.get_name());
        command.get_subcommands().for_each(|below| names(below, &format!("{name}-"), found));
        found.insert(format!("{name}.1"));
    }

    #[test]
    fn every_command_has_a_page_and_the_first_page_names_them() {
        let folder = tempfile::tempdir().unwrap();
        pages(folder.path()).unwrap();
        let mut expected = BTreeSet::new();
        names(&args::Arguments::command(), "", &mut expected);
        let written: BTreeSet<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(written, expected);
        let first = fs::read_to_string(folder.path().join("image-manager.1")).unwrap();
        for command in args::Arguments::command().get_subcommands() {
            assert!(first.contains(&format!("image\\-manager\\-{}(1)", command.get_name())), "{}", command.get_name());
        }
        if find("man").is_some() {
            for page in &written {
                let mut man = program("man");
                man.args(["--warnings", "--local-file"]).arg(folder.path().join(page)).env("LC_ALL", "C.UTF-8");
                let shown = man.env("MANROFFSEQ", "").env("MANWIDTH", "80").output().unwrap();
                // A line of long words that can't be broken is only uneven.
                let said = String::from_utf8_lossy(&shown.stderr);
                let wrong = said.lines().find(|line| !line.contains("cannot adjust line"));
                assert!(shown.status.success() && wrong.is_none(), "{page}: {said}");
            }
        }
    }

    #[test]
    fn shells_complete_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = String::from_utf8(completion(shell)).unwrap();
            for command in args::Arguments::command().get_subcommands() {
                assert!(text.contains(command.get_name()), "{shell} {}", command.get_name());
            }
        }
        if find("bash").is_some() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("image-manager");
            fs::write(&file, completion(Shell::Bash)).unwrap();
            // What Tab after `image-manager album cr` gives.
            let ask = "source \"$1\"; COMP_WORDS=(image-manager album cr); COMP_CWORD=2; made=$(complete -p image-manager); \
                       made=${made#* -F }; ${made%% *} image-manager cr album; echo \"${COMPREPLY[@]}\"";
            let said = output(program("bash").args(["-c", ask, "-"]).arg(&file)).unwrap();
            assert_eq!(said.trim(), "create");
        }
    }
}
