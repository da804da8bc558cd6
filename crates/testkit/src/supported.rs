//! `docs/supported.md` as a workspace: one route for each row.
//!
//! In:    the page's text.
//! Out:   [`Row`]s, and for each the route module around its code.
//! Never: a row with code that is left out.

/// A construct that the page promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its stable name, such as `array.map`.
    pub id: String,
    /// How it is written; empty for what other rows show.
    pub code: String,
}

/// Reads the tables of supported constructs, down to what is refused.
#[must_use]
pub fn rows(page: &str) -> Vec<Row> {
    let promised = page.split_once("\n## Refused").map_or(page, |(promised, _)| promised);
    promised
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(id, rest)| Row { id: id.to_owned(), code: code(rest) })
        .collect()
}

/// The code span at the start of a cell, without the escapes of tables.
fn code(cell: &str) -> String {
    let ticks = cell.bytes().take_while(|b| *b == b'`').count();
    let (open, cell) = cell.split_at(ticks);
    if ticks == 0 {
        return String::new();
    }
    let inside = cell.split_once(open).map_or("", |(inside, _)| inside);
    inside.trim().replace("\\|", "|")
}

/// The body that a row's route is asked with; the page shows the same values.
pub const BODY: &str = r#"{"text":"Ada Lovelace","count":3,"ratio":2.345,"flag":true,"maybe":"perhaps","state":"open","either":"left","shape":{"kind":"circle","radius":2},"items":[{"id":"i1","name":"pen","price":150,"tags":["new"],"note":"blue"}],"names":["Ada","Max"],"numbers":[3,1,2],"pairs":[["a",1]],"record":{"a":1,"b":2},"value":"anything"}"#;

/// Helpers that rows import.
pub const HELPERS: &[(&str, &str)] = &[
    (
        "frontends/web/lib/format.ts",
        "export const money = (cents: number): string => (cents / 100).toFixed(2);\n",
    ),
    (
        "shared/names.ts",
        "export const initials = (name: string): string => name.split(\" \").map((w) => w[0] ?? \"\").join(\"\");\n",
    ),
];

const HEAD: &str = r#"import { error, HttpError, json, noContent, passthrough, redirect, route, UpstreamError } from "frontage";
import { z } from "zod";
import { agenda, records } from "\#upstreams";
"#;

const SCHEMA: &str = r#"
const Shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number() }),
]);
const Item = z.object({
  id: z.string(),
  name: z.string(),
  price: z.number(),
  tags: z.array(z.string()),
  note: z.string().nullish(),
});
const Body = z.object({
  text: z.string(),
  count: z.number(),
  ratio: z.number(),
  flag: z.boolean(),
  maybe: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  either: z.union([z.string(), z.number()]),
  shape: Shape,
  items: z.array(Item),
  names: z.array(z.string()),
  numbers: z.array(z.number()),
  pairs: z.array(z.tuple([z.string(), z.number()])),
  record: z.record(z.string(), z.number()),
  value: z.unknown(),
});

export const POST = route({ body: Body }, async ({ body, session, request }) => {
  const { text, count, ratio, flag, maybe, state, either, shape, items, names, numbers, pairs, record, value } = body;
  const settled: { status: "ok"; value: string } | { status: "no"; value: number } = flag ? { status: "ok", value: "yes" } : { status: "no", value: 1 };
  const when = new Date("2024-02-29T12:30:45.678Z");
  const map = new Map(pairs);
  const set = new Set(names);
"#;

impl Row {
    /// Where its route stands below the workspace.
    #[must_use]
    pub fn path(&self) -> String {
        format!("frontends/web/routes/{}.ts", self.id.replace('.', "_"))
    }

    /// Whether its route answers [`BODY`] sent to [`Row::url`]; other rows show modules, types and
    /// schemas.
    #[must_use]
    pub fn runs(&self) -> bool {
        !["module.", "type.", "zod."].iter().any(|prefix| self.id.starts_with(prefix))
    }

    /// The path of its route.
    #[must_use]
    pub fn url(&self) -> String {
        format!("/{}", self.id.replace('.', "_"))
    }

    /// The route module; `None` for a row without code.
    #[must_use]
    pub fn module(&self) -> Option<String> {
        let code = &self.code;
        if code.is_empty() {
            return None;
        }
        let head = HEAD.replace("\\#", "#");
        if self.id.starts_with("zod.") {
            return Some(format!(
                "{head}\nexport const POST = route({{ body: {code} }}, async ({{ body }}) => json({{ body: body ?? null }}));\n"
            ));
        }
        if self.id.starts_with("module.") || self.id.starts_with("type.") {
            let route = "export const GET = route(async () => null);\n";
            let route = if code.contains("export const GET") { "" } else { route };
            return Some(format!("{head}\n{code}\n{route}"));
        }
        if code.ends_with(';') || code.ends_with('}') {
            return Some(format!("{head}{SCHEMA}  {code}\n}});\n"));
        }
        Some(format!("{head}{SCHEMA}  return {code};\n}});\n"))
    }
}

/// All files that the rows add to the fixture: path and text.
#[must_use]
pub fn files(rows: &[Row]) -> Vec<(String, String)> {
    let helpers = HELPERS.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    helpers.chain(rows.iter().filter_map(|row| Some((row.path(), row.module()?)))).collect()
}
