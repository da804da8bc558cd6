//! Types of an upstream, drafted from sample answers.
//!
//! In:    samples, each with the operation it is an answer of.
//! Out:   the text of a `declareUpstream` file.
//! Never: I/O; a guess that depends on anything but the samples and their order.
//!
//! Start at [`draft`].

mod print;
mod seen;

use std::collections::BTreeMap;

use frontage_diagnostic::counted;
use frontage_emit::{key, quoted};

use print::Printer;
use seen::Seen;

/// One answer of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// The path template: `/forecast/{city}`.
    pub(crate) path: String,
    /// The query it was asked with.
    pub(crate) query: Vec<(String, String)>,
    /// The answer.
    pub(crate) body: serde_json::Value,
}

/// An operation of the draft.
#[derive(Debug)]
pub(crate) struct Drafted {
    /// Its name.
    pub(crate) name: String,
    /// Its path template.
    pub(crate) path: String,
    /// How many answers it was drafted from.
    pub(crate) samples: usize,
}

/// Drafts the declarations.
///
/// - `upstream`: the name of the constant.
/// - `enums`: whether texts that repeat few values become unions of them.
pub(crate) fn draft(upstream: &str, samples: &[Sample], enums: bool) -> (String, Vec<Drafted>) {
    let mut paths: Vec<&str> = Vec::new();
    for sample in samples {
        if !paths.contains(&sample.path.as_str()) {
            paths.push(&sample.path);
        }
    }
    let mut printer = Printer::new(enums);
    let mut operations = Vec::new();
    let mut lines = String::new();
    for path in paths {
        let of_path: Vec<&Sample> = samples.iter().filter(|s| s.path == path).collect();
        let mut seen = Seen::default();
        of_path.iter().for_each(|sample| seen.add(&sample.body));
        let name = printer.operation_name(path);
        let answer = printer.ty(&seen, &words(path).concat());
        let arguments = arguments(path, &of_path);
        lines.push_str(&format!("  {name}: get<{arguments}, {answer}>({}),\n", quoted(path)));
        operations.push(Drafted { name, path: path.to_owned(), samples: of_path.len() });
    }
    let integer =
        if printer.integers { "import type { Integer } from \"frontage\";\n" } else { "" };
    let text = format!(
        "// Drafted by `frontage infer` from {}: read it, and correct what they do\n\
         // not show.\n\
         import {{ declareUpstream, get }} from \"frontage\";\n{integer}\n{}\
         export const {upstream} = declareUpstream({{\n{lines}}});\n",
        counted(samples.len(), "sample answer"),
        printer.declarations(),
    );
    (text, operations)
}

/// The type of an operation's arguments: the path's parameters, and what queries had.
fn arguments(path: &str, samples: &[&Sample]) -> String {
    let mut members: Vec<String> = Vec::new();
    for name in parameters(path) {
        members.push(format!("{}: string", key(name)));
    }
    let mut queries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut repeated: Vec<&str> = Vec::new();
    for sample in samples {
        let mut here: Vec<&str> = Vec::new();
        for (name, value) in &sample.query {
            if here.contains(&name.as_str()) {
                repeated.push(name);
            }
            here.push(name);
            queries.entry(name).or_default().push(value);
        }
    }
    for (name, values) in queries {
        let all = |test: fn(&str) -> bool| values.iter().all(|value| test(value));
        let ty = if all(|v| v == "true" || v == "false") {
            "boolean"
        } else if all(|v| v.len() < 16 && v.parse::<f64>().is_ok_and(|n| n.to_string() == v)) {
            "number"
        } else {
            "string"
        };
        let list = if repeated.contains(&name) { "[]" } else { "" };
        members.push(format!("{}?: {ty}{list}", key(name)));
    }
    if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join("; ")) }
}

/// The names in the braces of a path.
pub(crate) fn parameters(path: &str) -> Vec<&str> {
    let inside = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inside.map(|(name, _)| name).collect()
}

