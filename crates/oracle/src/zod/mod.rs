//! Compares with zod: which input is accepted, as what, and which issues are listed.
//!
//! In:    a seed.
//! Out:   random schemas of the supported subset, each given near-valid, mutated and odd inputs:
//!        as JSON bodies, queries and headers. Both sides must accept the same, give the same
//!        values, and list the same issues (path, code and message) in the same order. The JSON
//!        Schema of each schema's input is compared too. Disagreements are shrunk.
//! Never: a schema that Frontage refuses, passed over: the generator writes supported ones only.
//!
//! The programs under `*.mjs` here are the Node side: `schemas.mjs` makes schemas, `inputs.mjs`
//! makes inputs for them, `main.mjs` asks zod, compares and shrinks.

mod bridge;
mod judge;
mod shown;

use crate::options::Options;

/// Runs the comparison; `false` if anything disagreed.
///
/// # Errors
///
/// Why nothing could be compared.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    let supported = crate::supported::ids(&options.root)?;
    let outcome = bridge::run(options)?;
    let failed = outcome["failed"].as_u64().unwrap_or(0);
    let never = |id: &&String| id.starts_with("zod.") && outcome["schemas"][id.as_str()].is_null();
    let missing: Vec<&str> = supported.iter().filter(never).map(String::as_str).collect();
    let complete = missing.is_empty() || options.only.is_some() || options.runs < 2_000;
    if options.json {
        println!("{outcome}");
        return Ok(failed == 0 && complete);
    }
    for found in outcome["disagreements"].as_array().into_iter().flatten() {
        println!("{}\n", found.as_str().unwrap_or_default());
    }
    for (title, key) in
        [("constructor or check", "schemas"), ("issue code", "issues"), ("input", "inputs")]
    {
        println!("{title:<40}{:>10}", "times");
        for (name, count) in outcome[key].as_object().into_iter().flatten() {
            println!("{name:<40}{count:>10}");
        }
        println!();
    }
    println!(
        "{} inputs, {} accepted; {} JSON Schemas compared; {:.0} s",
        outcome["tried"],
        outcome["accepted"],
        outcome["documented"],
        outcome["seconds"].as_f64().unwrap_or(0.0)
    );
    if !complete {
        println!("fault: no schema has {}", missing.join(", "));
    }
    println!("seed {}: {} passed, {failed} failed", options.seed, outcome["passed"]);
    Ok(failed == 0 && complete)
}
