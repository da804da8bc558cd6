//! Resolves `$ref`s: within a file, across files, by JSON pointer or anchor.
//!
//! In:    the gathered [`Documents`].
//! Out:   the node a reference leads to, or a diagnostic that stands at the reference.
//! Never: more than one step at a time without a look for circles; recursion beyond
//!        [`THROUGH_LIMIT`].
//!
//! Sources: RFC 6901 (JSON Pointer, with its URI fragment form); RFC 3986 §5.2.4.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use frontage_diagnostic::{Code, Diagnostic, FileId, SourceMap, Span};

use crate::codes;
use crate::documents::{Documents, decode, is_remote, join};
use crate::tree::{Kind, Member, NodeId, Tree};

/// Objects with more members than this are looked up through an index.
const INDEX_FROM: usize = 24;

/// How many references one may lead through: `#/a/x`, where `a` is a reference itself.
const THROUGH_LIMIT: usize = 100;

/// Why a reference leads nowhere.
#[derive(Debug, Clone)]
struct Failure {
    code: Code,
    message: String,
    help: String,
    also: Option<(Span, String)>,
}

type Resolved = Result<NodeId, Failure>;

impl Failure {
    fn circle(text: &str) -> Self {
        Self {
            code: codes::REFERENCE_CIRCLE,
            message: format!("the reference `{text}` leads back to itself"),
            help: "one of the schemas in the circle must say what it is, without a `$ref`".into(),
            also: None,
        }
    }

    fn too_far(text: &str) -> Self {
        Self {
            code: codes::LIMIT,
            message: format!("`{text}` leads through more than {THROUGH_LIMIT} other references"),
            help: "refer to what it leads to in the end".into(),
            also: None,
        }
    }
}

