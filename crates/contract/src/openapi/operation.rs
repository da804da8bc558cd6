//! Reads one operation.

use std::collections::HashSet;

use frontage_diagnostic::{Diagnostic, Span};

use super::{Draft, Reader};
use crate::codes;
use crate::model::{
    Binding, Body, Constant, Http, Location, Method, Operation, Parameter, Piece, Segment, Style,
    Type, TypeId,
};
use crate::names;
use crate::path;
use crate::tree::{Member, NodeId};

impl Reader<'_> {
    /// Reads an operation. Its name stays empty if the contract gives none that fits.
    pub(super) fn operation(
        &mut self,
        path: &Member,
        item: NodeId,
        method: Method,
        member: &Member,
    ) -> Draft {
        let tree = self.tree;
        let node = member.value;
        let template = tree.key(path).to_owned();
        let mut faults: Vec<Diagnostic> = Vec::new();
        let id = tree.member(node, "operationId");
        let id_text = id.and_then(|id| tree.scalar_text(id.value));
        let name = id_text.and_then(names::from_id).unwrap_or_default();
        let span =
            id.filter(|_| !name.is_empty()).map_or(member.key_span, |id| self.refs.place(id.value));

        let mut parameters = self.parameters(item, node, &mut faults);
        let segments = self.segments(path, &mut parameters, &mut faults);
        let body = self.body(method, item, node, &mut faults);
        self.keys(&mut parameters, body.as_ref(), &mut faults);
        let (responses, success) = self.responses(method, node, member.key_span, &mut faults);

        // An optional parameter that is faulty is left out.
        let mut needs: Vec<_> = parameters.iter().filter(|p| p.required).map(|p| p.ty).collect();
        // The content that calls send; the others cost nothing.
        needs.extend(body.iter().filter_map(|body| body.content.first()).map(|c| c.ty));
        needs.extend(success.json);
        let summary = tree.get_str(node, "summary").or_else(|| tree.get_str(node, "description"));
        let operation = Operation {
            name,
            span,
            binding: Binding::Http(Http { method, template, segments }),
            summary: summary.map(str::to_owned),
            deprecated: tree.get_bool(node, "deprecated") == Some(true),
            safe: method.is_safe(),
            parameters,
            body,
            responses,
            success,
            faults,
        };
        Draft { operation, needs }
    }

    /// Splits the path, ties its parameters to the declared ones, adds those that are not
    /// declared, and drops declared ones that it lacks.
    fn segments(
        &mut self,
        path: &Member,
        parameters: &mut Vec<Parameter>,
        faults: &mut Vec<Diagnostic>,
    ) -> Vec<Segment> {
        let template = self.tree.key(path);
        let span = path.key_span;
        let path::Template { segments: pieces, query } = match path::split(template) {
            Ok(template) => template,
            Err(why) => {
                let help = "a path is written like `/users/{id}`; parameters of the query are \
                            declared in `parameters`";
                let message = format!("`{template}` is no path: {why}");
                faults.push(self.warn(codes::MALFORMED_OPERATION, span, message, help));
                return Vec::new();
            }
        };
        if !template.starts_with('/') {
            let help = "write `/` before the path";
            let message = format!("the path `{template}` does not begin with `/`");
            self.warn(codes::MALFORMED_OPERATION, span, message, help);
        }
        self.query(&query, span, parameters);
        let in_path: Vec<&str> =
            pieces.iter().flatten().filter_map(|piece| piece.as_ref().err().copied()).collect();
        // `{userId}` and a parameter `userID`: there is but one that can be meant.
        let respelt: Vec<(usize, &str)> = in_path
            .iter()
            .filter(|name| !declared(parameters, name))
            .filter_map(|&name| {
                let alike = |p: &Parameter| {
                    p.location == Location::Path
                        && p.name.eq_ignore_ascii_case(name)
                        && !in_path.contains(&p.name.as_str())
                };
                parameters.iter().position(alike).map(|at| (at, name))
            })
            .collect();
        for (at, name) in respelt {
            let parameter = &mut parameters[at];
            let message =
                format!("the path calls `{}` `{name}`; they are taken for one", parameter.name);
            name.clone_into(&mut parameter.name);
            let help = "spell the parameter alike in both places";
            let place = parameter.span;
            self.warn(codes::PATH_PARAMETER, place, message, help);
        }
        parameters.retain(|parameter| {
            let kept =
                parameter.location != Location::Path || in_path.contains(&parameter.name.as_str());
            if !kept {
                let message =
                    format!("`{}` is no parameter of the path `{template}`", parameter.name);
                let diagnostic = Diagnostic::error(codes::PATH_PARAMETER, parameter.span, message)
                    .label("ignored")
                    .also(span, "the path")
                    .help(format!("write `{{{}}}` where it belongs in the path", parameter.name))
                    .warning();
                self.lowering.report(diagnostic);
            }
            kept
        });
        let mut segments = Vec::with_capacity(pieces.len());
        for pieces in pieces {
            let mut segment = Segment::default();
            for piece in pieces {
                segment.pieces.push(match piece {
                    Ok(text) => Piece::Literal(text.to_owned()),
                    Err(name) => Piece::Parameter(self.path_parameter(name, span, parameters)),
                });
            }
            segments.push(segment);
        }
        segments
    }

    /// A query that stands in the path becomes parameters: `x={y}` one called `x`, `x=text` one
    /// that can only be this text.
    fn query(
        &mut self,
        query: &[(&str, path::Piece<'_>)],
        span: Span,
        parameters: &mut Vec<Parameter>,
    ) {
        for &(name, value) in query {
            let inner = value.err().unwrap_or(name);
            let known = parameters.iter().position(|p| {
                matches!(p.location, Location::Query | Location::Path)
                    && (p.name == inner || p.name == name)
            });
            let at = known.unwrap_or_else(|| {
                let ty = match value {
                    Ok(text) => {
                        let constant = Constant::String(text.to_owned());
                        self.lowering.add(span, Type::Enum(vec![constant]))
                    }
                    Err(_) => self.lowering.string(),
                };
                parameters.push(required(name, Location::Query, Style::Form, ty, span));
                parameters.len() - 1
            });
            let parameter = &mut parameters[at];
            if parameter.location == Location::Path {
                (parameter.location, parameter.style) = (Location::Query, Style::Form);
                parameter.explode = true;
            }
            parameter.required |= known.is_none() || value.is_err();
            name.clone_into(&mut parameter.name);
        }
    }

    fn path_parameter(&mut self, name: &str, span: Span, parameters: &mut Vec<Parameter>) -> usize {
        let is_it = |p: &Parameter| p.location == Location::Path && p.name == name;
        if let Some(index) = parameters.iter().position(is_it) {
            return index;
        }
        let message =
            format!("the path's parameter `{name}` is not declared; it is taken as a string");
        let help = "declare it in `parameters` with `in: path`";
        self.warn(codes::PATH_PARAMETER, span, message, help);
        let ty = self.lowering.string();
        parameters.push(required(name, Location::Path, Style::Simple, ty, span));
        parameters.len() - 1
    }

    /// Gives each parameter its key in the arguments object.
    fn keys(
        &mut self,
        parameters: &mut [Parameter],
        body: Option<&Body>,
        faults: &mut Vec<Diagnostic>,
    ) {
        let mut taken: HashSet<String> = HashSet::new();
        if body.is_some() {
            taken.insert(Operation::BODY_KEY.to_owned());
        }
        let mut order: Vec<usize> = (0..parameters.len()).collect();
        order.sort_by_key(|&index| parameters[index].location);
        for index in order {
            let parameter = &mut parameters[index];
            if taken.insert(parameter.name.clone()) {
                parameter.key.clone_from(&parameter.name);
                continue;
            }
            parameter.key = format!("{}_{}", parameter.location.as_str(), parameter.name);
            if !taken.insert(parameter.key.clone()) {
                let message =
                    format!("two arguments of this operation are called `{}`", parameter.key);
                let span = parameter.span;
                let help = "rename one of the parameters";
                faults.push(self.warn(codes::ARGUMENT_CLASH, span, message, help));
            }
        }
    }
}

fn declared(parameters: &[Parameter], name: &str) -> bool {
    parameters.iter().any(|p| p.location == Location::Path && p.name == name)
}

/// A parameter that only the path speaks of.
fn required(name: &str, location: Location, style: Style, ty: TypeId, span: Span) -> Parameter {
    Parameter {
        name: name.to_owned(),
        key: name.to_owned(),
        location,
        required: true,
        ty,
        style,
        explode: style == Style::Form,
        allow_reserved: false,
        deprecated: false,
        description: None,
        span,
    }
}
