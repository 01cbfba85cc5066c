//! From variables to a [`Config`].

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use account_api::TrashRule;
use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use super::{
    AiConfig, BucketConfig, Config, ConfigError, LogFormat, MailConfig, PasswordCost, Quotas, Rate, RatePolicy,
    Registration, SigningKeys, StoreConfig, TrashDays,
};
use crate::counted::counted;

type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) fn config(variable: Variable<'_>) -> Result<Config, ConfigError> {
    let mut config = Config::in_folder(text(variable, "DATA_DIR").map_or_else(|| PathBuf::from("data"), PathBuf::from));
    config.listen = parsed(variable, "LISTEN", SOCKET)?.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 5000)));
    config.metrics_listen = parsed(variable, "METRICS_LISTEN", SOCKET)?;
    config.public_url = web_address(variable, "PUBLIC_URL")?;
    config.database_url = database_url(variable)?;
    config.store = store(variable)?;
    config.signing = SigningKeys {
        current: match long_key(variable, "JWT_SECRET_KEY")? {
            Some(key) => Some(key),
            None => long_key(variable, "SECRET_KEY")?,
        },
        previous: long_key(variable, "JWT_SECRET_KEY_PREVIOUS")?,
    };
    if config.signing.previous.is_some() && config.signing.current.is_none() {
        return Err(ConfigError::HalfSet { present: "JWT_SECRET_KEY_PREVIOUS", missing: "JWT_SECRET_KEY" });
    }
    config.sealing = long_key(variable, "SECRET_KEY")?;
    config.sealing_previous = long_key(variable, "SECRET_KEY_PREVIOUS")?;
    config.registration = match text(variable, "REGISTRATION").as_deref() {
        None | Some("open") => Registration::Open,
        Some("invitation") => Registration::Invitation,
        Some("closed") => Registration::Closed,
        Some(_) => return Err(invalid("REGISTRATION", "it has to be open, invitation or closed")),
    };
    if let Some(most) = parsed::<NonZeroU64>(variable, "OPEN_UPLOADS", SOME)? {
        config.limits.open_uploads = most.get();
    }
    config.ai = ai(variable)?;
    config.mail = mail(variable)?;
    config.password_cost = password_cost(variable)?;
    if let Some(size) = parsed::<NonZeroU64>(variable, "MAX_FILE_SIZE", SOME)? {
        config.limits.file_size = size.get();
    }
    let connections = &mut config.limits.connections;
    if let Some(most) = parsed::<NonZeroU32>(variable, "MAX_CONNECTIONS", SOME)? {
        connections.most = most.get() as usize;
    }
    if let Some(most) = parsed::<NonZeroU32>(variable, "MAX_CONNECTIONS_PER_ADDRESS", SOME)? {
        connections.most_by_address = Some(most.get() as usize);
    }
    config.trusted_proxies = networks(variable, "TRUSTED_PROXIES")?;
    config.limits.rates = rates(variable)?;
    config.quotas = Quotas {
        bytes: parsed(variable, "QUOTA_BYTES", NUMBER)?,
        pictures: parsed(variable, "QUOTA_PICTURES", NUMBER)?,
    };
    config.trash = TrashDays::Operator(trash_days(variable)?);
    if let Some(seconds) = parsed::<u32>(variable, "STOP_SECONDS", NUMBER)? {
        config.limits.stop = Duration::from_secs(seconds.into());
    }
    config.log_format = match text(variable, "LOG_FORMAT").as_deref() {
        None | Some("text") => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(_) => return Err(invalid("LOG_FORMAT", "it has to be text or json")),
    };
    Ok(config)
}

/// A key for HS256 has at least as many bytes as the hash (RFC 7518, 3.2); with a shorter one tokens could be forged.
const SHORTEST_KEY: usize = 32;

/// A key has at least so many different bytes; 32 random hexadecimal digits never have fewer.
const FEWEST_BYTES: usize = 4;

fn long_key(variable: Variable<'_>, name: &'static str) -> Result<Option<SecretString>, ConfigError> {
    let Some(key) = text(variable, name) else {
        // Somebody meant it to be set; with a key of the service's own nobody would notice.
        return match variable(name) {
            Some(blank) if !blank.is_empty() => Err(invalid(name, "it has nothing but blanks")),
            _ => Ok(None),
        };
    };
    if key.len() < SHORTEST_KEY {
        let bytes = counted(key.len(), "byte");
        let problem =
            format!("it has {bytes} and needs at least {SHORTEST_KEY}; `openssl rand -base64 48` prints a good one");
        return Err(invalid(name, problem));
    }
    if key.bytes().collect::<HashSet<_>>().len() < FEWEST_BYTES {
        let problem = "it is the same few characters again and again; `openssl rand -base64 48` prints a good one";
        return Err(invalid(name, problem));
    }
    Ok(Some(SecretString::from(key)))
}

