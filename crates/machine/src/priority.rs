//! Who comes first when there is more to do than processors.

/// How much later than others, on Unix's scale of -20 to 19.
#[cfg(target_os = "linux")]
const LATER: i32 = 5;

/// Lets whatever a person sees come before this thread and the processes that it starts: a key is answered while pictures are
/// read and sent. Linux only: elsewhere a program in front comes first anyway, or only whole processes can be put back.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    // In Linux none is this thread, not this process (setpriority(2)).
    if let Err(error) = rustix::process::setpriority_process(None, LATER) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::getpriority_process;

    #[test]
    fn one_thread_gives_way_and_the_others_dont() {
        let before = getpriority_process(None).unwrap();
        let given = std::thread::spawn(|| {
            super::give_way();
            getpriority_process(None).unwrap()
        });
        assert_eq!(given.join().unwrap(), super::LATER.max(before));
        assert_eq!(getpriority_process(None).unwrap(), before);
    }
}
