//! Expressions that are no part of the language: each with its reason and its way out.
//!
//! In:    the parser's nodes that `expressions` does not take.
//! Out:   a fault each, and `ExprKind::Error`; what stands within casts and assignments is still
//!        read, so that its own faults are found.

use oxc_ast::ast;
use oxc_span::GetSpan;

use crate::codes;
use crate::reader::{Reader, Refusal};
use crate::tree::ExprKind;

/// Why classes are refused, as statements and as expressions.
pub(crate) const CLASS_REFUSAL: Refusal<'static> = Refusal {
    code: codes::CLASS,
    what: "classes are not part of the language",
    why: "a route composes plain values",
    instead: "write a type for the shape, and functions that take it",
};

/// Why generators are refused, as declarations and as expressions.
pub(crate) const GENERATOR_REFUSAL: Refusal<'static> = Refusal {
    code: codes::GENERATOR,
    what: "generators are not part of the language",
    why: "a plan has no state that could be resumed",
    instead: "return an array",
};

impl Reader<'_> {
    /// Refuses `value as T`; goes on with the value alone, whose own faults are then found.
    pub(crate) fn cast(
        &mut self,
        place: oxc_span::Span,
        value: &ast::Expression<'_>,
        ty: &ast::TSType<'_>,
    ) -> ExprKind {
        self.refuse(
            place,
            Refusal {
                code: codes::CAST,
                what: "a type cannot be asserted with `as`",
                why: "nothing would check that it is true",
                instead: "annotate the `const`, use `satisfies`, or narrow with a condition",
            },
        );
        self.expr(value);
        self.ty(ty);
        ExprKind::Error
    }

    pub(crate) fn non_null(&mut self, node: &ast::TSNonNullExpression<'_>) -> ExprKind {
        self.refuse(
            node.span,
            Refusal {
                code: codes::NON_NULL,
                what: "`!` cannot take `null` and `undefined` away",
                why: "nothing would check that a value is there",
                instead: "narrow it: `if (x === undefined) throw error(404, \"…\")`, or give a \
                          default with `??`",
            },
        );
        self.expr(&node.expression);
        ExprKind::Error
    }

    /// Everything that is no part of the language, most with a fault of its own.
    pub(crate) fn refused_expr(&mut self, node: &ast::Expression<'_>) -> ExprKind {
        use ast::Expression as E;
        let refusal = match node {
            E::TSNonNullExpression(n) => return self.non_null(n),
            E::TSTypeAssertion(n) => {
                if is_const(&n.type_annotation) {
                    self.refuse(
                        n.span,
                        Refusal {
                            code: codes::CAST,
                            what: "`<const>` is an older spelling",
                            why: "types cannot stand before a value",
                            instead: "write `as const` after the literal",
                        },
                    );
                    self.expr(&n.expression);
                    return ExprKind::Error;
                }
                return self.cast(n.span, &n.expression, &n.type_annotation);
            }
            E::BigIntLiteral(n) => {
                self.refuse_bigint(n.span);
                return ExprKind::Error;
            }
            E::ImportExpression(n) => {
                self.refuse_import(n.span);
                return ExprKind::Error;
            }
            E::ImportMeta(n) => {
                self.refuse_import(n.span);
                return ExprKind::Error;
            }
            E::PrivateFieldExpression(n) => {
                self.refuse_private(n.field.span);
                return ExprKind::Error;
            }
            E::PrivateInExpression(n) => {
                self.refuse_private(n.left.span);
                return ExprKind::Error;
            }
            E::Super(_) | E::ThisExpression(_) | E::NewTarget(_) => Refusal {
                code: codes::THIS,
                what: "`this`, `super` and `new.target` are not part of the language",
                why: "there are no classes and no methods",
                instead: "pass the value as a parameter",
            },
            E::AssignmentExpression(n) => {
                let refusal = Refusal {
                    code: codes::ASSIGNMENT,
                    what: "nothing can be assigned to",
                    why: "values never change",
                    instead: "make a new value: another `const`, a conditional, or a spread such \
                              as `{ ...value, name: next }`",
                };
                self.refuse(n.span, refusal);
                self.expr(&n.right);
                return ExprKind::Error;
            }
            E::UpdateExpression(_) => Refusal {
                code: codes::INCREMENT,
                what: "`++` and `--` are not part of the language",
                why: "values never change",
                instead: "count with `length` or `reduce`, or write `n + 1`",
            },
            E::ClassExpression(_) => CLASS_REFUSAL,
            E::FunctionExpression(n) if n.generator => GENERATOR_REFUSAL,
            E::YieldExpression(_) => GENERATOR_REFUSAL,
            E::FunctionExpression(_) => Refusal {
                code: codes::FUNCTION_EXPRESSION,
                what: "`function` cannot stand in an expression",
                why: "it would bring `this` and `arguments`",
                instead: "write an arrow function: `(a) => …`",
            },
            E::SequenceExpression(_) => Refusal {
                code: codes::COMMA,
                what: "the comma operator is not part of the language",
                why: "all but the last value are thrown away",
                instead: "write one expression, or several statements",
            },
            E::TaggedTemplateExpression(_) => Refusal {
                code: codes::TAGGED_TEMPLATE,
                what: "tagged templates are not part of the language",
                why: "calls a function with the template's parts",
                instead: "call the function, or use a plain template",
            },
            E::TSInstantiationExpression(_) => Refusal {
                code: codes::INSTANTIATION,
                what: "type arguments need a call",
                why: "a function with its types filled in is no value here",
                instead: "write the arguments too: `f<T>(…)`",
            },
            E::JSXElement(_) | E::JSXFragment(_) => Refusal {
                code: codes::JSX,
                what: "JSX is not part of the language",
                why: "a backend answers data, not markup",
                instead: "return the data and render it in the frontend",
            },
            _ => Refusal {
                code: codes::SYNTAX,
                what: "this expression is not part of the language",
                why: "not known here",
                instead: "see the list of supported expressions in the documentation",
            },
        };
        self.refuse(node.span(), refusal);
        ExprKind::Error
    }

    pub(crate) fn refuse_bigint(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::BIGINT,
                what: "`bigint` is not part of the language",
                why: "JSON has no such number",
                instead: "use a number, or a string where digits must stay exact",
            },
        );
    }

    pub(crate) fn refuse_private(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::PRIVATE_NAME,
                what: "`#` names belong to classes",
                why: "there are no classes",
                instead: "use a plain member, and leave it out of what is returned",
            },
        );
    }

    pub(crate) fn refuse_import(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::DYNAMIC_IMPORT,
                what: "modules are imported at the top of the file only",
                why: "what a plan needs must be known when it is compiled",
                instead: "write `import { name } from \"…\"` at the top",
            },
        );
    }
}

/// `as const`, `<const>`.
pub(crate) fn is_const(ty: &ast::TSType<'_>) -> bool {
    matches!(ty, ast::TSType::TSTypeReference(r)
        if r.type_arguments.is_none()
            && matches!(&r.type_name, ast::TSTypeName::IdentifierReference(n) if n.name == "const"))
}
