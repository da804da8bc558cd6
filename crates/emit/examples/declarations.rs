//! Prints the declarations of contracts, to be tried under `tsc` by hand.
//!
//! `cargo run -p frontage-emit --example declarations -- NAME=CONTRACT...`; contracts are found
//! from the current directory.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_compile::UpstreamInput;
use frontage_diagnostic::SourceMap;

fn main() {
    let mut sources = SourceMap::new();
    let mut upstreams = Vec::new();
    for argument in std::env::args().skip(1) {
        let Some((name, path)) = argument.split_once('=') else {
            eprintln!("`{argument}` is not NAME=CONTRACT");
            std::process::exit(2);
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                std::process::exit(1);
            }
        };
        let root = sources.add(path, text);
        let mut load = |path: &str| std::fs::read_to_string(path).map_err(|e| e.to_string());
        let read = frontage_contract::read(root, &mut sources, &mut load);
        eprint!("{}", frontage_diagnostic::render(&read.diagnostics, &sources, false));
        upstreams.push(UpstreamInput {
            name: name.into(),
            contract: Arc::new(read.contract),
            timeout_ms: 2000,
            safe: BTreeMap::new(),
            bulk: Vec::new(),
            span: None,
        });
    }
    print!("{}", frontage_emit::upstream_types(&upstreams));
}
