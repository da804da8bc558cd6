//! Gathers the files of a contract: the root and all that it refers to, however far.
//!
//! In:    the root file, and a function that gives the text of others.
//! Out:   [`Documents`]: one tree, and the root node of each file or why it has none.
//! Never: I/O of its own; a look outside the workspace; a remote address.

use std::collections::HashMap;

use frontage_diagnostic::{Diagnostic, FileId, SourceMap, Span};

use crate::codes;
use crate::json::{self, SyntaxFault};
use crate::tree::{Builder, NodeId, Tree};
use crate::yaml;

/// How many files one contract may consist of.
const FILE_LIMIT: usize = 2_000;

/// The files of a contract.
pub(crate) struct Documents {
    /// All values.
    pub(crate) tree: Tree,
    /// By path: the file's root node, or why there is none.
    pub(crate) roots: HashMap<String, Result<NodeId, Unreadable>>,
    /// Keys that stand twice.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Why a file has no root node.
#[derive(Debug, Clone)]
pub(crate) struct Unreadable {
    /// Words for the place that refers to it.
    pub(crate) reason: String,
    /// Where in the file, if it was found.
    pub(crate) at: Option<Span>,
    /// Whether a limit was hit.
    pub(crate) limit: bool,
}

/// Reads `root` and every file it refers to, directly or through others.
pub(crate) fn gather(
    root: FileId,
    sources: &mut SourceMap,
    load: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Documents {
    let mut documents =
        Documents { tree: Tree::default(), roots: HashMap::new(), warnings: Vec::new() };
    let path = sources.file(root).path.clone();
    documents.parse(root, &path, sources);
    let mut queue = documents.references(0, sources);
    let mut scanned = documents.tree.all_members().count();
    while let Some(path) = queue.pop() {
        if documents.roots.contains_key(&path) {
            continue;
        }
        if documents.roots.len() >= FILE_LIMIT {
            let reason = format!("a contract may consist of {FILE_LIMIT} files at most");
            let fault = Unreadable { reason, at: None, limit: true };
            documents.roots.insert(path, Err(fault));
            continue;
        }
        let file = match sources.find(&path) {
            Some(file) => file,
            None => match load(&path) {
                Ok(text) => sources.add(path.clone(), text),
                Err(reason) => {
                    let fault = Unreadable { reason, at: None, limit: false };
                    documents.roots.insert(path, Err(fault));
                    continue;
                }
            },
        };
        documents.parse(file, &path, sources);
        queue.extend(documents.references(scanned, sources));
        scanned = documents.tree.all_members().count();
    }
    documents
}

impl Documents {
    fn parse(&mut self, file: FileId, path: &str, sources: &SourceMap) {
        let text = sources.file(file).text.as_str();
        let mut builder = Builder::new(&mut self.tree, file);
        let root = parse(file, path, text, &mut builder);
        for duplicate in std::mem::take(&mut builder.duplicates) {
            let message = format!("the key `{}` stands twice; the last one counts", duplicate.key);
            self.warnings.push(
                Diagnostic::error(codes::DUPLICATE_KEY, duplicate.dropped, message)
                    .label("ignored")
                    .also(duplicate.kept, "this one counts")
                    .help("remove one of them")
                    .warning(),
            );
        }
        self.roots.insert(path.to_owned(), root);
    }

    /// Paths of the files that references name, from the member with number `from` on.
    fn references(&self, from: usize, sources: &SourceMap) -> Vec<String> {
        let mut paths = Vec::new();
        for member in self.tree.all_members().skip(from) {
            let Some(target) = self.tree.as_str(member.value) else { continue };
            // A discriminator's mapping may name files too, under any key.
            let is_reference = self.tree.key(member) == "$ref"
                || (target.starts_with('.') && target.len() < 1024 && names_contract_file(target));
            if !is_reference || target.starts_with('#') {
                continue;
            }
            let file = target.split('#').next().unwrap_or("");
            let base = &sources.file(self.tree.span(member.value).file).path;
            if let Some(path) = join(base, file) {
                paths.push(path);
            }
        }
        paths.sort_unstable_by(|a, b| b.cmp(a));
        paths.dedup();
        paths
    }
}

fn parse(
    file: FileId,
    path: &str,
    text: &str,
    builder: &mut Builder<'_>,
) -> Result<NodeId, Unreadable> {
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let at = at as u32;
        return Err(Unreadable {
            reason: "the text holds a NUL byte: it is not a text file".to_owned(),
            at: Some(Span::new(file, at, at + 1)),
            limit: false,
        });
    }
    let fault = |fault: SyntaxFault| Unreadable {
        reason: fault.message,
        at: Some(fault.span),
        limit: fault.limit,
    };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.is_empty() {
        let at = Some(Span::new(file, 0, 0));
        return Err(Unreadable { reason: "the file is empty".to_owned(), at, limit: false });
    }
    if start.strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|c: char| matches!(c, '!' | '?') || c.is_ascii_alphabetic())
    }) {
        let at = (text.len() - start.len()) as u32;
        return Err(Unreadable {
            reason: "it is a web page or XML".to_owned(),
            at: Some(Span::new(file, at, at + 1)),
            limit: false,
        });
    }
    let named_json = path.ends_with(".json");
    if named_json || start.starts_with(['{', '[']) {
        match json::parse(file, text, builder) {
            Ok(root) => return Ok(root),
            Err(found) if named_json || found.limit => return Err(fault(found)),
            // YAML's flow style looks like JSON; its reader decides.
            Err(_) => {}
        }
    }
    match yaml::parse(file, text, builder) {
        Ok(Some(root)) => Ok(root),
        Ok(None) => {
            let at = Some(Span::new(file, 0, 0));
            let reason = "the file holds nothing but comments".to_owned();
            Err(Unreadable { reason, at, limit: false })
        }
        Err(found) => Err(fault(found)),
    }
}

/// The path that `reference` names when it stands in the file `base`; `None` if it is no path
/// inside the workspace.
pub(crate) fn join(base: &str, reference: &str) -> Option<String> {
    if is_remote(reference) || reference.starts_with('/') {
        return None;
    }
    if reference.is_empty() {
        return Some(base.to_owned());
    }
    let decoded = decode(reference);
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn names_contract_file(target: &str) -> bool {
    let file = target.split('#').next().unwrap_or("");
    [".yaml", ".yml", ".json"].iter().any(|end| file.ends_with(end))
}

/// Whether a reference names another machine or scheme: `https://...`, `urn:...`.
pub(crate) fn is_remote(reference: &str) -> bool {
    let scheme = reference.split(['/', '#', '?']).next().unwrap_or("");
    reference.starts_with("//")
        || scheme.split_once(':').is_some_and(|(scheme, _)| {
            scheme.len() > 1
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        })
}

/// Decodes `%20` and the like; what is no UTF-8 afterwards stays as it was.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| {
            bytes.get(at + offset).and_then(|&byte| (byte as char).to_digit(16)).map(|d| d as u8)
        };
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (hex(1), hex(2))
        {
            decoded.push(high * 16 + low);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}
