use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::search::condition::{Condition, Number};

/// A tree as it could be typed, with every group in parentheses.
fn written(filter: &Filter) -> String {
    let several =
        |parts: &[Filter], with: &str| format!("({})", parts.iter().map(written).collect::<Vec<_>>().join(with));
    match filter {
        Filter::All(parts) => several(parts, " "),
        Filter::Any(parts) => several(parts, " OR "),
        Filter::Not(part) => format!("-{}", written(part)),
        Filter::Words(field, term) => {
            let field = field.map_or_else(String::new, |field| format!("{}:", field.key()));
            let quote = if term.whole { "\"" } else { "" };
            format!("{field}{quote}{}{quote}", term.text)
        }
        Filter::Is(field, condition) => {
            let field = field.map_or("", |field| field.key());
            match condition {
                Condition::Between(Number::SHOWN, _) => format!("<{field}>"),
                Condition::Between(_, range) => format!("<{field} {range:?}>"),
                other => format!("<{field} {other:?}>"),
            }
        }
    }
}

#[rstest]
#[case("cat", "cat")]
#[case("Cat  DOG", "(cat dog)")]
#[case("a OR b", "(a OR b)")]
#[case("a b OR c d", "((a b) OR (c d))")]
#[case("a (b OR c)", "(a (b OR c))")]
#[case("a or b", "(a or b)")]
#[case("-cat", "-cat")]
#[case("beach -(cat OR dog)", "(beach -(cat OR dog))")]
#[case("beach - dog", "(beach dog)")]
#[case("--json", "json")]
#[case("t-shirt", "t-shirt")]
#[case("- -- &", "()")]
#[case("\"old  town\" x", "(\"old  town\" x)")]
#[case("-\"old town\"", "-\"old town\"")]
#[case("“old town”", "\"old town\"")]
#[case("\"old to", "old to")]
#[case("5\" disk", "(5\" disk)")]
#[case("\"\" x", "x")]
#[case("OR", "()")]
#[case("OR OR", "()")]
#[case("a OR", "a")]
#[case("OR a", "a")]
#[case("a OR OR b", "(a OR b)")]
#[case("(a OR )", "a")]
#[case("()", "()")]
#[case("-()", "()")]
#[case("-", "()")]
#[case("(", "()")]
#[case(")", "()")]
#[case("(a b", "(a b)")]
#[case("a) b", "(a) b)")]
#[case("((a)) OR (b c)", "(a OR (b c))")]
#[case("photo(1).jpg", "photo(1).jpg")]
#[case("(photo(1).jpg OR b)", "(photo(1).jpg OR b)")]
#[case("tag:sea", "tag:sea")]
#[case("TAG:Sea", "tag:sea")]
#[case("tag:\"old town\" x", "(tag:\"old town\" x)")]
#[case("-tag:sea", "-tag:sea")]
#[case("(tag:sea)", "tag:sea")]
#[case("tag:", "()")]
#[case("tag:-", "()")]
#[case("tag: sea", "sea")]
#[case("colour:red", "colour:red")]
#[case("12:30", "12:30")]
#[case("https://example.org/a", "https://example.org/a")]
#[case("name:a:b", "name:a:b")]
#[case("type:JPG", "<type Format(\"jpeg\")>")]
#[case("type:\"png\"", "<type Format(\"png\")>")]
#[case("rating:>=4", "<rating 4..9223372036854775807>")]
#[case("size:>5mb", "<size 5000001..9223372036854775807>")]
#[case("size:big", "size:big")]
#[case("width:>4000", "<width 4001..9223372036854775807>")]
#[case("before:2024-05 after:2023 on:2024-01-02", "(<before> <after> <on>)")]
#[case("before:tomorrow", "before:tomorrow")]
#[case("is:favourite", "<is Favourite>")]
#[case("is:happy", "is:happy")]
#[case("has:gps", "<has Located>")]
#[case("has:link", "<has Unknown>")]
#[case("by:person OR by:model", "(<by ByPerson> OR <by ByModel>)")]
#[case("ｔｙｐｅ：ｐｎｇ", "<type Format(\"png\")>")]
#[case("（犬　OR　猫）", "(犬 OR 猫)")]
#[case("camera:canon lens:50mm place:köln", "(camera:canon lens:50mm place:koln)")]
fn grammar(#[case] typed: &str, #[case] expected: &str) {
    assert_eq!(written(&parse(typed)), expected);
}

#[test]
fn however_much_is_typed() {
    let Filter::All(words) = parse(&"word ".repeat(5_000)) else { panic!() };
    assert_eq!(words.len(), 100);
    assert_eq!(written(&parse(&format!("{}a{}", "(".repeat(50_000), ")".repeat(50_000)))), "a");
    assert_eq!(parse(&"-".repeat(100_000)), Filter::default());
    let Filter::Words(None, term) = parse(&"x".repeat(100_000)) else { panic!() };
    assert_eq!(term.text.len(), 255);
}

proptest! {
    #[test]
    fn punctuation_alone_asks_for_nothing(typed in "[ \\t!-/:-@\\[-`{-~…。、「」（）：－“”]{0,40}") {
        prop_assert!(parse(&typed).asks_for_nothing(), "{:?}", parse(&typed));
    }

    #[test]
    fn nothing_is_an_error(typed in any::<String>()) {
        parse(&typed);
    }

    /// Written out with all its parentheses, it means the same.
    #[test]
    fn what_is_written_is_what_was_read(
        typed in "(( cat| dog| OR| \\( ?cat| \\) | -| tag:| name:sea|\"old town\") ?){0,12}"
    ) {
        let read = parse(&typed);
        let again = parse(&written(&read));
        prop_assert_eq!(written(&again), written(&read));
    }
}
