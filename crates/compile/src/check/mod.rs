//! Check: types for every expression, as `tsc --strict` with `noUncheckedIndexedAccess` gives them.
//!
//! In:    resolved modules and the upstreams' contracts.
//! Out:   [`crate::hir::Checked`] and every diagnostic.
//! Never: a diagnostic that follows from another one: what did not check has the type
//!        [`Ty::ERROR`], which fits everywhere.
//!
//! Start at [`check`]; [`Checker`] is what all files here add methods to. Types: `annotation`,
//! `contract_types`, `lazy`, `relation`, `shape`, `widen`, `infer`. Expressions: `expr`, `literal`,
//! `operator`, `member`, `call`, `argument`, `library`, `operation`, `promise`. Control flow: `flow`,
//! `narrow`, `stmt`, `pattern`, `function`. Modules: `declare`, `names`, `route`, `zod`.

mod annotation;
mod argument;
mod assign;
mod call;
mod comments;
mod constant;
mod contract_types;
mod declare;
mod expr;
mod flow;
mod function;
mod infer;
mod instance;
mod lazy;
mod library;
mod literal;
mod member;
mod module_types;
mod names;
mod narrow;
mod operation;
mod operator;
mod part;
mod pattern;
mod place;
mod promise;
mod relation;
mod reply;
mod route;
mod shape;
mod spread;
mod stmt;
mod substitute;
mod syntactic;
mod template;
mod texts;
mod utility;
mod widen;
mod zod;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use frontage_diagnostic::{Code, Diagnostic, SourceMap, Span};
use frontage_syntax::tree;

pub(crate) use route::{NOT_ASYNC, conflicts};

use crate::hir::{self, Checked, FunctionId, GlobalId, Local, LocalId, OperationRef};
use crate::input::{FrontendInput, Workspace};
use crate::resolve::{Decl, ModuleId, Modules};
use crate::types::{Object, ObjectId, Ty, TypeParamId, Types};

use flow::Env;
use relation::Relations;

/// Expressions that one unit may hold, counted each time one is looked at; a guard against sources
/// made to be slow.
const MOST_STEPS: u32 = 4_000_000;

/// A block's names.
#[derive(Debug, Default)]
struct Scope {
    values: HashMap<Arc<str>, Binding>,
}

/// What a name in a block stands for.
#[derive(Debug, Clone, Copy)]
enum Binding {
    Local(LocalId),
    /// Declared further down.
    Pending(Span),
    Refused,
}

/// Type names of a block or a generic declaration, with those around.
#[derive(Debug)]
struct TypeScope<'a> {
    names: HashMap<Arc<str>, TypeBinding<'a>>,
    parent: TypeScopeRef<'a>,
}

type TypeScopeRef<'a> = Option<Rc<TypeScope<'a>>>;

/// What a type name in a block stands for.
#[derive(Debug, Clone, Copy)]
enum TypeBinding<'a> {
    Ty(Ty),
    Alias(&'a tree::TypeAlias),
    Interface(&'a tree::Interface),
    Refused,
}

/// What is known of a local beside its type.
#[derive(Debug, Clone, Default)]
struct LocalInfo<'a> {
    /// What it was set to, where that may be a condition on other values.
    condition: Option<&'a tree::Expr>,
    /// The constant that it was set to, without a type of its own.
    constant: Option<constant::Folded>,
    /// Its type is written, or it is a function that is declared: `never` from it ends the flow.
    explicit: bool,
    /// It is an `async` function.
    is_async: bool,
    /// It is a parameter, or a part of one.
    parameter: bool,
    /// It is the handler's context.
    context: bool,
    /// The member of another value that it is, as long as that tells the value's variants apart.
    member_of: Option<(Rc<flow::Reference>, Rc<str>)>,
    /// What a pattern takes apart here, as it can be narrowed.
    standing: Option<Rc<flow::Reference>>,
    /// Where the text with `as const` stands that it was set to, of which only parts are known.
    template: Option<Span>,
    /// The union that it was taken out of together with other names, and the member that it is.
    beside: Option<(LocalId, Rc<str>)>,
}

