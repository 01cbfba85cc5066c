//! Prepares the shell: what the window may call, and a page to show when the UI has not been built.

use std::path::Path;
use std::{env, fs, io};

/// The names of the commands of `list.rs`.
macro_rules! commands {
    ($($module:ident::$command:ident),* $(,)?) => { &[$(stringify!($command)),*] };
}

/// Every command that the window may call.
const COMMANDS: &[&str] = include!("src/commands/list.rs");

/// Shown when somebody builds the app with plain cargo before the UI.
const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Image Manager</title>
<h1>The window's pages have not been built</h1>
<p>Run <code>cargo xtask run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>ui</code>, and build again.</p>
</html>
";

fn main() {
    let dist = Path::new("ui").join("dist");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(&dist).expect("ui/dist can be made");
        fs::write(&page, PLACEHOLDER).expect("ui/dist/index.html can be written");
    }
    // The pages are compiled in, so new ones mean a new build.
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/src/commands/list.rs");

    let permissions = permissions().expect("the window's permissions can be written");
    let attributes = tauri_build::Attributes::new()
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS).permissions_path_pattern(permissions))
        .capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        panic!("the shell's configuration is wrong: {error:#} (in {})", env::current_dir().unwrap().display());
    }
}

/// Writes the set of permissions that the window has, one for each command; gives the pattern by which it is found.
fn permissions() -> io::Result<&'static str> {
    let folder = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("permissions");
    fs::create_dir_all(&folder)?;
    let allowed: String =
        COMMANDS.iter().map(|command| format!("    \"allow-{}\",\n", command.replace('_', "-"))).collect();
    let set = format!(
        "[[set]]\nidentifier = \"window\"\ndescription = \"All that the window calls.\"\npermissions = [\n{allowed}]\n"
    );
    fs::write(folder.join("window.toml"), set)?;
    Ok(folder.join("*.toml").to_string_lossy().into_owned().leak())
}
