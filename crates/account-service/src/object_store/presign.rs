//! Presigned requests: permission for exactly one transfer, for a short time.

use std::collections::BTreeMap;
use std::time::Duration;

use account_api::PresignedPut;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_smithy_async::time::TimeSource;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::client::ObjectStore;
use super::fault::StoreError;
use super::put_spec::PutSpec;
use crate::media;

/// How long a presigned GET for the client itself is good, and a presigned PUT unless the configuration says otherwise.
pub const GOOD_FOR: Duration = Duration::from_secs(15 * 60);

/// What a browser does with what it gets.
#[derive(Debug, Clone, Copy)]
pub struct Disposition<'a> {
    /// The media type to answer with.
    pub content_type: &'a str,
    /// Show it rather than save it.
    pub inline: bool,
    /// What to save it as.
    pub file_name: &'a str,
}

impl Disposition<'_> {
    /// The header of RFC 6266, with the name in ASCII for old programs and in UTF-8 for the others.
    fn header(&self) -> String {
        let kind = if self.inline { "inline" } else { "attachment" };
        // Whoever saves it sees its real end, and it stays in its folder.
        let name: String = names::without_hidden(self.file_name)
            .chars()
            .filter(|c| !c.is_control())
            .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
            .collect();
        // One that an earlier version let somebody give may be a folder's, or nothing that can be seen.
        let name = names::picture_name(&name).map_or_else(|_| self.made_up(), str::to_owned);
        let plain: String = name
            .chars()
            .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
            .collect();
        let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    }

    fn made_up(&self) -> String {
        match media::by_content_type(self.content_type) {
            Some(media) => format!("picture.{}", media.extension),
            None => "picture".to_owned(),
        }
    }
}

impl ObjectStore {
    /// A PUT of exactly these bytes to exactly this key: length, type and MD5 are signed, so that the store refuses
    /// anything longer, shorter or corrupt.
    ///
    /// # Errors
    /// When the request can't be formed.
    pub async fn presign_put(&self, spec: &PutSpec<'_>, good_for: Duration) -> Result<PresignedPut, StoreError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(spec.key)
            .content_type(spec.content_type)
            .content_length(i64::try_from(spec.size).unwrap_or(i64::MAX))
            .content_md5(spec.content_md5)
            .set_metadata(spec.metadata())
            .presigned(self.expiry(good_for)?)
            .await?;
        Ok(wire(&request, good_for))
    }

    /// A PUT of one part, bound the same way.
    ///
    /// # Errors
    /// When the request can't be formed.
    pub async fn presign_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        size: u64,
        content_md5: &str,
        good_for: Duration,
    ) -> Result<PresignedPut, StoreError> {
        let request = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .content_length(i64::try_from(size).unwrap_or(i64::MAX))
            .content_md5(content_md5)
            .presigned(self.expiry(good_for)?)
            .await?;
        Ok(wire(&request, good_for))
    }

    /// A GET that answers with the given type and disposition, whatever the object says of itself.
    ///
    /// # Errors
    /// When the request can't be formed.
    pub async fn presign_get(
        &self,
        key: &str,
        disposition: Disposition<'_>,
        good_for: Duration,
    ) -> Result<String, StoreError> {
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_type(disposition.content_type)
            .response_content_disposition(disposition.header())
            .presigned(self.expiry(good_for)?)
            .await?;
        Ok(request.uri().to_owned())
    }

    /// From now on, by the store's clock.
    fn expiry(&self, good_for: Duration) -> Result<PresigningConfig, StoreError> {
        PresigningConfig::builder()
            .start_time(self.clock.now())
            .expires_in(good_for)
            .build()
            .map_err(|error| StoreError::Request(error.to_string()))
    }
}

fn wire(request: &PresignedRequest, good_for: Duration) -> PresignedPut {
    let headers: BTreeMap<String, String> = request
        .headers()
        // `host` is the client's own business: it is in the URL.
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    PresignedPut { url: request.uri().to_owned(), headers, expires_in: good_for.as_secs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_can_not_break_out_of_the_disposition() {
        let disposition = Disposition { content_type: "image/png", inline: false, file_name: "a\"; x=\r\n\"ü.png" };
        assert_eq!(
            disposition.header(),
            "attachment; filename=\"a_; x=__.png\"; filename*=UTF-8''a%22%3B%20x%3D%22%C3%BC%2Epng"
        );
    }
}