/// The function that is being checked.
#[derive(Debug, Default)]
struct Frame<'a> {
    /// It runs when somebody calls it, and not where it stands.
    is_function: bool,
    is_async: bool,
    /// Declared or contextual type of results; awaited, but what is declared without `async`.
    expected: Option<Ty>,
    /// Whether `expected` was declared.
    declared: bool,
    /// Whether `expected` stands for a type parameter of a call: what is inferred so far.
    inferred: bool,
    /// See [`Checker::promise_wanted`].
    promise_wanted: Option<Option<Ty>>,
    /// See [`Checker::own_result`].
    own_result: bool,
    /// Types and places of results so far.
    returns: Vec<(Ty, Option<&'a tree::Expr>)>,
    /// Its parameters that are names, by their places, with their types.
    params: Vec<(usize, LocalId, Ty)>,
    /// What its first result says of one of its parameters where it is `true`.
    predicate: Option<(usize, Ty)>,
    /// Unsafe calls so far.
    effects: Effects,
    /// How many `try` bodies lie around.
    tries: u32,
    /// The handler of a route.
    handler: bool,
    /// The first local that is its own; for one that is called where it stands, that of the function
    /// around.
    first_local: u32,
}

/// What running something does to upstreams.
#[derive(Debug, Clone, Default)]
struct Effects {
    /// Calls that are not safe.
    unsafe_calls: Vec<(OperationRef, Span)>,
    /// It calls anything.
    calls: bool,
    /// It asks what time it is.
    clock: bool,
}

/// How far a module-level declaration is.
#[derive(Debug, Clone)]
enum DeclState {
    InProgress,
    Done(Definition),
}

/// What a module-level value is.
#[derive(Debug, Clone)]
enum Definition {
    Global(GlobalId, Ty),
    Function(FunctionId, Ty),
    Schema(Rc<zod::Schema>),
    Refused,
}

/// Where the members of an object type that nobody needed so far come from.
#[derive(Debug, Clone)]
enum Lazy<'a> {
    Contract {
        upstream: u16,
        id: frontage_contract::TypeId,
        request: bool,
    },
    Interface {
        module: ModuleId,
        decl: &'a tree::Interface,
        scope: TypeScopeRef<'a>,
    },
    Literal {
        module: ModuleId,
        members: &'a [tree::TypeMember],
        scope: TypeScopeRef<'a>,
    },
    /// `Partial<T>` and its like, of an object type that is being read.
    Mapped {
        utility: utility::Utility,
        of: ObjectId,
        keys: Ty,
    },
    /// `A & B` of objects, one of which is being read, or leads here.
    Both {
        parts: Arc<[ObjectId]>,
    },
}

/// What has to hold of types that are being read.
#[derive(Debug, Clone, Copy)]
struct Fit {
    source: Ty,
    target: Ty,
    /// Each fits where the other is wanted.
    same: bool,
}

/// A generic declaration of a module and what stands for its parameters.
#[derive(Clone)]
struct Instance<'a> {
    module: ModuleId,
    decl: Generic<'a>,
    args: Vec<Ty>,
}

/// A generic declaration whose type is an object.
#[derive(Clone, Copy)]
enum Generic<'a> {
    Alias(&'a tree::TypeAlias, &'a [tree::TypeMember]),
    Interface(&'a tree::Interface),
}

/// A member of the library: interface, its arguments, name.
type MemberKey = (Arc<str>, Vec<Ty>, Arc<str>);

