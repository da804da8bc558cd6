//! Expressions and functions: the parser's nodes → [`Expr`].

use std::sync::Arc;

use frontage_diagnostic::Span;
use oxc_ast::ast;
use oxc_span::GetSpan;
use oxc_syntax::operator::{BinaryOperator, LogicalOperator, UnaryOperator};

use crate::codes;
use crate::reader::{Reader, Refusal, Surroundings};
use crate::refusals::is_const;
use crate::tree::{
    BinaryOp, Element, Expr, ExprKind, Function, FunctionBody, LogicalOp, Property, PropertyKey,
    PropertyKeyKind, TemplatePart, UnaryOp,
};

impl Reader<'_> {
    /// Reads one expression.
    pub(crate) fn expr(&mut self, node: &ast::Expression<'_>) -> Expr {
        let place = node.span();
        if !self.enter(place) {
            return Expr { span: self.span(place), kind: ExprKind::Error };
        }
        let expr = match node {
            ast::Expression::ParenthesizedExpression(inner) => self.expr(&inner.expression),
            _ => Expr { span: self.span(place), kind: self.expr_kind(node) },
        };
        self.leave();
        expr
    }

    fn boxed(&mut self, node: &ast::Expression<'_>) -> Box<Expr> {
        Box::new(self.expr(node))
    }

    fn expr_kind(&mut self, node: &ast::Expression<'_>) -> ExprKind {
        use ast::Expression as E;
        match node {
            E::BooleanLiteral(n) => ExprKind::Boolean(n.value),
            E::NullLiteral(_) => ExprKind::Null,
            E::NumericLiteral(n) => ExprKind::Number(self.number(n.value, n.span)),
            E::StringLiteral(n) => ExprKind::String(self.literal(n)),
            E::RegExpLiteral(n) => ExprKind::Regex {
                pattern: Arc::from(n.regex.pattern.text.as_str()),
                flags: Arc::from(n.regex.flags.to_string()),
            },
            E::TemplateLiteral(n) => self.template(n),
            E::Identifier(n) => self.name(n),
            E::ArrayExpression(n) => self.array(n),
            E::ObjectExpression(n) => {
                ExprKind::Object(n.properties.iter().filter_map(|p| self.property(p)).collect())
            }
            E::ArrowFunctionExpression(n) => ExprKind::Arrow(Box::new(self.arrow(n))),
            E::AwaitExpression(n) => self.await_expr(n),
            E::BinaryExpression(n) => self.binary(n),
            E::CallExpression(n) => self.call(n),
            E::ChainExpression(n) => self.chain(n),
            E::ConditionalExpression(n) => ExprKind::Conditional {
                test: self.boxed(&n.test),
                then: self.boxed(&n.consequent),
                otherwise: self.boxed(&n.alternate),
            },
            E::LogicalExpression(n) => ExprKind::Logical {
                op: match n.operator {
                    LogicalOperator::And => LogicalOp::And,
                    LogicalOperator::Or => LogicalOp::Or,
                    LogicalOperator::Coalesce => LogicalOp::Nullish,
                },
                left: self.boxed(&n.left),
                right: self.boxed(&n.right),
            },
            E::NewExpression(n) => self.new_expr(n),
            E::UnaryExpression(n) => self.unary(n),
            E::TSAsExpression(n) => self.as_expr(n),
            E::TSSatisfiesExpression(n) => ExprKind::Satisfies {
                value: self.boxed(&n.expression),
                ty: Box::new(self.ty(&n.type_annotation)),
            },
            E::StaticMemberExpression(n) => self.static_member(n),
            E::ComputedMemberExpression(n) => self.computed_member(n),
            _ => self.refused_expr(node),
        }
    }

    fn name(&mut self, node: &ast::IdentifierReference<'_>) -> ExprKind {
        match node.name.as_str() {
            "arguments" => {
                self.refuse(
                    node.span,
                    Refusal {
                        code: codes::ARGUMENTS,
                        what: "`arguments` is not part of the language",
                        why: "arrow functions have none",
                        instead: "take the arguments with a rest parameter: `(...args: T[]) => …`",
                    },
                );
                ExprKind::Error
            }
            "eval" | "Function" => {
                self.refuse(
                    node.span,
                    Refusal {
                        code: codes::EVAL,
                        what: "text cannot be run as code",
                        why: "a plan is compiled before any request",
                        instead: "write the code itself, or a lookup in an object of functions",
                    },
                );
                ExprKind::Error
            }
            name => ExprKind::Ident(Arc::from(name)),
        }
    }

    fn template(&mut self, node: &ast::TemplateLiteral<'_>) -> ExprKind {
        let mut parts = Vec::with_capacity(node.quasis.len() + node.expressions.len());
        let mut exprs = node.expressions.iter();
        for quasi in &node.quasis {
            let cooked = quasi.value.cooked.as_ref().map_or("", |text| text.as_str());
            if !cooked.is_empty() {
                let value = self.string(cooked, quasi.lone_surrogates, quasi.span);
                parts.push(TemplatePart::Text { value, span: self.span(quasi.span) });
            }
            if let Some(expr) = exprs.next() {
                parts.push(TemplatePart::Expr(self.expr(expr)));
            }
        }
        ExprKind::Template(parts)
    }

    fn array(&mut self, node: &ast::ArrayExpression<'_>) -> ExprKind {
        let mut elements = Vec::with_capacity(node.elements.len());
        for element in &node.elements {
            match element {
                ast::ArrayExpressionElement::SpreadElement(spread) => {
                    elements.push(self.spread(spread));
                }
                ast::ArrayExpressionElement::Elision(hole) => {
                    self.refuse(
                        hole.span,
                        Refusal {
                            code: codes::HOLE,
                            what: "an array cannot have holes",
                            why: "nothing stands before this comma",
                            instead: "write `undefined` or `null` where a value is missing",
                        },
                    );
                    let span = self.span(hole.span);
                    elements.push(Element::Value(Expr { span, kind: ExprKind::Error }));
                }
                other => {
                    if let Some(value) = other.as_expression() {
                        elements.push(Element::Value(self.expr(value)));
                    }
                }
            }
        }
        ExprKind::Array(elements)
    }

    fn spread(&mut self, node: &ast::SpreadElement<'_>) -> Element {
        Element::Spread { span: self.span(node.span), value: self.expr(&node.argument) }
    }

    fn args(&mut self, nodes: &[ast::Argument<'_>]) -> Vec<Element> {
        nodes
            .iter()
            .filter_map(|node| match node {
                ast::Argument::SpreadElement(spread) => Some(self.spread(spread)),
                other => other.as_expression().map(|value| Element::Value(self.expr(value))),
            })
            .collect()
    }

    /// `None` for a member that is refused and leaves nothing to go on with.
    fn property(&mut self, node: &ast::ObjectPropertyKind<'_>) -> Option<Property> {
        let node = match node {
            ast::ObjectPropertyKind::ObjectProperty(node) => node,
            ast::ObjectPropertyKind::SpreadProperty(spread) => {
                return Some(Property::Spread {
                    span: self.span(spread.span),
                    value: self.expr(&spread.argument),
                });
            }
        };
        let key = self.property_key(&node.key, node.computed)?;
        let value = if node.method || node.kind != ast::PropertyKind::Init {
            self.refuse(
                node.key.span(),
                Refusal {
                    code: codes::METHOD,
                    what: "methods, getters and setters are not part of the language",
                    why: "objects hold values only",
                    instead: "write a member that is an arrow function: `name: () => …`",
                },
            );
            Expr { span: self.span(node.value.span()), kind: ExprKind::Error }
        } else {
            self.expr(&node.value)
        };
        let sets_prototype = !node.computed
            && !node.shorthand
            && key.name().is_some_and(|name| &**name == "__proto__");
        if sets_prototype {
            self.refuse(
                node.key.span(),
                Refusal {
                    code: codes::PROTO,
                    what: "`__proto__` as a key sets the object's prototype",
                    why: "it would not be a member",
                    instead: "write `[\"__proto__\"]` if a member with this name is meant",
                },
            );
        }
        Some(Property::Value { span: self.span(node.span), key, value, shorthand: node.shorthand })
    }

    /// A key of an object literal or pattern.
    pub(crate) fn property_key(
        &mut self,
        node: &ast::PropertyKey<'_>,
        computed: bool,
    ) -> Option<PropertyKey> {
        let span = self.span(node.span());
        let kind = match node {
            ast::PropertyKey::StaticIdentifier(name) => {
                PropertyKeyKind::Name(Arc::from(name.name.as_str()))
            }
            ast::PropertyKey::PrivateIdentifier(name) => {
                self.refuse_private(name.span);
                return None;
            }
            ast::PropertyKey::StringLiteral(text) => PropertyKeyKind::String(self.literal(text)),
            ast::PropertyKey::NumericLiteral(number) => {
                let value = self.number(number.value, number.span);
                PropertyKeyKind::Number(self.number_key(value, number.span)?)
            }
            ast::PropertyKey::BigIntLiteral(number) => {
                self.refuse_bigint(number.span);
                return None;
            }
            other => {
                let expr = self.expr(other.as_expression()?);
                if !computed {
                    return None;
                }
                PropertyKeyKind::Computed(Box::new(expr))
            }
        };
        Some(PropertyKey { span, kind })
    }

    /// A number as JavaScript turns it into a key.
    fn number_key(&mut self, value: f64, place: oxc_span::Span) -> Option<Arc<str>> {
        if value != 0.0 && !(1e-6..1e21).contains(&value) {
            self.refuse(
                place,
                Refusal {
                    code: codes::NUMBER_KEY,
                    what: "this number is no clear key",
                    why: "its text would need an exponent",
                    instead: "write the key as a string",
                },
            );
            return None;
        }
        Some(Arc::from(value.to_string()))
    }

    fn arrow(&mut self, node: &ast::ArrowFunctionExpression<'_>) -> Function {
        let around = Surroundings { in_function: true, in_switch: false };
        self.within(around, |reader| {
            let type_params = reader.type_params(node.type_parameters.as_deref());
            let (params, rest) = reader.params(&node.params);
            let return_type = reader.return_type(node.return_type.as_deref());
            let body = match &node.body {
                ast::ArrowFunctionBody::FunctionBody(body) => {
                    FunctionBody::Block(reader.function_block(body))
                }
                other => match other.as_expression() {
                    Some(value) => FunctionBody::Expr(reader.boxed(value)),
                    None => FunctionBody::Expr(Box::new(Expr {
                        span: reader.span(other.span()),
                        kind: ExprKind::Error,
                    })),
                },
            };
            Function {
                span: reader.span(node.span),
                is_declaration: false,
                is_async: node.r#async,
                type_params,
                params,
                rest,
                return_type,
                body,
            }
        })
    }

    fn await_expr(&mut self, node: &ast::AwaitExpression<'_>) -> ExprKind {
        let value = self.boxed(&node.argument);
        if self.around.in_function {
            return ExprKind::Await(value);
        }
        self.refuse(
            node.span,
            Refusal {
                code: codes::MODULE_AWAIT,
                what: "`await` can only stand in an async function",
                why: "a module makes no calls when it is loaded",
                instead: "move the call into the route's handler",
            },
        );
        ExprKind::Error
    }

    fn binary(&mut self, node: &ast::BinaryExpression<'_>) -> ExprKind {
        use BinaryOperator as B;
        let op = match node.operator {
            B::Equality => BinaryOp::LooseEq,
            B::Inequality => BinaryOp::LooseNe,
            B::StrictEquality => BinaryOp::Eq,
            B::StrictInequality => BinaryOp::Ne,
            B::LessThan => BinaryOp::Lt,
            B::LessEqualThan => BinaryOp::Le,
            B::GreaterThan => BinaryOp::Gt,
            B::GreaterEqualThan => BinaryOp::Ge,
            B::Addition => BinaryOp::Add,
            B::Subtraction => BinaryOp::Sub,
            B::Multiplication => BinaryOp::Mul,
            B::Division => BinaryOp::Div,
            B::Remainder => BinaryOp::Rem,
            B::Exponential => BinaryOp::Pow,
            B::ShiftLeft => BinaryOp::Shl,
            B::ShiftRight => BinaryOp::Shr,
            B::ShiftRightZeroFill => BinaryOp::UnsignedShr,
            B::BitwiseOR => BinaryOp::BitOr,
            B::BitwiseXOR => BinaryOp::BitXor,
            B::BitwiseAnd => BinaryOp::BitAnd,
            B::In => BinaryOp::In,
            B::Instanceof => BinaryOp::Instanceof,
        };
        let left = self.boxed(&node.left);
        let right = self.boxed(&node.right);
        let op_span = self.operator_span(node);
        let is_loose = matches!(op, BinaryOp::LooseEq | BinaryOp::LooseNe);
        if is_loose && left.kind != ExprKind::Null && right.kind != ExprKind::Null {
            let place = oxc_span::Span::new(op_span.start, op_span.end);
            let strict = if op == BinaryOp::LooseEq { "===" } else { "!==" };
            self.refuse(
                place,
                Refusal {
                    code: codes::LOOSE_EQUALITY,
                    what: "`==` and `!=` are for `null` only",
                    why: "converts its sides before it compares them",
                    instead: &format!("write `{strict}`"),
                },
            );
            let op = if op == BinaryOp::LooseEq { BinaryOp::Eq } else { BinaryOp::Ne };
            return ExprKind::Binary { op, op_span, left, right };
        }
        ExprKind::Binary { op, op_span, left, right }
    }

    /// Where the operator stands: the parser keeps only its sides, so it is looked for between
    /// them, past parentheses and comments.
    fn operator_span(&self, node: &ast::BinaryExpression<'_>) -> Span {
        let (from, to) = (node.left.span().end, node.right.span().start);
        let operator = node.operator.as_str();
        let between = self.text_between(from, to);
        match find_operator(between, operator) {
            Some(at) => {
                let start = from + at as u32;
                Span::new(self.file(), start, start + operator.len() as u32)
            }
            None => Span::new(self.file(), from, to),
        }
    }

    fn call(&mut self, node: &ast::CallExpression<'_>) -> ExprKind {
        if let ast::Expression::Identifier(name) = &node.callee
            && name.name == "require"
        {
            self.refuse_import(node.span);
            return ExprKind::Error;
        }
        ExprKind::Call {
            callee: self.boxed(&node.callee),
            type_args: self.type_args(node.type_arguments.as_deref()),
            args: self.args(&node.arguments),
            optional: node.optional,
        }
    }

    fn chain(&mut self, node: &ast::ChainExpression<'_>) -> ExprKind {
        let span = self.span(node.span);
        let kind = match &node.expression {
            ast::ChainElement::CallExpression(n) => self.call(n),
            ast::ChainElement::StaticMemberExpression(n) => self.static_member(n),
            ast::ChainElement::ComputedMemberExpression(n) => self.computed_member(n),
            ast::ChainElement::TSNonNullExpression(n) => return self.non_null(n),
            ast::ChainElement::PrivateFieldExpression(n) => {
                self.refuse_private(n.field.span);
                return ExprKind::Error;
            }
        };
        ExprKind::Chain(Box::new(Expr { span, kind }))
    }

    fn static_member(&mut self, node: &ast::StaticMemberExpression<'_>) -> ExprKind {
        ExprKind::Member {
            object: self.boxed(&node.object),
            name: self.ident(node.property.name.as_str(), node.property.span),
            optional: node.optional,
        }
    }

    fn computed_member(&mut self, node: &ast::ComputedMemberExpression<'_>) -> ExprKind {
        ExprKind::Index {
            object: self.boxed(&node.object),
            index: self.boxed(&node.expression),
            optional: node.optional,
        }
    }

    fn new_expr(&mut self, node: &ast::NewExpression<'_>) -> ExprKind {
        if let ast::Expression::Identifier(name) = &node.callee
            && matches!(name.name.as_str(), "Map" | "Set" | "Date")
        {
            return ExprKind::New {
                callee: self.ident(name.name.as_str(), name.span),
                type_args: self.type_args(node.type_arguments.as_deref()),
                args: self.args(&node.arguments),
            };
        }
        let callee = node.callee.get_identifier_reference().map(|name| name.name.as_str());
        let intl = matches!(&node.callee, ast::Expression::StaticMemberExpression(member)
            if matches!(&member.object, ast::Expression::Identifier(name) if name.name == "Intl"));
        let instead = match callee {
            Some("Error" | "TypeError" | "RangeError" | "HttpError" | "UpstreamError") => {
                "throw `error(status, code, detail)` from \"frontage\""
            }
            Some("Promise") => "await the calls, or use `Promise.all`",
            Some("RegExp") => "write the regular expression as a literal: `/…/`",
            Some("Array") => "write an array literal, or `Array.from({ length: n }, (_, i) => …)`",
            Some("URL" | "URLSearchParams") => {
                "take texts apart with `split`, and join them with `encodeURIComponent`"
            }
            Some("Response") => "return the value, or `json(value, { status })` from \"frontage\"",
            Some("Function") => "write the code itself",
            _ if intl => "write the format out; `Intl` comes later",
            _ => "write an object literal, or a function that returns one",
        };
        self.refuse(
            node.span,
            Refusal {
                code: codes::NEW,
                what: "`new` is for `Map`, `Set` and `Date` only",
                why: "other objects have behaviour that a plan cannot carry",
                instead,
            },
        );
        self.args(&node.arguments);
        ExprKind::Error
    }

    fn unary(&mut self, node: &ast::UnaryExpression<'_>) -> ExprKind {
        let op = match node.operator {
            UnaryOperator::UnaryPlus => UnaryOp::Plus,
            UnaryOperator::UnaryNegation => UnaryOp::Minus,
            UnaryOperator::LogicalNot => UnaryOp::Not,
            UnaryOperator::BitwiseNot => UnaryOp::BitNot,
            UnaryOperator::Typeof => UnaryOp::Typeof,
            UnaryOperator::Void => {
                self.refuse(
                    node.span,
                    Refusal {
                        code: codes::VOID,
                        what: "`void` as an operator is not part of the language",
                        why: "computes a value and throws it away",
                        instead: "write `undefined`, or await the call",
                    },
                );
                return ExprKind::Error;
            }
            UnaryOperator::Delete => {
                self.refuse(
                    node.span,
                    Refusal {
                        code: codes::DELETE,
                        what: "`delete` is not part of the language",
                        why: "values never change",
                        instead: "leave the member out: `const { name, ...rest } = value`",
                    },
                );
                return ExprKind::Error;
            }
        };
        ExprKind::Unary { op, operand: self.boxed(&node.argument) }
    }

    fn as_expr(&mut self, node: &ast::TSAsExpression<'_>) -> ExprKind {
        if !is_const(&node.type_annotation) {
            return ExprKind::As {
                value: self.boxed(&node.expression),
                ty: Box::new(self.ty(&node.type_annotation)),
            };
        }
        let value = self.boxed(&node.expression);
        if !is_literal(&value) {
            self.refuse(
                node.span,
                Refusal {
                    code: codes::AS_CONST,
                    what: "`as const` is for literals only",
                    why: "tsc refuses it too: this is not a literal",
                    instead: "write `as const` where the literal stands",
                },
            );
            return ExprKind::Error;
        }
        ExprKind::AsConst(value)
    }
}

/// What tsc takes before `as const`.
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Boolean(_)
        | ExprKind::Template(_)
        | ExprKind::Array(_)
        | ExprKind::Object(_)
        | ExprKind::Error => true,
        ExprKind::Unary { op: UnaryOp::Minus | UnaryOp::Plus, operand } => {
            matches!(operand.kind, ExprKind::Number(_))
        }
        _ => false,
    }
}

/// Where `operator` starts in the text between two operands; comments are passed over.
fn find_operator(text: &str, operator: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        at += if rest.starts_with("//") {
            rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(operator) {
            return Some(at);
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find_operator;

    #[test]
    fn operators_in_comments_are_passed_over() {
        assert_eq!(find_operator(" /* === */ === ", "==="), Some(11));
        assert_eq!(find_operator(") // + é\n + (", "+"), Some(11));
        assert_eq!(find_operator(" / ", "/"), Some(1));
        assert_eq!(find_operator(" // / \n/", "/"), Some(7));
    }
}
