//! Whether the account service and its store can be reached, as everything that goes there finds it: sync, uploads, the
//! viewer. One state for all that is shown.

mod probe;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::view::{Connection, Place, PlaceKind};
use crate::{EngineError, ErrorKind};

pub(crate) use probe::{ask, try_now, watch as watch_store};

/// What is known of the way to a place.
pub(crate) struct Way {
    known: Mutex<Known>,
    told: watch::Sender<Connection>,
}

/// What the store was asked to do. A key may have the right to one and not to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// To give bytes, or to say something of them.
    Read,
    /// To take bytes.
    Write,
}

struct Known {
    /// The account service.
    service: Connection,
    /// What uploads wait for, while they do; they try again by themselves.
    uploads: Option<Connection>,
    /// What anybody else found wrong last when the store was to give something.
    reading: Option<Connection>,
    /// The same when it was to take something.
    writing: Option<Connection>,
}

impl Known {
    /// What matters most: without the service nothing is known of its store.
    fn sum(&self) -> Connection {
        match &self.service {
            Connection::Online => {
                let found = self.uploads.as_ref().or(self.writing.as_ref()).or(self.reading.as_ref());
                found.cloned().unwrap_or(Connection::Online)
            }
            service => service.clone(),
        }
    }

    fn of(&mut self, access: Access) -> &mut Option<Connection> {
        match access {
            Access::Read => &mut self.reading,
            Access::Write => &mut self.writing,
        }
    }

    /// The store did what it was asked: it is there, and has the right to that.
    fn works(&mut self, access: Access) {
        *self.of(access) = None;
        for found in [&mut self.reading, &mut self.writing] {
            if matches!(found, Some(Connection::StoreOffline { .. })) {
                *found = None;
            }
        }
    }
}

impl Way {
    /// Nothing is known but this.
    pub(crate) fn new(service: Connection) -> Self {
        let told = watch::Sender::new(service.clone());
        Self { known: Mutex::new(Known { service, uploads: None, reading: None, writing: None }), told }
    }

    /// How things stand.
    pub(crate) fn now(&self) -> Connection {
        self.told.borrow().clone()
    }

    /// Follows [`now`](Self::now).
    pub(crate) fn changes(&self) -> watch::Receiver<Connection> {
        self.told.subscribe()
    }

    /// The service was reached, or not.
    pub(crate) fn service(&self, found: Connection) {
        self.change(|known| known.service = found);
    }

    /// Why uploads wait; `None` while they don't. What keeps them waiting on this computer alone is no matter of the way.
    pub(crate) fn uploads(&self, waiting: Option<Connection>) {
        self.change(|known| match waiting {
            // They got through: so does everybody else.
            None if known.uploads.take().is_some() => known.works(Access::Write),
            waiting => known.uploads = waiting,
        });
    }

    /// Nobody uploads any more: what was found last is somebody else's to try.
    pub(crate) fn uploads_ended(&self) {
        self.change(|known| {
            if let Some(found) = known.uploads.take() {
                known.writing = Some(found);
            }
        });
    }

    /// Whether uploads try again by themselves.
    pub(crate) fn uploads_try(&self) -> bool {
        self.lock().uploads.is_some()
    }

    /// The store did what it was asked.
    pub(crate) fn store_works(&self, access: Access) {
        self.change(|known| known.works(access));
    }

    /// The store can't be reached, or refuses. Other errors say nothing of it.
    pub(crate) fn store_failed(&self, access: Access, place: &Place, error: &EngineError) {
        if let Some(found) = of_store(place, error) {
            self.change(|known| *known.of(access) = Some(found));
        }
    }

    /// The service couldn't look at something in its store: whether that is away or refuses is for the next try to find out.
    pub(crate) fn store_unreadable(&self, reason: String) {
        self.change(|known| {
            // Whoever was refused knows more.
            if !matches!(known.reading, Some(Connection::StoreRefused { .. })) {
                known.reading = Some(Connection::StoreOffline { reason });
            }
        });
    }

    /// Whether the store wouldn't give what it was asked for last.
    pub(crate) fn reading_fails(&self) -> bool {
        self.lock().reading.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Every change to it is complete before the guard is dropped.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.lock();
        change(&mut known);
        let now = known.sum();
        // Told under the lock, so that the last word is the newest.
        self.told.send_if_modified(|told| std::mem::replace(told, now.clone()) != now);
    }
}

