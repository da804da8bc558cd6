//! What Swagger 2.0 says in other places than OpenAPI 3: bodies among the parameters, media types
//! in lists of their own, schemas directly in answers.
//!
//! Sources: OpenAPI Specification 2.0 ("Operation Object", "Parameter Object").

use frontage_diagnostic::{Diagnostic, Span};

use super::{Reader, body};
use crate::codes;
use crate::model::{
    Access, Additional, Body, Content, ContentKind, Location, Object, Property, Style, Type,
};
use crate::tree::NodeId;

impl Reader<'_> {
    /// Media types that the operation, else the document, lists under `key`.
    fn media_types(&self, operation: NodeId, key: &str) -> Vec<String> {
        let list = |node: NodeId| {
            let list = self.tree.get(node, key)?;
            let texts = self.tree.elements(list).iter().filter_map(|&e| self.tree.as_str(e));
            let texts: Vec<String> = texts.map(str::to_owned).collect();
            (!texts.is_empty()).then_some(texts)
        };
        list(operation)
            .or_else(|| list(self.root))
            .unwrap_or_else(|| vec!["application/json".to_owned()])
    }

    /// A schema as the content of each media type under `key`.
    pub(super) fn content_of(
        &mut self,
        schema: NodeId,
        operation: NodeId,
        key: &str,
        span: Span,
    ) -> Vec<Content> {
        let file = self.tree.get_str(schema, "type") == Some("file");
        let ty = self.lowering.lower(schema);
        let types = self.media_types(operation, key);
        let content = types.into_iter().map(|media_type| {
            let kind = if file { ContentKind::Binary } else { body::kind(&media_type) };
            Content { media_type, kind, ty, span }
        });
        content.collect()
    }

    /// The body that `in: body` or `in: formData` parameters make.
    pub(super) fn body_of_parameters(
        &mut self,
        item: NodeId,
        operation: NodeId,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<Body> {
        let tree = self.tree;
        let mut properties: Vec<Property> = Vec::new();
        let mut body: Option<Body> = None;
        let mut files = false;
        for level in [item, operation] {
            let list = tree.get(level, "parameters").map_or(&[][..], |list| tree.elements(list));
            for &node in list {
                // A reference that leads nowhere is reported with the other parameters.
                let Ok(node) = self.refs.follow(node) else { continue };
                let required = tree.get_bool(node, "required") == Some(true);
                let span = self.refs.place(tree.get(node, "name").unwrap_or(node));
                match tree.get_str(node, "in") {
                    Some("body") => {
                        let Some(schema) = tree.get(node, "schema") else {
                            let message = "a body needs a `schema`";
                            let help = "write `schema: {}` if any JSON may come";
                            let code = codes::MALFORMED_OPERATION;
                            faults.push(self.warn(code, span, message, help));
                            continue;
                        };
                        let mut content = self.content_of(schema, operation, "consumes", span);
                        content.sort_by_key(Content::rank);
                        body = Some(Body { required, content, span });
                    }
                    Some("formData") => {
                        files |= tree.get_str(node, "type") == Some("file");
                        let Some(name) = tree.get_str(node, "name") else { continue };
                        properties.retain(|property| property.name != name);
                        properties.push(Property {
                            name: name.to_owned(),
                            ty: self.lowering.lower(node),
                            required,
                            access: Access::Both,
                            deprecated: false,
                            description: tree.get_str(node, "description").map(str::to_owned),
                            span,
                        });
                    }
                    _ => {}
                }
            }
        }
        let Some(span) = properties.first().map(|property| property.span) else { return body };
        let required = properties.iter().any(|property| property.required);
        let object = Object { properties, additional: Additional::Undeclared };
        let ty = self.lowering.add(span, Type::Object(object));
        let listed = self.media_types(operation, "consumes");
        let parts = files || listed.iter().any(|t| body::kind(t) == ContentKind::Multipart);
        let (media_type, kind) = if parts {
            ("multipart/form-data", ContentKind::Multipart)
        } else {
            ("application/x-www-form-urlencoded", ContentKind::Form)
        };
        let content = vec![Content { media_type: media_type.to_owned(), kind, ty, span }];
        Some(Body { required, content, span })
    }

    /// How lists are written by `collectionFormat`: the style, and whether each element has a name
    /// of its own.
    pub(super) fn collection(&mut self, node: NodeId, location: Location) -> (Style, bool) {
        let format = self.tree.get(node, "collectionFormat");
        let in_query = location == Location::Query;
        let usual = if in_query { Style::Form } else { Style::Simple };
        match format.and_then(|format| self.tree.as_str(format)).unwrap_or("csv") {
            "csv" => (usual, false),
            "multi" if in_query => (Style::Form, true),
            "ssv" if in_query => (Style::SpaceDelimited, false),
            "pipes" if in_query => (Style::PipeDelimited, false),
            other => {
                let span = self.refs.place(format.unwrap_or(node));
                let message = format!("lists cannot be written as `{other}` here; `csv` is taken");
                let help = "use csv, and for the query multi, ssv or pipes too";
                self.warn(codes::IGNORED_KEYWORD, span, message, help);
                (usual, false)
            }
        }
    }
}
