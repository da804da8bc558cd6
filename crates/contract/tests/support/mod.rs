//! Prints a contract completely enough to compare: every part of the model but its places.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use frontage_contract::{
    Access, Additional, Binding, Bound, Content, ContentKind, Contract, Location, Object,
    Operation, Piece, Read, Status, Style, Type, TypeId, constant_text, read,
};
use frontage_diagnostic::SourceMap;

/// Reads a contract that consists of these files; the first is the root.
pub(crate) fn read_files(files: &[(&str, &str)]) -> (Read, SourceMap) {
    let mut sources = SourceMap::new();
    let root = sources.add(files[0].0, files[0].1);
    let others: BTreeMap<&str, &str> = files[1..].iter().copied().collect();
    let mut load = |path: &str| {
        others.get(path).map(|text| (*text).to_owned()).ok_or("no such file".to_owned())
    };
    let read = read(root, &mut sources, &mut load);
    (read, sources)
}

/// The model and the diagnostics of these files, printed.
pub(crate) fn print_files(files: &[(&str, &str)]) -> String {
    let (read, sources) = read_files(files);
    print_contract(&read.contract) + &print_diagnostics(&read, &sources)
}

pub(crate) fn print_diagnostics(read: &Read, sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in &read.diagnostics {
        let place = diagnostic.primary.as_ref().map_or(String::new(), |label| {
            let file = sources.file(label.span.file);
            let at = file.line_column(label.span.start);
            format!("{}:{}", at.line, at.column)
        });
        let severity = match diagnostic.severity {
            frontage_diagnostic::Severity::Error => "error ",
            frontage_diagnostic::Severity::Warning => "",
        };
        let _ = writeln!(text, "{severity}{} {place} {}", diagnostic.code, diagnostic.message);
    }
    text
}

pub(crate) fn print_contract(contract: &Contract) -> String {
    let mut printer =
        Printer { contract, text: String::new(), named: Vec::new(), seen: HashSet::new() };
    for operation in &contract.operations {
        printer.operation(operation);
    }
    let mut at = 0;
    while let Some(&id) = printer.named.get(at) {
        at += 1;
        let name = contract.types.declaration(id).name.clone().unwrap_or_default();
        let _ = write!(printer.text, "{name} = ");
        printer.spell(id, 0);
        printer.text.push('\n');
    }
    printer.text
}

struct Printer<'a> {
    contract: &'a Contract,
    text: String,
    named: Vec<TypeId>,
    seen: HashSet<TypeId>,
}