/// What an error says of the store.
fn of_store(place: &Place, error: &EngineError) -> Option<Connection> {
    match error.code {
        ErrorKind::StoreUnreachable => Some(Connection::StoreOffline { reason: unreachable(place) }),
        ErrorKind::StoreRefused => Some(Connection::StoreRefused { reason: error.message.clone() }),
        _ => None,
    }
}

/// What it says of the way when the service doesn't do what uploads ask of it.
pub(crate) fn of_service(place: &Place, kind: ErrorKind, reason: String) -> Option<Connection> {
    match kind {
        ErrorKind::ServiceUnreachable | ErrorKind::ServiceFailed => Some(Connection::Offline { reason }),
        ErrorKind::StoreUnreachable => Some(Connection::StoreOffline { reason: unreachable(place) }),
        _ => None,
    }
}

fn unreachable(place: &Place) -> String {
    let location = place.location.clone();
    let sentence = match place.kind {
        PlaceKind::ThisComputer => messages::Connection::OwnStoreSilent,
        PlaceKind::Bucket => messages::Connection::BucketAway { location },
        PlaceKind::Account => messages::Connection::StoreOfServiceAway { location },
    };
    sentence.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            id: "bucket-1".into(),
            name: "holiday@s3.example.com".into(),
            kind: PlaceKind::Bucket,
            title: "bucket holiday at s3.example.com".into(),
            location: "https://s3.example.com".into(),
            username: None,
            bucket: None,
            signed_in: true,
        }
    }

    fn away() -> EngineError {
        EngineError::new(ErrorKind::StoreUnreachable, messages::Message::words("It is away."))
    }

    #[test]
    fn a_reached_service_with_a_dead_store_is_not_online() {
        let way = Way::new(Connection::Connecting);
        way.service(Connection::Online);
        assert_eq!(way.now(), Connection::Online);
        way.store_failed(Access::Read, &place(), &away());
        assert!(matches!(way.now(), Connection::StoreOffline { reason } if reason.contains("s3.example.com")));
        way.service(Connection::Online);
        assert!(matches!(way.now(), Connection::StoreOffline { .. }), "another sync doesn't make it well");
        way.service(Connection::Offline { reason: "No network.".into() });
        assert!(matches!(way.now(), Connection::Offline { .. }));
        way.service(Connection::Online);
        way.store_works(Access::Write);
        assert_eq!(way.now(), Connection::Online);
    }

    #[test]
    fn what_uploads_wait_for_stays_until_they_get_through_or_somebody_else_does() {
        let way = Way::new(Connection::Online);
        way.uploads(of_service(&place(), ErrorKind::StoreUnreachable, "Away.".into()));
        way.store_works(Access::Write);
        assert!(matches!(way.now(), Connection::StoreOffline { .. }), "they still wait");
        way.uploads(None);
        assert_eq!(way.now(), Connection::Online);

        way.uploads(Some(Connection::StoreOffline { reason: "Away.".into() }));
        assert!(way.uploads_try());
        way.uploads_ended();
        assert!(!way.uploads_try());
        assert!(matches!(way.now(), Connection::StoreOffline { .. }));
        way.store_works(Access::Write);
        assert_eq!(way.now(), Connection::Online);
    }

    #[test]
    fn what_the_store_gives_says_nothing_of_what_it_takes() {
        let way = Way::new(Connection::Online);
        let refusal = |said| EngineError::new(ErrorKind::StoreRefused, messages::Message::words(said));
        let reason = |way: &Way| match way.now() {
            Connection::StoreRefused { reason } => Some(reason),
            _ => None,
        };
        way.store_failed(Access::Write, &place(), &refusal("No right to write."));
        way.store_works(Access::Read);
        assert_eq!(reason(&way).as_deref(), Some("No right to write."));
        way.store_failed(Access::Read, &place(), &refusal("No right to read."));
        way.store_works(Access::Write);
        assert_eq!(reason(&way).as_deref(), Some("No right to read."));
        assert!(way.reading_fails());
        way.store_works(Access::Read);
        assert_eq!(way.now(), Connection::Online);
        // Whatever it does, it is there.
        way.store_failed(Access::Read, &place(), &away());
        way.store_works(Access::Write);
        assert_eq!(way.now(), Connection::Online);
    }

    #[test]
    fn what_is_no_matter_of_the_way_says_nothing_of_it() {
        assert_eq!(of_service(&place(), ErrorKind::SecretsLocked, "Locked.".into()), None);
        let way = Way::new(Connection::Online);
        way.store_failed(
            Access::Read,
            &place(),
            &EngineError::new(ErrorKind::NotFound, messages::Message::words("No such object.")),
        );
        assert_eq!(way.now(), Connection::Online);
    }
}