fn rates(variable: Variable<'_>) -> Result<Option<RatePolicy>, ConfigError> {
    if flag(variable, "RATE_LIMITS")? == Some(false) {
        return Ok(None);
    }
    let rate = |name, default| match parsed::<NonZeroU32>(variable, name, SOME)? {
        Some(requests) => Ok(Rate::per_minute(requests.get())),
        None => Ok(default),
    };
    let default = RatePolicy::default();
    Ok(Some(RatePolicy {
        address: rate("RATE_PER_ADDRESS", default.address)?,
        account: rate("RATE_PER_ACCOUNT", default.account)?,
        credentials: rate("RATE_SIGN_INS", default.credentials)?,
    }))
}

fn networks(variable: Variable<'_>, name: &'static str) -> Result<Vec<IpNet>, ConfigError> {
    let list = text(variable, name).unwrap_or_default();
    let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let network = entry.parse().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| invalid(name, format!("“{entry}” is neither an address nor a network like 10.0.0.0/8")))
        })
        .collect()
}

fn flag(variable: Variable<'_>, name: &'static str) -> Result<Option<bool>, ConfigError> {
    match text(variable, name).as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("1" | "true" | "yes" | "on") => Ok(Some(true)),
        Some("0" | "false" | "no" | "off") => Ok(Some(false)),
        Some(_) => Err(invalid(name, "it has to be on or off")),
    }
}

