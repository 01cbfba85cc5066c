//! A picture that was copied as a piece of a web page.

/// The address of the only picture in a piece of HTML that has nothing else to be seen: what some browsers and mail programs
/// put on the clipboard for a picture. Who copies text with pictures in it doesn't mean a picture.
pub fn only_picture(html: &str) -> Option<String> {
    // Windows puts a header of its own before it.
    let mut rest = &html[html.find('<')?..];
    let mut found = None;
    while !rest.is_empty() {
        let Some(begin) = rest.find('<') else { return found.filter(|_| is_blank(rest)) };
        if !is_blank(&rest[..begin]) {
            return None;
        }
        let (tag, behind) = tag(&rest[begin..])?;
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        match &*name.to_ascii_lowercase() {
            "img" if found.is_some() => return None,
            "img" => found = Some(attribute(tag, "src")?),
            // What is in them isn't seen.
            "style" | "script" | "title" => {
                let end = behind.find("</")?;
                rest = &behind[end..];
                continue;
            }
            _ => {}
        }
        rest = behind;
    }
    found
}

fn is_blank(text: &str) -> bool {
    text.replace("&nbsp;", "").chars().all(|c| c.is_whitespace() || c == '\0')
}

/// What is between `<` and `>`, and what follows. A comment is one, too.
fn tag(text: &str) -> Option<(&str, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return Some(("", &comment[comment.find("-->")? + 3..]));
    }
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (None, '>') => return Some((&text[1..at], &text[at + 1..])),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// An attribute of a tag, its references to letters put back.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let at = from + lower[from..].find(name)?;
        from = at + name.len();
        let alone = lower[..at].ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'' || c == '/');
        let Some(value) = tag[from..].trim_start().strip_prefix('=').filter(|_| alone) else { continue };
        let value = value.trim_start();
        let value = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split(quote).next()?,
            _ => value.split(|c: char| c.is_ascii_whitespace()).next()?,
        };
        return Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_alone_is_found() {
        for html in [
            r#"<img src="https://example.com/a.png?x=1&amp;y=2">"#,
            r#"<meta http-equiv="content-type" content="text/html; charset=utf-8"><IMG alt="a > b" SRC='https://example.com/a.png?x=1&y=2'/>"#,
            "Version:0.9\r\nStartHTML:1\r\n<html><head><title>T</title></head><body>\r\n<!--StartFragment--><a href=x><img \
             data-src=y src=https://example.com/a.png?x=1&amp;y=2></a><!--EndFragment-->\r\n</body></html>",
        ] {
            assert_eq!(only_picture(html).as_deref(), Some("https://example.com/a.png?x=1&y=2"), "{html}");
        }
    }

    #[test]
    fn a_text_with_pictures_is_none() {
        for html in
            ["", "plain", "<p>A <img src=a> b</p>", "<img src=a><img src=b>", "<img alt=a>", "<img src=\"a", "<b>x</b>"]
        {
            assert_eq!(only_picture(html), None, "{html}");
        }
    }
}
