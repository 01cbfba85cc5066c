//! `tags`.

use serde::Serialize;

use super::args::{Tags, TagsAction};
use super::failure::Failure;
use super::output::{Output, complain, one_line};
use super::session::Session;

/// A line of `tags rename --json` and `tags merge --json`.
#[derive(Serialize)]
struct Replaced<'a> {
    tag: &'a str,
    pictures: usize,
}

/// Lists the tags, or puts one in the place of others.
pub async fn tags(session: &Session, out: &Output, args: Tags) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let (old, new) = match args.action {
        None => {
            let tags = engine.tags().await?;
            if tags.is_empty() {
                complain(messages::Cli::NoTags);
            }
            for tag in &tags {
                if out.json() {
                    out.object(tag);
                } else {
                    out.line(format!("{:>7}  {}", tag.pictures, tag.tag));
                }
            }
            return Ok(());
        }
        Some(TagsAction::Rename { old, new }) => (vec![old], new),
        Some(TagsAction::Merge { mut tags }) => {
            let into = tags.pop().unwrap_or_default();
            (tags, into)
        }
    };
    let pictures = engine.replace_tags(old, &new).await?;
    session.send_edits().await;
    if out.json() {
        out.object(&Replaced { tag: new.trim(), pictures });
    } else {
        complain(messages::Cli::Tagged { tag: one_line(new.trim()), pictures: pictures.to_string() });
    }
    Ok(())
}