/// Resolves references over gathered documents.
pub(crate) struct References<'a> {
    /// All values.
    pub(crate) tree: &'a Tree,
    /// All texts.
    pub(crate) sources: &'a SourceMap,
    documents: &'a Documents,
    /// What references lead to; while one is followed, that it leads back to itself.
    resolved: RefCell<HashMap<(FileId, &'a str), Resolved>>,
    /// How many references are being followed.
    following: Cell<usize>,
    indexes: RefCell<HashMap<NodeId, HashMap<&'a str, usize>>>,
    anchors: RefCell<Option<HashMap<(FileId, &'a str), NodeId>>>,
    names: RefCell<HashMap<NodeId, (String, Span)>>,
}

impl<'a> References<'a> {
    /// A resolver over `documents`.
    pub(crate) fn new(documents: &'a Documents, sources: &'a SourceMap) -> Self {
        Self {
            tree: &documents.tree,
            sources,
            documents,
            resolved: RefCell::default(),
            following: Cell::new(0),
            indexes: RefCell::default(),
            anchors: RefCell::default(),
            names: RefCell::default(),
        }
    }

    /// Remembers that the schema `node` is called `name`.
    pub(crate) fn name(&self, node: NodeId, name: &str, span: Span) {
        self.names.borrow_mut().entry(node).or_insert_with(|| (name.to_owned(), span));
    }

    /// The name of a schema, and where it is given, if it has one.
    pub(crate) fn name_of(&self, node: NodeId) -> Option<(String, Span)> {
        self.names.borrow().get(&node).cloned()
    }

    /// A readable place for a node: its first line.
    pub(crate) fn place(&self, node: NodeId) -> Span {
        let file = self.tree.span(node).file;
        self.tree.short_span(node, &self.sources.file(file).text)
    }

    /// The node that the reference text in `reference` (the value of a `$ref`) leads to.
    pub(crate) fn resolve(&self, reference: NodeId) -> Result<NodeId, Diagnostic> {
        let file = self.tree.span(reference).file;
        let Some(text) = self.tree.as_str(reference) else {
            return Err(Diagnostic::error(
                codes::DANGLING_REFERENCE,
                self.place(reference),
                "a `$ref` must be a string",
            )
            .help("write the place it refers to, such as \"#/components/schemas/User\"")
            .warning());
        };
        self.resolve_text(file, text).map_err(|failure| {
            let mut diagnostic =
                Diagnostic::error(failure.code, self.place(reference), failure.message)
                    .help(failure.help)
                    .warning();
            if let Some((span, text)) = failure.also {
                diagnostic = diagnostic.also(span, text);
            }
            diagnostic
        })
    }

    /// The node that a discriminator's mapping names: by reference, or by a schema's name.
    pub(crate) fn resolve_mapping(&self, value: NodeId) -> Option<NodeId> {
        let file = self.tree.span(value).file;
        let text = self.tree.as_str(value)?;
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        if plain && !text.starts_with('.') {
            let path = &self.sources.file(file).path;
            let root = self.documents.roots.get(path).and_then(|root| root.as_ref().ok().copied());
            let schemas = root
                .and_then(|root| self.tree.get(root, "components"))
                .and_then(|components| self.tree.get(components, "schemas"));
            if let Some(node) = schemas.and_then(|schemas| self.lookup(schemas, text)) {
                return Some(node.value);
            }
        }
        self.resolve_text(file, text).ok()
    }

    /// Follows `$ref`s from `node` to the first node that is none. For objects whose siblings of
    /// `$ref` do not matter: parameters, responses, bodies, path items.
    pub(crate) fn follow(&self, node: NodeId) -> Result<NodeId, Diagnostic> {
        let mut seen = HashSet::new();
        let mut at = node;
        while let Some(reference) = self.tree.get(at, "$ref") {
            if !seen.insert(at) {
                return Err(self.circle(reference));
            }
            at = self.resolve(reference)?;
        }
        Ok(at)
    }

    /// The diagnostic for references that lead in a circle, at one of them.
    fn circle(&self, reference: NodeId) -> Diagnostic {
        let failure = Failure::circle(self.tree.as_str(reference).unwrap_or(""));
        Diagnostic::error(failure.code, self.place(reference), failure.message)
            .help(failure.help)
            .warning()
    }

    fn resolve_text(&self, file: FileId, text: &'a str) -> Result<NodeId, Failure> {
        if let Some(known) = self.resolved.borrow().get(&(file, text)) {
            return known.clone();
        }
        self.resolved.borrow_mut().insert((file, text), Err(Failure::circle(text)));
        let depth = self.following.get();
        let found = if depth < THROUGH_LIMIT {
            self.following.set(depth + 1);
            let found = self.find(file, text);
            self.following.set(depth);
            found
        } else {
            Err(Failure::too_far(text))
        };
        self.resolved.borrow_mut().insert((file, text), found.clone());
        found
    }

    fn find(&self, file: FileId, text: &'a str) -> Result<NodeId, Failure> {
        if is_remote(text) {
            return Err(Failure {
                code: codes::REMOTE_REFERENCE,
                message: format!("`{text}` is on another machine; contracts are read from files"),
                help: "save the file beside the contract and refer to it by its path".to_owned(),
                also: None,
            });
        }
        let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
        let base = &self.sources.file(file).path;
        let Some(target) = join(base, path) else {
            return Err(Failure {
                code: codes::UNREADABLE_FILE,
                message: format!("`{path}` lies outside the workspace"),
                help: "refer to a file inside the workspace by a relative path".to_owned(),
                also: None,
            });
        };
        let root = match self.documents.roots.get(&target) {
            Some(Ok(root)) => *root,
            Some(Err(unreadable)) => {
                return Err(Failure {
                    code: codes::UNREADABLE_FILE,
                    message: format!("`{target}` cannot be read: {}", unreadable.reason),
                    help: "check the path, which is relative to this file".to_owned(),
                    also: unreadable.at.map(|span| (span, "here".to_owned())),
                });
            }
            None => {
                return Err(Failure {
                    code: codes::UNREADABLE_FILE,
                    message: format!("`{target}` was not read"),
                    help: "write `./` before the path".to_owned(),
                    also: None,
                });
            }
        };
        let fragment = decode(fragment);
        if fragment.is_empty() {
            let stem = target.rsplit('/').next().unwrap_or("");
            let stem = stem.split('.').next().unwrap_or("");
            self.name(root, stem, self.place(root));
            return Ok(root);
        }
        match fragment.strip_prefix('/') {
            Some(pointer) => self.walk(root, pointer, text),
            None => self.anchor(root, &fragment, text),
        }
    }

    fn walk(&self, root: NodeId, pointer: &str, text: &str) -> Result<NodeId, Failure> {
        let mut node = root;
        let mut parent = String::new();
        let tokens: Vec<&str> = pointer.split('/').collect();
        for (index, token) in tokens.iter().enumerate() {
            let key = token.replace("~1", "/").replace("~0", "~");
            let mut next = self.step(node, &key);
            // A pointer may lead through another reference.
            let mut hops = 0;
            while next.is_none() && hops < 32 {
                let Some(reference) = self.tree.get(node, "$ref") else { break };
                let Some(path) = self.tree.as_str(reference) else { break };
                node = match self.resolve_text(self.tree.span(reference).file, path) {
                    Ok(target) => target,
                    Err(far) if [codes::REFERENCE_CIRCLE, codes::LIMIT].contains(&far.code) => {
                        return Err(far);
                    }
                    Err(_) => break,
                };
                next = self.step(node, &key);
                hops += 1;
            }
            let Some(found) = next else {
                return Err(self.nothing_there(node, &key, text));
            };
            let last = index + 1 == tokens.len();
            if last && ["schemas", "definitions", "$defs"].contains(&parent.as_str()) {
                let span = self.lookup(node, &key).map(|member| member.key_span);
                self.name(found, &key, span.unwrap_or_else(|| self.place(found)));
            }
            node = found;
            parent = key;
        }
        Ok(node)
    }

    fn step(&self, node: NodeId, key: &str) -> Option<NodeId> {
        match self.tree.kind(node) {
            Kind::Array(items) => {
                key.parse::<usize>().ok().and_then(|index| items.get(index)).copied()
            }
            Kind::Object => self.lookup(node, key).map(|member| member.value),
            _ => None,
        }
    }

    /// The member with a key of an object that may be large.
    fn lookup(&self, node: NodeId, key: &str) -> Option<&'a Member> {
        let members = self.tree.members(node);
        if members.len() < INDEX_FROM {
            return self.tree.member(node, key);
        }
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes.entry(node).or_insert_with(|| {
            members.iter().enumerate().map(|(i, member)| (self.tree.key(member), i)).collect()
        });
        index.get(key).map(|&at| &members[at])
    }

    fn nothing_there(&self, node: NodeId, key: &str, text: &str) -> Failure {
        let near = self
            .tree
            .members(node)
            .iter()
            .map(|member| (strsim::jaro_winkler(self.tree.key(member), key), member))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, member)| member);
        let help = match near {
            Some(near) => format!("did you mean `{}`?", self.tree.key(near)),
            None => format!("declare `{key}` there, or refer to something that exists"),
        };
        Failure {
            code: codes::DANGLING_REFERENCE,
            message: format!("`{text}` leads nowhere: there is no `{key}`"),
            help,
            also: near.map(|near| (near.key_span, "a similar name is declared here".to_owned())),
        }
    }

    fn anchor(&self, root: NodeId, name: &str, text: &str) -> Result<NodeId, Failure> {
        let file = self.tree.span(root).file;
        let mut anchors = self.anchors.borrow_mut();
        let anchors = anchors.get_or_insert_with(|| {
            let mut found = HashMap::new();
            for node in self.tree.nodes() {
                if let Some(anchor) = self.tree.get_str(node, "$anchor") {
                    found.entry((self.tree.span(node).file, anchor)).or_insert(node);
                }
            }
            found
        });
        anchors.get(&(file, name)).copied().ok_or_else(|| Failure {
            code: codes::DANGLING_REFERENCE,
            message: format!("`{text}` leads nowhere: there is no `$anchor: {name}`"),
            help: "a place inside a file is written `#/components/schemas/User`".to_owned(),
            also: None,
        })
    }
}
