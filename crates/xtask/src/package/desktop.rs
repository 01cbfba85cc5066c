//! The desktop entry: the app in menus, and in "Open with" of pictures
//! (https://specifications.freedesktop.org/desktop-entry-spec/latest/).

use super::facts::Facts;
use super::types;

/// The entry. It is called as the program is, because that is the name by which a Wayland desktop finds the entry of a window
/// (its `app_id`); under X11 it is the window's class.
pub fn entry(facts: &Facts) -> String {
    let (name, summary) = (&facts.name, &facts.summary);
    let types: String = types::all().iter().map(|name| format!("{name};")).collect();
    format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Version=1.4\n\
         Name=Image Manager\n\
         GenericName=Picture library\n\
         Comment={summary}\n\
         Exec={name} %F\n\
         Icon={name}\n\
         Terminal=false\n\
         StartupWMClass={name}\n\
         Categories=Graphics;Photography;\n\
         Keywords=pictures;photos;screenshots;upload;S3;gallery;\n\
         MimeType={types}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::facts::tests::facts;
    use crate::process::{find, program, run};

    #[test]
    fn the_entry_is_valid_and_opens_every_kind_of_picture() {
        let entry = entry(&facts());
        for name in types::all() {
            assert!(entry.contains(&format!("{name};")), "{name}");
        }
        if find("desktop-file-validate").is_some() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("image-manager.desktop");
            std::fs::write(&file, entry).unwrap();
            run(program("desktop-file-validate").arg(file)).unwrap();
        }
    }
}