/// The state of a check.
struct Checker<'a> {
    workspace: &'a Workspace,
    frontend: &'a FrontendInput,
    sources: &'a SourceMap,
    modules: &'a Modules,
    /// Those that are checked as a whole.
    own: &'a [ModuleId],
    types: Types,
    /// Of the declaration being checked; dropped where a try at an overload fails.
    diagnostics: Vec<Diagnostic>,
    /// Of finished declarations.
    settled: Vec<Diagnostic>,
    locals: Vec<Local>,
    local_infos: Vec<LocalInfo<'a>>,
    functions: Vec<Option<hir::Function>>,
    effects: Vec<Effects>,
    globals: Vec<hir::Global>,
    /// Functions of input schemas.
    callbacks: Vec<hir::Expr>,
    /// What constants of modules are, where they are made of constants.
    constants: HashMap<(ModuleId, Decl), constant::Folded>,
    /// How many literals around are looked at ahead of their turn.
    inferring: u32,
    /// What is known where a `break` leaves, for each `switch` around.
    breaks: Vec<Option<Env>>,
    /// Places of the names of local functions that are being checked.
    naming: Vec<Span>,
    /// What calls of predicates say, by the address of their arguments.
    predicates: HashMap<usize, (usize, Ty)>,
    /// What declared constants of modules were set to.
    assigned: HashMap<(ModuleId, Decl), Ty>,
    decls: HashMap<(ModuleId, Decl), DeclState>,
    /// Within a function that is declared, or what stands in one.
    declared: bool,
    lazy: HashMap<ObjectId, Lazy<'a>>,
    /// Objects that are generic declarations of a module, filled in.
    instances: HashMap<ObjectId, Instance<'a>>,
    contract_types: HashMap<(u16, frontage_contract::TypeId, bool), Ty>,
    aliases: HashMap<(usize, Vec<Ty>), Option<Ty>>,
    prelude_members: HashMap<MemberKey, Option<Ty>>,
    regulars: HashMap<ObjectId, Ty>,
    relations: Relations,
    /// Type parameters of the functions whose calls are being resolved.
    calling: Vec<TypeParamId>,
    /// Indexed types whose bounds are being looked for.
    bounding: Vec<Ty>,
    module: ModuleId,
    scopes: Vec<Scope>,
    type_scope: TypeScopeRef<'a>,
    flow: Option<Env>,
    /// What is known behind a `switch` that leaves nothing of its subject, where nothing is reached.
    beyond: Option<Env>,
    frame: Frame<'a>,
    /// The type that each expression was given when it was last looked at, by its address.
    recorded: HashMap<usize, Ty>,
    /// Aliases whose body is being read.
    alias_depth: u32,
    /// Expressions that are being looked at within one another.
    depth: u32,
    steps: u32,
    gave_up: bool,
    /// An array literal written here stays as it is written (`as const`).
    as_const: bool,
    /// Texts with `as const` of which only parts are known, by their places.
    templates: HashMap<Span, template::Template>,
    /// The next list is taken apart by a pattern where it stands.
    by_pattern: bool,
    /// The next expression may be a regular expression.
    regex_fits: bool,
    /// So may what the literal holds that is being looked at.
    holds_patterns: bool,
    /// Regular expressions of functions, by the text that stands for each.
    patterns: BTreeMap<frontage_plan::Name, frontage_plan::Pattern>,
    session: Option<Ty>,
    narrow_depth: u32,
    /// How many conditions with names lead here: members of objects may have changed since.
    by_alias: u32,
    /// A function is tried as a predicate: its parameter, and what that is declared as.
    as_predicate: Option<(LocalId, Ty)>,
    /// Object types whose members are being read.
    reading: Vec<ObjectId>,
    /// Those whose names are.
    outlining: Vec<ObjectId>,
    /// One of them is needed to know another, and so not known as a whole.
    outlining_cut: bool,
    /// Names of members that are known.
    outlines: HashMap<ObjectId, Arc<Object>>,
    /// What interfaces extend, as far as somebody needed it before their members.
    bases: HashMap<ObjectId, Vec<ObjectId>>,
    /// Interfaces whose bases are being looked at.
    extending: Vec<ObjectId>,
    /// Types of members that were read, by their places in the declaration; `None` while one is.
    member_types: HashMap<(ObjectId, usize), Option<Ty>>,
    /// How many members are being read.
    members_open: u32,
    /// Types of lists around the one that is being read.
    lists_open: u32,
    /// More than 0: a member that is made of itself fits everywhere.
    circles_fit: u32,
    /// Object types made of others that are being read.
    mapped: HashMap<(utility::Utility, ObjectId, Ty), Ty>,
    /// `A & B` of objects, by their sorted parts.
    both: HashMap<Vec<ObjectId>, Ty>,
    /// The parts of an object type that is `A & B`, none of which is one itself.
    parts: HashMap<ObjectId, Arc<[ObjectId]>>,
    /// More than 0: members of an `A & B` are being made.
    combining: u32,
    /// What is to be looked at once types are read, and what is wrong unless it holds.
    fits: Vec<(Fit, Diagnostic)>,
    /// The result of the next function is a type parameter of the call whose argument it is.
    result_inferred: bool,
    /// The next function is the argument of a call: what an `async` one's value is measured by, as
    /// it was before anything was inferred.
    promise_wanted: Option<Option<Ty>>,
    /// The next function stands where this type parameter is wanted of which nothing else is known:
    /// its result is measured by itself.
    own_result: Option<Ty>,
    /// Type parameters of calls of which one argument says alone what they are.
    said_once: Vec<TypeParamId>,
    /// The next function is called where it stands: what is known goes on in it.
    called_in_place: bool,
    /// The expression stands directly in `Promise.all`: `.map` may start promises.
    gather: bool,
}

