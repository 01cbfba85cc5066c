//! Places that were chosen before: what is known of them, going back to one, forgetting one.

use catalogue::Glance;

use super::open_place::OpenPlace;
use super::places::Places;
use super::{account, bucket, folders, naming};
use crate::service::Client;
use crate::settings::SavedPlace;
use crate::view::{KnownPlace, Place, PlaceNeeds};
use crate::{ErrorKind, Result};

impl Places {
    /// The places that were chosen once and not forgotten: this computer first, then buckets, then accounts, each by name.
    /// Needs no network.
    pub async fn known(&self) -> Vec<KnownPlace> {
        let mut known = Vec::new();
        for (saved, place) in self.all() {
            known.push(self.seen(&saved, place).await);
        }
        known
    }

    /// One of them, by its name.
    ///
    /// # Errors
    /// `NotFound` or `InvalidInput` when the name is nobody's or several ones'.
    pub async fn known_one(&self, named: &str) -> Result<KnownPlace> {
        let all = self.all();
        let (saved, place) = naming::find(&all, named)?;
        Ok(self.seen(saved, place.clone()).await)
    }

    async fn seen(&self, saved: &SavedPlace, place: Place) -> KnownPlace {
        let needs = self.needs(saved).await;
        let folder = folders::library_path(&self.inner.data_dir, &place.id);
        let glance = tokio::task::spawn_blocking(move || catalogue::glance(&folder)).await.ok().flatten();
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        KnownPlace {
            current: self.inner.settings.place().is_some_and(|chosen| chosen.id() == place.id),
            pictures: glance.and_then(|Glance { pictures, .. }| pictures).map(count),
            waiting: glance.map_or(0, |Glance { unfinished, .. }| count(unfinished)),
            needs,
            place: Place { signed_in: needs == PlaceNeeds::Nothing, ..place },
        }
    }

    /// Goes back to a place by its name, as [`known`](Self::known) gives it. Never needs a network: a place whose key or
    /// session is not kept any more opens with [`OpenPlace::problem`].
    ///
    /// # Errors
    /// `NotFound` or `InvalidInput` when the name is nobody's or several ones'; when this computer's embedded service doesn't start; when the
    /// choice can't be saved.
    pub async fn go_to(&self, named: &str) -> Result<OpenPlace> {
        let saved = self.named(named)?;
        if saved == SavedPlace::ThisComputer {
            return self.choose_this_computer().await;
        }
        let opened = self.open(saved.clone()).await?;
        self.inner.settings.set_place(Some(saved)).await?;
        Ok(opened)
    }

    /// Forgets a place by its name, with its key or its session, which is ended on the service when that can be reached.
    /// Pictures, here and there, stay as they are, and so do the secrets of all other places. Whether it was the chosen one,
    /// whose client `open` is.
    ///
    /// # Errors
    /// `NotFound` or `InvalidInput` for the name, `SecretsLocked` or `Disk` when what is kept can't be removed; it stays known then.
    pub async fn forget(&self, named: &str, open: Option<&Client>) -> Result<bool> {
        let saved = self.named(named)?;
        let id = saved.id();
        let chosen = self.inner.settings.place().is_some_and(|place| place.id() == id);
        match &saved {
            SavedPlace::Account { service, .. } => self.end_session(&id, service, open.filter(|_| chosen)).await?,
            SavedPlace::Bucket { .. } => self.inner.vault.remove(&bucket::secret_name(&id)).await?,
            SavedPlace::ThisComputer => {}
        }
        self.inner.settings.forget_place(&id).await?;
        Ok(chosen)
    }

    /// A place for people.
    pub(super) fn described(&self, saved: &SavedPlace, signed_in: bool) -> Place {
        let mut all = self.inner.settings.known_places();
        all.retain(|place| place.id() != saved.id());
        all.push(saved.clone());
        let name = naming::names(&all).pop().unwrap_or_default();
        naming::describe(saved, name, self.location(saved), signed_in)
    }

    fn location(&self, saved: &SavedPlace) -> String {
        match saved {
            SavedPlace::ThisComputer => folders::service_path(&self.inner.data_dir, &saved.id()).display().to_string(),
            SavedPlace::Bucket { endpoint, region, .. } => bucket::location(endpoint.as_deref(), region),
            SavedPlace::Account { service, .. } => service.clone(),
        }
    }

    /// All known places in their order.
    fn all(&self) -> Vec<(SavedPlace, Place)> {
        let saved = self.inner.settings.known_places();
        let names = naming::names(&saved);
        let mut all: Vec<_> = saved
            .into_iter()
            .zip(names)
            .map(|(saved, name)| {
                let place = naming::describe(&saved, name, self.location(&saved), true);
                (saved, place)
            })
            .collect();
        all.sort_by(|(_, one), (_, other)| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
        all
    }

    fn named(&self, named: &str) -> Result<SavedPlace> {
        Ok(naming::find(&self.all(), named)?.0.clone())
    }

    /// What going to a place asks for. What is locked is not taken for missing.
    async fn needs(&self, saved: &SavedPlace) -> PlaceNeeds {
        let (name, missing) = match saved {
            SavedPlace::ThisComputer => return PlaceNeeds::Nothing,
            SavedPlace::Bucket { .. } => (bucket::secret_name(&saved.id()), PlaceNeeds::Key),
            SavedPlace::Account { .. } => (account::token_name(&saved.id()), PlaceNeeds::SignIn),
        };
        match self.inner.vault.get(&name).await {
            Ok(Some(_)) => PlaceNeeds::Nothing,
            Ok(None) => missing,
            Err(error) if error.code == ErrorKind::SecretsLocked => PlaceNeeds::Unlock,
            Err(_) => missing,
        }
    }
}