/// The words of a path's literal parts, each with a capital first.
fn words(path: &str) -> Vec<String> {
    let literal = path.split('/').filter(|segment| !segment.contains('{'));
    let words = literal.flat_map(|segment| segment.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty()).map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::{Sample, draft};

    fn text(samples: &[(&str, &str)], enums: bool) -> String {
        let samples: Vec<Sample> = samples
            .iter()
            .map(|(path, body)| {
                let (path, query) = path.split_once('?').unwrap_or((path, ""));
                let query = query.split('&').filter_map(|pair| pair.split_once('='));
                Sample {
                    path: path.to_owned(),
                    query: query.map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
                    body: serde_json::from_str(body).expect("JSON"),
                }
            })
            .collect();
        draft("weather", &samples, enums).0
    }

    #[test]
    fn samples_of_one_operation_are_merged() {
        let drafted = text(
            &[
                (
                    "/forecast/{city}?days=2",
                    r#"{"city":"a","days":[{"date":"2026-01-02","high":1,"low":null}],"x":1}"#,
                ),
                (
                    "/forecast/{city}",
                    r#"{"city":"b","days":[{"date":"2026-01-03","high":1.5,"low":-2}],"x":"y","tags":[]}"#,
                ),
            ],
            false,
        );
        assert_eq!(
            drafted,
            r#"// Drafted by `frontage infer` from 2 sample answers: read it, and correct what they do
// not show.
import { declareUpstream, get } from "frontage";
import type { Integer } from "frontage";

export interface Forecast {
  city: string;
  days: Day[];
  x: Integer | string;
  tags?: unknown[]; // empty in every sample
}

export interface Day {
  date: string; // date
  high: number;
  low: Integer | null;
}

export const weather = declareUpstream({
  getForecastByCity: get<{ city: string; days?: number }, Forecast>("/forecast/{city}"),
});
"#
        );
    }

    #[test]
    fn records_enumerations_and_odd_names() {
        let body = r#"[{"by-id":{"10":{"n":1},"20":{"n":2}},"state":"on","at":"2026-01-02T03:04:05Z","no":null,"*/":true},
            {"by-id":{"30":{"n":3}},"state":"off","at":"2026-01-02T03:04:05Z","no":null,"*/":true},
            {"by-id":{},"state":"on","at":"2026-01-02T03:04:05Z","no":null,"*/":false},
            {"by-id":{},"state":"on","at":"2026-01-02T03:04:05Z","no":null,"*/":false}]"#;
        let drafted = text(&[("/things", body)], true);
        for line in [
            "  \"by-id\": Record<string, ById>;",
            "  state: \"off\" | \"on\";",
            "  at: string; // date-time",
            "  no: unknown; // null in every sample",
            "  \"*/\": boolean;",
            "  getThings: get<{}, Thing[]>(\"/things\"),",
        ] {
            assert!(drafted.lines().any(|found| found == line), "{line}\n{drafted}");
        }
        assert!(text(&[("/things", body)], false).contains("  state: string;\n"));
    }

    #[test]
    fn odd_values_have_types_that_take_them() {
        let body = r#"{"whole":12345678901234567890123,"far":1e300,"one":1.0,"day":"2026-13-45",
            "lists":[[[]],[[1]],[[null]]],"either":[1,"|"],"boxes":[{"a":1}],"series":[{"b":1}]}"#;
        let drafted = text(&[("/things?zip=01234&page=2&flag=", body)], false);
        for line in [
            "  whole: number;",
            "  far: number;",
            "  one: number;",
            "  day: string;",
            "  lists: (Integer | null)[][][];",
            "  either: (Integer | string)[];",
            "  boxes: Box[];",
            "  series: Series[];",
            "  getThings: get<{ flag?: string; page?: number; zip?: string }, Things>(\"/things\"),",
        ] {
            assert!(drafted.lines().any(|found| found == line), "{line}\n{drafted}");
        }
    }

    #[test]
    fn answers_that_are_no_objects_have_no_interface() {
        assert!(text(&[("/n", "3")], false).contains("getN: get<{}, Integer>(\"/n\")"));
        assert!(text(&[("/n", "[[1.5]]")], false).contains("getN: get<{}, number[][]>(\"/n\")"));
        assert!(text(&[("/n", "null")], false).contains("getN: get<{}, unknown>(\"/n\")"));
        assert!(text(&[("/", "\"x\"")], false).contains("  get: get<{}, string>(\"/\"),"));
    }
}
