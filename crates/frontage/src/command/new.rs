//! `frontage new`: a small workspace that runs.
//!
//! In:    the folder to make.
//! Out:   the files of `templates/new`, with the folder's name for `{{name}}`.
//! Never: an existing file overwritten.

use std::path::Path;
use std::process::ExitCode;

use frontage_diagnostic::Diagnostic;

use super::{Done, types};
use crate::build::build;
use crate::codes;
use crate::terminal::{Terminal, Tone};
use crate::workspace::load;

/// Each file with its path; `.gitignore` is stored without its dot so that it does not act here.
macro_rules! template {
    ($($path:literal from $source:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/new/", $source)))),*]
    };
}

const FILES: &[(&str, &str)] = template![
    "frontage.toml" from "frontage.toml",
    "package.json" from "package.json",
    "tsconfig.base.json" from "tsconfig.base.json",
    ".gitignore" from "gitignore",
    "README.md" from "README.md",
    "contracts/greetings.openapi.yaml" from "contracts/greetings.openapi.yaml",
    "services/greetings.mjs" from "services/greetings.mjs",
    "shared/numbers.ts" from "shared/numbers.ts",
    "frontends/web/frontend.toml" from "frontends/web/frontend.toml",
    "frontends/web/tsconfig.json" from "frontends/web/tsconfig.json",
    "frontends/web/lib/text.ts" from "frontends/web/lib/text.ts",
    "frontends/web/routes/api/greetings.ts" from "frontends/web/routes/api/greetings.ts",
    "frontends/web/routes/api/greetings/[language].ts"
        from "frontends/web/routes/api/greetings/[language].ts",
    "frontends/web/public/index.html" from "frontends/web/public/index.html",
    "frontends/web/public/app.mjs" from "frontends/web/public/app.mjs",
    "frontends/web/public/style.css" from "frontends/web/public/style.css",
];

/// Writes the workspace into `dir`, which must be missing or empty.
pub(crate) fn run(terminal: &Terminal, dir: &Path) -> Done {
    let filled = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if filled {
        return Err(Diagnostic::placeless(
            codes::CANNOT_WRITE,
            format!("`{}` is not empty", dir.display()),
        )
        .help("name a folder that does not exist yet"));
    }
    let name = package_name(dir);
    for (path, text) in FILES {
        let target = dir.join(path);
        let write = || {
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&target, text.replace("{{name}}", &name))
        };
        write().map_err(|e| {
            Diagnostic::placeless(codes::CANNOT_WRITE, format!("`{}`: {e}", target.display()))
        })?;
    }
    let loaded = load(dir);
    types::write(&loaded, &build(&loaded), None)?;
    terminal.note(&format!("made {} in {}", terminal.paint(Tone::Strong, &name), dir.display()));
    terminal.note(&format!("next: frontage dev -C {}", dir.display()));
    Ok(ExitCode::SUCCESS)
}

/// The folder's name as npm and TOML both take it.
fn package_name(dir: &Path) -> String {
    let full = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let name = full.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let clean: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let clean = clean.trim_matches('-');
    if clean.is_empty() { "workspace".into() } else { clean.into() }
}

#[cfg(test)]
mod tests {
    use super::package_name;
    use std::path::Path;

    #[test]
    fn names_of_folders_become_names_of_packages() {
        let cases =
            [("/a/My Shop", "my-shop"), ("/a/shop", "shop"), ("/a/été!", "t"), ("/", "workspace")];
        for (dir, expected) in cases {
            assert_eq!(package_name(Path::new(dir)), expected, "{dir}");
        }
    }
}
