//! Languages: which there are, which one the person reads, and what a text is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::{self, Formatter};
use std::sync::LazyLock;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

use crate::files::FILES;
use crate::format::{Piece, Text, parse};
use crate::value::{Value, Values};

/// The language that has every text.
const BASE: &str = "en";

/// Names a language for the app, whatever the system's is.
const VARIABLE: &str = "IMAGE_MANAGER_LANGUAGE";

/// The texts of one language.
pub struct Language {
    tag: &'static str,
    texts: BTreeMap<String, Text>,
    locale: Option<Locale>,
}

/// All languages. A file that can't be read is none, which a test forbids.
static ALL: LazyLock<Vec<Language>> =
    LazyLock::new(|| FILES.iter().filter_map(|(tag, json)| Language::read(tag, json).ok()).collect());

/// The person's, for as long as the app runs.
static CURRENT: LazyLock<&'static Language> = LazyLock::new(|| {
    let wanted = env::var(VARIABLE).ok().filter(|tag| !tag.is_empty());
    language(wanted.into_iter().chain(sys_locale::get_locales()))
});

/// The language in which texts are shown: that of the environment variable `IMAGE_MANAGER_LANGUAGE`, else the system's, else
/// English.
pub fn current() -> &'static Language {
    *CURRENT
}

/// The first of these that there are texts in; a region (`de-AT`) has those of its language. English when there are none.
pub fn language(wanted: impl IntoIterator<Item = String>) -> &'static Language {
    let of = |tag: &str| ALL.iter().find(|language| language.tag.eq_ignore_ascii_case(tag));
    let found = wanted.into_iter().find_map(|tag| {
        let tag = tag.split('.').next().unwrap_or_default().replace('_', "-");
        of(&tag).or_else(|| of(tag.split('-').next()?))
    });
    found.or_else(|| of(BASE)).unwrap_or_else(|| unreachable!("the base language is compiled in"))
}

/// The key of a text and the names of its values.
pub(crate) fn base(key: &str) -> Option<(&'static str, BTreeSet<String>)> {
    let (key, text) = language([]).texts.get_key_value(key)?;
    Some((key, text.inputs()))
}

impl Language {
    fn read(tag: &'static str, json: &str) -> Result<Self, String> {
        Ok(Self { tag, texts: parse(json)?, locale: tag.parse().ok() })
    }

    /// Its tag, such as `en`.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// Writes a text; one that has not been translated yet stands there in English.
    pub(crate) fn write(&self, key: &str, values: &Values, f: &mut Formatter<'_>) -> fmt::Result {
        let Some((text, of)) = self.texts.get(key).map(|text| (text, self)).or_else(|| {
            let base = language([]);
            base.texts.get(key).map(|text| (text, base))
        }) else {
            return f.write_str(key);
        };
        for piece in of.wording(text, values) {
            match piece {
                Piece::Words(words) => f.write_str(words)?,
                Piece::Value(name) => values.get(name).map_or(Ok(()), |value| write!(f, "{value}"))?,
            }
        }
        Ok(())
    }

    /// The plural category of an amount. The rules are compiled in, so they cost nothing to make, and they are bound to a thread.
    fn category(&self, amount: u64) -> Option<&'static str> {
        let rules = PluralRules::try_new_cardinal(self.locale.clone()?.into()).ok()?;
        Some(name(rules.category_for(amount)))
    }

    fn wording<'a>(&self, text: &'a Text, values: &Values) -> &'a [Piece] {
        match text {
            Text::Plain(pattern) => pattern,
            Text::ByAmount { count, wordings, .. } => {
                let category = match values.get(count) {
                    Some(Value::Number(amount)) => self.category(*amount).map(str::to_owned),
                    _ => None,
                };
                wordings.get(&category).or_else(|| wordings.get(&None)).map_or(&[], Vec::as_slice)
            }
        }
    }
}

