//! Contracts of upstreams, normalised into one model of operations and types.
//!
//! In:    a contract's text, and a function that gives the text of files it refers to.
//! Out:   a [`Contract`] and every fault found on the way.
//! Never: I/O; a refusal of the whole contract for a fault that one operation has.
//!
//! Start at [`read`]; [`Contract`] is what everything else works on.

mod model;

pub use model::{
    Access, Additional, Array, Binding, Body, Bound, Constant, Content, ContentKind, Contract,
    Declaration, Discriminator, Http, Location, Method, Number, Object, Operation, Parameter,
    Piece, Property, Response, Segment, Status, Style, Success, Text, Tuple, Type, TypeId, Types,
    Union,
};

use frontage_diagnostic::{Diagnostic, FileId, SourceMap};

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
    let _ = (sources, load);
    Read {
        contract: Contract {
            file: root,
            title: String::new(),
            version: String::new(),
            operations: Vec::new(),
            types: Types::default(),
        },
        diagnostics: Vec::new(),
    }
}

/// Identifiers for the named types, unique in the contract and fit for TypeScript.
#[must_use]
pub fn type_names(contract: &Contract) -> Vec<(TypeId, String)> {
    let _ = contract;
    Vec::new()
}

/// The TypeScript spelling of a type, short enough for a message; named types by their name.
#[must_use]
pub fn type_text(contract: &Contract, id: TypeId) -> String {
    let _ = (contract, id);
    String::new()
}
