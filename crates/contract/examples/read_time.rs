//! Prints how long reading a contract takes: of a file, or of a made-up one of about 13 MB.
//!
//! `cargo run --release -p frontage-contract --example read_time [FILE]`

use std::fmt::Write as _;
use std::time::Instant;

use frontage_diagnostic::SourceMap;

fn main() -> Result<(), String> {
    let texts = match std::env::args().nth(1) {
        Some(path) => {
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
            vec![(path, text)]
        }
        None => vec![("made-up.json".to_owned(), made_up())],
    };
    for (path, text) in texts {
        let megabytes = text.len() as f64 / 1e6;
        let mut sources = SourceMap::new();
        let start = Instant::now();
        let root = sources.add(path.clone(), text);
        let added = start.elapsed();
        let mut load = |_: &str| Err("only one file is read".to_owned());
        let read = frontage_contract::read(root, &mut sources, &mut load);
        println!(
            "{path}: {megabytes:.1} MB, {} operations, {} types, {} diagnostics; lines {added:.1?}, in all {:.1?}",
            read.contract.operations.len(),
            read.contract.types.len(),
            read.diagnostics.len(),
            start.elapsed()
        );
    }
    Ok(())
}

/// A contract of the size of the largest public ones: 1,500 operations, 4,000 schemas, and
/// examples and descriptions that make up most of it.
fn made_up() -> String {
    let mut text = String::from("{\"openapi\": \"3.1.0\", \"paths\": {\n");
    let words = "words that describe it at some length, with a \\\"quoted\\\" one. ".repeat(12);
    let example =
        "{\"id\": 1, \"name\": \"some name\", \"tags\": [\"a\", \"b\", null], \"ok\": true}";
    let examples = vec![example; 45].join(", ");
    for n in 0..1_500 {
        let comma = if n == 0 { "" } else { ",\n" };
        let _ = write!(
            text,
            "{comma}\"/things{n}/{{id}}\": {{\"get\": {{\"operationId\": \"things/get-{n}\", \
             \"description\": \"{words}\", \"parameters\": [{{\"name\": \"id\", \"in\": \"path\", \
             \"required\": true, \"schema\": {{\"type\": \"string\"}}}}], \"responses\": \
             {{\"200\": {{\"description\": \"d\", \"content\": {{\"application/json\": \
             {{\"schema\": {{\"$ref\": \"#/components/schemas/thing-{}\"}}, \"examples\": \
             {{\"default\": {{\"value\": [{examples}]}}}}}}}}}}}}}}}}",
            n * 2
        );
    }
    text.push_str("},\n\"components\": {\"schemas\": {\n");
    for n in 0..4_000 {
        let comma = if n == 0 { "" } else { ",\n" };
        let _ = write!(
            text,
            "{comma}\"thing-{n}\": {{\"type\": \"object\", \"required\": [\"p0\"], \"properties\": {{"
        );
        for property in 0..12 {
            let comma = if property == 0 { "" } else { ", " };
            let schema = match property % 4 {
                0 => "\"type\": \"string\", \"format\": \"uri\"".to_owned(),
                1 => format!(
                    "\"$ref\": \"#/components/schemas/thing-{}\"",
                    (n * 7 + property) % 4_000
                ),
                2 => "\"type\": [\"integer\", \"null\"], \"examples\": [42]".to_owned(),
                _ => format!(
                    "\"type\": \"array\", \"items\": {{\"anyOf\": [{{\"$ref\": \"#/components/schemas/thing-{}\"}}, {{\"type\": \"string\"}}]}}",
                    (n + 1) % 4_000
                ),
            };
            let _ = write!(
                text,
                "{comma}\"p{property}\": {{{schema}, \"description\": \"what p{property} is for\"}}"
            );
        }
        text.push_str("}}");
    }
    text.push_str("}}}");
    text
}
