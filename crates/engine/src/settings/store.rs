//! Reads and changes the settings.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use describe::Price;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use super::document::Document;
use crate::secrets::{SecretName, Vault, private_file};
use crate::service::web_address;
use crate::view::{AiSettings, AiSettingsChange, LinkFormat, ModelPrice, Notice, NoticeKind, Settings, SettingsChange};
use crate::{EngineError, ErrorKind, Result};

/// The model that describes pictures unless the person names another one.
pub const DEFAULT_MODEL: &str = "gpt-5-mini";

/// The settings of a folder. Clones are cheap and share everything.
///
/// The file is read again whenever another process has replaced it. Nothing is ever taken from the environment: what
/// the window shows is what is used.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: PathBuf,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The file that `document` is from.
    bytes: Option<Vec<u8>>,
    document: Document,
    /// Rises with every change that was seen.
    revision: u64,
    notice: Option<Notice>,
}

/// Who describes pictures. The key is in the vault.
#[derive(Debug, Clone, PartialEq)]
pub struct AiChoice {
    /// The model's name.
    pub model: String,
    /// Another endpoint than OpenAI's.
    pub base_url: Option<Url>,
    /// What the model costs: as the person says, or as is usual; none when nobody knows it.
    pub price: Option<Price>,
    /// The most that a month's descriptions may cost, in millionths of a US dollar.
    pub monthly_cap: Option<u64>,
}

