//! What is in a bucket, asked of the server itself.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, ResponseChecksumValidation};

use super::Garage;

impl Garage {
    /// Every object with its bytes, by key.
    ///
    /// # Panics
    /// When the server is stopped, or the key may not read.
    pub async fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let client = self.client();
        let mut objects = BTreeMap::new();
        for key in self.keys().await {
            let object = client.get_object().bucket(&self.bucket).key(&key).send().await;
            match object {
                Ok(object) => {
                    let bytes = object.body.collect().await.expect("an object can be read to its end");
                    objects.insert(key, bytes.to_vec());
                }
                // Removed since it was listed.
                Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 404) => {}
                Err(error) => panic!("{key} can't be read: {error:?}"),
            }
        }
        objects
    }

    /// The keys of multipart uploads that were begun, and neither completed nor aborted.
    ///
    /// # Panics
    /// When the server is stopped, or the key may not read.
    pub async fn unfinished(&self) -> Vec<String> {
        let client = self.client();
        let listed = client.list_multipart_uploads().bucket(&self.bucket).send().await.expect("uploads can be listed");
        listed.uploads().iter().filter_map(|upload| upload.key().map(str::to_owned)).collect()
    }

    /// The key of every object.
    ///
    /// # Panics
    /// When the server is stopped, or the key may not read.
    pub async fn keys(&self) -> Vec<String> {
        let mut pages = self.client().list_objects_v2().bucket(&self.bucket).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.expect("objects can be listed");
            keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        }
        keys
    }

    fn client(&self) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new(self.region.clone()))
            .credentials_provider(Credentials::new(&self.key_id, &self.secret, None, None, "testkit"))
            .force_path_style(self.path_style)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Client::from_conf(config)
    }
}
