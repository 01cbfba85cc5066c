//! Runs the AI stand-in until it is stopped, for trying the app by hand: `ai-stand-in [PORT]`.

use std::io::Write;

use testkit::ai::{AiStandIn, Behaviour, KEY};

fn main() -> std::io::Result<()> {
    let port = match std::env::args().nth(1).map(|port| port.parse()) {
        None => 0,
        Some(Ok(port)) => port,
        Some(Err(_)) => {
            writeln!(std::io::stderr(), "usage: ai-stand-in [PORT]")?;
            std::process::exit(2);
        }
    };
    let stand_in = AiStandIn::start_on(port);
    let keys = [
        ("sk-no-quota", Behaviour::InsufficientQuota),
        ("sk-rate-limited", Behaviour::RateLimit { retry_after: Some(5) }),
        ("sk-refuses", Behaviour::Refuse),
        ("sk-hangs", Behaviour::Hang),
        ("sk-broken", Behaviour::ServerError),
    ];
    let mut out = std::io::stdout();
    writeln!(out, "{}", stand_in.base_url())?;
    writeln!(out, "key that works: {KEY}")?;
    for (key, behaviour) in keys {
        writeln!(out, "key for {behaviour:?}: {key}")?;
        stand_in.answer_key(key, behaviour);
    }
    out.flush()?;
    loop {
        std::thread::park();
    }
}
