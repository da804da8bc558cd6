//! Contracts of upstreams, normalised into one model of operations and types.
//!
//! In:    a contract's text, and a function that gives the text of files it refers to.
//! Out:   a [`Contract`] and every fault found on the way.
//! Never: I/O; a refusal of the whole contract for a fault that one operation has.
//!
//! Start at [`read`]; [`Contract`] is what everything else works on.

pub mod codes;
mod documents;
mod json;
mod model;
mod names;
mod openapi;
mod path;
mod references;
mod schema;
mod text;
mod tree;
mod yaml;

pub use model::{
    Access, Additional, Array, Binding, Body, Bound, Constant, Content, ContentKind, Contract,
    Declaration, Discriminator, Http, Location, Method, Number, Object, Operation, Parameter,
    Piece, Property, Response, Segment, Status, Style, Success, Text, Tuple, Type, TypeId, Types,
    Union,
};

pub use path::{Piece as PathPiece, Template, split as split_path};
pub use schema::tie_unions;
pub use text::{constant_text, type_definition, type_names, type_text};

use frontage_diagnostic::{Diagnostic, FileId, SourceMap, Span};

use references::References;

/// A contract with everything that was found wrong in it.
#[derive(Debug, Clone)]
pub struct Read {
    /// What could be read; without operations if nothing could.
    pub contract: Contract,
    /// Faults: an error where the whole contract is of no use, else warnings.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the contract in the file `root` of `sources`.
///
/// - `load`: gives the text of a file that the contract refers to, by its path relative to the
///   workspace (normalised, `/` between), or says why it cannot. Each is asked for once, and its
///   text added to `sources`.
#[must_use]
pub fn read(
    root: FileId,
    sources: &mut SourceMap,
    load: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Read {
    let path = sources.file(root).path.clone();
    if let Some(diagnostic) = unsupported(root, &path) {
        return Read { contract: openapi::empty(root), diagnostics: vec![diagnostic] };
    }
    let mut documents = documents::gather(root, sources, load);
    let warnings = std::mem::take(&mut documents.warnings);
    let mut read = match documents.roots.get(&path) {
        Some(Ok(node)) => openapi::read(root, *node, &References::new(&documents, sources)),
        Some(Err(unreadable)) => {
            let code = if unreadable.limit { codes::LIMIT } else { codes::BROKEN_TEXT };
            let span = unreadable.at.unwrap_or(Span::new(root, 0, 0));
            let message = format!("the contract cannot be read: {}", unreadable.reason);
            let help = "correct the file, which must be YAML or JSON";
            let diagnostic = Diagnostic::error(code, span, message).help(help);
            Read { contract: openapi::empty(root), diagnostics: vec![diagnostic] }
        }
        None => Read { contract: openapi::empty(root), diagnostics: Vec::new() },
    };
    read.diagnostics.extend(warnings);
    frontage_diagnostic::sort(&mut read.diagnostics, sources);
    read
}

/// The diagnostic for a kind of contract that is not read yet, by the file's name.
fn unsupported(root: FileId, path: &str) -> Option<Diagnostic> {
    let kinds = [
        (".graphql", "GraphQL contracts are"),
        (".gql", "GraphQL contracts are"),
        (".graphqls", "GraphQL contracts are"),
        (".proto", "Protobuf contracts are"),
        (".wsdl", "WSDL contracts are"),
        (".raml", "RAML contracts are"),
    ];
    let (_, kind) = kinds.into_iter().find(|(end, _)| path.ends_with(end))?;
    let message = format!("{kind} not supported yet");
    Some(
        Diagnostic::error(codes::UNSUPPORTED_CONTRACT, Span::new(root, 0, 0), message)
            .help("describe the upstream in an OpenAPI contract (.yaml or .json)"),
    )
}