impl Store {
    /// Opens the settings of a folder, which must exist. A damaged file is moved aside, and defaults are used; see
    /// [`take_notice`](Self::take_notice).
    ///
    /// # Errors
    /// `Disk` when the folder can't be read.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let store = Self { inner: Arc::new(Inner { data_dir: data_dir.to_owned(), known: Mutex::default() }) };
        store.catch_up().map_err(|error| store.disk(&error))?;
        Ok(store)
    }

    /// What the person should hear of the settings, once.
    pub fn take_notice(&self) -> Option<Notice> {
        self.known().notice.take()
    }

    /// Rises whenever settings have changed, here or in another process. Reads the file when it was replaced.
    pub fn revision(&self) -> u64 {
        self.read(|_| ());
        self.known().revision
    }

    /// All settings, as people see them.
    pub fn view(&self, vault: &Vault) -> Settings {
        let key = vault.peek(&SecretName::AiKey);
        let ai = self.ai();
        let host = ai.base_url.as_ref().map_or_else(|| describe::OPENAI_HOST.to_owned(), host);
        self.read(|document| Settings {
            theme: document.get(&["theme"]).unwrap_or_default(),
            tile_size: document.get(&["tile_size"]).unwrap_or_default(),
            link_format: document.get(&["link_format"]).unwrap_or_default(),
            ai: AiSettings {
                has_key: key.is_some(),
                key_hint: key.as_ref().and_then(hint),
                model: ai.model.clone(),
                base_url: ai.base_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
                host: host.clone(),
                price: ai.price.map(Into::into),
                monthly_cap_cents: ai
                    .monthly_cap
                    .map(|cap| u32::try_from(cap / MICRODOLLARS_OF_A_CENT).unwrap_or(u32::MAX)),
            },
            describe_new: document.get(&["describe_new"]).unwrap_or(false),
            close_to_tray: document.get(&["close_to_tray"]).unwrap_or(false),
            upload_limit: upload_limit(document),
            wait_on_metered: document.get(&["wait_on_metered"]).unwrap_or(true),
            data_dir: self.inner.data_dir.display().to_string(),
        })
    }

    /// Changes some settings.
    ///
    /// # Errors
    /// `Disk` when the file can't be written; nothing is changed then.
    pub async fn change(&self, change: SettingsChange) -> Result<()> {
        self.edit(move |document| {
            set_if_some(document, "theme", change.theme.as_ref());
            set_if_some(document, "tile_size", change.tile_size.as_ref());
            set_if_some(document, "link_format", change.link_format.as_ref());
            set_if_some(document, "describe_new", change.describe_new.as_ref());
            set_if_some(document, "close_to_tray", change.close_to_tray.as_ref());
            set_if_some(document, "upload_limit", change.upload_limit.as_ref());
            set_if_some(document, "wait_on_metered", change.wait_on_metered.as_ref());
        })
        .await
    }

    /// Changes who describes pictures. The key goes into the vault.
    ///
    /// # Errors
    /// `InvalidInput` for an address or a key that can't be one, `SecretsLocked` when the vault can't be opened,
    /// `Disk`. Nothing is changed then.
    pub async fn change_ai(&self, change: AiSettingsChange, vault: &Vault) -> Result<()> {
        let base_url = change.base_url.as_deref().map(base_url).transpose()?;
        let model = change.model.map(|model| model.trim().to_owned());
        if model.as_ref().is_some_and(|model| model.len() > 200 || model.contains(char::is_control)) {
            return Err(EngineError::new(ErrorKind::InvalidInput, messages::Settings::BadModel));
        }
        if let Some(key) = change.key.map(SecretString::from) {
            match key.expose_secret().trim() {
                "" => vault.remove(&SecretName::AiKey).await?,
                // It becomes a header.
                text if text.chars().all(|c| c.is_ascii_graphic()) => {
                    vault.set(&SecretName::AiKey, text.into()).await?;
                }
                _ => {
                    let message = messages::Settings::BadKey;
                    return Err(EngineError::new(ErrorKind::InvalidInput, message));
                }
            }
        }
        let price = change
            .price
            .map(|change| Ok::<_, EngineError>((change.model, change.price.map(checked_price).transpose()?)));
        let price = price.transpose()?;
        let cap = change.monthly_cap_cents;
        if model.is_none() && base_url.is_none() && price.is_none() && cap.is_none() {
            // The key's hint may have changed.
            self.known().revision += 1;
            return Ok(());
        }
        self.edit(move |document| {
            if let Some(model) = model {
                document.set(&["ai", "model"], Some(&model).filter(|model| !model.is_empty()));
            }
            if let Some(base_url) = base_url {
                document.set(&["ai", "base_url"], base_url.as_ref());
            }
            if let Some((model, price)) = price {
                document.set(&["ai", "prices", &model], price.as_ref());
            }
            if let Some(cap) = cap {
                document.set(&["ai", "monthly_cap_cents"], Some(&cap).filter(|cap| **cap > 0));
            }
        })
        .await
    }

    /// Who describes pictures.
    pub fn ai(&self) -> AiChoice {
        self.read(|document| {
            let model: String = document.get(&["ai", "model"]).unwrap_or_else(|| DEFAULT_MODEL.to_owned());
            let base_url = document.get::<String>(&["ai", "base_url"]).and_then(|typed| web_address(&typed));
            let own = document.get::<Price>(&["ai", "prices", &model]).filter(is_price);
            let cap = document.get::<u32>(&["ai", "monthly_cap_cents"]).filter(|cap| *cap > 0);
            AiChoice {
                // A model in this house costs electricity.
                price: own.or_else(|| {
                    base_url
                        .as_ref()
                        .filter(|url| network::is_near(url))
                        .map_or_else(|| Price::usual(&model), |_| Some(Price::NOTHING))
                }),
                monthly_cap: cap.map(|cap| u64::from(cap) * MICRODOLLARS_OF_A_CENT),
                model,
                base_url,
            }
        })
    }

    /// The form of copied links.
    pub fn link_format(&self) -> LinkFormat {
        self.read(|document| document.get(&["link_format"]).unwrap_or_default())
    }

    /// Whether new uploads are described without being asked.
    pub fn describe_new(&self) -> bool {
        self.read(|document| document.get(&["describe_new"]).unwrap_or(false))
    }

    /// The most that uploads may send, in bytes a second.
    pub fn upload_limit(&self) -> Option<u64> {
        self.read(upload_limit).map(|kilobytes| u64::from(kilobytes) * 1000)
    }

    /// Whether uploads wait while the connection is metered.
    pub fn wait_on_metered(&self) -> bool {
        self.read(|document| document.get(&["wait_on_metered"]).unwrap_or(true))
    }

    /// The port that the embedded service of a place had, so that its links stay good.
    pub fn port(&self, place_id: &str) -> Option<u16> {
        self.read(|document| document.get(&["ports", place_id]))
    }

    /// Remembers the port of a place's embedded service.
    ///
    /// # Errors
    /// `Disk`.
    pub async fn set_port(&self, place_id: &str, port: u16) -> Result<()> {
        if self.port(place_id) == Some(port) {
            return Ok(());
        }
        let place_id = place_id.to_owned();
        self.edit(move |document| document.set(&["ports", &place_id], Some(&port))).await
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Every change to it is complete before the guard is dropped.
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    fn path(&self) -> PathBuf {
        self.inner.data_dir.join("settings.json")
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&Document) -> T) -> T {
        if let Err(error) = self.catch_up() {
            tracing::warn!(%error, "settings can't be read; those known so far are used");
        }
        read(&self.known().document)
    }

    /// Takes up what another process wrote.
    fn catch_up(&self) -> io::Result<()> {
        let bytes = private_file::read(&self.path())?;
        if self.take_up(bytes) { Ok(()) } else { self.move_aside() }
    }

    /// False when the bytes are damaged.
    fn take_up(&self, bytes: Option<Vec<u8>>) -> bool {
        let mut known = self.known();
        if bytes != known.bytes {
            let parsed = bytes.as_deref().map_or_else(|| Some(Document::default()), Document::parse);
            let Some(document) = parsed else { return false };
            (known.bytes, known.document) = (bytes, document);
            known.revision += 1;
        }
        true
    }

    /// Keeps a damaged file under another name. (The order is always: first the lock of the file, then that of
    /// `known`.)
    fn move_aside(&self) -> io::Result<()> {
        let _lock = private_file::lock(&self.lock_path())?;
        // Another process may have done so already.
        if self.take_up(private_file::read(&self.path())?) {
            return Ok(());
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let aside = self.inner.data_dir.join(format!("settings.damaged-{}.json", now.as_millis()));
        std::fs::rename(self.path(), &aside)?;
        self.take_up(None);
        let message = messages::Settings::SetBack { path: aside.display().to_string() }.to_string();
        self.known().notice = Some(Notice { kind: NoticeKind::Warning, message });
        Ok(())
    }

    /// Changes the file under the lock, on top of what it holds by then.
    pub(super) async fn edit(&self, edit: impl FnOnce(&mut Document) + Send + 'static) -> Result<()> {
        let store = self.clone();
        let edited = tokio::task::spawn_blocking(move || {
            store.catch_up()?;
            let _lock = private_file::lock(&store.lock_path())?;
            // A file is only ever replaced as a whole, so it can't have become damaged since.
            store.take_up(private_file::read(&store.path())?);
            let mut document = store.known().document.clone();
            edit(&mut document);
            let bytes = document.to_bytes();
            private_file::replace(&store.path(), &bytes)?;
            let mut known = store.known();
            (known.bytes, known.document) = (Some(bytes), document);
            known.revision += 1;
            Ok(())
        });
        edited.await.map_err(io::Error::other).and_then(|edited| edited).map_err(|error| self.disk(&error))
    }

    fn lock_path(&self) -> PathBuf {
        self.inner.data_dir.join("settings.lock")
    }

    fn disk(&self, error: &io::Error) -> EngineError {
        let message = messages::Settings::Disk { path: self.path().display().to_string(), why: machine::why(error) };
        EngineError::new(ErrorKind::Disk, message)
    }
}