/// Checks some modules of a frontend, and of others what these need.
pub(crate) fn check(
    workspace: &Workspace,
    frontend: &FrontendInput,
    modules: &Modules,
    own: &[ModuleId],
    sources: &SourceMap,
) -> (Checked, Vec<Diagnostic>) {
    let mut checker = Checker {
        workspace,
        frontend,
        sources,
        modules,
        own,
        types: Types::default(),
        diagnostics: Vec::new(),
        settled: Vec::new(),
        locals: Vec::new(),
        local_infos: Vec::new(),
        functions: Vec::new(),
        effects: Vec::new(),
        globals: Vec::new(),
        callbacks: Vec::new(),
        constants: HashMap::new(),
        assigned: HashMap::new(),
        predicates: HashMap::new(),
        naming: Vec::new(),
        breaks: Vec::new(),
        inferring: 0,
        declared: false,
        decls: HashMap::new(),
        lazy: HashMap::new(),
        instances: HashMap::new(),
        contract_types: HashMap::new(),
        aliases: HashMap::new(),
        prelude_members: HashMap::new(),
        regulars: HashMap::new(),
        relations: Relations::default(),
        calling: Vec::new(),
        bounding: Vec::new(),
        module: ModuleId(0),
        scopes: Vec::new(),
        type_scope: None,
        flow: Some(Env::default()),
        beyond: None,
        frame: Frame::default(),
        recorded: HashMap::new(),
        alias_depth: 0,
        depth: 0,
        steps: 0,
        gave_up: false,
        as_const: false,
        templates: HashMap::new(),
        by_pattern: false,
        regex_fits: false,
        holds_patterns: false,
        patterns: BTreeMap::new(),
        session: None,
        narrow_depth: 0,
        by_alias: 0,
        as_predicate: None,
        reading: Vec::new(),
        outlining: Vec::new(),
        outlining_cut: false,
        outlines: HashMap::new(),
        bases: HashMap::new(),
        extending: Vec::new(),
        member_types: HashMap::new(),
        members_open: 0,
        lists_open: 0,
        circles_fit: 0,
        mapped: HashMap::new(),
        both: HashMap::new(),
        parts: HashMap::new(),
        combining: 0,
        fits: Vec::new(),
        result_inferred: false,
        promise_wanted: None,
        own_result: None,
        said_once: Vec::new(),
        called_in_place: false,
        gather: false,
    };
    checker.check_imports();
    checker.check_module_types();
    let routes = checker.check_routes();
    checker.check_remaining();
    for route in &routes {
        let mut tys = vec![route.result];
        if let hir::CheckedKind::Handler { input_types, .. } = &route.kind {
            tys.extend([input_types.params, input_types.query].into_iter().flatten());
            tys.extend([input_types.headers, input_types.body].into_iter().flatten());
        }
        for ty in tys {
            checker.force(ty);
        }
    }
    let comments = comments::read(&routes, &checker.types, sources);
    let mut diagnostics = checker.settled;
    diagnostics.append(&mut checker.diagnostics);
    let functions = checker
        .functions
        .into_iter()
        .map(|f| {
            f.unwrap_or(hir::Function {
                name: None,
                params: Vec::new(),
                rest: None,
                body: Vec::new(),
                is_async: false,
                written_async: false,
                result: Ty::ERROR,
                span: Span::new(crate::resolve::PRELUDE_FILE, 0, 0),
            })
        })
        .collect();
    let checked = Checked {
        routes,
        functions,
        globals: checker.globals,
        callbacks: checker.callbacks,
        patterns: checker.patterns.into_values().collect(),
        locals: checker.locals,
        types: checker.types,
        comments,
    };
    (checked, diagnostics)
}

