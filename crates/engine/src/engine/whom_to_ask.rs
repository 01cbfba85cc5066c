//! Who describes pictures, as the settings have it.

use std::sync::Arc;

use describe::Endpoint;
use futures::FutureExt as _;

use crate::describing::{Asked, WhomToAsk};
use crate::secrets::{SecretName, Vault};
use crate::settings::Store;

/// Settings and the sealed key, read when a picture is to be described.
pub(super) fn whom_to_ask(settings: &Store, vault: &Vault) -> WhomToAsk {
    let (settings, vault) = (settings.clone(), vault.clone());
    Arc::new(move || {
        let (settings, vault) = (settings.clone(), vault.clone());
        async move {
            let choice = settings.ai();
            let key = vault.get(&SecretName::AiKey).await?.unwrap_or_default();
            let endpoint = Endpoint { base_url: choice.base_url, ..Endpoint::new(key, choice.model) };
            Ok(Asked { endpoint, price: choice.price, monthly_cap: choice.monthly_cap })
        }
        .boxed()
    })
}
