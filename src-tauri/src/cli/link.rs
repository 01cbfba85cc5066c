//! `link`.

use engine::view::{LinkEnd, LinkLife};
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
    /// What ends it.
    lives: LinkEnd,
    /// Whether it works on this computer only.
    only_here: bool,
    /// Whether it goes on working when this command has ended.
    works_now: bool,
}

/// Prints links, one a line, in the order of the ids, and says for how long they work.
pub async fn link(session: &Session, out: &Output, args: Link) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let format = args.format.map(Into::into);
    let mut failed = false;
    let (mut printed, mut first): (usize, Option<LinkLife>) = (0, None);
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
                        let LinkLife { lives, until, only_here, works_now } = &link.life;
                        out.object(&Line {
                            id: &id,
                            link: &link.text,
                            expires_at: until.as_deref(),
                            lives: *lives,
                            only_here: *only_here,
                            works_now: *works_now,
                        });
                    } else {
                        out.line(&link.text);
                    }
                    printed += 1;
                    first.get_or_insert(link.life);
                }
            }
            Err(error) => {
                failed = true;
                complain(format!("{given}: {}", error.message));
                if out.json() {
                    out.object(&FailedPicture { id: given, error: &error });
                }
            }
        }
    }
    // Of one place all live alike, and the first ends first.
    if let Some(life) = first {
        complain(life.sentence(printed));
    }
    if failed { Err(Failure::Some) } else { Ok(()) }
}
