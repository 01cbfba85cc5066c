//! Workers: this program is its own, and others that misbehave.

#![expect(clippy::print_stdout, reason = "a test program without a harness says itself how it went")]

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use decoding::{Pool, confine};
use pictures::{Format, Limits, PictureError, Remark};
use testkit::photos;

const TESTS: [(&str, fn()); 8] = [
    ("every_decoder_works_without_files_and_calls", every_decoder_works_without_files_and_calls),
    ("a_worker_says_what_would_be_said_here", a_worker_says_what_would_be_said_here),
    ("a_worker_can_do_nothing_but_compute", a_worker_can_do_nothing_but_compute),
    ("what_aborts_a_decoder_is_kept_and_told", what_aborts_a_decoder_is_kept_and_told),
    ("one_that_hangs_is_killed", one_that_hangs_is_killed),
    ("one_that_crashes_takes_nothing_with_it", one_that_crashes_takes_nothing_with_it),
    ("one_that_was_killed_while_it_waited_is_replaced", one_that_was_killed_while_it_waited_is_replaced),
    ("without_workers_pictures_are_decoded_here", without_workers_pictures_are_decoded_here),
];

fn main() -> ExitCode {
    if let Some(ended) = decoding::serve_if_asked() {
        return ended;
    }
    match std::env::args().nth(1).as_deref() {
        Some("escape") => return escape(),
        Some("hang") => loop {
            std::thread::park();
        },
        Some("crash") => {
            let _ = std::io::stdin().read(&mut [0; 4]);
            std::process::abort();
        }
        _ => {}
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut passed = 0;
    for (name, test) in TESTS {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            test();
            println!("test {name} ... ok");
            passed += 1;
        }
    }
    println!("\ntest result: ok. {passed} passed; 0 failed; {} filtered out", TESTS.len() - passed);
    ExitCode::SUCCESS
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// Nobody waits so long.
const AGES: Duration = Duration::from_secs(600);

fn a_worker_says_what_would_be_said_here() {
    let pool = Pool::of_this_program();
    for bytes in [
        photos::jpeg_with_exif(6, Some((52.516_274_5, 13.377_701_9)), Some("2024:05:06 07:08:09")),
        photos::png_alpha(640, 480, 2),
        photos::animated_gif(64, 48, 2, 3),
        photos::truncated_jpeg(),
        photos::svg(),
        photos::text(),
        photos::empty(),
        vec![0xff; 300_000],
    ] {
        assert_eq!(pool.examine(&bytes), pictures::examine(&bytes, &Limits::default()));
        assert_eq!(pool.rendition(&bytes, 200), pictures::rendition(&bytes, 200, &Limits::default()));
        assert_eq!(pool.thumbnail(&bytes, 300), pictures::thumbnail(&bytes, 300, &Limits::default()));
    }
}

/// What a decoder asks of the system may be forbidden to it: all formats are tried.
fn every_decoder_works_without_files_and_calls() {
    let pool = Pool::of_this_program();
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../pictures/tests/it/fixtures");
    let mut tried = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let limits = Limits { expendable: true, ..Limits::default() };
        let here = pictures::examine(&bytes, &limits);
        assert_eq!(pool.examine(&bytes), here, "{}", path.display());
        let here = pictures::rendition(&bytes, 64, &limits);
        assert_eq!(pool.rendition(&bytes, 64), here, "{}", path.display());
        tried += 1;
    }
    assert!(tried > 90, "{tried}");
}

