//! What the compile tower is given: sources that somebody else has read.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_contract::Contract;
use frontage_diagnostic::{FileId, Span};

use crate::bulk::Bulk;

/// The workspace as all its frontends see it.
#[derive(Debug)]
pub struct Workspace {
    /// Services that routes may call, in order of name.
    pub upstreams: Vec<UpstreamInput>,
    /// Modules of `shared/`, each with its path in the source map (`shared/money.ts`).
    pub shared: Vec<FileId>,
}

/// One service.
#[derive(Debug, Clone)]
pub struct UpstreamInput {
    /// Its name, which routes import from `#upstreams`.
    pub name: Arc<str>,
    /// Its contract; shared, since several frontends are compiled against it.
    pub contract: Arc<Contract>,
    /// Time for each call unless the call says less, in milliseconds.
    pub timeout_ms: u32,
    /// `[upstreams.X.operations.OP] safe = ...`
    pub safe: BTreeMap<String, bool>,
    /// `[upstreams.X.bulk.OP]`, as far as they hold.
    pub bulk: Vec<Bulk>,
    /// Where it stands in `frontage.toml`.
    pub span: Option<Span>,
}

/// One frontend.
#[derive(Debug)]
pub struct FrontendInput {
    /// Its name: its folder below `frontends/`.
    pub name: Arc<str>,
    /// All `.ts` files below `frontends/NAME/routes/`.
    pub routes: Vec<FileId>,
    /// All other `.ts` files of the frontend that routes may import.
    pub modules: Vec<FileId>,
    /// Members of `session`, from `[auth]`; `None` if they cannot be known, which was reported.
    pub session: Option<Vec<SessionField>>,
}

/// A member of `session`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionField {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: SessionType,
}

/// Types of session members, from the example values in `frontend.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionType {
    /// `string`
    String,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
    /// A list.
    Array(Box<SessionType>),
    /// A table.
    Object(Vec<SessionField>),
}
