//! Every row of `docs/supported.md` is accepted by the real program.

use std::path::{Path, PathBuf};

use frontage_testkit::case::Case;
use frontage_testkit::process::Program;
use frontage_testkit::supported;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/supported.md")).unwrap()
}

#[test]
fn every_row_is_accepted() {
    let rows = supported::rows(&page());
    assert!(rows.len() > 350, "the page has {} rows", rows.len());
    let workspace = Case {
        path: PathBuf::new(),
        title: "the page".into(),
        files: supported::files(&rows),
        blocks: Vec::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    workspace.write(&root().join("cases/fixture"), folder.path()).unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_frontage"));
    let output = program.run(folder.path(), &["check", "--color", "never"]);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
}