/// A picture of AV1 whose bytes are changed: its decoder aborts on some of them, which ends the worker and nothing else.
fn what_aborts_a_decoder_is_kept_and_told() {
    let pool = Pool::of_this_program();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../pictures/tests/it/fixtures/avif-420.avif");
    let whole = std::fs::read(path).unwrap();
    let before = pool.examine(&whole).unwrap();
    assert_eq!((before.remark, before.thumbnail.is_some()), (None, true));
    let data = whole.windows(4).position(|kind| kind == b"mdat").unwrap() + 4;
    let format = Format::Avif;

    // Metadata of a kind that the decoder stumbles over: it aborts.
    let mut hostile = whole.clone();
    hostile[data..data + 8].copy_from_slice(&[47, 47, 5, 4, 128, 0, 0, 0]);
    let kept = pool.examine(&hostile).unwrap();
    assert_eq!((kept.format, kept.width, kept.height), (format, before.width, before.height));
    assert_eq!((kept.remark, kept.thumbnail), (Some(Remark::GaveUp { format }), None));
    let gave_up = PictureError::Undecodable(Remark::GaveUp { format });
    assert_eq!(pool.rendition(&hostile, 64), Err(gave_up.clone()));
    assert_eq!(pool.thumbnail(&hostile, 64), Err(gave_up));
    assert_eq!(pool.examine(&whole).unwrap(), before);

    for length in (0..whole.len()).step_by(7) {
        // Without the boxes in front it is no picture.
        if let Ok(picture) = pool.examine(&whole[..length]) {
            assert!(picture.format == format && picture.remark.is_some(), "{length}: {picture:?}");
        }
    }
    let mut state = 1_u32;
    let mut random = move |below: usize| {
        // Numerical Recipes' generator: the same each time.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for round in 0..200 {
        let mut bytes = whole.clone();
        for _ in 0..=round % 8 {
            bytes[data + random(whole.len() - data)] = random(256) as u8;
        }
        let picture = pool.examine(&bytes).unwrap();
        // What the file says is known, whatever became of the decoder.
        assert!(picture.format == format && picture.width.is_some(), "{round}: {picture:?}");
    }
    assert_eq!(pool.examine(&whole).unwrap(), before);
}

/// What a decoder that a picture has taken over would try, printed as one word each.
fn escape() -> ExitCode {
    let confinement = confine();
    let mut done = Vec::new();
    if std::fs::File::open("/etc/passwd").is_ok() || std::fs::read_dir("/").is_ok() {
        done.push("read");
    }
    if std::fs::write(std::env::temp_dir().join("escaped"), "x").is_ok() {
        done.push("written");
    }
    if std::net::UdpSocket::bind("127.0.0.1:0").is_ok() || std::net::TcpStream::connect("127.0.0.1:9").is_ok() {
        done.push("network");
    }
    if Command::new(this_program_before()).arg("crash").spawn().is_ok() {
        done.push("process");
    }
    let mut large = Vec::<u8>::new();
    if large.try_reserve_exact(2 << 30).is_ok() {
        done.push("memory");
    }
    let computed = std::thread::spawn(|| (1..=10u64).product::<u64>()).join().ok();
    println!("{confinement:?} {done:?} {computed:?}");
    ExitCode::SUCCESS
}

/// Without asking the system.
fn this_program_before() -> PathBuf {
    std::env::args_os().next().map(PathBuf::from).unwrap_or_default()
}

fn a_worker_can_do_nothing_but_compute() {
    let output = Command::new(this_program()).arg("escape").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    assert!(said.contains("Some(3628800)"), "threads compute: {said}");
    if cfg!(target_os = "linux") {
        assert!(said.contains("memory: true") && said.contains("calls: true") && said.contains(" [] "), "{said}");
    }
}

/// What there is of a picture that can't be shown.
#[track_caller]
fn kept_but_not_shown(pool: &Pool) {
    let bytes = photos::png(64, 48, 1);
    let kept = pool.examine(&bytes).unwrap();
    let format = pictures::sniff(&bytes).unwrap();
    assert_eq!((kept.format, kept.remark), (format, Some(Remark::GaveUp { format })));
    let gave_up = PictureError::Undecodable(Remark::GaveUp { format });
    assert_eq!(pool.rendition(&bytes, 100), Err(gave_up.clone()));
    assert_eq!(pool.thumbnail(&bytes, 100), Err(gave_up));
    assert_eq!(pool.examine(&photos::text()), Err(PictureError::NotAPicture));
}

fn one_that_hangs_is_killed() {
    kept_but_not_shown(&Pool::of(this_program(), vec!["hang"], Duration::from_millis(50)));
}

fn one_that_crashes_takes_nothing_with_it() {
    kept_but_not_shown(&Pool::of(this_program(), vec!["crash"], AGES));
}

fn one_that_was_killed_while_it_waited_is_replaced() {
    let pool = Pool::of_this_program();
    let bytes = photos::jpeg(64, 48, 1);
    let before = pool.examine(&bytes).unwrap();
    pool.kill_idle();
    assert_eq!(pool.examine(&bytes).unwrap(), before);
}

fn without_workers_pictures_are_decoded_here() {
    let pool = Pool::of(PathBuf::from("/nowhere/at-all"), Vec::new(), AGES);
    let bytes = photos::jpeg(64, 48, 1);
    assert_eq!(pool.examine(&bytes), pictures::examine(&bytes, &Limits::default()));
    assert_eq!(pool.rendition(&bytes, 10), pictures::rendition(&bytes, 10, &Limits::default()));
}
