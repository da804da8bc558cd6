//! Operations as functions: what each takes, what it gives, how it can fail.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use frontage_plan::{Method, PathSegment};

use super::types::{Side, Spelling};
use crate::api::{Api, ApiLocation, ApiOperation, Member, Rest, Schema, SchemaKind, pascal};
use crate::typescript::{comment, quoted};

/// Spells the operations of a backend.
pub(super) struct Operations<'a> {
    api: &'a Api,
    spelling: Spelling,
}

impl<'a> Operations<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self { api, spelling: Spelling::new(api.schemas.keys()) }
    }

    /// Declarations of all named schemas.
    pub(super) fn schemas(&self) -> String {
        let received = self.received();
        let one = |(name, schema): (&'a String, &Schema)| {
            let side = if received.contains(&name) { Side::Received } else { Side::Sent };
            self.spelling.declaration(name, schema, side)
        };
        self.api.schemas.iter().map(one).collect()
    }

    /// Names of schemas that answers are made of; the others only travel to the backend.
    fn received(&self) -> BTreeSet<&'a String> {
        let answers = self.api.operations.iter().flat_map(|operation| &operation.answers);
        let contents = answers.flat_map(|answer| &answer.content);
        let mut todo: Vec<&Schema> = contents.filter_map(|(_, schema)| schema.as_ref()).collect();
        let mut seen = BTreeSet::new();
        while let Some(schema) = todo.pop() {
            if let SchemaKind::Named(name) = &schema.kind
                && let Some((name, schema)) = self.api.schemas.get_key_value(name)
                && seen.insert(name)
            {
                todo.push(schema);
            }
            todo.extend(schema.parts());
        }
        seen
    }

    /// Functions are made for those that a script can use; a redirect leads a browser elsewhere.
    fn callable(&self) -> impl Iterator<Item = &'a ApiOperation> {
        self.api.operations.iter().filter(|operation| {
            operation.passed
                || operation.answers.is_empty()
                || !operation.answers.iter().all(|a| matches!(a.status, Some(300..=399)))
        })
    }

    /// What each operation takes.
    pub(super) fn requests(&self) -> String {
        let mut out = String::new();
        for operation in &self.api.operations {
            let name = format!("{}Request", pascal(&operation.id));
            let _ = writeln!(out, "\n/** What `{}` takes. */", operation.id);
            let mut parts = String::new();
            self.part(operation, "params", &mut parts);
            self.part(operation, "query", &mut parts);
            self.part(operation, "headers", &mut parts);
            self.body(operation, &mut parts);
            let own = operation.parameters.iter().any(|p| p.location == ApiLocation::Header);
            let base = if own { "Omit<CallOptions, \"headers\">" } else { "CallOptions" };
            let _ = if parts.is_empty() {
                writeln!(out, "export type {name} = {base};")
            } else {
                writeln!(out, "export interface {name} extends {base} {{\n{parts}}}")
            };
        }
        out
    }

    fn part(&self, operation: &ApiOperation, part: &str, out: &mut String) {
        let members: Vec<Member> = operation
            .parameters
            .iter()
            .filter(|p| part_of(p.location) == part)
            .map(|p| Member {
                name: p.name.clone(),
                schema: p.schema.clone(),
                required: p.required,
            })
            .collect();
        if members.is_empty() {
            return;
        }
        let headers = part == "headers";
        if headers {
            out.push_str("  /** The route's header fields, and further ones. */\n");
        }
        let required = members.iter().any(|member| member.required);
        let (mark, missing) = if required { ("", "") } else { ("?", " | undefined") };
        let _ = writeln!(out, "  {part}{mark}: {{");
        self.spelling.members(&members, &Rest::Open, Side::Sent, 4, out);
        let more = if headers { " & HeaderValues" } else { "" };
        let _ = writeln!(out, "  }}{more}{missing};");
    }

    fn body(&self, operation: &ApiOperation, out: &mut String) {
        let Some(body) = &operation.body else { return };
        let json = body.content.iter().find(|(media, _)| is_json(media));
        let text = match json {
            Some((_, Some(schema))) => self.spelling.text(schema, Side::Sent, 2),
            _ => "BodyInit".into(),
        };
        let (mark, missing) = if body.required { ("", "") } else { ("?", " | undefined") };
        let _ = writeln!(out, "  body{mark}: {text}{missing};");
    }

    /// The codes of each operation's problems.
    pub(super) fn codes(&self) -> String {
        let mut out = String::from(
            "\n/** The codes with which each function can be refused. */\nexport interface Codes {\n",
        );
        for operation in &self.api.operations {
            let open = operation.faults.values().any(|codes| codes.open);
            let known: BTreeSet<&String> =
                operation.faults.values().flat_map(|codes| &codes.known).collect();
            let mut words: Vec<String> = known.into_iter().map(|code| quoted(code)).collect();
            if open {
                // Keeps the known ones in editors' suggestions.
                words.push("(string & {})".into());
            }
            let text = if words.is_empty() { "never".into() } else { words.join(" | ") };
            let _ = writeln!(out, "  {}: {text};", operation.id);
        }
        out.push_str("}\n");
        out
    }

    /// The client's type.
    pub(super) fn client(&self) -> String {
        let mut out = String::from("\n/** The backend's routes. */\nexport interface Client {\n");
        for operation in self.callable() {
            let mut paragraphs: Vec<String> = operation.description.iter().cloned().collect();
            paragraphs.push(format!("`{} {}`", operation.method.as_str(), pattern(operation)));
            if operation.deprecated {
                paragraphs.push("@deprecated".into());
            }
            out.push_str(&comment(&paragraphs, 2));
            let mark = if must_be_given(operation) { "" } else { "?" };
            let request = format!("{}Request", pascal(&operation.id));
            let gives = self.gives(operation);
            let _ =
                writeln!(out, "  {}(request{mark}: {request}): Promise<{gives}>;", operation.id);
        }
        out.push_str("  /** The address of a route, for a link or a picture. */\n");
        out.push_str("  url: {\n");
        for operation in &self.api.operations {
            let parts: Vec<String> = ["params", "query"]
                .into_iter()
                .filter(|part| operation.parameters.iter().any(|p| part_of(p.location) == *part))
                .map(quoted)
                .collect();
            if parts.is_empty() {
                let _ = writeln!(out, "    {}(): string;", operation.id);
                continue;
            }
            let needed = operation
                .parameters
                .iter()
                .any(|p| p.required && p.location != ApiLocation::Header);
            let request = format!("Pick<{}Request, {}>", pascal(&operation.id), parts.join(" | "));
            let mark = if needed { "" } else { "?" };
            let _ = writeln!(out, "    {}(request{mark}: {request}): string;", operation.id);
        }
        out.push_str("  };\n}\n");
        out
    }

    fn gives(&self, operation: &ApiOperation) -> String {
        if operation.passed {
            return "Response".into();
        }
        let mut parts: Vec<String> = Vec::new();
        for answer in &operation.answers {
            let text = match answer.content.first() {
                _ if operation.method == Method::Head => "undefined".into(),
                Some((_, Some(schema))) => self.spelling.text(schema, Side::Received, 2),
                Some((_, None)) => "unknown".into(),
                None if matches!(answer.status, Some(300..=399)) => continue,
                None => "undefined".into(),
            };
            if !parts.contains(&text) {
                parts.push(text);
            }
        }
        let data = if parts.is_empty() { "never".into() } else { parts.join(" | ") };
        let replaced: Vec<String> = operation.parts.iter().map(|part| quoted(part)).collect();
        if replaced.is_empty() {
            format!("Answer<{data}>")
        } else {
            format!("Answer<{data}, {}>", replaced.join(" | "))
        }
    }

    /// The function that makes a client.
    pub(super) fn creator(&self, typed: bool) -> String {
        let mut out = String::from("/** Makes a client. */\n");
        out.push_str(if typed {
            "export function createClient(options: ClientOptions = {}): Client {\n"
        } else {
            "export function createClient(options = {}) {\n"
        });
        out.push_str("  const { ask, pass, url } = asker(options);\n");
        // A client without routes that answer needs not all of them.
        out.push_str("  void [ask, pass, url];\n");
        out.push_str("  return {\n");
        for operation in self.callable() {
            let verb = if operation.passed { "pass" } else { "ask" };
            let media = operation
                .body
                .as_ref()
                .filter(|body| !body.content.iter().any(|(media, _)| is_json(media)))
                .and_then(|body| body.content.first())
                .map_or(String::new(), |(media, _)| format!(", {}", quoted(media)));
            let _ = writeln!(
                out,
                "    {id}: (request) => {verb}({}, {}, {}, request{media}),",
                quoted(&operation.id),
                quoted(operation.method.as_str()),
                quoted(&pattern(operation)),
                id = operation.id,
            );
        }
        out.push_str("    url: {\n");
        for operation in &self.api.operations {
            let has = operation.parameters.iter().any(|p| p.location != ApiLocation::Header);
            let (takes, given) = if has { ("request", ", request") } else { ("", "") };
            let _ = writeln!(
                out,
                "      {}: ({takes}) => url({}{given}),",
                operation.id,
                quoted(&pattern(operation))
            );
        }
        out.push_str("    },\n  };\n}\n");
        out
    }
}

fn part_of(location: ApiLocation) -> &'static str {
    match location {
        ApiLocation::Path | ApiLocation::Rest => "params",
        ApiLocation::Query => "query",
        ApiLocation::Header => "headers",
    }
}

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim();
    media == "application/json" || media.ends_with("+json")
}

fn must_be_given(operation: &ApiOperation) -> bool {
    operation.parameters.iter().any(|parameter| parameter.required)
        || operation.body.as_ref().is_some_and(|body| body.required)
}

/// The path with its literal parts encoded as they travel.
fn pattern(operation: &ApiOperation) -> String {
    let mut out = String::new();
    for segment in &operation.path {
        out.push('/');
        match segment {
            PathSegment::Literal(name) => {
                for byte in name.bytes() {
                    if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
                        out.push(char::from(byte));
                    } else {
                        let _ = write!(out, "%{byte:02X}");
                    }
                }
            }
            PathSegment::Parameter(name) => {
                let _ = write!(out, "{{{name}}}");
            }
            PathSegment::Rest(name) => {
                let _ = write!(out, "{{{name}...}}");
            }
        }
    }
    if out.is_empty() { "/".into() } else { out }
}
