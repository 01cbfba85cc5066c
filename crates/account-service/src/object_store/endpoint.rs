//! The address of a store, from what people type or paste.

use url::Url;

/// Stores whose S3 API is at the root of a host of theirs, with buckets before it: a bucket's name in such an address is
/// never part of the address. Of any other host it may be.
const KNOWN: [&str; 8] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "backblazeb2.com",
    "cloudflarestorage.com",
    "digitaloceanspaces.com",
    "scw.cloud",
    "wasabisys.com",
    "your-objectstorage.com",
];

/// The address that is meant, with the scheme that goes without saying and without what stands at its end; says what was
/// put right.
///
/// # Errors
/// A sentence that says why it can't be one.
pub(super) fn read(
    typed: &str,
    bucket: &str,
    path_style: bool,
    corrections: &mut Vec<String>,
) -> Result<String, String> {
    let unusable = || format!("“{typed}” is not an address. It should look like https://s3.example.com.");
    let mut url = match typed.trim_start_matches('/') {
        with_scheme if with_scheme.contains("://") => Url::parse(with_scheme).map_err(|_| unusable())?,
        bare => {
            let mut url = Url::parse(&format!("https://{bare}")).map_err(|_| unusable())?;
            if network::is_near(&url) {
                url = Url::parse(&format!("http://{bare}")).map_err(|_| unusable())?;
            }
            corrections.push(format!("The address had no scheme; {}:// was put before it.", url.scheme()));
            url
        }
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(unusable());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("The address holds a user name or password. Put the key into its own fields.".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        url.set_query(None);
        url.set_fragment(None);
        corrections.push("What follows the address’s path was left off.".to_owned());
    }
    // With path style a host may well be called like its bucket; without it, the bucket's name comes before the host.
    let may_be_cut = is_known(&url) || !path_style;
    if let Some(host) = without_label(&url, bucket).filter(|_| may_be_cut)
        // `https://fra1.digitaloceanspaces.com` has no bucket in it, also when the bucket is called `fra1`.
        && (!is_known(&url) || is_known_host(&host))
    {
        url.set_host(Some(&host)).map_err(|_| unusable())?;
        corrections.push(format!("The bucket’s name was taken out of the address; {host} is used."));
    }
    if typed.ends_with('/') && !typed.ends_with("://") {
        corrections.push("The slash at the address’s end was left off.".to_owned());
    }
    if let Some(path) = without_segment(&url, bucket).filter(|_| is_known(&url)) {
        url.set_path(&path);
        corrections.push("The bucket’s name was taken out of the address’s path.".to_owned());
    }
    Ok(tidy(&url))
}

/// The same address without the bucket's name in its host or path, where it is in one of them.
pub(super) fn without_bucket(endpoint: &str, bucket: &str) -> Vec<String> {
    let Ok(url) = Url::parse(endpoint) else { return Vec::new() };
    let mut without = Vec::new();
    if let Some(path) = without_segment(&url, bucket) {
        let mut url = url.clone();
        url.set_path(&path);
        without.push(tidy(&url));
    }
    if let Some(host) = without_label(&url, bucket) {
        let mut url = url.clone();
        if url.set_host(Some(&host)).is_ok() {
            without.push(tidy(&url));
        }
    }
    without
}

/// `eu-central-003` of `s3.eu-central-003.backblazeb2.com`, `nyc3` of `nyc3.digitaloceanspaces.com`.
pub(super) fn region_in(endpoint: &str) -> Option<String> {
    let url = Url::parse(endpoint).ok()?;
    let host = url.domain()?.to_owned();
    let labels: Vec<&str> = host.split('.').collect();
    let place = match *labels {
        ["s3", "dualstack", region, _, ..] => region,
        ["s3", region, _, ..] if labels.len() > 3 => region,
        [region, "digitaloceanspaces" | "your-objectstorage", _] => region,
        _ => return None,
    };
    Some(place.to_owned())
}

fn tidy(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn is_known(url: &Url) -> bool {
    url.domain().is_some_and(is_known_host)
}

fn is_known_host(host: &str) -> bool {
    KNOWN.iter().any(|known| host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}

/// The host without the bucket as its first label; an own domain has two labels at least.
fn without_label(url: &Url, bucket: &str) -> Option<String> {
    let rest = url.domain()?.strip_prefix(&bucket.to_ascii_lowercase())?.strip_prefix('.')?;
    rest.contains('.').then(|| rest.to_owned())
}

fn without_segment(url: &Url, bucket: &str) -> Option<String> {
    let rest = url.path().trim_matches('/').strip_prefix(bucket)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://s3.example.com", "https://s3.example.com")]
    #[case("https://s3.example.com//", "https://s3.example.com")]
    #[case("s3.example.com", "https://s3.example.com")]
    #[case("//s3.example.com/", "https://s3.example.com")]
    #[case("HTTPS://S3.Example.com", "https://s3.example.com")]
    #[case("HTTP://nas:9000/", "http://nas:9000")]
    #[case("localhost:3900", "http://localhost:3900")]
    #[case("192.168.1.4:9000/", "http://192.168.1.4:9000")]
    #[case("[fd00::4]:9000", "http://[fd00::4]:9000")]
    #[case("[2001:db8::4]:9000/", "https://[2001:db8::4]:9000")]
    #[case("nas.local:9000", "http://nas.local:9000")]
    #[case("https://example.com:443/", "https://example.com")]
    #[case("https://x.example/storage/v1/s3", "https://x.example/storage/v1/s3")]
    #[case("https://x.example/storage/v1/s3/", "https://x.example/storage/v1/s3")]
    #[case("https://x.example/minio/?a=b#c", "https://x.example/minio")]
    #[case::like_its_host("https://holiday.example.org", "https://holiday.example.org")]
    #[case::like_its_path("https://example.org/holiday", "https://example.org/holiday")]
    #[case::like_its_path("https://example.org/holiday/s3/", "https://example.org/holiday/s3")]
    #[case("https://holidays.s3.example.com", "https://holidays.s3.example.com")]
    #[case::pasted("https://holiday.s3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com")]
    #[case::pasted("holiday.s3.eu-west-1.amazonaws.com/", "https://s3.eu-west-1.amazonaws.com")]
    #[case::pasted("https://s3.eu-west-1.amazonaws.com/holiday/", "https://s3.eu-west-1.amazonaws.com")]
    #[case::pasted("https://holiday.fra1.digitaloceanspaces.com", "https://fra1.digitaloceanspaces.com")]
    #[case::called_so("https://holiday.digitaloceanspaces.com", "https://holiday.digitaloceanspaces.com")]
    #[case::pasted("https://1a2b.r2.cloudflarestorage.com/holiday", "https://1a2b.r2.cloudflarestorage.com")]
    fn what_is_typed_becomes_what_is_meant(#[case] typed: &str, #[case] meant: &str) {
        assert_eq!(read(typed, "holiday", true, &mut Vec::new()).as_deref(), Ok(meant));
    }

    #[rstest]
    #[case("https://holiday.example.org", "https://example.org")]
    #[case("https://holiday.s3.example.com/", "https://s3.example.com")]
    #[case("https://holiday.com", "https://holiday.com")]
    #[case("https://example.org/holiday", "https://example.org/holiday")]
    fn without_path_style_the_bucket_comes_before_the_host(#[case] typed: &str, #[case] meant: &str) {
        assert_eq!(read(typed, "holiday", false, &mut Vec::new()).as_deref(), Ok(meant));
    }

    #[rstest]
    #[case("ftp://s3.example.com")]
    #[case("s3://holiday")]
    #[case("https://")]
    #[case("not an address")]
    #[case("https://id:secret@s3.example.com")]
    #[case("fd00::4")]
    fn what_can_not_be_an_address_is_refused(#[case] typed: &str) {
        assert!(read(typed, "holiday", true, &mut Vec::new()).is_err());
    }

    #[test]
    fn an_address_can_name_its_region() {
        assert_eq!(region_in("https://s3.eu-central-003.backblazeb2.com").as_deref(), Some("eu-central-003"));
        assert_eq!(region_in("https://s3.eu-west-1.amazonaws.com").as_deref(), Some("eu-west-1"));
        assert_eq!(region_in("https://s3.dualstack.eu-west-1.amazonaws.com").as_deref(), Some("eu-west-1"));
        assert_eq!(region_in("https://s3.fr-par.scw.cloud").as_deref(), Some("fr-par"));
        assert_eq!(region_in("https://nyc3.digitaloceanspaces.com").as_deref(), Some("nyc3"));
        assert_eq!(region_in("https://s3.example.com"), None);
        assert_eq!(region_in("http://127.0.0.1:3900"), None);
    }

    #[test]
    fn where_the_buckets_name_may_be_too_much_is_known() {
        assert_eq!(without_bucket("https://example.org/holiday", "holiday"), ["https://example.org"]);
        assert_eq!(without_bucket("https://holiday.example.org/s3", "holiday"), ["https://example.org/s3"]);
        assert!(without_bucket("https://example.org/holidays", "holiday").is_empty());
    }
}
