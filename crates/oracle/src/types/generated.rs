//! Workspaces of programs that nobody wrote: those of the values oracle's generator.
//!
//! In:    the oracle's seed, how many.
//! Out:   a folder for each route, with its helpers and the contracts that it is written against.
//! Never: a route that is left out because Frontage refuses it: tsc is to say whether it may.

use std::path::{Path, PathBuf};

use crate::generate::contract::Contract;
use crate::generate::route::{Material, generate};
use crate::values::world::{FRONTEND_TOML, WORKSPACE_TOML, files, route_seed};

/// Routes that share a contract.
const ROUTES: usize = 10;

/// Writes `count` workspaces below `folder`; gives their names and folders.
///
/// - `fixture`: the workspace that `package.json` and the tsconfig are taken from.
///
/// # Errors
///
/// If a file cannot be read or written.
pub(super) fn write(
    seed: u64,
    count: usize,
    fixture: &Path,
    folder: &Path,
) -> Result<Vec<(String, PathBuf)>, String> {
    let material = Material::read();
    let mut out = Vec::new();
    let shared = ["package.json", "tsconfig.base.json"].map(|name| {
        let path = fixture.join(name);
        std::fs::read_to_string(&path)
            .map(|text| (name.to_owned(), text))
            .map_err(|e| format!("{}: {e}", path.display()))
    });
    let [package, tsconfig] = shared;
    let shared = [
        package?,
        tsconfig?,
        ("frontage.toml".to_owned(), WORKSPACE_TOML.to_owned()),
        ("frontends/web/frontend.toml".to_owned(), FRONTEND_TOML.to_owned()),
    ];
    for number in 0..count {
        let batch = seed.wrapping_mul(1_000_003).wrapping_add((number / ROUTES) as u64);
        let contract = Contract::generate(batch);
        let route = generate(route_seed(batch, number), number, &material, &contract);
        let name = format!("generated--{seed}-{number}");
        let target = folder.join(&name);
        for (path, text) in files(&contract, &[(number, route)]).iter().chain(&shared) {
            let path = target.join(path);
            let fault = |e: std::io::Error| format!("{}: {e}", path.display());
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(fault)?;
            }
            std::fs::write(&path, text).map_err(fault)?;
        }
        out.push((name, target));
    }
    Ok(out)
}
