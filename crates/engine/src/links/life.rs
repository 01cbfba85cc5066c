//! How long a link lives: the one place that knows, for the window, the tray and the command line alike.

use std::time::Duration;

use url::Url;

use crate::instant;
use crate::library::Library;
use crate::view::{LinkEnd, LinkLife, PlaceKind};

/// How long the app, if it is open, may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// What is the same for all links of a place at this moment.
pub(crate) struct Lives {
    kind: PlaceKind,
    app_is_open: bool,
}

impl Lives {
    /// Finds out what has to be found out. In the window's own process the app is open.
    pub(crate) async fn of(library: &Library, in_window: bool) -> Self {
        let kind = library.place.kind;
        let app_is_open = in_window
            || kind != PlaceKind::ThisComputer
            || tokio::time::timeout(ANSWER, library.client.links_are_answered_elsewhere()).await.unwrap_or(false);
        Self { kind, app_is_open }
    }

    /// How long a link lives that the service gave with this end.
    pub(crate) fn life(&self, url: &str, expires_at: Option<&str>) -> LinkLife {
        let only_here = Url::parse(url).is_ok_and(|url| network::is_this_computer(&url));
        let lives = match (expires_at, self.kind) {
            (Some(_), _) => LinkEnd::Until,
            (None, PlaceKind::ThisComputer) => LinkEnd::WhileOpen,
            (None, _) => LinkEnd::AsPicture,
        };
        let works_now = lives != LinkEnd::WhileOpen || self.app_is_open;
        LinkLife { lives, until: expires_at.map(str::to_owned), only_here, works_now }
    }
}

impl LinkLife {
    /// The same in a sentence, of one link or of several.
    pub fn sentence(&self, links: usize) -> String {
        use messages::Link;
        let count = links as u64;
        let said = match (self.lives, &self.until, self.only_here) {
            (LinkEnd::Until, Some(until), true) => Link::UntilHere { count, until: instant::minute(until) },
            (LinkEnd::Until, Some(until), false) => Link::Until { count, until: instant::minute(until) },
            (LinkEnd::WhileOpen, _, true) if self.works_now => Link::WhileOpenHere { count },
            (LinkEnd::WhileOpen, _, false) if self.works_now => Link::WhileOpen { count },
            (LinkEnd::WhileOpen, _, true) => Link::NotOpenHere { count },
            (LinkEnd::WhileOpen, _, false) => Link::NotOpen { count },
            (_, _, true) => Link::AsPictureHere { count },
            (_, _, false) => Link::AsPicture { count },
        };
        said.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: PlaceKind, app_is_open: bool, url: &str, expires_at: Option<&str>) -> String {
        Lives { kind, app_is_open }.life(url, expires_at).sentence(1)
    }

    #[test]
    fn each_place_says_how_long() {
        let local = "http://127.0.0.1:5000/i/x";
        assert_eq!(
            said(PlaceKind::ThisComputer, true, local, None),
            "It works on this computer only, while the app is open."
        );
        assert_eq!(
            said(PlaceKind::ThisComputer, false, local, None),
            "It works on this computer only, while the app is open. It is not open now: until you open it, nothing answers."
        );
        let seven_days = Some("2026-12-07T00:12:34.567Z");
        assert_eq!(
            said(PlaceKind::Bucket, true, "https://s3.example.com/b/k?sig", seven_days),
            "It works until 7 December 2026, 00:12 UTC."
        );
        assert_eq!(
            said(PlaceKind::Bucket, true, "http://localhost:3900/b/k?sig", seven_days),
            "It works on this computer only until 7 December 2026, 00:12 UTC."
        );
        assert_eq!(
            said(PlaceKind::Account, true, "https://pictures.example.com/i/x", None),
            "It works for as long as the picture is in the library."
        );
    }
}
