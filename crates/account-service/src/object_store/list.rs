//! Listings, a page at a time.

use aws_sdk_s3::types::EncodingType;
use percent_encoding::percent_decode_str;

use super::client::{ObjectStore, unquoted};
use super::fault::StoreError;
use crate::clock::Millis;

/// An object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Without its quotes; opaque.
    pub etag: Option<String>,
    /// When the store took it.
    pub modified: Option<Millis>,
}

/// A page of a listing, in the order of keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPage {
    /// At most 1,000 together with `folders`.
    pub objects: Vec<Listed>,
    /// What keys have in common up to and with the next slash, when that was asked for.
    pub folders: Vec<String>,
    /// Leads to the next page; absent on the last.
    pub next: Option<String>,
}

/// How deep a listing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Every object whose key begins with the prefix.
    Everything,
    /// Up to the next slash; what is beyond it is one folder.
    OneFolder,
}

impl ObjectStore {
    /// ListObjectsV2: one page of the objects whose keys begin with `prefix`, from the page's beginning or from where
    /// `next` of the page before leads to.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn list(&self, prefix: &str, depth: Depth, next: Option<String>) -> Result<ListPage, StoreError> {
        let page = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix)
            .set_delimiter((depth == Depth::OneFolder).then(|| "/".to_owned()))
            // A key may hold characters that XML can't.
            .encoding_type(EncodingType::Url)
            .set_continuation_token(next)
            .customize()
            .config_override(Self::quick())
            .send()
            .await?;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let plain = |key: &str| {
            if !encoded {
                return key.to_owned();
            }
            // Some stores write a blank as a plus, as forms do; a plus itself is always encoded.
            percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
        };
        let objects = page.contents().iter().filter_map(|object| {
            Some(Listed {
                key: plain(object.key()?),
                size: object.size().and_then(|size| size.try_into().ok()).unwrap_or_default(),
                etag: object.e_tag().map(unquoted),
                modified: object.last_modified().and_then(|at| at.to_millis().ok()),
            })
        });
        Ok(ListPage {
            objects: objects.collect(),
            folders: page.common_prefixes().iter().filter_map(|common| common.prefix().map(plain)).collect(),
            next: page.next_continuation_token().filter(|_| page.is_truncated() == Some(true)).map(str::to_owned),
        })
    }
}
