//! The threads that this crate's servers run on.
//!
//! Servers on a test's own runtime stop answering as soon as that test blocks, for instance in `Command::output` while it
//! tries the command line; and they end with the test that happened to start them. So they have a runtime of their own.

use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// The process's runtime for servers.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(2).thread_name("testkit").enable_all();
        builder.build().expect("threads can be started")
    })
}

/// A socket listening on a free port of 127.0.0.1, or on the given one.
pub(crate) fn listen(port: u16) -> (tokio::net::TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port can be listened on");
    listener.set_nonblocking(true).expect("a socket can be made non-blocking");
    let address = listener.local_addr().expect("a bound socket has an address");
    let _guard = runtime().enter();
    (tokio::net::TcpListener::from_std(listener).expect("inside a runtime"), address)
}
