//! What was found, for people and as JSON.

use std::path::Path;

use serde_json::Value;

use crate::options::Options;

/// Prints the outcome and writes each disagreement as a case; `false` if there is any.
///
/// # Errors
///
/// If a case cannot be written.
pub(super) fn print(options: &Options, folder: &Path, outcome: &Value) -> Result<bool, String> {
    let empty = Vec::new();
    let disagreements = outcome["disagreements"].as_array().unwrap_or(&empty);
    let target = folder.join("disagreements");
    if !disagreements.is_empty() {
        std::fs::create_dir_all(&target).map_err(|e| format!("{}: {e}", target.display()))?;
    }
    for (number, found) in disagreements.iter().enumerate() {
        let path = target.join(format!("{:03}-{}.md", number + 1, text(&found["kind"])));
        std::fs::write(&path, text(&found["case"]))
            .map_err(|e| format!("{}: {e}", path.display()))?;
        if !options.json {
            let shown = path.strip_prefix(&options.root).unwrap_or(&path).display().to_string();
            println!("{}\n  {} ({} alike)", text(&found["summary"]), shown, found["count"]);
        }
    }
    let failed = outcome["failed"].as_u64().unwrap_or(0);
    if options.json {
        println!("{outcome}");
        return Ok(failed == 0);
    }
    println!(
        "{:<26}{:>8}{:>10}{:>10}{:>10}{:>8}",
        "mutation", "runs", "accepted", "rejected", "refused", "apart"
    );
    for (mutation, row) in outcome["histogram"].as_object().into_iter().flatten() {
        let count = |key: &str| row[key].as_u64().unwrap_or(0);
        println!(
            "{mutation:<26}{:>8}{:>10}{:>10}{:>10}{:>8}",
            count("runs"),
            count("accepted"),
            count("rejected"),
            count("refused"),
            count("apart"),
        );
    }
    let codes: Vec<String> = outcome["refusals"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(code, count)| format!("{code} {count}"))
        .collect();
    println!("refused by design, accepted by tsc: {}", codes.join(", "));
    println!(
        "{} answers' types compared; slowest check {} ms; {:.0} s",
        outcome["compared"],
        outcome["slowest"],
        outcome["seconds"].as_f64().unwrap_or(0.0)
    );
    println!("seed {}: {} passed, {failed} failed", options.seed, outcome["passed"]);
    Ok(failed == 0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
