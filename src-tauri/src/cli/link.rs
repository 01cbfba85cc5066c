//! `link`.

use serde::Serialize;

use super::args::Link;
use super::failure::Failure;
use super::output::{FailedPicture, Output, complain};
use super::session::Session;

/// A line of `link --json`.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    link: &'a str,
    expires_at: Option<&'a str>,
}

/// Prints links, one a line, in the order of the ids.
pub async fn link(session: &Session, out: &Output, args: Link) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let format = args.format.map(Into::into);
    let mut failed = false;
    for given in &args.ids {
        let outcome = async {
            let id = engine.resolve(given).await?;
            let picture = engine.picture(id).await?;
            Ok::<_, engine::EngineError>((picture.image_id, engine.links(vec![id], format).await?))
        };
        match outcome.await {
            Ok((id, links)) => {
                for link in links {
                    if out.json() {
                        out.object(&Line { id: &id, link: &link.text, expires_at: link.expires_at.as_deref() });
                    } else {
                        out.line(&link.text);
                    }
                }
            }
            Err(error) => {
                failed = true;
                complain(&format!("{given}: {}", error.message));
                if out.json() {
                    out.object(&FailedPicture { id: given, error: &error });
                }
            }
        }
    }
    if failed { Err(Failure::Some) } else { Ok(()) }
}
