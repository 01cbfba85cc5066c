//! The worker's side: one picture after the other, until nothing more is asked.

use std::io::{BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use pictures::Limits;

use crate::confinement::confine;
use crate::protocol::{Answer, Compared, Task, read, write};

/// The argument that makes a program a worker.
pub const WORKER: &str = "decode-worker";

/// Works until standard input ends, which it does at the latest when whoever asks has ended.
pub(crate) fn serve() -> ExitCode {
    // A panic is told in the answer; nobody reads what it prints.
    std::panic::set_hook(Box::new(|_| {}));
    confine();
    let (mut input, mut output) = (BufReader::with_capacity(1 << 16, std::io::stdin()), std::io::stdout());
    loop {
        match read::<Task>(&mut input) {
            Ok(Some((task, bytes))) => {
                if answer(&mut output, task, &bytes).is_err() {
                    return ExitCode::FAILURE;
                }
            }
            Ok(None) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        }
    }
}

fn answer(output: &mut impl Write, task: Task, bytes: &[u8]) -> std::io::Result<()> {
    let (head, body) = catch_unwind(AssertUnwindSafe(|| decode(task, bytes))).unwrap_or((Answer::Panicked, Vec::new()));
    write(output, &head, &body)
}

fn decode(task: Task, bytes: &[u8]) -> (Answer, Vec<u8>) {
    // Whoever asks goes on without this process.
    let limits = Limits { expendable: true, ..Limits::default() };
    let decoded = match task {
        Task::Examine => pictures::examine(bytes, &limits).map(Answer::of_picture),
        Task::ExamineAs { format } => Ok(Answer::of_picture(pictures::examine_as(bytes, format, &limits))),
        Task::ExamineUndecoded { format } => Ok(Answer::of_picture(pictures::examine_undecoded(bytes, format))),
        Task::Rendition { page, max_side } => {
            pictures::rendition_of_page(bytes, page, max_side, &limits).map(Answer::of_rendition)
        }
        Task::Thumbnail { side } => pictures::thumbnail(bytes, side, &limits).map(Answer::of_thumbnail),
        Task::Likeness => pictures::likeness(bytes, &limits)
            .map(|likeness| (Answer::Likeness(likeness.map(Compared::of)), Vec::new())),
    };
    decoded.unwrap_or_else(|error| (Answer::Failed(error), Vec::new()))
}
