//! What pages read of a route's answer, as tsc sees it.

use std::path::Path;
use std::process::Command;

use frontage_compile::{FrontendInput, Workspace};
use frontage_diagnostic::SourceMap;

const SAME: &str = "
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Rows = Image<{ a: (string | undefined)[]; at?: Date; pair: readonly [number, number | undefined]; deep: { x?: 1 }[] }>;
export const rows: Same<Rows[\"a\"], (string | null)[]> = true;
export const at: Same<Rows[\"at\"], string | undefined> = true;
export const pair: Same<Rows[\"pair\"], [number, number | null]> = true;
export const deep: Same<Rows[\"deep\"], { x?: 1 }[]> = true;
";

#[test]
fn what_is_undefined_in_a_list_is_null_for_its_reader() {
    let workspace = Workspace { upstreams: Vec::new(), shared: Vec::new() };
    let frontend = FrontendInput {
        name: "web".into(),
        routes: Vec::new(),
        modules: Vec::new(),
        session: None,
    };
    let compiled = frontage_compile::compile(&workspace, &frontend, &SourceMap::new());
    let plan = compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let declared = frontage_emit::route_types(&plan).replace(
        "import type { Reply, Route } from \"frontage\";",
        "interface Reply<T> { value: T }\ninterface Route<T> { answer: T }",
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("routes.ts");
    std::fs::write(&file, declared + SAME).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(root.join("node_modules/.bin/tsc"))
        .args(["--noEmit", "--strict", "--target", "esnext", "--typeRoots", "none"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
