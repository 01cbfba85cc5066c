//! AppStream's description of the app, for catalogues of software (https://www.freedesktop.org/software/appstream/docs/).

use super::changelog::Entry;
use super::facts::{DESCRIPTION, Facts, IDENTIFIER};
use super::types;

/// The description.
pub fn metainfo(facts: &Facts, entries: &[Entry]) -> String {
    let name = &facts.name;
    let paragraphs: String = DESCRIPTION.iter().map(|text| format!("    <p>{}</p>\n", escape(text))).collect();
    let types: String = types::all().iter().map(|name| format!("    <mediatype>{name}</mediatype>\n")).collect();
    let releases: String = entries.iter().map(release).collect();
    let developer = escape(facts.maintainer.split(" <").next().unwrap_or_default());
    let (summary, homepage, licence) = (escape(&facts.summary), escape(&facts.homepage), escape(&facts.licence));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{IDENTIFIER}</id>
  <name>Image Manager</name>
  <summary>{summary}</summary>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>{licence}</project_license>
  <developer_name>{developer}</developer_name>
  <url type="homepage">{homepage}</url>
  <launchable type="desktop-id">{name}.desktop</launchable>
  <icon type="stock">{name}</icon>
  <description>
{paragraphs}  </description>
  <categories>
    <category>Graphics</category>
    <category>Photography</category>
  </categories>
  <provides>
    <binary>{name}</binary>
{types}  </provides>
  <content_rating type="oars-1.1"/>
  <releases>
{releases}  </releases>
</component>
"#
    )
}

fn release(entry: &Entry) -> String {
    let news: String = entry.news.iter().map(|item| format!("          <li>{}</li>\n", escape(item))).collect();
    let (version, date) = (escape(&entry.version), escape(&entry.date));
    format!(
        "    <release version=\"{version}\" date=\"{date}\">\n      <description>\n        <ul>\n{news}        </ul>\n      \
         </description>\n    </release>\n"
    )
}

/// Text as XML has it. What Markdown sets off as code is said plainly.
fn escape(text: &str) -> String {
    text.replace('`', "").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::changelog::parse;
    use crate::package::facts::tests::facts;
    use crate::process::{find, program, run};

    #[test]
    fn the_description_is_valid() {
        let entries = parse("## 1.2.3 (2026-12-01)\n\n- `undo` & <redo>.\n", "1.2.3", "").unwrap();
        let text = metainfo(&facts(), &entries);
        assert!(text.contains("<li>undo &amp; &lt;redo&gt;.</li>"), "{text}");
        if find("appstreamcli").is_some() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(format!("{IDENTIFIER}.metainfo.xml"));
            std::fs::write(&file, text).unwrap();
            run(program("appstreamcli").args(["validate", "--no-net"]).arg(file)).unwrap();
        }
    }
}
