//! Types: the parser's nodes → [`Type`].

use oxc_ast::ast;
use oxc_span::GetSpan;
use oxc_syntax::operator::UnaryOperator;

use crate::codes;
use crate::reader::{Reader, Refusal};
use crate::tree::{
    FunctionType, Ident, KeywordType, Param, PropertyKey, PropertyKeyKind, TupleElement, Type,
    TypeKind, TypeMember, TypeParam,
};

impl Reader<'_> {
    /// Reads one type.
    pub(crate) fn ty(&mut self, node: &ast::TSType<'_>) -> Type {
        let place = node.span();
        if !self.enter(place) {
            return Type { span: self.span(place), kind: TypeKind::Error };
        }
        let ty = match node {
            ast::TSType::TSParenthesizedType(inner) => self.ty(&inner.type_annotation),
            _ => Type { span: self.span(place), kind: self.type_kind(node) },
        };
        self.leave();
        ty
    }

    fn boxed_ty(&mut self, node: &ast::TSType<'_>) -> Box<Type> {
        Box::new(self.ty(node))
    }

    fn tys(&mut self, nodes: &[ast::TSType<'_>]) -> Vec<Type> {
        nodes.iter().map(|node| self.ty(node)).collect()
    }

    fn type_kind(&mut self, node: &ast::TSType<'_>) -> TypeKind {
        use ast::TSType as T;
        match node {
            T::TSBooleanKeyword(_) => TypeKind::Keyword(KeywordType::Boolean),
            T::TSNeverKeyword(_) => TypeKind::Keyword(KeywordType::Never),
            T::TSNullKeyword(_) => TypeKind::Keyword(KeywordType::Null),
            T::TSNumberKeyword(_) => TypeKind::Keyword(KeywordType::Number),
            T::TSObjectKeyword(_) => TypeKind::Keyword(KeywordType::Object),
            T::TSStringKeyword(_) => TypeKind::Keyword(KeywordType::String),
            T::TSUndefinedKeyword(_) => TypeKind::Keyword(KeywordType::Undefined),
            T::TSUnknownKeyword(_) => TypeKind::Keyword(KeywordType::Unknown),
            T::TSVoidKeyword(_) => TypeKind::Keyword(KeywordType::Void),
            T::TSArrayType(n) => TypeKind::Array(self.boxed_ty(&n.element_type)),
            T::TSTupleType(n) => TypeKind::Tuple(self.tuple(&n.element_types)),
            T::TSUnionType(n) => self.members_of(&n.types, TypeKind::Union),
            T::TSIntersectionType(n) => self.members_of(&n.types, TypeKind::Intersection),
            T::TSLiteralType(n) => self.literal_type(&n.literal),
            T::TSTypeLiteral(n) => TypeKind::Object(self.members(&n.members)),
            T::TSFunctionType(n) => TypeKind::Function(Box::new(self.function_type(n))),
            T::TSTypeReference(n) => {
                let args = self.type_args(n.type_arguments.as_deref());
                match self.path(&n.type_name) {
                    Some(path) => TypeKind::Ref { path, args },
                    None => TypeKind::Error,
                }
            }
            T::TSTypeQuery(n) => self.type_query(n),
            T::TSTypeOperatorType(n) => self.type_operator(n),
            T::TSIndexedAccessType(n) => TypeKind::Indexed {
                object: self.boxed_ty(&n.object_type),
                index: self.boxed_ty(&n.index_type),
            },
            T::TSTypePredicate(n) => self.stray_predicate(n.span),
            _ => self.refused_type(node),
        }
    }

    /// `| A` with one member only is that member.
    fn members_of(
        &mut self,
        nodes: &[ast::TSType<'_>],
        kind: impl FnOnce(Vec<Type>) -> TypeKind,
    ) -> TypeKind {
        let mut members = self.tys(nodes);
        match members.pop() {
            Some(only) if members.is_empty() => only.kind,
            last => {
                members.extend(last);
                kind(members)
            }
        }
    }

    fn literal_type(&mut self, node: &ast::TSLiteral<'_>) -> TypeKind {
        match node {
            ast::TSLiteral::BooleanLiteral(n) => TypeKind::Boolean(n.value),
            ast::TSLiteral::NumericLiteral(n) => TypeKind::Number(self.number(n.value, n.span)),
            ast::TSLiteral::StringLiteral(n) => TypeKind::String(self.literal(n)),
            ast::TSLiteral::UnaryExpression(n) => match (&n.argument, n.operator) {
                (ast::Expression::NumericLiteral(number), UnaryOperator::UnaryNegation) => {
                    TypeKind::Number(-number.value)
                }
                (ast::Expression::NumericLiteral(number), UnaryOperator::UnaryPlus) => {
                    TypeKind::Number(number.value)
                }
                _ => self.refuse_type(n.span, BIGINT_TYPE),
            },
            ast::TSLiteral::TemplateLiteral(n) => match n.quasis.first() {
                Some(only) if n.expressions.is_empty() => {
                    let text = only.value.cooked.as_ref().map_or("", |text| text.as_str());
                    TypeKind::String(self.string(text, only.lone_surrogates, only.span))
                }
                _ => self.refuse_type(n.span, TEMPLATE_TYPE),
            },
            ast::TSLiteral::BigIntLiteral(n) => self.refuse_type(n.span, BIGINT_TYPE),
        }
    }

    fn tuple(&mut self, nodes: &[ast::TSTupleElement<'_>]) -> Vec<TupleElement> {
        nodes.iter().map(|node| self.tuple_element(node)).collect()
    }

    fn tuple_element(&mut self, node: &ast::TSTupleElement<'_>) -> TupleElement {
        let span = self.span(node.span());
        let (ty, optional, rest) = match node {
            ast::TSTupleElement::TSOptionalType(n) => (self.ty(&n.type_annotation), true, false),
            ast::TSTupleElement::TSRestType(n) => {
                if let ast::TSType::TSNamedTupleMember(named) = &n.type_annotation {
                    return self.named_element(named, span, true);
                }
                (self.ty(&n.type_annotation), false, true)
            }
            ast::TSTupleElement::TSNamedTupleMember(named) => {
                return self.named_element(named, span, false);
            }
            other => match other.as_ts_type() {
                Some(ty) => (self.ty(ty), false, false),
                None => (Type { span, kind: TypeKind::Error }, false, false),
            },
        };
        TupleElement { span, name: None, optional, rest, ty }
    }

    fn named_element(
        &mut self,
        node: &ast::TSNamedTupleMember<'_>,
        span: frontage_diagnostic::Span,
        rest: bool,
    ) -> TupleElement {
        let inner = self.tuple_element(&node.element_type);
        TupleElement {
            span,
            name: Some(self.ident(node.label.name.as_str(), node.label.span)),
            optional: node.optional || inner.optional,
            rest: rest || inner.rest,
            ty: inner.ty,
        }
    }

    /// The parameters of a function's type, which nobody fills in when they are missing.
    fn params_of_type(
        &mut self,
        node: &ast::FormalParameters<'_>,
    ) -> (Vec<Param>, Option<Box<Param>>) {
        let (mut params, rest) = self.params(node);
        for (param, written) in params.iter_mut().zip(&node.items) {
            if param.default.take().is_some() {
                self.refuse(
                    written.span,
                    Refusal {
                        code: codes::SYNTAX,
                        what: "a parameter of a type has no default",
                        why: "is no function that could be run",
                        instead: "write `name?: T`, and the default where the function is written",
                    },
                );
            }
        }
        (params, rest)
    }

    fn function_type(&mut self, node: &ast::TSFunctionType<'_>) -> FunctionType {
        let type_params = self.type_params(node.type_parameters.as_deref());
        self.this_param(node.this_param.as_deref());
        let (params, rest) = self.params_of_type(&node.params);
        let return_type = self.return_type(Some(&node.return_type));
        let span = self.span(node.span);
        let return_type = return_type.unwrap_or(Type { span, kind: TypeKind::Error });
        FunctionType { span, type_params, params, rest, return_type }
    }

    fn type_query(&mut self, node: &ast::TSTypeQuery<'_>) -> TypeKind {
        let args = self.type_args(node.type_arguments.as_deref());
        let path = match &node.expr_name {
            ast::TSTypeQueryExprName::TSImportType(n) => {
                return self.refuse_type(n.span, IMPORT_TYPE);
            }
            other => other.as_ts_type_name().and_then(|name| self.path(name)),
        };
        path.map_or(TypeKind::Error, |path| TypeKind::Typeof { path, args })
    }

    fn type_operator(&mut self, node: &ast::TSTypeOperator<'_>) -> TypeKind {
        match node.operator {
            ast::TSTypeOperatorOperator::Keyof => {
                TypeKind::Keyof(self.boxed_ty(&node.type_annotation))
            }
            ast::TSTypeOperatorOperator::Readonly => {
                TypeKind::Readonly(self.boxed_ty(&node.type_annotation))
            }
            ast::TSTypeOperatorOperator::Unique => self.refuse_type(node.span, SYMBOL_TYPE),
        }
    }

    /// The parts of `a.b.c`; `None` (and a fault) if it starts with `this`, or is too long.
    fn path(&mut self, node: &ast::TSTypeName<'_>) -> Option<Vec<Ident>> {
        let mut parts = Vec::new();
        let mut rest = node;
        loop {
            match rest {
                ast::TSTypeName::IdentifierReference(n) => {
                    parts.push(self.ident(n.name.as_str(), n.span));
                    parts.reverse();
                    return Some(parts);
                }
                ast::TSTypeName::QualifiedName(n) => {
                    parts.push(self.ident(n.right.name.as_str(), n.right.span));
                    rest = &n.left;
                }
                ast::TSTypeName::ThisExpression(n) => {
                    self.refuse(n.span, THIS_TYPE);
                    return None;
                }
            }
        }
    }

    pub(crate) fn type_args(
        &mut self,
        node: Option<&ast::TSTypeParameterInstantiation<'_>>,
    ) -> Vec<Type> {
        node.map_or_else(Vec::new, |node| self.tys(&node.params))
    }

    pub(crate) fn type_params(
        &mut self,
        node: Option<&ast::TSTypeParameterDeclaration<'_>>,
    ) -> Vec<TypeParam> {
        let Some(node) = node else { return Vec::new() };
        let mut params = Vec::with_capacity(node.params.len());
        for param in &node.params {
            if param.r#in || param.out {
                self.refuse(
                    param.span,
                    Refusal {
                        code: codes::VARIANCE,
                        what: "`in` and `out` before a type parameter are not part of the language",
                        why: "is found out from how the parameter is used",
                        instead: "leave it out",
                    },
                );
            }
            params.push(TypeParam {
                span: self.span(param.span),
                name: self.ident(param.name.name.as_str(), param.name.span),
                constraint: param.constraint.as_ref().map(|ty| self.ty(ty)),
                default: param.default.as_ref().map(|ty| self.ty(ty)),
                is_const: param.r#const,
            });
        }
        params
    }

    /// `: T` after parameters, where `x is T` may stand too.
    pub(crate) fn return_type(&mut self, node: Option<&ast::TSTypeAnnotation<'_>>) -> Option<Type> {
        let node = node?;
        let ast::TSType::TSTypePredicate(predicate) = &node.type_annotation else {
            return Some(self.ty(&node.type_annotation));
        };
        let span = self.span(predicate.span);
        let kind = match (&predicate.parameter_name, &predicate.type_annotation) {
            (ast::TSTypePredicateName::Identifier(name), Some(ty)) if !predicate.asserts => {
                TypeKind::Predicate {
                    param: self.ident(name.name.as_str(), name.span),
                    ty: self.boxed_ty(&ty.type_annotation),
                }
            }
            _ => self.refuse_type(
                predicate.span,
                Refusal {
                    code: codes::PREDICATE,
                    what: "`asserts` is not part of the language",
                    why: "a function cannot narrow what its caller knows by throwing",
                    instead: "return a boolean (`x is T`), and throw where it is called",
                },
            ),
        };
        Some(Type { span, kind })
    }

    fn stray_predicate(&mut self, place: oxc_span::Span) -> TypeKind {
        self.refuse_type(
            place,
            Refusal {
                code: codes::PREDICATE,
                what: "`x is T` can only be a function's return type",
                why: "no function's return type stands here",
                instead: "write `boolean`",
            },
        )
    }

    pub(crate) fn this_param(&mut self, node: Option<&ast::TSThisParameter<'_>>) {
        if let Some(node) = node {
            self.refuse(node.span, THIS_TYPE);
        }
    }

    pub(crate) fn heritage(&mut self, node: &ast::TSInterfaceHeritage<'_>) -> Type {
        let args = self.type_args(node.type_arguments.as_deref());
        let kind = match self.path(&node.type_name) {
            Some(path) => TypeKind::Ref { path, args },
            None => TypeKind::Error,
        };
        Type { span: self.span(node.span), kind }
    }

    /// Reads the members of an object type or interface.
    pub(crate) fn members(&mut self, nodes: &[ast::TSSignature<'_>]) -> Vec<TypeMember> {
        // The parser takes members side by side on one line, with nothing between them.
        for pair in nodes.windows(2) {
            let (own, next) = (pair[0].span(), pair[1].span());
            let apart = |text: &str| text.contains([';', ',', '\n', '\r', '\u{2028}', '\u{2029}']);
            if !self.text_between(own.start, own.end).ends_with([';', ','])
                && !apart(self.text_between(own.end, next.start))
            {
                self.refuse(
                    next,
                    Refusal {
                        code: codes::SYNTAX,
                        what: "a `;` is missing before this member",
                        why: "stands on the line of the one before it",
                        instead: "write `;` between them",
                    },
                );
            }
        }
        nodes.iter().filter_map(|node| self.member(node)).collect()
    }

    fn member(&mut self, node: &ast::TSSignature<'_>) -> Option<TypeMember> {
        match node {
            ast::TSSignature::TSPropertySignature(n) => {
                let key = self.type_key(&n.key)?;
                let ty = match &n.type_annotation {
                    Some(ty) => self.ty(&ty.type_annotation),
                    None => self.missing_type(n.span),
                };
                Some(TypeMember::Property {
                    span: self.span(n.span),
                    key,
                    ty,
                    optional: n.optional,
                    readonly: n.readonly,
                    method: false,
                })
            }
            ast::TSSignature::TSIndexSignature(n) => Some(TypeMember::Index {
                span: self.span(n.span),
                key: self.ty(&n.parameter.type_annotation.type_annotation),
                value: self.ty(&n.type_annotation.type_annotation),
                readonly: n.readonly,
            }),
            ast::TSSignature::TSMethodSignature(n) => self.method(n),
            ast::TSSignature::TSCallSignatureDeclaration(n) => {
                self.refuse(n.span, SIGNATURE);
                None
            }
            ast::TSSignature::TSConstructSignatureDeclaration(n) => {
                self.refuse(n.span, SIGNATURE);
                None
            }
        }
    }

    fn method(&mut self, node: &ast::TSMethodSignature<'_>) -> Option<TypeMember> {
        if node.kind != ast::TSMethodSignatureKind::Method {
            self.refuse(
                node.span,
                Refusal {
                    code: codes::TYPE_ACCESSOR,
                    what: "`get` and `set` are not part of the language",
                    why: "objects hold values only",
                    instead: "write a property: `name: T` or `readonly name: T`",
                },
            );
            return None;
        }
        let key = self.type_key(&node.key)?;
        let type_params = self.type_params(node.type_parameters.as_deref());
        self.this_param(node.this_param.as_deref());
        let (params, rest) = self.params_of_type(&node.params);
        let return_type = match self.return_type(node.return_type.as_deref()) {
            Some(ty) => ty,
            None => self.missing_type(node.span),
        };
        let span = self.span(node.span);
        let function = FunctionType { span, type_params, params, rest, return_type };
        Some(TypeMember::Property {
            span,
            key,
            ty: Type { span, kind: TypeKind::Function(Box::new(function)) },
            optional: node.optional,
            readonly: false,
            method: true,
        })
    }

    fn missing_type(&mut self, place: oxc_span::Span) -> Type {
        self.refuse(
            place,
            Refusal {
                code: codes::MISSING_TYPE,
                what: "this member has no type",
                why: "would be `any`",
                instead: "write its type: `name: T`",
            },
        );
        Type { span: self.span(place), kind: TypeKind::Error }
    }

    fn type_key(&mut self, node: &ast::PropertyKey<'_>) -> Option<PropertyKey> {
        let is_literal = matches!(
            node,
            ast::PropertyKey::StaticIdentifier(_)
                | ast::PropertyKey::PrivateIdentifier(_)
                | ast::PropertyKey::StringLiteral(_)
                | ast::PropertyKey::NumericLiteral(_)
                | ast::PropertyKey::BigIntLiteral(_)
        );
        if !is_literal {
            self.refuse(
                node.span(),
                Refusal {
                    code: codes::COMPUTED_TYPE_KEY,
                    what: "a key of a type cannot be computed",
                    why: "is no literal",
                    instead: "write the name itself, or an index signature: `[key: string]: T`",
                },
            );
            return None;
        }
        let key = self.property_key(node, false)?;
        debug_assert!(!matches!(key.kind, PropertyKeyKind::Computed(_)));
        Some(key)
    }

    fn refuse_type(&mut self, place: oxc_span::Span, refusal: Refusal<'_>) -> TypeKind {
        self.refuse(place, refusal);
        TypeKind::Error
    }

    /// Everything that is no part of the language, each with a fault of its own.
    fn refused_type(&mut self, node: &ast::TSType<'_>) -> TypeKind {
        use ast::TSType as T;
        let refusal = match node {
            T::TSAnyKeyword(_) => ANY_TYPE,
            T::TSBigIntKeyword(_) => BIGINT_TYPE,
            T::TSSymbolKeyword(_) => SYMBOL_TYPE,
            T::TSConditionalType(_) | T::TSInferType(_) => CONDITIONAL_TYPE,
            T::TSConstructorType(_) => SIGNATURE,
            T::TSImportType(_) => IMPORT_TYPE,
            T::TSMappedType(_) => MAPPED_TYPE,
            T::TSTemplateLiteralType(_) => TEMPLATE_TYPE,
            T::TSThisType(_) => THIS_TYPE,
            _ => COMMENT_TYPE,
        };
        self.refuse_type(node.span(), refusal)
    }
}

const ANY_TYPE: Refusal<'static> = Refusal {
    code: codes::ANY,
    what: "`any` is not part of the language",
    why: "switches every check off",
    instead: "write the type, or `unknown` and narrow it",
};

const BIGINT_TYPE: Refusal<'static> = Refusal {
    code: codes::BIGINT,
    what: "`bigint` is not part of the language",
    why: "JSON has no such number",
    instead: "write `number`, or `string` where digits must stay exact",
};

