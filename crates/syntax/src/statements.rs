//! Statements and declarations: the parser's nodes → [`Stmt`].

use frontage_diagnostic::Span;
use oxc_ast::ast;
use oxc_span::GetSpan;

use crate::codes;
use crate::patterns;
use crate::reader::{Reader, Refusal, Surroundings};
use crate::refusals::{CLASS_REFUSAL, GENERATOR_REFUSAL};
use crate::tree::{
    Binding, Block, ConstDecl, Expr, ExprKind, Function, FunctionBody, FunctionDecl, Ident,
    Interface, Stmt, StmtKind, SwitchCase, TypeAlias,
};

const LOOP_REFUSAL: Refusal<'static> = Refusal {
    code: codes::LOOP,
    what: "loops are not part of the language",
    why: "a plan must be known when it is compiled",
    instead: "use an array method: `map`, `filter`, `find`, `some`, `every`, `reduce`",
};

/// A declaration, at module level or in a function.
pub(crate) enum Declared {
    Const(ConstDecl),
    Function(FunctionDecl),
    TypeAlias(TypeAlias),
    Interface(Interface),
    Error(Vec<Ident>),
}

impl Reader<'_> {
    pub(crate) fn stmts(&mut self, nodes: &[ast::Statement<'_>]) -> Vec<Stmt> {
        let mut stmts = Vec::with_capacity(nodes.len());
        for node in nodes {
            if matches!(node, ast::Statement::EmptyStatement(_)) {
                continue;
            }
            stmts.push(self.stmt(node));
        }
        stmts
    }

    fn stmt(&mut self, node: &ast::Statement<'_>) -> Stmt {
        let span = self.span(node.span());
        if !self.enter(node.span()) {
            return Stmt { span, kind: StmtKind::Error(Vec::new()) };
        }
        let kind = self.stmt_kind(node);
        self.leave();
        Stmt { span, kind }
    }

    fn stmt_kind(&mut self, node: &ast::Statement<'_>) -> StmtKind {
        use ast::Statement as S;
        match node {
            S::BlockStatement(n) => StmtKind::Block(self.block(n)),
            S::BreakStatement(n) => self.break_stmt(n),
            S::ExpressionStatement(n) => StmtKind::Expr(self.expr(&n.expression)),
            S::IfStatement(n) => StmtKind::If {
                test: self.expr(&n.test),
                then: self.branch(&n.consequent),
                otherwise: n.alternate.as_ref().map(|branch| self.branch(branch)),
            },
            S::ReturnStatement(n) => {
                StmtKind::Return(n.argument.as_ref().map(|value| self.expr(value)))
            }
            S::SwitchStatement(n) => self.switch(n),
            S::ThrowStatement(n) => StmtKind::Throw(self.expr(&n.argument)),
            S::TryStatement(n) => self.try_stmt(n),
            _ => match node.as_declaration() {
                Some(declaration) => match self.declaration(declaration) {
                    Declared::Const(it) => StmtKind::Const(it),
                    Declared::Function(it) => StmtKind::Function(it),
                    Declared::TypeAlias(it) => StmtKind::TypeAlias(it),
                    Declared::Interface(it) => StmtKind::Interface(it),
                    Declared::Error(names) => StmtKind::Error(names),
                },
                None => self.refused_stmt(node),
            },
        }
    }

    fn block(&mut self, node: &ast::BlockStatement<'_>) -> Block {
        Block { span: self.span(node.span), stmts: self.stmts(&node.body) }
    }

    /// What stands after `if (…)` or `else`: a block, or one statement that becomes one.
    fn branch(&mut self, node: &ast::Statement<'_>) -> Block {
        match node {
            ast::Statement::BlockStatement(block) => self.block(block),
            ast::Statement::EmptyStatement(empty) => {
                Block { span: self.span(empty.span), stmts: Vec::new() }
            }
            other => {
                if let ast::Statement::FunctionDeclaration(function) = other {
                    self.not_strict(
                        function.span,
                        "a function cannot be declared here",
                        "put braces around it",
                    );
                }
                Block { span: self.span(other.span()), stmts: vec![self.stmt(other)] }
            }
        }
    }

    pub(crate) fn function_block(&mut self, node: &ast::FunctionBody<'_>) -> Block {
        Block { span: self.span(node.span), stmts: self.stmts(&node.statements) }
    }

    fn break_stmt(&mut self, node: &ast::BreakStatement<'_>) -> StmtKind {
        if node.label.is_none() && self.around.in_switch {
            return StmtKind::Break;
        }
        self.refuse(
            node.span,
            Refusal {
                code: codes::JUMP,
                what: "`break` can only end a `switch`",
                why: "no `switch` of this function is around it",
                instead: "return early, or use an array method such as `find` or `some`",
            },
        );
        StmtKind::Error(Vec::new())
    }

    fn switch(&mut self, node: &ast::SwitchStatement<'_>) -> StmtKind {
        let subject = self.expr(&node.discriminant);
        let around = Surroundings { in_switch: true, ..self.around };
        let cases = self.within(around, |reader| {
            node.cases
                .iter()
                .map(|case| SwitchCase {
                    span: reader.span(case.span),
                    test: case.test.as_ref().map(|test| reader.expr(test)),
                    body: reader.stmts(&case.consequent),
                })
                .collect()
        });
        StmtKind::Switch { subject, cases }
    }

    fn try_stmt(&mut self, node: &ast::TryStatement<'_>) -> StmtKind {
        let body = self.block(&node.block);
        let param = node.handler.as_ref().and_then(|handler| handler.param.as_ref()).map(|param| {
            if let Some(annotation) = &param.type_annotation
                && !matches!(annotation.type_annotation, ast::TSType::TSUnknownKeyword(_))
            {
                // `any` has a fault of its own; any other type is one that tsc refuses.
                self.ty(&annotation.type_annotation);
                if !matches!(annotation.type_annotation, ast::TSType::TSAnyKeyword(_)) {
                    self.refuse(
                        annotation.type_annotation.span(),
                        Refusal {
                            code: codes::CAST,
                            what: "what is caught is always `unknown`",
                            why: "nothing would check that it has this type",
                            instead: "narrow it in the block: `if (e instanceof UpstreamError) …`",
                        },
                    );
                }
            }
            self.pattern(&param.pattern)
        });
        let handler = node.handler.as_ref().map(|handler| self.block(&handler.body));
        if let Some(finalizer) = &node.finalizer {
            self.refuse(
                finalizer.span,
                Refusal {
                    code: codes::FINALLY,
                    what: "`finally` is not part of the language",
                    why: "there is nothing to clean up",
                    instead: "put what follows after the `try` statement",
                },
            );
            self.block(finalizer);
        }
        match handler {
            Some(handler) => StmtKind::Try { body, param, handler },
            // `try … finally`: what it protects is still there to be checked.
            None => StmtKind::Block(body),
        }
    }

    /// Reads a declaration.
    pub(crate) fn declaration(&mut self, node: &ast::Declaration<'_>) -> Declared {
        use ast::Declaration as D;
        match node {
            D::VariableDeclaration(n) => self.variables(n),
            D::FunctionDeclaration(n) => self.function(n),
            D::TSTypeAliasDeclaration(n) => Declared::TypeAlias(TypeAlias {
                span: self.span(n.span),
                name: self.ident(n.id.name.as_str(), n.id.span),
                type_params: self.type_params(n.type_parameters.as_deref()),
                ty: self.ty(&n.type_annotation),
            }),
            D::TSInterfaceDeclaration(n) => Declared::Interface(self.interface(n)),
            D::ClassDeclaration(n) => {
                let place = n.id.as_ref().map_or(n.span, |id| id.span);
                self.refuse(place, CLASS_REFUSAL);
                let name = n.id.as_ref().map(|id| self.ident(id.name.as_str(), id.span));
                Declared::Error(name.into_iter().collect())
            }
            D::TSEnumDeclaration(n) => {
                self.refuse(
                    n.id.span,
                    Refusal {
                        code: codes::ENUM,
                        what: "enums are not part of the language",
                        why: "Node cannot strip them: they are more than types",
                        instead: "write a union: `type Color = \"red\" | \"green\"`",
                    },
                );
                Declared::Error(vec![self.ident(n.id.name.as_str(), n.id.span)])
            }
            D::TSNamespaceDeclaration(n) => {
                self.refuse_namespace(n.id.span);
                Declared::Error(vec![self.ident(n.id.name.as_str(), n.id.span)])
            }
            D::TSExternalModuleDeclaration(n) => {
                self.refuse_namespace(n.id.span);
                Declared::Error(Vec::new())
            }
            D::TSGlobalDeclaration(n) => {
                self.refuse_namespace(n.global_span);
                Declared::Error(Vec::new())
            }
            D::TSImportEqualsDeclaration(n) => {
                self.refuse_import_equals(n.span);
                Declared::Error(vec![self.ident(n.id.name.as_str(), n.id.span)])
            }
        }
    }

    fn refuse_namespace(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::NAMESPACE,
                what: "namespaces and ambient modules are not part of the language",
                why: "every file is a module of its own",
                instead: "export from the file, or put it into a file of its own",
            },
        );
    }

    fn variables(&mut self, node: &ast::VariableDeclaration<'_>) -> Declared {
        use ast::VariableDeclarationKind as K;
        let keyword_length = match node.kind {
            K::Var | K::Let => 3,
            K::Const | K::Using => 5,
            K::AwaitUsing => 11,
        };
        let keyword = oxc_span::Span::new(
            node.span.start,
            node.span.start.saturating_add(keyword_length).min(node.span.end),
        );
        if node.declare {
            self.refuse_declare(node.span);
        } else if node.kind != K::Const {
            self.refuse(
                keyword,
                Refusal {
                    code: codes::LET,
                    what: "only `const` declares a value",
                    why: "values never change",
                    instead: "write `const`; choose between values with `a ? b : c`, or in a \
                              function that returns early",
                },
            );
        }
        let refused = node.declare || node.kind != K::Const;
        let mut bindings = Vec::with_capacity(node.declarations.len());
        for declarator in &node.declarations {
            let pattern = self.pattern(&declarator.id);
            let ty = declarator.type_annotation.as_ref().map(|ty| self.ty(&ty.type_annotation));
            let init = match &declarator.init {
                Some(value) => self.expr(value),
                // The parser has reported a `const` without one.
                None => Expr { span: self.span(declarator.span), kind: ExprKind::Error },
            };
            bindings.push(Binding { span: self.span(declarator.span), pattern, ty, init });
        }
        if refused {
            let mut declared = Vec::new();
            bindings.iter().for_each(|binding| patterns::names(&binding.pattern, &mut declared));
            return Declared::Error(declared);
        }
        let end = bindings.last().map_or(node.span.end, |last| last.span.end);
        let span = Span::new(self.file(), node.span.start, end);
        Declared::Const(ConstDecl { span, bindings })
    }

    fn refuse_declare(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::DECLARE,
                what: "`declare` is not part of the language",
                why: "nothing would be there at run time",
                instead: "import the value from the module that defines it",
            },
        );
    }

    fn function(&mut self, node: &ast::Function<'_>) -> Declared {
        let name = node.id.as_ref().map(|id| self.ident(id.name.as_str(), id.span));
        let place = node.id.as_ref().map_or(node.span, |id| id.span);
        let around = Surroundings { in_function: true, in_switch: false };
        let function = self.within(around, |reader| {
            let type_params = reader.type_params(node.type_parameters.as_deref());
            reader.this_param(node.this_param.as_deref());
            let (params, rest) = reader.params(&node.params);
            let return_type = reader.return_type(node.return_type.as_deref());
            let body = node.body.as_ref().filter(|_| !node.generator);
            let body = body.map(|body| FunctionBody::Block(reader.function_block(body)));
            body.map(|body| Function {
                span: reader.span(node.span),
                is_declaration: true,
                is_async: node.r#async,
                type_params,
                params,
                rest,
                return_type,
                body,
            })
        });
        if node.declare {
            self.refuse_declare(node.span);
        } else if node.generator {
            self.refuse(place, GENERATOR_REFUSAL);
        } else if function.is_none() {
            self.refuse(
                node.span,
                Refusal {
                    code: codes::OVERLOAD,
                    what: "a function needs a body",
                    why: "overloads are not part of the language",
                    instead: "write one function whose parameters are unions or generic",
                },
            );
        }
        match (name, function) {
            (Some(name), Some(function)) if !node.declare => {
                Declared::Function(FunctionDecl { span: self.span(node.span), name, function })
            }
            (name, _) => Declared::Error(name.into_iter().collect()),
        }
    }

    fn interface(&mut self, node: &ast::TSInterfaceDeclaration<'_>) -> Interface {
        Interface {
            span: self.span(node.span),
            name: self.ident(node.id.name.as_str(), node.id.span),
            type_params: self.type_params(node.type_parameters.as_deref()),
            extends: node.extends.iter().map(|heritage| self.heritage(heritage)).collect(),
            members: self.members(&node.body.body),
        }
    }

    /// Everything that is no part of the language, each with a fault of its own.
    fn refused_stmt(&mut self, node: &ast::Statement<'_>) -> StmtKind {
        use ast::Statement as S;
        let head = |from: u32, length: u32| oxc_span::Span::new(from, from + length);
        let (place, refusal) = match node {
            S::ForStatement(n) => (head(n.span.start, 3), LOOP_REFUSAL),
            S::ForInStatement(n) => (
                head(n.span.start, 3),
                Refusal { instead: "use `Object.keys(value).map(…)`", ..LOOP_REFUSAL },
            ),
            S::ForOfStatement(n) => (head(n.span.start, 3), LOOP_REFUSAL),
            S::WhileStatement(n) => (head(n.span.start, 5), LOOP_REFUSAL),
            S::DoWhileStatement(n) => (head(n.span.start, 2), LOOP_REFUSAL),
            S::LabeledStatement(n) => (n.label.span, JUMP_REFUSAL),
            S::ContinueStatement(n) => (n.span, JUMP_REFUSAL),
            S::DebuggerStatement(n) => (
                n.span,
                Refusal {
                    code: codes::DEBUGGER,
                    what: "`debugger` is not part of the language",
                    why: "no JavaScript engine runs a route",
                    instead: "leave it out, or run the file in Node to debug it",
                },
            ),
            S::WithStatement(n) => (
                head(n.span.start, 4),
                Refusal {
                    code: codes::WITH,
                    what: "`with` is not part of the language",
                    why: "modules cannot have it",
                    instead: "take the members apart: `const { a, b } = value`",
                },
            ),
            _ => (
                node.span(),
                Refusal {
                    code: codes::MODULE_STATEMENT,
                    what: "imports and exports stand at the top level of a module",
                    why: "is within a function",
                    instead: "move it out of the function",
                },
            ),
        };
        self.refuse(place, refusal);
        StmtKind::Error(Vec::new())
    }
}

const JUMP_REFUSAL: Refusal<'static> = Refusal {
    code: codes::JUMP,
    what: "labels and `continue` are not part of the language",
    why: "there are no loops",
    instead: "use an array method: `filter` leaves elements out, `find` and `some` stop early",
};
