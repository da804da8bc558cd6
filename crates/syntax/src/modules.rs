//! Module level: imports, exports and declarations → [`Item`].

use std::sync::Arc;

use oxc_ast::ast;
use oxc_span::GetSpan;

use crate::codes;
use crate::reader::{Reader, Refusal};
use crate::statements::Declared;
use crate::tree::{
    ExportName, Exports, Ident, Import, ImportName, Imported, Item, ItemKind, StringLiteral,
};

impl Reader<'_> {
    /// Reads everything at module level.
    pub(crate) fn items(&mut self, program: &ast::Program<'_>) -> Vec<Item> {
        let mut items = Vec::with_capacity(program.body.len());
        for node in &program.body {
            if let Some((kind, exported)) = self.item(node) {
                let doc = self.doc_before(node.span().start, &program.comments);
                items.push(Item { span: self.span(node.span()), doc, exported, kind });
            }
        }
        items
    }

    fn item(&mut self, node: &ast::Statement<'_>) -> Option<(ItemKind, bool)> {
        use ast::Statement as S;
        let kind = match node {
            S::EmptyStatement(_) => return None,
            S::ImportDeclaration(n) => self.import(n),
            S::ExportDeclaration(n) => return Some((self.declared(&n.declaration), true)),
            S::ExportNamedDeclaration(n) => self.exports(&n.specifiers, n.export_kind, None),
            S::ExportFromDeclaration(n) => {
                self.attributes(n.with_clause.as_deref());
                self.exports(&n.specifiers, n.export_kind, Some(&n.source))
            }
            S::ExportDefaultDeclaration(n) => self.refuse_default(n.span),
            S::TSExportAssignment(n) => self.refuse_default(n.span),
            S::ExportAllDeclaration(n) => {
                self.refuse(
                    n.span,
                    Refusal {
                        code: codes::EXPORT_ALL,
                        what: "`export *` is not part of the language",
                        why: "hides which names a module has",
                        instead: "name them: `export { a, b } from \"…\"`",
                    },
                );
                ItemKind::Error(Vec::new())
            }
            S::TSNamespaceExportDeclaration(n) => {
                self.refuse_import_equals(n.span);
                ItemKind::Error(Vec::new())
            }
            other => match other.as_declaration() {
                Some(declaration) => self.declared(declaration),
                None => {
                    self.refuse(
                        other.span(),
                        Refusal {
                            code: codes::MODULE_STATEMENT,
                            what: "a module only imports, declares and exports",
                            why: "would run when the module is loaded",
                            instead: "move it into the handler, or into a function that it calls",
                        },
                    );
                    ItemKind::Error(Vec::new())
                }
            },
        };
        Some((kind, false))
    }

    fn declared(&mut self, node: &ast::Declaration<'_>) -> ItemKind {
        match self.declaration(node) {
            Declared::Const(it) => ItemKind::Const(it),
            Declared::Function(it) => ItemKind::Function(it),
            Declared::TypeAlias(it) => ItemKind::TypeAlias(it),
            Declared::Interface(it) => ItemKind::Interface(it),
            Declared::Error(names) => ItemKind::Error(names),
        }
    }

    fn import(&mut self, node: &ast::ImportDeclaration<'_>) -> ItemKind {
        self.attributes(node.with_clause.as_deref());
        if node.phase.is_some() {
            self.refuse_attributes(node.span);
        }
        let Some(specifiers) = &node.specifiers else {
            self.refuse(
                node.span,
                Refusal {
                    code: codes::IMPORT_NOTHING,
                    what: "an import must name what it takes",
                    why: "would only run the module, and modules do nothing when they are loaded",
                    instead: "write `import { name } from \"…\"`, or leave it out",
                },
            );
            return ItemKind::Error(Vec::new());
        };
        let type_only = node.import_kind == ast::ImportOrExportKind::Type;
        let names = specifiers.iter().map(|name| self.import_name(name, type_only)).collect();
        ItemKind::Import(Import { from: self.module_name(&node.source), type_only, names })
    }

    fn import_name(
        &mut self,
        node: &ast::ImportDeclarationSpecifier<'_>,
        type_only: bool,
    ) -> ImportName {
        use ast::ImportDeclarationSpecifier as I;
        match node {
            I::ImportSpecifier(n) => ImportName {
                span: self.span(n.span),
                imported: Imported::Name(self.export_name(&n.imported)),
                local: self.ident(n.local.name.as_str(), n.local.span),
                type_only: type_only || n.import_kind == ast::ImportOrExportKind::Type,
            },
            I::ImportDefaultSpecifier(n) => ImportName {
                span: self.span(n.span),
                imported: Imported::Default,
                local: self.ident(n.local.name.as_str(), n.local.span),
                type_only,
            },
            I::ImportNamespaceSpecifier(n) => ImportName {
                span: self.span(n.span),
                imported: Imported::Namespace,
                local: self.ident(n.local.name.as_str(), n.local.span),
                type_only,
            },
        }
    }

    fn exports(
        &mut self,
        specifiers: &[ast::ExportSpecifier<'_>],
        kind: ast::ImportOrExportKind,
        source: Option<&ast::StringLiteral<'_>>,
    ) -> ItemKind {
        let type_only = kind == ast::ImportOrExportKind::Type;
        let names = specifiers
            .iter()
            .map(|n| ExportName {
                span: self.span(n.span),
                local: self.export_name(&n.local),
                exported: self.export_name(&n.exported),
                type_only: type_only || n.export_kind == ast::ImportOrExportKind::Type,
            })
            .collect();
        let from = source.map(|source| self.module_name(source));
        ItemKind::Exports(Exports { type_only, names, from })
    }

    fn export_name(&mut self, node: &ast::ModuleExportName<'_>) -> Ident {
        match node {
            ast::ModuleExportName::IdentifierName(n) => self.ident(n.name.as_str(), n.span),
            ast::ModuleExportName::IdentifierReference(n) => self.ident(n.name.as_str(), n.span),
            ast::ModuleExportName::StringLiteral(n) => {
                self.refuse(
                    n.span,
                    Refusal {
                        code: codes::STRING_NAME,
                        what: "the name of an export must be an identifier",
                        why: "is a string",
                        instead: "choose a name without quotes",
                    },
                );
                self.ident(n.value.as_str(), n.span)
            }
        }
    }

    fn module_name(&mut self, node: &ast::StringLiteral<'_>) -> StringLiteral {
        StringLiteral { value: self.literal(node), span: self.span(node.span) }
    }

    fn attributes(&mut self, node: Option<&ast::WithClause<'_>>) {
        if let Some(node) = node {
            self.refuse_attributes(node.span);
        }
    }

    fn refuse_attributes(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::IMPORT_ATTRIBUTES,
                what: "imports with attributes or phases are not part of the language",
                why: "only TypeScript modules can be imported",
                instead: "import the names plainly; keep data in an exported `const`",
            },
        );
    }

    fn refuse_default(&mut self, place: oxc_span::Span) -> ItemKind {
        self.refuse(
            place,
            Refusal {
                code: codes::EXPORT_DEFAULT,
                what: "a module has no default export",
                why: "has no name",
                instead: "export it by name: `export const GET = route(…)`",
            },
        );
        ItemKind::Error(Vec::new())
    }

    pub(crate) fn refuse_import_equals(&mut self, place: oxc_span::Span) {
        self.refuse(
            place,
            Refusal {
                code: codes::IMPORT_EQUALS,
                what: "this way of importing and exporting is not part of the language",
                why: "Node cannot strip it: it is more than a type",
                instead: "write `import { name } from \"…\"` or `export { name }`",
            },
        );
    }

    /// The text of the `/** … */` comment that ends right before `start`.
    fn doc_before(&self, start: u32, comments: &[ast::Comment]) -> Option<Arc<str>> {
        let after = comments.partition_point(|comment| comment.span.end <= start);
        let comment = comments.get(after.checked_sub(1)?)?;
        if !comment.is_block() || !self.text_between(comment.span.end, start).trim().is_empty() {
            return None;
        }
        let text = self.text_between(comment.span.start, comment.span.end);
        let text = text.strip_prefix("/**")?.strip_suffix("*/")?;
        let lines = text
            .lines()
            .map(|line| line.trim().strip_prefix('*').unwrap_or(line.trim()).trim())
            .take_while(|line| !line.starts_with('@'));
        let text = lines.collect::<Vec<_>>().join("\n");
        let text = text.trim();
        (!text.is_empty()).then(|| Arc::from(text))
    }
}
