//! Keeps the format number of releases true to the types that stand in them.
//!
//! In:    the definitions of those types, without comments.
//! Out:   a fault if they are not those of the recorded number.

use super::sources::{File, Sources};

/// Where the number is.
const HOME: &str = "crates/frontage/src/release/format.rs";
/// Where it is recorded with a digest of the types.
const LOCK: &str = "crates/frontage/src/release/format.lock";
/// Where the types are.
const HOLDERS: [&str; 6] = [
    "crates/plan/src/",
    "crates/frontage/src/settings.rs",
    "crates/frontage/src/config/frontend.rs",
    "crates/frontage/src/config/reference.rs",
    "crates/frontage/src/config/releases.rs",
    HOME,
];

pub(super) fn check(sources: &Sources, faults: &mut Vec<String>) {
    let text = |path: &str| sources.files.iter().find(|file| file.path == path).map(|f| &*f.text);
    let number = text(HOME).and_then(|text| {
        let (_, after) = text.split_once("const FORMAT: u16 = ")?;
        after.split_once(';').map(|(number, _)| number)
    });
    let Some(number) = number else {
        faults.push(format!("{HOME}: no `const FORMAT: u16`"));
        return;
    };
    let holds = |file: &&File| HOLDERS.iter().any(|holder| file.path.starts_with(holder));
    let types: String = sources.rust().filter(holds).map(|file| definitions(&file.text)).collect();
    let now = format!("{number} {:016x}", digest(&types));
    let recorded = text(LOCK).unwrap_or_default().trim();
    if recorded != now {
        faults.push(format!(
            "{LOCK}: says `{recorded}`, and the types that stand in a release are `{now}`: raise \
             `FORMAT` in {HOME} if a release of the recorded number may be anywhere, then write what \
             this check says"
        ));
    }
}

/// The definitions of types that can be read, without comments and layout.
fn definitions(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.starts_with("#[derive(") && line.contains("Deserialize")) {
            continue;
        }
        for line in lines.by_ref() {
            let code = line.split("//").next().unwrap_or_default();
            out.extend(code.split_whitespace());
            if line == "}" || line.ends_with(';') && !line.starts_with(' ') {
                break;
            }
        }
        out.push('\n');
    }
    out
}

/// FNV-1a.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::definitions;

    #[test]
    fn only_what_a_release_holds_counts() {
        let before = definitions(
            "#[derive(Debug, Deserialize)]\npub struct A {\n    /// Words.\n    b: u8,\n}\nfn f() {}\n",
        );
        let same = definitions(
            "use x;\n#[derive(Deserialize, Debug)]\npub struct A {\n  b: u8, // words\n}\n",
        );
        assert_eq!(before, same);
        for other in [
            "#[derive(Deserialize)]\npub struct A {\n    b: u16,\n}\n",
            "#[derive(Deserialize)]\npub struct A {\n    b: u8,\n    c: u8,\n}\n",
            "#[derive(Deserialize)]\npub struct A(u8);\n",
            "#[derive(Debug)]\npub struct A {\n    b: u8,\n}\n",
        ] {
            assert_ne!(before, definitions(other), "{other}");
        }
    }
}
