//! The text around an address. Alternative texts may come from an AI that read a stranger's picture: nothing in them may
//! become markup.

use crate::view::LinkFormat;

/// A link in a format.
pub(super) fn text(format: LinkFormat, url: &str, alt: &str) -> String {
    let alt = names::one_line(alt);
    match format {
        LinkFormat::Url => url.to_owned(),
        LinkFormat::Markdown => format!("![{}]({})", markdown(&alt), encoded(url, "()<>\\ ")),
        LinkFormat::Html => format!("<img src=\"{}\" alt=\"{}\">", html(url), html(&alt)),
        LinkFormat::Bbcode => format!("[img]{}[/img]", encoded(url, "[] ")),
    }
}

/// Backslashes before everything that means something in CommonMark (0.31, section 2.4).
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '!' | '~' | '|' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Percent-encodes some ASCII characters.
fn encoded(url: &str, characters: &str) -> String {
    let mut safe = String::with_capacity(url.len());
    for c in url.chars() {
        if characters.contains(c) {
            safe.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1:5000/i/abc?x=1&y=(2)";

    #[test]
    fn every_format() {
        let alt = "A \"cat\"\n<b>";
        assert_eq!(text(LinkFormat::Url, URL, alt), URL);
        assert_eq!(
            text(LinkFormat::Markdown, URL, alt),
            "![A \"cat\" \\<b\\>](http://127.0.0.1:5000/i/abc?x=1&y=%282%29)"
        );
        assert_eq!(
            text(LinkFormat::Html, URL, alt),
            "<img src=\"http://127.0.0.1:5000/i/abc?x=1&amp;y=(2)\" alt=\"A &quot;cat&quot; &lt;b&gt;\">"
        );
        assert_eq!(text(LinkFormat::Bbcode, "http://h/[1]", alt), "[img]http://h/%5B1%5D[/img]");
    }

    #[test]
    fn an_alternative_text_can_not_break_out() {
        assert_eq!(text(LinkFormat::Markdown, "u", "](x) ![y](z"), "![\\](x) \\!\\[y\\](z](u)");
        assert_eq!(text(LinkFormat::Html, "u", "a\u{202e}gpj.exe\u{200b}"), "<img src=\"u\" alt=\"agpj.exe\">");
        assert_eq!(text(LinkFormat::Html, "u", "\" onerror=\"x"), "<img src=\"u\" alt=\"&quot; onerror=&quot;x\">");
    }
}
