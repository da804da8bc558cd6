//! The operations of `declareUpstream({ getThing: get<Args, Answer>("/things/{id}") })`.

use std::collections::HashMap;
use std::rc::Rc;

use frontage_contract::{
    Binding, Body, Content, ContentKind, Http, Location, Method, Operation, Parameter, Piece,
    Property as Member, Response, Segment, Status, Style, Success, split_path,
};
use frontage_diagnostic::Span;
use frontage_syntax::tree::{self, Element, Expr, ExprKind, KeywordType, Property, TypeKind};

use super::Reader;
use super::modules::Found;
use super::types::Scope;
use crate::codes;

/// Functions of `frontage` that declare an operation.
const METHODS: &[(&str, Method)] = &[
    ("get", Method::Get),
    ("head", Method::Head),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("del", Method::Delete),
    ("query", Method::Query),
];

/// Names that mean something else on every object, or make it look like a promise.
const UNFIT: &[&str] = &["__proto__", "constructor", "prototype", "then", "toString", "valueOf"];

/// What the second argument says.
#[derive(Default)]
struct Options {
    safe: Option<bool>,
    form: bool,
    headers: HashMap<String, (String, Span)>,
}

impl Reader<'_> {
    /// Every operation of the object.
    pub(super) fn operations(&mut self, module: usize, object: &Expr) -> Vec<Operation> {
        let ExprKind::Object(properties) = &object.kind else { return Vec::new() };
        let mut operations: Vec<Operation> = Vec::new();
        for property in properties {
            let Property::Value { key, value, span, .. } = property else {
                let help = "write each operation out";
                self.fault(codes::DECLARED_FORM, object.span, "a spread is not read here", help);
                continue;
            };
            let Some(name) = key.name().filter(|name| fit(name)) else {
                let help = "use letters, digits and `_`, as in `getThing`";
                let message = "this cannot be an operation's name";
                self.fault(codes::DECLARED_FORM, key.span, message, help);
                continue;
            };
            if operations.iter().any(|known| known.name == **name) {
                let message = format!("`{name}` stands twice");
                self.fault(codes::DECLARED_FORM, key.span, message, "rename one of them");
                continue;
            }
            operations.extend(self.operation(module, name, key.span, value, *span));
        }
        operations
    }

    fn operation(
        &mut self,
        module: usize,
        name: &str,
        place: Span,
        value: &Expr,
        span: Span,
    ) -> Option<Operation> {
        let wrong = |reader: &mut Self| {
            let help = "write `get<{ id: string }, Thing>(\"/things/{id}\")`; there are get, head, \
                        post, put, patch, del and query, all from \"frontage\"";
            let message = "an operation is declared by a method of \"frontage\"";
            reader.fault(codes::DECLARED_FORM, span, message, help);
            None
        };
        let ExprKind::Call { callee, type_args, args, .. } = &value.kind else {
            return wrong(self);
        };
        let ExprKind::Ident(function) = &callee.kind else { return wrong(self) };
        let Found::Frontage(export) = self.modules.find(module, function) else {
            return wrong(self);
        };
        let Some(&(_, method)) = METHODS.iter().find(|(known, _)| *known == &*export) else {
            return wrong(self);
        };
        let (path, path_span, options) = match &args[..] {
            [Element::Value(Expr { kind: ExprKind::String(path), span }), rest @ ..] => {
                (path.to_string(), *span, rest)
            }
            _ => {
                let help = "write it as a literal: `\"/things/{id}\"`";
                self.fault(codes::DECLARED_FORM, value.span, "the path is missing", help);
                return None;
            }
        };
        let options = self.options(options);
        let scope = Scope { module, parameters: Rc::default() };
        let members = match type_args.first() {
            Some(ty) => self.members(&scope, ty, 0)?.properties,
            None => Vec::new(),
        };
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut body = None;
        let segments = self.segments(&path, path_span, &members, &mut parameters)?;
        for member in members {
            if parameters.iter().any(|known| known.key == member.name) {
                continue;
            }
            if member.name == Operation::BODY_KEY {
                body = self.body(method, &member, options.form);
                continue;
            }
            let header = options.headers.get(&member.name);
            parameters.push(match header {
                Some((wire, _)) => parameter(&member, wire, Location::Header, Style::Simple),
                None => parameter(&member, &member.name, Location::Query, Style::Form),
            });
        }
        for (key, (_, span)) in &options.headers {
            if parameters.iter().all(|parameter| parameter.key != *key) {
                let message = format!("`{key}` is no argument of this operation");
                let help = "name an argument that is neither in the path nor the body";
                self.fault(codes::DECLARED_PATH, *span, message, help);
            }
        }
        let (responses, success) = self.answer(&scope, method, type_args.get(1), place);
        Some(Operation {
            name: name.to_owned(),
            span: place,
            binding: Binding::Http(Http { method, template: path, segments }),
            summary: None,
            deprecated: false,
            safe: options.safe.unwrap_or(method.is_safe()),
            parameters,
            body,
            responses,
            success,
            faults: Vec::new(),
        })
    }

    /// The path's segments; its parameters are taken out of the arguments.
    fn segments(
        &mut self,
        path: &str,
        span: Span,
        members: &[Member],
        parameters: &mut Vec<Parameter>,
    ) -> Option<Vec<Segment>> {
        let template = match split_path(path) {
            Ok(template) if !path.starts_with('/') || !template.query.is_empty() => {
                let help = "arguments that are not in the path go into the query by themselves";
                let message = format!("`{path}` is no path: it begins with `/` and has no `?`");
                self.fault(codes::DECLARED_PATH, span, message, help);
                return None;
            }
            Ok(template) => template,
            Err(why) => {
                let message = format!("`{path}` is no path: {why}");
                let help = "a path is written like `/things/{id}`";
                self.fault(codes::DECLARED_PATH, span, message, help);
                return None;
            }
        };
        let mut segments = Vec::new();
        for pieces in template.segments {
            let mut segment = Segment::default();
            for piece in pieces {
                let name = match piece {
                    Ok(text) => {
                        segment.pieces.push(Piece::Literal(text.to_owned()));
                        continue;
                    }
                    Err(name) => name,
                };
                let known = parameters.iter().position(|parameter| parameter.key == name);
                let at = known.or_else(|| {
                    let member = members.iter().find(|member| member.name == name)?;
                    parameters.push(parameter(member, name, Location::Path, Style::Simple));
                    Some(parameters.len() - 1)
                });
                let Some(at) = at else {
                    let message = format!("the path's `{name}` is not among the arguments");
                    let help = format!("write `{{ {name}: string }}` as the first type argument");
                    self.fault(codes::DECLARED_PATH, span, message, &help);
                    return None;
                };
                if !parameters[at].required {
                    parameters[at].required = true;
                    let place = parameters[at].span;
                    let message = format!("`{name}` stands in the path, and must be given");
                    self.fault(codes::DECLARED_PATH, place, message, "remove the `?`");
                }
                segment.pieces.push(Piece::Parameter(at));
            }
            segments.push(segment);
        }
        Some(segments)
    }

    fn body(&mut self, method: Method, member: &Member, form: bool) -> Option<Body> {
        if matches!(method, Method::Get | Method::Head) {
            let message = format!("a {method} request has no body");
            let help = "use `post` or `query`, or give the argument another name";
            self.fault(codes::DECLARED_PATH, member.span, message, help);
            return None;
        }
        let (media_type, kind) = if form {
            ("application/x-www-form-urlencoded", ContentKind::Form)
        } else {
            ("application/json", ContentKind::Json)
        };
        let content =
            Content { media_type: media_type.to_owned(), kind, ty: member.ty, span: member.span };
        Some(Body { required: member.required, content: vec![content], span: member.span })
    }

    /// What comes back: JSON, `Text`, `Bytes`, nothing (`undefined`), or JSON or nothing.
    fn answer(
        &mut self,
        scope: &Scope,
        method: Method,
        ty: Option<&tree::Type>,
        place: Span,
    ) -> (Vec<Response>, Success) {
        let mut success = Success { json: None, text: false, empty: false, binary: false };
        let all = Status::Range(2);
        let with = |status: Status, content: Option<Content>| Response {
            status,
            content: content.into_iter().collect(),
            span: place,
        };
        let nothing = ty.is_none_or(|ty| {
            matches!(ty.kind, TypeKind::Keyword(KeywordType::Undefined | KeywordType::Void))
        });
        let Some(ty) = ty.filter(|_| !nothing && method != Method::Head) else {
            success.empty = true;
            return (vec![with(all, None)], success);
        };
        let export = match &ty.kind {
            TypeKind::Ref { path, .. } if path.len() == 1 => {
                match self.modules.find(scope.module, &path[0].name) {
                    Found::Frontage(export) => Some(export),
                    _ => None,
                }
            }
            _ => None,
        };
        let content = |media_type: &str, kind, ty| Content {
            media_type: media_type.to_owned(),
            kind,
            ty,
            span: place,
        };
        match export.as_deref() {
            Some("Text") => {
                success.text = true;
                let ty = self.ty(scope, ty);
                (vec![with(all, Some(content("text/plain", ContentKind::Text, ty)))], success)
            }
            Some("Bytes") => {
                success.binary = true;
                let ty = self.unknown;
                let bytes = content("application/octet-stream", ContentKind::Binary, ty);
                (vec![with(all, Some(bytes))], success)
            }
            _ => {
                let (id, missing) = self.possibly_missing(scope, ty);
                success.json = Some(id);
                success.empty = missing;
                let json = with(all, Some(content("application/json", ContentKind::Json, id)));
                let mut responses = vec![json];
                if missing {
                    responses.insert(0, with(Status::Exact(204), None));
                }
                (responses, success)
            }
        }
    }

    fn options(&mut self, rest: &[Element]) -> Options {
        let mut options = Options::default();
        let help =
            "options are `{ safe: true, body: \"form\", headers: { trace: \"x-trace-id\" } }`";
        let properties = match rest {
            [] => return options,
            [Element::Value(Expr { kind: ExprKind::Object(properties), .. })] => properties,
            [Element::Value(other), ..] | [Element::Spread { value: other, .. }, ..] => {
                self.fault(codes::DECLARED_FORM, other.span, "options are an object", help);
                return options;
            }
        };
        for property in properties {
            let Property::Value { key, value, span, .. } = property else { continue };
            match (key.name().map(|name| &**name), &value.kind) {
                (Some("safe"), ExprKind::Boolean(safe)) => options.safe = Some(*safe),
                (Some("body"), ExprKind::String(text)) if &**text == "form" => options.form = true,
                (Some("body"), ExprKind::String(text)) if &**text == "json" => {}
                (Some("headers"), ExprKind::Object(members)) => {
                    for member in members {
                        if let Property::Value { key, value, .. } = member
                            && let (Some(name), ExprKind::String(wire)) = (key.name(), &value.kind)
                        {
                            let wire = wire.to_ascii_lowercase();
                            options.headers.insert(name.to_string(), (wire, key.span));
                        } else {
                            let message = "a header's name is a literal";
                            self.fault(codes::DECLARED_FORM, *span, message, help);
                        }
                    }
                }
                _ => self.fault(codes::DECLARED_FORM, *span, "this is no option", help),
            }
        }
        options
    }
}

fn parameter(member: &Member, wire: &str, location: Location, style: Style) -> Parameter {
    Parameter {
        name: wire.to_owned(),
        key: member.name.clone(),
        location,
        required: member.required,
        ty: member.ty,
        style,
        explode: style == Style::Form,
        allow_reserved: false,
        deprecated: false,
        description: None,
        span: member.span,
    }
}

fn fit(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
        && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
        && !UNFIT.contains(&name)
}
