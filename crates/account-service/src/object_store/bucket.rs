//! What a person types to name their bucket, and what is really meant by it.

use secrecy::{ExposeSecret, SecretString};

use super::endpoint;

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
    /// Whether whoever chose the bucket has agreed that files which would travel in parts are refused, because the store
    /// can't put parts together.
    pub without_parts: bool,
    /// Whether it is as somebody has typed it, so that what is meant is yet to be read from it ([`BucketConfig::normalised`]).
    pub as_typed: bool,
}

impl BucketConfig {
    /// The same without what people add by accident (blanks, trailing slashes, the bucket in the address), with the
    /// scheme that is meant, and with a sentence for each correction. What has been read once is left as it is: an address that
    /// begins like the bucket may be right.
    ///
    /// # Errors
    /// A sentence that says which of them can't be right, and why.
    pub fn normalised(&self) -> Result<(Self, Vec<String>), String> {
        let mut corrections = Vec::new();
        let name = self.bucket.trim().trim_start_matches("s3://");
        let mut bucket = Self {
            endpoint: None,
            region: self.region.trim().to_owned(),
            bucket: name.trim_matches('/').to_owned(),
            key_id: self.key_id.trim().to_owned(),
            secret: SecretString::from(self.secret.expose_secret().trim()),
            path_style: self.path_style,
            without_parts: self.without_parts,
            as_typed: false,
        };
        if bucket.bucket.is_empty() {
            return Err("The bucket’s name is empty.".to_owned());
        }
        let typed = self.endpoint.as_deref().map(str::trim).unwrap_or_default();
        printable("address", typed)?;
        plain("bucket’s name", &bucket.bucket)?;
        plain("region", &bucket.region)?;
        plain("access key’s ID", &bucket.key_id)?;
        printable("secret access key", bucket.secret.expose_secret())?;
        if bucket.bucket.contains(['/', '\\']) {
            return Err(format!("“{}” can’t be a bucket’s name: give the name alone.", bucket.bucket));
        }
        if !self.as_typed {
            bucket.endpoint.clone_from(&self.endpoint);
        } else if !typed.is_empty() {
            bucket.endpoint = Some(endpoint::read(typed, &bucket.bucket, bucket.path_style, &mut corrections)?);
        }
        if bucket.region.is_empty() {
            match bucket.endpoint.as_deref().and_then(endpoint::region_in) {
                Some(region) => {
                    corrections.push(format!("No region was given; {region} is used, which the address names."));
                    bucket.region = region;
                }
                None => {
                    bucket.region = "us-east-1".to_owned();
                    corrections.push("No region was given; us-east-1 is used, as most stores do.".to_owned());
                }
            }
        }
        Ok((bucket, corrections))
    }
}

/// Refuses what can't be sent in a header: copied from a page or a table, a text may bring more than is seen.
fn printable(field: &str, text: &str) -> Result<(), String> {
    match text.chars().find(|letter| letter.is_control()) {
        None => Ok(()),
        Some('\n' | '\r') => Err(format!("The {field} has a line break in it. Paste it again, as one line.")),
        Some('\t') => Err(format!("The {field} has a tab in it. Paste it again without.")),
        Some(other) => Err(unseen(field, other)),
    }
}

/// Refuses what can't be part of a signature's scope: anything but visible ASCII.
fn plain(field: &str, text: &str) -> Result<(), String> {
    printable(field, text)?;
    match text.chars().find(|letter| !letter.is_ascii_graphic()) {
        None => Ok(()),
        Some(' ') => Err(format!("The {field} has a blank in it. Type or paste it again without.")),
        Some(letter) if letter.is_alphanumeric() => {
            Err(format!("The {field} has “{letter}” in it, which none has. Type or paste it again."))
        }
        Some(other) => Err(unseen(field, other)),
    }
}

fn unseen(field: &str, letter: char) -> String {
    let code = u32::from(letter);
    format!("The {field} has a character in it that isn’t seen or isn’t meant (U+{code:04X}). Type it anew.")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn typed() -> BucketConfig {
        BucketConfig {
            endpoint: Some("https://s3.example.com".to_owned()),
            region: " eu-1 ".to_owned(),
            bucket: " holiday/ ".to_owned(),
            key_id: " id\n".to_owned(),
            secret: SecretString::from("two words\r\n"),
            path_style: true,
            without_parts: false,
            as_typed: true,
        }
    }

    #[test]
    fn what_was_read_once_is_not_read_again() {
        let endpoint = Some("https://holiday.holiday.example.org/".to_owned());
        let (bucket, _) = BucketConfig { endpoint, path_style: false, ..typed() }.normalised().unwrap();
        assert_eq!(bucket.endpoint.as_deref(), Some("https://holiday.example.org"));
        let (again, said) = bucket.normalised().unwrap();
        assert_eq!((again.endpoint, said.len()), (bucket.endpoint, 0));
    }

    #[test]
    fn what_stands_around_it_is_left_off() {
        let (bucket, _) = typed().normalised().unwrap();
        assert_eq!((&*bucket.bucket, &*bucket.region, &*bucket.key_id), ("holiday", "eu-1", "id"));
        assert_eq!(bucket.secret.expose_secret(), "two words");
        let aws = BucketConfig { endpoint: Some("  ".to_owned()), bucket: "s3://holiday".to_owned(), ..typed() };
        let (bucket, _) = aws.normalised().unwrap();
        assert_eq!((bucket.endpoint, &*bucket.bucket), (None, "holiday"));
    }

    #[test]
    fn the_region_may_stand_in_the_address() {
        let endpoint = Some("https://holiday.s3.eu-west-1.amazonaws.com".to_owned());
        let (bucket, said) = BucketConfig { endpoint, region: String::new(), ..typed() }.normalised().unwrap();
        assert_eq!(bucket.endpoint.as_deref(), Some("https://s3.eu-west-1.amazonaws.com"));
        assert_eq!(bucket.region, "eu-west-1", "{said:?}");
    }

    #[rstest]
    #[case(BucketConfig { key_id: "AK\nIA".into(), ..typed() }, "access key’s ID has a line break")]
    #[case(BucketConfig { key_id: "AK\u{7f}IA".into(), ..typed() }, "U+007F")]
    #[case(BucketConfig { key_id: "AK\u{200b}IA".into(), ..typed() }, "U+200B")]
    #[case(BucketConfig { key_id: "Schlüssel".into(), ..typed() }, "“ü”")]
    #[case(BucketConfig { secret: SecretString::from("a\r\nb"), ..typed() }, "secret access key has a line break")]
    #[case(BucketConfig { region: "eu\t1".into(), ..typed() }, "region has a tab")]
    #[case(BucketConfig { bucket: "my bucket".into(), ..typed() }, "bucket’s name has a blank")]
    #[case(BucketConfig { bucket: "a\nb".into(), ..typed() }, "bucket’s name has a line break")]
    #[case(BucketConfig { bucket: "a/b".into(), ..typed() }, "name alone")]
    #[case(BucketConfig { bucket: " ".into(), ..typed() }, "name is empty")]
    #[case(BucketConfig { endpoint: Some("https://s3\n.example.com".into()), ..typed() }, "address has a line break")]
    fn what_can_not_be_sent_is_named(#[case] typed: BucketConfig, #[case] says: &str) {
        let error = typed.normalised().unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}