/// As message files write it.
const fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use rstest::rstest;

    use super::*;
    use crate::format::Pattern;

    /// A text of a language, shown.
    struct Shown<'a>(&'a Language, &'a str, Values);

    impl Display for Shown<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            self.0.write(self.1, &self.2, f)
        }
    }

    fn counted(one: &str, few: &str, other: &str) -> String {
        format!(
            r#"{{"pictures": [{{"declarations": ["input count", "local amount = count: plural"], "selectors": ["amount"],
                "match": {{"amount=one": "{one}", "amount=few": "{few}", "amount=*": "{other}"}}}}]}}"#
        )
    }

    #[rstest]
    #[case::english("en", 1, "{count} picture")]
    #[case::english("en", 0, "{count} pictures")]
    #[case::english("en", 21, "{count} pictures")]
    #[case::russian("ru", 21, "{count} picture")]
    #[case::russian("ru", 3, "{count} pictures of few")]
    #[case::russian("ru", 11, "{count} pictures")]
    #[case::japanese("ja", 1, "{count} pictures")]
    fn amounts_are_worded_by_the_rules_of_the_language(
        #[case] tag: &'static str,
        #[case] count: u64,
        #[case] said: &str,
    ) {
        let json = counted("{count} picture", "{count} pictures of few", "{count} pictures");
        let language = Language::read(tag, &json).unwrap();
        let values = Values::from([("count".to_owned(), Value::Number(count))]);
        assert_eq!(Shown(&language, "pictures", values).to_string(), said.replace("{count}", &count.to_string()));
    }

    #[test]
    fn a_text_that_is_not_translated_is_english() {
        let empty = Language::read("fr", "{}").unwrap();
        let values = Values::from([("name".to_owned(), Value::Text("a.txt".to_owned()))]);
        let said = Shown(&empty, "upload_left_alone", values).to_string();
        assert_eq!(said, "a.txt is not a picture, so it was left alone.");
    }

    #[rstest]
    #[case::region(&["en-GB"])]
    #[case::as_a_shell_writes_it(&["en_US.UTF-8"])]
    #[case::none(&["tlh", "C"])]
    #[case::nothing(&[])]
    fn what_there_is_no_file_for_is_english(#[case] wanted: &[&str]) {
        assert_eq!(language(wanted.iter().map(|tag| (*tag).to_owned())).tag(), "en");
    }

    #[rstest]
    #[case::unknown_value(r#"{"a_b": "{Name}"}"#)]
    #[case::open_brace(r#"{"a_b": "}"}"#)]
    #[case::number(r#"{"a_b": 3}"#)]
    #[case::undeclared(&counted("{count}", "{n}", "{count}"))]
    fn a_file_with_a_mistake_is_refused(#[case] json: &str) {
        assert!(Language::read("en", json).is_err());
    }

    /// All wordings of a text, and the name of what counts.
    fn parts(text: &Text) -> (Vec<&Pattern>, Option<&String>) {
        match text {
            Text::Plain(pattern) => (vec![pattern], None),
            Text::ByAmount { count, wordings, .. } => (wordings.values().collect(), Some(count)),
        }
    }

    /// Each language has the base's texts, all and no others, with the base's values.
    #[test]
    fn every_language_has_every_text_with_its_values() {
        let base = language([]);
        assert_eq!(ALL.len(), FILES.len(), "a file can't be read");
        for language in ALL.iter() {
            assert!(language.category(1).is_some(), "{} is no language", language.tag);
            let keys = |of: &Language| of.texts.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(language), keys(base), "{}", language.tag);
            for (key, text) in &language.texts {
                assert_eq!(text.inputs(), base.texts[key].inputs(), "{}: {key}", language.tag);
                let (wordings, count) = parts(text);
                assert_eq!(count, parts(&base.texts[key]).1, "{}: {key}", language.tag);
                let said: BTreeSet<String> = wordings.into_iter().flat_map(crate::format::values).collect();
                let unsaid: Vec<_> = text.inputs().difference(&said).cloned().collect();
                let is_count = |name: &String| count == Some(name);
                assert!(unsaid.iter().all(is_count), "{}: {key} never says {unsaid:?}", language.tag);
            }
        }
    }
}
