//! The camera's name from make and model.

/// Make and model as people say them: `NIKON CORPORATION` and `NIKON D70s` are a `NIKON D70s`.
pub(super) fn name(make: Option<String>, model: Option<String>) -> Option<String> {
    let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let make = make.map(tidy).filter(|make| !make.is_empty());
    let model = model.map(tidy).filter(|model| !model.is_empty());
    match (make.map(|make| without_company_form(&make).to_owned()), model) {
        (Some(make), Some(model)) => {
            // The first word decides: "KONICA MINOLTA" and "Konica Minolta DiMAGE", "Canon" and "Canon EOS".
            let first = make.split(' ').next().unwrap_or_default().to_lowercase();
            if model.to_lowercase().split(' ').next() == Some(&first) {
                Some(model)
            } else {
                Some(format!("{make} {model}"))
            }
        }
        (make, model) => model.or(make),
    }
}

fn without_company_form(make: &str) -> &str {
    let mut make = make.trim_end_matches([',', '.']);
    let forms = [
        "corporation",
        "corp",
        "co.,ltd",
        "co., ltd",
        "co. ltd",
        "company",
        "inc",
        "ltd",
        "gmbh",
        "ag",
        "imaging",
        "optical",
        "electric",
        "computer",
    ];
    while let Some((rest, last)) = make.rsplit_once(' ') {
        let last = last.trim_matches([',', '.']).to_lowercase();
        if !forms.contains(&last.as_str()) {
            break;
        }
        make = rest.trim_end_matches([',', '.']);
    }
    make
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("NIKON", "COOLPIX P6000", "NIKON COOLPIX P6000")]
    #[case("NIKON CORPORATION", "NIKON D70s", "NIKON D70s")]
    #[case("Canon", "Canon EOS 80D", "Canon EOS 80D")]
    #[case("OLYMPUS IMAGING CORP.", "E-P3", "OLYMPUS E-P3")]
    #[case("CASIO COMPUTER CO.,LTD.", "EX-M2", "CASIO EX-M2")]
    #[case("Polyphony Digital Inc.", "Gran Turismo 5", "Polyphony Digital Gran Turismo 5")]
    #[case("Jolla", "Jolla", "Jolla")]
    #[case("HMD Global", "Nokia 8.3 5G", "HMD Global Nokia 8.3 5G")]
    #[case("Apple", "iPhone 13 Pro Max", "Apple iPhone 13 Pro Max")]
    #[case("", "DX-10", "DX-10")]
    #[case("samsung", " ", "samsung")]
    fn names_as_people_say_them(#[case] make: &str, #[case] model: &str, #[case] name: &str) {
        assert_eq!(super::name(Some(make.into()), Some(model.into())).as_deref(), Some(name));
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(super::name(None, Some(" ".into())), None);
    }
}
