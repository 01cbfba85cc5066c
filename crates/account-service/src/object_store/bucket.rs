//! What a person types to name their bucket, and what is really meant by it.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// A bucket and the key to it.
#[derive(Debug, Clone)]
pub struct BucketConfig {
    /// The store's address, such as `https://s3.eu-central-003.backblazeb2.com`; absent for AWS.
    pub endpoint: Option<String>,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// The access key's id.
    pub key_id: String,
    /// The secret access key.
    pub secret: SecretString,
    /// Whether the bucket stands in the path (`https://host/bucket/key`) rather than in the host name.
    pub path_style: bool,
}

impl BucketConfig {
    /// The same without what people add by accident (blanks, trailing slashes, the bucket in the address), with the
    /// scheme that is meant, and with a sentence for each correction.
    ///
    /// # Errors
    /// A sentence that says why the address can't be one.
    pub fn normalised(&self) -> Result<(Self, Vec<String>), String> {
        let mut corrections = Vec::new();
        let trim = |text: &str| text.trim().trim_matches('/').to_owned();
        let mut bucket = Self {
            endpoint: None,
            region: self.region.trim().to_owned(),
            bucket: trim(&self.bucket),
            key_id: self.key_id.trim().to_owned(),
            secret: SecretString::from(self.secret.expose_secret().trim()),
            path_style: self.path_style,
        };
        if let Some(name) = bucket.bucket.strip_prefix("s3://") {
            bucket.bucket = name.to_owned();
        }
        if bucket.bucket.is_empty() {
            return Err("The bucket's name is empty.".to_owned());
        }
        if bucket.bucket.contains(['/', ' ', '\\']) {
            return Err(format!("“{}” can't be a bucket's name: give the name alone.", bucket.bucket));
        }
        if bucket.region.is_empty() {
            bucket.region = "us-east-1".to_owned();
            corrections.push("No region was given; us-east-1 is used, as most stores do.".to_owned());
        }
        let typed = self.endpoint.as_deref().map(str::trim).unwrap_or_default();
        if !typed.is_empty() {
            bucket.endpoint = Some(endpoint(typed, &bucket.bucket, &mut corrections)?);
        }
        Ok((bucket, corrections))
    }
}

fn endpoint(typed: &str, bucket: &str, corrections: &mut Vec<String>) -> Result<String, String> {
    let unusable = || format!("“{typed}” is not an address. It should look like https://s3.example.com.");
    let mut url = if typed.contains("://") {
        Url::parse(typed).map_err(|_| unusable())?
    } else {
        let mut url = Url::parse(&format!("https://{typed}")).map_err(|_| unusable())?;
        if is_near(&url) {
            url = Url::parse(&format!("http://{typed}")).map_err(|_| unusable())?;
        }
        corrections.push(format!("The address had no scheme; {}:// was put before it.", url.scheme()));
        url
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(unusable());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("The address holds a user name or password. Put the key into its own fields.".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    if let Some(host) = url.host_str().and_then(|host| host.strip_prefix(&format!("{bucket}."))).map(str::to_owned) {
        url.set_host(Some(&host)).map_err(|_| unusable())?;
        corrections.push(format!("The bucket's name was taken out of the address; {host} is used."));
    }
    let path = url.path().trim_matches('/').to_owned();
    if typed.ends_with('/') && !typed.ends_with("://") {
        corrections.push("The slash at the address's end was left off.".to_owned());
    }
    let rest = path.strip_prefix(bucket).filter(|rest| rest.is_empty() || rest.starts_with('/')).map(str::to_owned);
    if let Some(rest) = rest {
        url.set_path(rest.trim_matches('/'));
        corrections.push("The bucket's name was taken out of the address's path.".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// This computer or this network, where stores are mostly served without TLS.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost") || name.ends_with(".local"),
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback() || ip.is_unique_local(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn normalised(endpoint: &str) -> Result<Option<String>, String> {
        let typed = BucketConfig {
            endpoint: Some(endpoint.to_owned()),
            region: " eu-1 ".to_owned(),
            bucket: " holiday/ ".to_owned(),
            key_id: " id ".to_owned(),
            secret: SecretString::from("secret"),
            path_style: true,
        };
        typed.normalised().map(|(bucket, _)| {
            assert_eq!((&*bucket.bucket, &*bucket.region, &*bucket.key_id), ("holiday", "eu-1", "id"));
            bucket.endpoint
        })
    }

    #[rstest]
    #[case("https://s3.example.com", "https://s3.example.com")]
    #[case(" https://s3.example.com// ", "https://s3.example.com")]
    #[case("s3.example.com", "https://s3.example.com")]
    #[case("localhost:3900", "http://localhost:3900")]
    #[case("192.168.1.4:9000/", "http://192.168.1.4:9000")]
    #[case("nas.local:9000", "http://nas.local:9000")]
    #[case("https://holiday.s3.example.com", "https://s3.example.com")]
    #[case("https://s3.example.com/holiday/", "https://s3.example.com")]
    #[case("https://example.com/s3", "https://example.com/s3")]
    #[case("https://holidays.s3.example.com", "https://holidays.s3.example.com")]
    fn what_is_typed_becomes_what_is_meant(#[case] typed: &str, #[case] meant: &str) {
        assert_eq!(normalised(typed).unwrap().as_deref(), Some(meant));
    }

    #[rstest]
    #[case("ftp://s3.example.com")]
    #[case("https://")]
    #[case("not an address")]
    #[case("https://id:secret@s3.example.com")]
    fn what_can_not_be_an_address_is_refused(#[case] typed: &str) {
        assert!(normalised(typed).is_err());
    }

    #[test]
    fn no_endpoint_means_aws() {
        assert_eq!(normalised("  ").unwrap(), None);
    }
}
