//! Patterns and parameters: the parser's nodes → [`Pattern`] and [`Param`].

use oxc_ast::ast;
use oxc_span::GetSpan;

use crate::codes;
use crate::reader::{Reader, Refusal};
use crate::tree::{ElementPattern, Expr, Ident, Param, Pattern, PatternKind, PropertyPattern};

impl Reader<'_> {
    /// Reads a pattern that stands alone: a `const`'s, a parameter's, a `catch`'s.
    pub(crate) fn pattern(&mut self, node: &ast::BindingPattern<'_>) -> Pattern {
        self.pattern_with_default(node).0
    }

    /// Reads a pattern within another, with the default that may stand behind it.
    fn pattern_with_default(&mut self, node: &ast::BindingPattern<'_>) -> (Pattern, Option<Expr>) {
        let place = node.span();
        let span = self.span(place);
        if !self.enter(place) {
            return (Pattern { span, kind: PatternKind::Error }, None);
        }
        let result = match node {
            ast::BindingPattern::BindingIdentifier(name) => {
                let ident = self.ident(name.name.as_str(), name.span);
                (Pattern { span, kind: PatternKind::Ident(ident) }, None)
            }
            ast::BindingPattern::ObjectPattern(object) => {
                (Pattern { span, kind: self.object_pattern(object) }, None)
            }
            ast::BindingPattern::ArrayPattern(array) => {
                (Pattern { span, kind: self.array_pattern(array) }, None)
            }
            ast::BindingPattern::AssignmentPattern(assigned) => {
                let default = self.expr(&assigned.right);
                (self.pattern(&assigned.left), Some(default))
            }
        };
        self.leave();
        result
    }

    fn object_pattern(&mut self, node: &ast::ObjectPattern<'_>) -> PatternKind {
        let mut props = Vec::with_capacity(node.properties.len());
        for property in &node.properties {
            let Some(key) = self.property_key(&property.key, property.computed) else { continue };
            let (value, default) = self.pattern_with_default(&property.value);
            props.push(PropertyPattern { span: self.span(property.span), key, value, default });
        }
        let rest = node.rest.as_ref().and_then(|rest| {
            match self.pattern(&rest.argument).kind {
                PatternKind::Ident(name) => Some(name),
                // The parser has reported it: only a name may stand here.
                _ => None,
            }
        });
        PatternKind::Object { props, rest }
    }

    fn array_pattern(&mut self, node: &ast::ArrayPattern<'_>) -> PatternKind {
        let elements = node
            .elements
            .iter()
            .map(|element| {
                element.as_ref().map(|element| {
                    let (value, default) = self.pattern_with_default(element);
                    ElementPattern { value, default }
                })
            })
            .collect();
        let rest = node.rest.as_ref().map(|rest| Box::new(self.pattern(&rest.argument)));
        PatternKind::Array { elements, rest }
    }

    /// Reads a function's parameters, the rest parameter apart.
    pub(crate) fn params(
        &mut self,
        node: &ast::FormalParameters<'_>,
    ) -> (Vec<Param>, Option<Box<Param>>) {
        let mut params = Vec::with_capacity(node.items.len());
        for item in &node.items {
            self.decorators(&item.decorators);
            let pattern = self.pattern(&item.pattern);
            let ty = item.type_annotation.as_ref().map(|ty| self.ty(&ty.type_annotation));
            let default = item.initializer.as_ref().map(|value| self.expr(value));
            let span = self.span(item.span);
            params.push(Param { span, pattern, ty, optional: item.optional, default });
        }
        let rest = node.rest.as_ref().map(|rest| {
            self.decorators(&rest.decorators);
            let pattern = self.pattern(&rest.rest.argument);
            let ty = rest.type_annotation.as_ref().map(|ty| self.ty(&ty.type_annotation));
            let span = self.span(rest.span);
            Box::new(Param { span, pattern, ty, optional: false, default: None })
        });
        (params, rest)
    }

    pub(crate) fn decorators(&mut self, nodes: &[ast::Decorator<'_>]) {
        for node in nodes {
            self.refuse(
                node.span,
                Refusal {
                    code: codes::DECORATOR,
                    what: "decorators are not part of the language",
                    why: "would run code when the module is loaded",
                    instead: "call a function where its effect is wanted",
                },
            );
        }
    }
}

/// Every name that a pattern binds, in order; for statements that are refused.
pub(crate) fn names(pattern: &Pattern, into: &mut Vec<Ident>) {
    match &pattern.kind {
        PatternKind::Ident(name) => into.push(name.clone()),
        PatternKind::Object { props, rest } => {
            props.iter().for_each(|property| names(&property.value, into));
            into.extend(rest.clone());
        }
        PatternKind::Array { elements, rest } => {
            elements.iter().flatten().for_each(|element| names(&element.value, into));
            if let Some(rest) = rest {
                names(rest, into);
            }
        }
        PatternKind::Error => {}
    }
}