impl Printer<'_> {
    fn operation(&mut self, operation: &Operation) {
        let Binding::Http(http) = &operation.binding;
        let _ = write!(self.text, "{} {} ", operation.name, http.method);
        for segment in &http.segments {
            self.text.push('/');
            for piece in &segment.pieces {
                match piece {
                    Piece::Literal(text) => self.text.push_str(text),
                    Piece::Parameter(index) => {
                        let _ = write!(self.text, "{{{}}}", operation.parameters[*index].key);
                    }
                }
            }
        }
        if operation.deprecated {
            self.text.push_str(" deprecated");
        }
        self.text.push('\n');
        for parameter in &operation.parameters {
            let optional = if parameter.required { "" } else { "?" };
            let _ = write!(
                self.text,
                "  {} {}{optional}: ",
                parameter.location.as_str(),
                parameter.key
            );
            self.ty(parameter.ty, 0);
            let usual = match parameter.location {
                Location::Path | Location::Header => (Style::Simple, false),
                Location::Query | Location::Cookie => (Style::Form, true),
            };
            if (parameter.style, parameter.explode) != usual {
                let _ = write!(self.text, " {:?} explode={}", parameter.style, parameter.explode);
            }
            if parameter.allow_reserved {
                self.text.push_str(" reserved");
            }
            self.text.push('\n');
        }
        if let Some(body) = &operation.body {
            let _ = write!(self.text, "  body{} ", if body.required { "" } else { "?" });
            self.contents(&body.content);
            self.text.push('\n');
        }
        for response in &operation.responses {
            let _ = match response.status {
                Status::Exact(status) => write!(self.text, "  {status} "),
                Status::Range(range) => write!(self.text, "  {range}XX "),
                Status::Default => write!(self.text, "  default "),
            };
            self.contents(&response.content);
            self.text.push('\n');
        }
        self.text.push_str("  => ");
        let success = operation.success;
        let mut parts = Vec::new();
        let before = std::mem::take(&mut self.text);
        if let Some(id) = success.json {
            self.ty(id, 0);
            parts.push(std::mem::take(&mut self.text));
        }
        self.text = before;
        let flags = [(success.text, "text"), (success.empty, "empty"), (success.binary, "binary")];
        parts.extend(flags.iter().filter(|(is, _)| *is).map(|(_, name)| (*name).to_owned()));
        self.text.push_str(&parts.join(" or "));
        self.text.push('\n');
        for fault in &operation.faults {
            let _ = writeln!(self.text, "  fault {} {}", fault.code, fault.message);
        }
    }

    fn contents(&mut self, contents: &[Content]) {
        if contents.is_empty() {
            self.text.push('-');
        }
        for (index, content) in contents.iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            if content.kind != ContentKind::Json || content.media_type != "application/json" {
                let _ = write!(self.text, "{} {:?} ", content.media_type, content.kind);
            }
            self.ty(content.ty, 0);
        }
    }

    fn ty(&mut self, id: TypeId, depth: usize) {
        match &self.contract.types.declaration(id).name {
            Some(name) => {
                self.text.push_str(name);
                if self.seen.insert(id) {
                    self.named.push(id);
                }
            }
            None => self.spell(id, depth),
        }
    }

    fn spell(&mut self, id: TypeId, depth: usize) {
        if depth > 8 {
            self.text.push('~');
            return;
        }
        match &self.contract.types.declaration(id).ty {
            Type::Unknown => self.text.push_str("unknown"),
            Type::Never => self.text.push_str("never"),
            Type::Null => self.text.push_str("null"),
            Type::Boolean => self.text.push_str("boolean"),
            Type::Broken => self.text.push_str("BROKEN"),
            Type::Number(number) => {
                self.text.push_str(if number.integer { "integer" } else { "number" });
                self.bound(number.minimum, ">");
                self.bound(number.maximum, "<");
            }
            Type::String(string) => {
                self.text.push_str("string");
                if let Some(format) = &string.format {
                    let _ = write!(self.text, "({format})");
                }
                self.size(string.min_length, string.max_length);
            }
            Type::Enum(constants) => {
                let spelt: Vec<String> = constants.iter().map(constant_text).collect();
                self.text.push_str(&spelt.join("|"));
            }
            Type::Array(array) => {
                self.text.push('[');
                self.ty(array.items, depth + 1);
                self.text.push(']');
                self.size(array.min_items, array.max_items);
            }
            Type::Tuple(tuple) => {
                self.text.push('(');
                for (index, &item) in tuple.items.iter().enumerate() {
                    self.ty(item, depth + 1);
                    self.text.push_str(if index < tuple.required { ", " } else { "?, " });
                }
                if let Some(rest) = tuple.rest {
                    self.text.push_str("...");
                    self.ty(rest, depth + 1);
                }
                self.text.push(')');
            }
            Type::Object(object) => self.object(object, depth),
            Type::Union(union) => {
                self.text.push('<');
                for (index, &variant) in union.variants.iter().enumerate() {
                    if index > 0 {
                        self.text.push_str(" | ");
                    }
                    self.ty(variant, depth + 1);
                }
                if let Some(discriminator) = &union.discriminator {
                    let _ = write!(self.text, " by {}", discriminator.property);
                    for (value, variant) in &discriminator.mapping {
                        let at = union.variants.iter().position(|v| v == variant);
                        let _ = write!(self.text, " {value}:{}", at.map_or(-1, |at| at as i64));
                    }
                }
                self.text.push('>');
            }
        }
    }

    fn object(&mut self, object: &Object, depth: usize) {
        self.text.push('{');
        for (index, property) in object.properties.iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            self.text.push_str(match property.access {
                Access::Both => "",
                Access::ReadOnly => "readonly ",
                Access::WriteOnly => "writeonly ",
            });
            self.text.push_str(&property.name);
            self.text.push_str(if property.required { ": " } else { "?: " });
            self.ty(property.ty, depth + 1);
        }
        match object.additional {
            Additional::Undeclared => {}
            Additional::Forbidden => self.text.push_str(" closed"),
            Additional::Any => self.text.push_str(" ..."),
            Additional::Of(id) => {
                self.text.push_str(" ...");
                self.ty(id, depth + 1);
            }
        }
        self.text.push('}');
    }

    fn bound(&mut self, bound: Option<Bound>, sign: &str) {
        if let Some(bound) = bound {
            let equal = if bound.exclusive { "" } else { "=" };
            let _ = write!(self.text, "{sign}{equal}{}", bound.value);
        }
    }

    fn size(&mut self, min: Option<u64>, max: Option<u64>) {
        if min.is_some() || max.is_some() {
            let show = |size: Option<u64>| size.map_or(String::new(), |size| size.to_string());
            let _ = write!(self.text, "#{}..{}", show(min), show(max));
        }
    }
}
