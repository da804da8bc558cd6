//! Reads request bodies and answers.

use frontage_diagnostic::{Diagnostic, Span};

use super::{Dialect, Reader};
use crate::codes;
use crate::model::{Body, Content, ContentKind, Method, Response, Status, Success, TypeId};
use crate::tree::{Kind, NodeId};

/// How bodies of a media type are read and written.
pub(super) fn kind(media_type: &str) -> ContentKind {
    let essence = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let (main, sub) = essence.split_once('/').unwrap_or((essence.as_str(), ""));
    match (main, sub) {
        ("application" | "text", "json") | ("json", "") | ("*", "*") | ("application", "*") => {
            ContentKind::Json
        }
        _ if sub.ends_with("+json") => ContentKind::Json,
        ("application", "x-www-form-urlencoded") => ContentKind::Form,
        ("multipart", _) => ContentKind::Multipart,
        // A stream of events is handed on as it comes.
        ("text", "event-stream") => ContentKind::Binary,
        ("text", _) | ("application", "xml") => ContentKind::Text,
        _ if sub.ends_with("+xml") => ContentKind::Text,
        _ => ContentKind::Binary,
    }
}

impl Reader<'_> {
    /// The request body of an operation.
    pub(super) fn body(
        &mut self,
        method: Method,
        item: NodeId,
        operation: NodeId,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Body> {
        if self.dialect == Dialect::Swagger {
            return self.body_of_parameters(item, operation, faults);
        }
        let member = self.tree.member(operation, "requestBody")?;
        let span = member.key_span;
        let node = match self.refs.follow(member.value) {
            Ok(node) => node,
            Err(diagnostic) => {
                self.lowering.report(diagnostic.clone());
                faults.push(diagnostic);
                return None;
            }
        };
        if matches!(method, Method::Get | Method::Head | Method::Trace) {
            if self.says_nothing(node) {
                return None;
            }
            let message = format!("a {method} request has no body; `requestBody` is ignored");
            let help = "use POST or QUERY, or parameters in the query";
            self.warn(codes::IGNORED_KEYWORD, span, message, help);
            return None;
        }
        let mut content = match self.content(node) {
            Ok(content) => content,
            Err(fault) => {
                faults.push(fault);
                return None;
            }
        };
        content.sort_by_key(Content::rank);
        let required = self.tree.get_bool(node, "required") == Some(true);
        (!content.is_empty()).then_some(Body { required, content, span })
    }

    /// Whether a body that may be left out has only schemas of objects without members: generators
    /// write such a body beside every operation.
    fn says_nothing(&self, body: NodeId) -> bool {
        let tree = self.tree;
        let empty = |schema: NodeId| {
            let object = tree.get_str(schema, "type") == Some("object");
            object
                && tree.members(schema).iter().all(|member| match tree.key(member) {
                    "properties" => tree.members(member.value).is_empty(),
                    "type" | "description" | "title" | "additionalProperties" => true,
                    _ => false,
                })
        };
        let content = tree.get(body, "content");
        let media = content.map_or(&[][..], |content| tree.members(content));
        tree.get_bool(body, "required") != Some(true)
            && media.iter().all(|one| tree.get(one.value, "schema").is_some_and(empty))
    }

    /// The declared answers of an operation, and what a successful call gives.
    pub(super) fn responses(
        &mut self,
        method: Method,
        operation: NodeId,
        span: Span,
        faults: &mut Vec<Diagnostic>,
    ) -> (Vec<Response>, Success) {
        let tree = self.tree;
        let list = tree.get(operation, "responses");
        if let Some(list) = list.filter(|&l| !tree.is_object(l) && tree.kind(l) != Kind::Null) {
            let help = "write one `\"200\": ...` for each status";
            let span = self.refs.place(list);
            self.warn(codes::MALFORMED_OPERATION, span, "`responses` must be a mapping", help);
        }
        let mut responses: Vec<Response> = Vec::new();
        let mut broken: Vec<(Status, Diagnostic)> = Vec::new();
        for member in list.map_or(&[][..], |list| tree.members(list)) {
            let key = tree.key(member);
            if key.starts_with("x-") {
                continue;
            }
            let Some(status) = status(key) else {
                let message = format!("`{key}` is no status");
                let help = "a status is written \"200\", \"2XX\" or default";
                self.warn(codes::MALFORMED_OPERATION, member.key_span, message, help);
                continue;
            };
            let read = match self.refs.follow(member.value) {
                Ok(node) => self.answer(operation, node, member.key_span),
                Err(diagnostic) => {
                    self.lowering.report(diagnostic.clone());
                    Err(diagnostic)
                }
            };
            match read {
                Ok(content) => {
                    responses.push(Response { status, content, span: member.key_span });
                }
                Err(diagnostic) => broken.push((status, diagnostic)),
            }
        }
        let declared = |status: Status| {
            responses.iter().any(|r| r.status == status) || broken.iter().any(|b| b.0 == status)
        };
        let any_success = responses.iter().any(|r| r.status.is_success())
            || broken.iter().any(|(status, _)| status.is_success());
        let by_default = !any_success && declared(Status::Default);
        let counts = |status: Status| {
            if by_default { status == Status::Default } else { status.is_success() }
        };
        faults.extend(broken.into_iter().filter(|(status, _)| counts(*status)).map(|(_, d)| d));
        let success = if method == Method::Head {
            Success { json: None, text: false, empty: true, binary: false }
        } else {
            let counting: Vec<&Response> =
                responses.iter().filter(|response| counts(response.status)).collect();
            self.success(&counting, span)
        };
        (responses, success)
    }

    fn success(&mut self, responses: &[&Response], span: Span) -> Success {
        let mut success = Success { json: None, text: false, empty: false, binary: false };
        let mut types: Vec<TypeId> = Vec::new();
        if responses.is_empty() {
            // Nothing is declared, so anything may come.
            types.push(self.lowering.unknown());
        }
        for response in responses {
            let bodiless = matches!(response.status, Status::Exact(204 | 205));
            match response.preferred().filter(|_| !bodiless) {
                None => success.empty = true,
                Some(content) => match content.kind {
                    ContentKind::Json => types.push(content.ty),
                    ContentKind::Text => success.text = true,
                    ContentKind::Form | ContentKind::Multipart | ContentKind::Binary => {
                        success.binary = true;
                    }
                },
            }
        }
        if !types.is_empty() {
            success.json = Some(self.lowering.union(span, types));
        }
        success
    }

    /// What one declared answer may hold.
    fn answer(
        &mut self,
        operation: NodeId,
        node: NodeId,
        span: Span,
    ) -> Result<Vec<Content>, Diagnostic> {
        let tree = self.tree;
        let direct = tree.get(node, "schema").filter(|&schema| tree.kind(schema) != Kind::Null);
        match direct {
            Some(schema) if self.dialect == Dialect::Swagger => {
                Ok(self.content_of(schema, operation, "produces", span))
            }
            Some(schema) if tree.get(node, "content").is_none() => {
                let message = "`schema` stands in the answer itself; it is taken for JSON";
                let help =
                    "since OpenAPI 3 it stands in `content: {application/json: {schema: ...}}`";
                self.warn(codes::MALFORMED_OPERATION, span, message, help);
                Ok(self.content_of(schema, operation, "produces", span))
            }
            _ if !tree.is_object(node) && tree.kind(node) != Kind::Null => {
                let help = "write at least `description` in it";
                let message = "an answer must be a mapping";
                Err(self.warn(codes::MALFORMED_OPERATION, span, message, help))
            }
            _ => self.content(node),
        }
    }

    /// The media types of a body, in the contract's order.
    fn content(&mut self, node: NodeId) -> Result<Vec<Content>, Diagnostic> {
        let tree = self.tree;
        let Some(map) = tree.get(node, "content") else { return Ok(Vec::new()) };
        if !tree.is_object(map) && tree.kind(map) != Kind::Null {
            let span = self.refs.place(map);
            let help = "write one `application/json: {schema: ...}` for each media type";
            let message = "`content` must be a mapping";
            return Err(self.warn(codes::MALFORMED_OPERATION, span, message, help));
        }
        let mut all = Vec::new();
        for member in tree.members(map) {
            let media_type = tree.key(member);
            let schema =
                self.refs.follow(member.value).ok().and_then(|node| tree.get(node, "schema"));
            let mut kind = kind(media_type);
            let is_file = |schema: NodeId| {
                tree.get_str(schema, "format") == Some("binary")
                    && tree.get_str(schema, "type") == Some("string")
            };
            if media_type.contains('*') && schema.is_some_and(is_file) {
                kind = ContentKind::Binary;
            }
            let ty = match schema {
                Some(schema) if tree.kind(schema) != Kind::Null => self.lowering.lower(schema),
                _ => self.lowering.unknown(),
            };
            let media_type = media_type.to_owned();
            all.push(Content { media_type, kind, ty, span: member.key_span });
        }
        Ok(all)
    }
}

fn status(key: &str) -> Option<Status> {
    if key.eq_ignore_ascii_case("default") {
        return Some(Status::Default);
    }
    let first = key.chars().next()?.to_digit(10).filter(|d| (1..=5).contains(d))?;
    if key.len() == 3 && key[1..].eq_ignore_ascii_case("xx") {
        return Some(Status::Range(first as u8));
    }
    let number = key.parse::<u16>().ok().filter(|number| (100..600).contains(number))?;
    Some(Status::Exact(number))
}