impl<'a> Checker<'a> {
    /// Adds a diagnostic, unless the same fault stands there already.
    fn report(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.primary.as_ref().map(|l| l.span);
        let known = self
            .diagnostics
            .iter()
            .any(|d| d.code == diagnostic.code && d.primary.as_ref().map(|l| l.span) == place);
        if !known {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds an error made of its code, place and message.
    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    /// Whether `work` adds no error; what it adds is dropped either way.
    fn silently<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.diagnostics.len();
        let result = work(self);
        let clean = self.diagnostics.len() == before;
        self.diagnostics.truncate(before);
        (result, clean)
    }

    /// Counts one step; `false` once there were too many, or the nesting is too deep.
    fn step(&mut self, span: Span) -> bool {
        self.steps += 1;
        if self.steps < MOST_STEPS && self.depth < 400 {
            return true;
        }
        self.give_up(span);
        false
    }

    /// Reports, once, that there is too much to look at.
    fn give_up(&mut self, span: Span) {
        if !self.gave_up {
            self.gave_up = true;
            let fault = Diagnostic::error(
                crate::codes::TOO_COMPLEX,
                span,
                "this module, with all that it uses, is too complex to check",
            )
            .help("give parts of long expressions names and types of their own");
            self.settled.push(fault);
        }
    }

    /// Adds a local.
    fn local(&mut self, name: Option<&Arc<str>>, ty: Ty, span: Span) -> LocalId {
        self.locals.push(Local { name: name.cloned(), ty, span });
        self.local_infos.push(LocalInfo::default());
        LocalId(u32::try_from(self.locals.len() - 1).unwrap_or(u32::MAX))
    }

    fn info(&mut self, local: LocalId) -> &mut LocalInfo<'a> {
        &mut self.local_infos[local.0 as usize]
    }

    fn local_ty(&self, local: LocalId) -> Ty {
        self.locals[local.0 as usize].ty
    }

    /// Runs `work` as at the top of `module`, away from what is being checked.
    fn aside<T>(&mut self, module: ModuleId, work: impl FnOnce(&mut Self) -> T) -> T {
        let module = std::mem::replace(&mut self.module, module);
        let scopes = std::mem::take(&mut self.scopes);
        let type_scope = self.type_scope.take();
        let flow = self.flow.replace(Env::default());
        let frame = std::mem::take(&mut self.frame);
        let diagnostics = std::mem::take(&mut self.diagnostics);
        let as_const = std::mem::replace(&mut self.as_const, false);
        let declared = std::mem::replace(&mut self.declared, false);
        let alias_depth = std::mem::replace(&mut self.alias_depth, 0);
        let result = work(self);
        self.module = module;
        self.scopes = scopes;
        self.type_scope = type_scope;
        self.flow = flow;
        self.declared = declared;
        self.frame = frame;
        self.as_const = as_const;
        self.alias_depth = alias_depth;
        let found = std::mem::replace(&mut self.diagnostics, diagnostics);
        self.settled.extend(found);
        result
    }
}