fn store(variable: Variable<'_>) -> Result<StoreConfig, ConfigError> {
    const NEEDED: [&str; 3] = ["S3_BUCKET", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"];
    const OPTIONAL: [&str; 4] = ["S3_ENDPOINT", "S3_REGION", "S3_PATH_STYLE", "S3_MULTIPART"];
    let Some(present) = NEEDED.into_iter().chain(OPTIONAL).find(|name| text(variable, name).is_some()) else {
        return Ok(StoreConfig::Embedded);
    };
    let needed = |missing: &'static str| text(variable, missing).ok_or(ConfigError::HalfSet { present, missing });
    let [bucket, key_id, secret] = [needed(NEEDED[0])?, needed(NEEDED[1])?, needed(NEEDED[2])?];
    let endpoint = text(variable, "S3_ENDPOINT");
    let region = match (text(variable, "S3_REGION"), &endpoint) {
        (Some(region), _) => region,
        // Stores other than AWS mostly call their one region so; Amazon's own has no default that would be right.
        (None, Some(_)) => "us-east-1".to_owned(),
        (None, None) => return Err(ConfigError::HalfSet { present, missing: "S3_REGION" }),
    };
    let path_style = flag(variable, "S3_PATH_STYLE")?.unwrap_or(endpoint.is_some());
    let without_parts = flag(variable, "S3_MULTIPART")? == Some(false);
    let secret = SecretString::from(secret);
    let config = BucketConfig { endpoint, region, bucket, key_id, secret, path_style, without_parts, as_typed: true };
    match config.normalised() {
        Ok((config, _)) => Ok(StoreConfig::Bucket(config)),
        Err(problem) => Err(ConfigError::Bucket(problem)),
    }
}

fn ai(variable: Variable<'_>) -> Result<Option<AiConfig>, ConfigError> {
    let key = secret(variable, "OPENAI_API_KEY");
    let base_url = web_address(variable, "OPENAI_BASE_URL")?;
    let model = text(variable, "OPENAI_MODEL");
    match (key, base_url, model) {
        (None, None, None) => Ok(None),
        (None, None, Some(_)) => Err(ConfigError::HalfSet { present: "OPENAI_MODEL", missing: "OPENAI_API_KEY" }),
        // A server of one's own may want no key, but what it serves has names of its own.
        (None, Some(_), None) => Err(ConfigError::HalfSet { present: "OPENAI_BASE_URL", missing: "OPENAI_MODEL" }),
        (key, base_url, model) => Ok(Some(AiConfig {
            key: key.unwrap_or_default(),
            base_url,
            model: model.unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
        })),
    }
}

fn mail(variable: Variable<'_>) -> Result<Option<MailConfig>, ConfigError> {
    let mail = match (secret(variable, "SMTP_URL"), text(variable, "SMTP_FROM")) {
        (None, None) => return Ok(None),
        (Some(url), Some(from)) => MailConfig { url, from },
        (Some(_), None) => return Err(ConfigError::HalfSet { present: "SMTP_URL", missing: "SMTP_FROM" }),
        (None, Some(_)) => return Err(ConfigError::HalfSet { present: "SMTP_FROM", missing: "SMTP_URL" }),
    };
    match crate::mail::problem(&mail) {
        None => Ok(Some(mail)),
        Some((variable, problem)) => Err(invalid(variable, problem)),
    }
}

fn trash_days(variable: Variable<'_>) -> Result<Option<u32>, ConfigError> {
    const NAME: &str = "TRASH_DAYS";
    match text(variable, NAME).as_deref() {
        None | Some("never") => Ok(None),
        // None at all could be meant by 0, or no limit: what takes pictures away has to be said clearly.
        Some(days) => match days.parse() {
            Ok(days) if (1..=TrashRule::MOST_DAYS).contains(&days) => Ok(Some(days)),
            _ => Err(invalid(
                NAME,
                format!("it has to be a number of days from 1 to {}, or never", TrashRule::MOST_DAYS),
            )),
        },
    }
}

fn password_cost(variable: Variable<'_>) -> Result<PasswordCost, ConfigError> {
    let least = PasswordCost::default();
    // Argon2 itself could work with more, but nobody signs in to a service that needs a minute for it.
    let within = |name, least: u32, most: u32| match parsed::<u32>(variable, name, NUMBER)? {
        Some(value) if !(least..=most).contains(&value) => {
            Err(invalid(name, format!("it has to be between {least} and {most}")))
        }
        value => Ok(value.unwrap_or(least)),
    };
    Ok(PasswordCost {
        memory_kib: within("ARGON2_MEMORY_KIB", least.memory_kib, 4 * 1024 * 1024)?,
        passes: within("ARGON2_PASSES", least.passes, 100)?,
        ..least
    })
}

/// The model without `OPENAI_MODEL`: cheap, and reads pictures.
const DEFAULT_MODEL: &str = "gpt-5-mini";

fn database_url(variable: Variable<'_>) -> Result<Option<SecretString>, ConfigError> {
    let Some(url) = text(variable, "DATABASE_URL") else { return Ok(None) };
    // The seed's framework also took the older name of the scheme.
    let known = ["postgresql://", "postgres://", "sqlite:"].iter().any(|scheme| url.starts_with(scheme));
    if !known {
        return Err(invalid("DATABASE_URL", "it has to start with postgresql:// or sqlite://"));
    }
    Ok(Some(SecretString::from(url)))
}

fn web_address(variable: Variable<'_>, name: &'static str) -> Result<Option<Url>, ConfigError> {
    match parsed::<Url>(variable, name, WEB_ADDRESS)? {
        Some(url) if !matches!(url.scheme(), "http" | "https") => {
            Err(invalid(name, "it has to start with http:// or https://"))
        }
        other => Ok(other),
    }
}

/// `what` completes "it has to be …": what libraries say of a value is for nobody.
fn parsed<T: FromStr>(variable: Variable<'_>, name: &'static str, what: &str) -> Result<Option<T>, ConfigError> {
    let wrong = |_| invalid(name, format!("it has to be {what}"));
    text(variable, name).map(|value| value.parse().map_err(wrong)).transpose()
}

const NUMBER: &str = "a whole number";
const SOME: &str = "a whole number from 1 on";
const SOCKET: &str = "an address with a port, such as 127.0.0.1:5000 or [::1]:5000";
const WEB_ADDRESS: &str = "a whole address, such as https://pictures.example.com";

fn secret(variable: Variable<'_>, name: &str) -> Option<SecretString> {
    text(variable, name).map(SecretString::from)
}

fn text(variable: Variable<'_>, name: &str) -> Option<String> {
    variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn invalid(variable: &'static str, problem: impl ToString) -> ConfigError {
    ConfigError::Invalid { variable, problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        config(&|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn with_nothing_set_it_serves_from_sqlite_and_the_embedded_store() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:5000");
        assert!(matches!(config.store, StoreConfig::Embedded));
        assert!(config.database_url.is_none() && config.ai.is_none());
    }

    #[test]
    fn a_bucket_with_no_key_is_an_error_that_names_it() {
        let error = read(&[("S3_BUCKET", "b"), ("S3_REGION", "eu-1"), ("AWS_SECRET_KEY", "s")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "S3_BUCKET", missing: "AWS_ACCESS_KEY" });
        let error = read(&[("AWS_ACCESS_KEY", "k"), ("AWS_SECRET_KEY", "s")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "AWS_ACCESS_KEY", missing: "S3_BUCKET" });
        let error = read(&[("S3_ENDPOINT", "http://localhost:3900")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "S3_ENDPOINT", missing: "S3_BUCKET" });
        let error = read(&[("S3_BUCKET", "b"), ("AWS_ACCESS_KEY", "k"), ("AWS_SECRET_KEY", "s")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "S3_BUCKET", missing: "S3_REGION" });
    }

    #[test]
    fn an_empty_value_counts_as_none() {
        assert!(matches!(read(&[("S3_BUCKET", " "), ("DATABASE_URL", "")]).unwrap().store, StoreConfig::Embedded));
    }

    #[test]
    fn an_endpoint_of_ones_own_means_path_style_unless_told() {
        let base =
            [("S3_BUCKET", "b"), ("AWS_ACCESS_KEY", "k"), ("AWS_SECRET_KEY", "s"), ("S3_ENDPOINT", "localhost:3900/")];
        let StoreConfig::Bucket(bucket) = read(&base).unwrap().store else { panic!() };
        assert!(bucket.path_style);
        assert_eq!(bucket.endpoint.as_deref(), Some("http://localhost:3900"));
        let told = [&base[..], &[("S3_PATH_STYLE", "false")]].concat();
        let StoreConfig::Bucket(bucket) = read(&told).unwrap().store else { panic!() };
        assert!(!bucket.path_style);
    }

    #[test]
    fn an_ai_model_without_a_key_is_half_a_group() {
        let error = read(&[("OPENAI_MODEL", "gpt-4.1")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "OPENAI_MODEL", missing: "OPENAI_API_KEY" });
        assert!(
            read(&[("OPENAI_BASE_URL", "http://localhost:11434/v1"), ("OPENAI_MODEL", "llava")]).unwrap().ai.is_some()
        );
    }

    #[test]
    fn limits_and_proxies_can_be_set() {
        let config = read(&[
            ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,2001:db8::/32"),
            ("RATE_SIGN_INS", "5"),
            ("QUOTA_BYTES", "1000"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.trusted_proxies.len(), 3);
        assert_eq!(config.limits.rates.unwrap().credentials, Rate::per_minute(5));
        assert_eq!((config.quotas.bytes, config.quotas.pictures), (Some(1000), None));
        assert!(read(&[("RATE_LIMITS", "off")]).unwrap().limits.rates.is_none());
        for wrong in [("TRUSTED_PROXIES", "my-proxy"), ("RATE_PER_ADDRESS", "0"), ("RATE_LIMITS", "maybe")] {
            assert!(matches!(read(&[wrong]), Err(ConfigError::Invalid { variable, .. }) if variable == wrong.0));
        }
    }

    #[test]
    fn a_key_that_can_be_guessed_is_an_error_that_says_how_long_it_has_to_be() {
        let long = "a key of thirty-two bytes and more";
        for name in ["JWT_SECRET_KEY", "SECRET_KEY", "JWT_SECRET_KEY_PREVIOUS"] {
            let beside = if name == "JWT_SECRET_KEY_PREVIOUS" { vec![("JWT_SECRET_KEY", long)] } else { Vec::new() };
            let error = read(&[vec![(name, "hush-hush")], beside].concat());
            let told = error.unwrap_err().to_string();
            assert!(told.starts_with(name) && told.contains("at least 32") && !told.contains("hush-hush"), "{told}");
        }
        assert!(read(&[("SECRET_KEY", long)]).unwrap().signing.current.is_some());
        // It seals when it doesn't sign.
        assert!(read(&[("JWT_SECRET_KEY", long), ("SECRET_KEY", "dev")]).is_err());
    }

    #[test]
    fn a_key_of_blanks_or_of_one_letter_is_none() {
        for key in [" ".repeat(40), "\t".repeat(3), "x".repeat(40), "abab".repeat(10)] {
            for name in ["JWT_SECRET_KEY", "SECRET_KEY"] {
                let told = read(&[(name, &key)]).unwrap_err().to_string();
                assert!(told.starts_with(name) && !told.contains(&key), "{told}");
            }
        }
        assert!(read(&[("JWT_SECRET_KEY", "")]).unwrap().signing.current.is_none());
    }

    #[test]
    fn what_is_wrong_with_a_value_is_said_for_people() {
        for (name, value, says) in [
            ("MAX_FILE_SIZE", "0", "a whole number from 1 on"),
            ("OPEN_UPLOADS", "0", "a whole number from 1 on"),
            ("MAX_CONNECTIONS", "many", "a whole number from 1 on"),
            ("QUOTA_BYTES", "20G", "a whole number"),
            ("LISTEN", "localhost", "127.0.0.1:5000"),
            ("PUBLIC_URL", "pictures.example.com", "https://pictures.example.com"),
        ] {
            let told = read(&[(name, value)]).unwrap_err().to_string();
            assert!(told.starts_with(name) && told.contains(says), "{told}");
            assert!(!told.contains("non-zero") && !told.contains("relative URL"), "{told}");
        }
    }

    #[test]
    fn mail_wants_a_server_and_a_sender() {
        let error = read(&[("SMTP_URL", "smtps://mail.example.com")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "SMTP_URL", missing: "SMTP_FROM" });
        let error = read(&[("SMTP_FROM", "pictures@example.com")]).unwrap_err();
        assert_eq!(error, ConfigError::HalfSet { present: "SMTP_FROM", missing: "SMTP_URL" });
        let both = |url, from| read(&[("SMTP_URL", url), ("SMTP_FROM", from)]);
        for good in [
            "smtps://u:p@mail.example.com",
            "smtp://u:p@mail.example.com:587?tls=required",
            "smtp://relay",
            "smtp://u:p@127.0.0.1:25",
        ] {
            assert!(both(good, "Pictures <pictures@example.com>").unwrap().mail.is_some(), "{good}");
        }
        for (url, from, variable) in [
            ("http://mail.example.com", "pictures@example.com", "SMTP_URL"),
            ("smtp://u:hush-hush@mail.example.com", "pictures@example.com", "SMTP_URL"),
            ("smtps://mail.example.com", "nobody", "SMTP_FROM"),
        ] {
            let error = both(url, from).unwrap_err();
            assert!(matches!(error, ConfigError::Invalid { variable: named, .. } if named == variable), "{error}");
            assert!(!error.to_string().contains("hush-hush"));
        }
    }

    #[test]
    fn passwords_can_cost_more_but_not_less() {
        let config = read(&[("ARGON2_MEMORY_KIB", "65536"), ("ARGON2_PASSES", "3")]).unwrap();
        assert_eq!(config.password_cost, PasswordCost { memory_kib: 65_536, passes: 3, lanes: 1 });
        for low in [("ARGON2_MEMORY_KIB", "1024"), ("ARGON2_PASSES", "1"), ("ARGON2_PASSES", "many")] {
            assert!(matches!(read(&[low]), Err(ConfigError::Invalid { variable, .. }) if variable == low.0));
        }
    }

    #[test]
    fn registration_is_open_unless_it_is_said_otherwise() {
        assert_eq!(read(&[]).unwrap().registration, Registration::Open);
        for (text, registration) in
            [("open", Registration::Open), ("invitation", Registration::Invitation), ("closed", Registration::Closed)]
        {
            assert_eq!(read(&[("REGISTRATION", text)]).unwrap().registration, registration);
        }
        let odd = read(&[("REGISTRATION", "Closed please")]);
        assert!(matches!(odd, Err(ConfigError::Invalid { variable: "REGISTRATION", .. })));
    }

    #[test]
    fn the_trash_is_kept_for_ever_unless_a_number_of_days_is_said() {
        let days = |value| read(&[("TRASH_DAYS", value)]).map(|config| config.trash);
        assert_eq!(read(&[]).unwrap().trash, TrashDays::Operator(None));
        assert_eq!(days("never"), Ok(TrashDays::Operator(None)));
        assert_eq!(days("90"), Ok(TrashDays::Operator(Some(90))));
        for wrong in ["0", "-1", "36501", "a month"] {
            assert!(matches!(days(wrong), Err(ConfigError::Invalid { variable: "TRASH_DAYS", .. })), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        let config = read(&[
            ("JWT_SECRET_KEY", "hush-hush-hush-hush-hush-hush-hush"),
            ("DATABASE_URL", "postgresql://u:hush-hush@h/d"),
            ("SMTP_URL", "smtps://u:hush-hush@h"),
            ("SMTP_FROM", "a@example.com"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("hush-hush"));
    }
}
