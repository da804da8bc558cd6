//! Reads parameters in path, query, header and cookie.

use frontage_diagnostic::{Diagnostic, Span};

use super::{Dialect, Reader, body};
use crate::codes;
use crate::model::{ContentKind, Location, Parameter, Style};
use crate::tree::{Kind, NodeId};

/// Headers that describe the body or the caller; the specification has them ignored.
const OWN_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

impl Reader<'_> {
    /// The parameters of an operation: its own, and those of its path that it does not replace.
    pub(super) fn parameters(
        &mut self,
        item: NodeId,
        operation: NodeId,
        faults: &mut Vec<Diagnostic>,
    ) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for (level, node) in [item, operation].into_iter().enumerate() {
            let inherited = parameters.len();
            let Some(list) = self.tree.get(node, "parameters") else { continue };
            if !matches!(self.tree.kind(list), Kind::Array(_) | Kind::Null) {
                let span = self.refs.place(list);
                let message = "`parameters` must be a list";
                let help = "write one `- name: ...` for each";
                faults.push(self.warn(codes::MALFORMED_OPERATION, span, message, help));
            }
            for &node in self.tree.elements(list) {
                let Some(parameter) = self.parameter(node, faults) else { continue };
                let same = |known: &Parameter| {
                    known.location == parameter.location && known.name == parameter.name
                };
                match parameters.iter().position(same) {
                    Some(index) if level == 1 && index < inherited => parameters[index] = parameter,
                    Some(index) => {
                        let first = parameters[index].span;
                        self.twice(&parameter, first);
                    }
                    None => parameters.push(parameter),
                }
            }
        }
        parameters
    }

    fn twice(&mut self, parameter: &Parameter, first: Span) {
        let message = format!("the parameter `{}` is declared twice", parameter.name);
        self.lowering.report(
            Diagnostic::error(codes::IGNORED_KEYWORD, parameter.span, message)
                .label("ignored")
                .also(first, "this one counts")
                .help("remove one of them")
                .warning(),
        );
    }

    /// Reads one parameter; `None` for one that calls do not give, and for a faulty one.
    fn parameter(&mut self, node: NodeId, faults: &mut Vec<Diagnostic>) -> Option<Parameter> {
        let tree = self.tree;
        let node = match self.refs.follow(node) {
            Ok(node) => node,
            Err(diagnostic) => {
                self.lowering.report(diagnostic.clone());
                faults.push(diagnostic);
                return None;
            }
        };
        let place = tree.get_str(node, "in");
        if self.dialect == Dialect::Swagger && matches!(place, Some("body" | "formData")) {
            return None;
        }
        let name_node = tree.get(node, "name");
        let name = name_node.and_then(|name| tree.scalar_text(name));
        let location = match place {
            Some("path") => Some(Location::Path),
            Some("query") => Some(Location::Query),
            Some("header") => Some(Location::Header),
            Some("cookie") => Some(Location::Cookie),
            _ => None,
        };
        let (Some(name), Some(location), Some(name_node)) = (name, location, name_node) else {
            let span = self.refs.place(node);
            let message = match place {
                Some(other) if location.is_none() => {
                    format!("a parameter cannot be in `{other}`")
                }
                _ => "a parameter needs `name` and `in`".to_owned(),
            };
            let help = "`in` is path, query, header or cookie; a body is declared in `requestBody`";
            faults.push(self.warn(codes::MALFORMED_OPERATION, span, message, help));
            return None;
        };
        let own = OWN_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name));
        if location == Location::Header && own {
            return None;
        }
        let content = tree.get(node, "content").and_then(|map| tree.members(map).first());
        let (ty, style) = if let Some(schema) = tree.get(node, "schema") {
            (self.lowering.lower(schema), self.style(node, location))
        } else if let Some(content) = content {
            let ty = tree.get(content.value, "schema").map(|schema| self.lowering.lower(schema));
            let json = body::kind(tree.key(content)) == ContentKind::Json;
            let style = if json { Style::Json } else { default_style(location) };
            (ty.unwrap_or(self.lowering.unknown()), style)
        } else if ["type", "enum", "items"].iter().any(|key| tree.get(node, key).is_some()) {
            // Swagger 2.0 has the schema's keywords in the parameter itself.
            (self.lowering.lower(node), self.style(node, location))
        } else {
            (self.lowering.string(), self.style(node, location))
        };
        let collection = (self.dialect == Dialect::Swagger
            || tree.get(node, "collectionFormat").is_some())
        .then(|| self.collection(node, location));
        let style = collection.map_or(style, |(style, _)| style);
        let flag = |key: &str| tree.get_bool(node, key);
        Some(Parameter {
            name: name.to_owned(),
            key: name.to_owned(),
            location,
            required: location == Location::Path || flag("required") == Some(true),
            ty,
            style,
            explode: collection.map_or_else(
                || flag("explode").unwrap_or(style == Style::Form),
                |(_, explode)| explode,
            ),
            allow_reserved: location == Location::Query && flag("allowReserved") == Some(true),
            deprecated: flag("deprecated") == Some(true),
            description: tree.get_str(node, "description").map(str::to_owned),
            span: self.refs.place(name_node),
        })
    }

    fn style(&mut self, node: NodeId, location: Location) -> Style {
        let default = default_style(location);
        let Some(value) = self.tree.get(node, "style") else { return default };
        let text = self.tree.scalar_text(value).unwrap_or("");
        let style = match (text, location) {
            ("simple", Location::Path | Location::Header) => Some(Style::Simple),
            ("label", Location::Path) => Some(Style::Label),
            ("matrix", Location::Path) => Some(Style::Matrix),
            ("form", Location::Query | Location::Cookie) => Some(Style::Form),
            ("spaceDelimited", Location::Query) => Some(Style::SpaceDelimited),
            ("pipeDelimited", Location::Query) => Some(Style::PipeDelimited),
            ("deepObject", Location::Query) => Some(Style::DeepObject),
            _ => None,
        };
        style.unwrap_or_else(|| {
            let span = self.refs.place(value);
            let message = format!(
                "a parameter in {} cannot have the style `{text}`; the usual one is taken",
                location.as_str()
            );
            let help = "path: simple, label, matrix; query: form, spaceDelimited, pipeDelimited, \
                        deepObject; header: simple; cookie: form";
            self.warn(codes::IGNORED_KEYWORD, span, message, help);
            default
        })
    }
}

fn default_style(location: Location) -> Style {
    match location {
        Location::Path | Location::Header => Style::Simple,
        Location::Query | Location::Cookie => Style::Form,
    }
}