const MICRODOLLARS_OF_A_CENT: u64 = 10_000;

/// The dearest price that is believed, in US dollars for a million tokens.
const DEAREST: f64 = 10_000.0;

fn is_price(price: &Price) -> bool {
    [price.input, price.output].iter().all(|dollars| (0.0..=DEAREST).contains(dollars))
}

fn checked_price(price: ModelPrice) -> Result<Price> {
    Some(Price::from(price)).filter(is_price).ok_or_else(|| {
        let message = messages::Settings::BadPrice { most: DEAREST.to_string() };
        EngineError::new(ErrorKind::InvalidInput, message)
    })
}

/// In kB a second; 0 in the file is no limit, too.
fn upload_limit(document: &Document) -> Option<u32> {
    document.get::<u32>(&["upload_limit"]).filter(|limit| *limit > 0)
}

fn set_if_some<T: Serialize>(document: &mut Document, name: &str, value: Option<&T>) {
    if value.is_some() {
        document.set(&[name], value);
    }
}

/// Another endpoint than OpenAI's, from what a person typed; `None` for OpenAI.
fn base_url(typed: &str) -> Result<Option<Url>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    // A single word is a slip, unless it is said to be an address or is this computer's own name.
    let is_word = !typed.contains(['.', ':', '/']) && !typed.eq_ignore_ascii_case("localhost");
    web_address(typed).filter(|_| !is_word).map(Some).ok_or_else(|| {
        let message = messages::Settings::BadAddress { typed: typed.to_string() };
        EngineError::new(ErrorKind::InvalidInput, message)
    })
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The last four characters of a key that is long enough for them to give nothing away.
fn hint(key: &SecretString) -> Option<String> {
    let key = key.expose_secret();
    (key.len() >= 16).then(|| key.get(key.len() - 4..).map(str::to_owned)).flatten()
}