const SYMBOL_TYPE: Refusal<'static> = Refusal {
    code: codes::SYMBOL,
    what: "symbols are not part of the language",
    why: "JSON has no such value",
    instead: "use a string",
};

const CONDITIONAL_TYPE: Refusal<'static> = Refusal {
    code: codes::CONDITIONAL_TYPE,
    what: "conditional types are not part of the language",
    why: "computes a type from another",
    instead: "write the type that it comes to",
};

const SIGNATURE: Refusal<'static> = Refusal {
    code: codes::SIGNATURE,
    what: "call and construct signatures are not part of the language",
    why: "an object that can be called is no plain value",
    instead: "write a function type: `(a: A) => B`",
};

const IMPORT_TYPE: Refusal<'static> = Refusal {
    code: codes::IMPORT_TYPE,
    what: "a type cannot be imported where it is used",
    why: "imports stand at the top of the file",
    instead: "write `import type { T } from \"…\"` at the top",
};

const MAPPED_TYPE: Refusal<'static> = Refusal {
    code: codes::MAPPED_TYPE,
    what: "mapped types are not part of the language",
    why: "computes a type from another",
    instead: "write the members, or use `Record`, `Partial`, `Pick` or `Omit`",
};

const TEMPLATE_TYPE: Refusal<'static> = Refusal {
    code: codes::TEMPLATE_TYPE,
    what: "template types are not part of the language",
    why: "computes a type from others",
    instead: "write `string`, or a union of the texts",
};

const THIS_TYPE: Refusal<'static> = Refusal {
    code: codes::THIS_TYPE,
    what: "`this` is not part of the language, as a type neither",
    why: "there are no classes and no methods",
    instead: "name the type",
};

const COMMENT_TYPE: Refusal<'static> = Refusal {
    code: codes::COMMENT_TYPE,
    what: "this is no TypeScript type",
    why: "is spelt as in a documentation comment",
    instead: "write `T | null` or `unknown`",
};
