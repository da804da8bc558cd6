//! Bulk operations: which calls can be made together, as the platform says in `frontage.toml`.
//!
//! In:    the settings of `[upstreams.X.bulk]` and the upstream's contract.
//! Out:   a [`Bulk`] for each setting that holds, a diagnostic for each that does not.
//! Never: a guess where the contract leaves open which argument or which list is meant.

use std::collections::BTreeMap;

use frontage_contract::{Array, Constant, Contract, Operation, Parameter, Style, Type, TypeId};
use frontage_diagnostic::{Diagnostic, Span, nearest};
use frontage_plan::Name;

use crate::codes::BULK;

/// Most keys of one bulk call, unless the contract or the setting says less or more.
const MOST: u16 = 100;

/// Parameters that commonly bound how many elements an answer has.
const BOUNDS: [&str; 9] =
    ["limit", "size", "pageSize", "page_size", "perPage", "per_page", "count", "take", "first"];

/// A setting and where it stands.
pub type At<T> = (T, Span);

/// `[upstreams.X.bulk.OP]`
#[derive(Debug, Clone)]
pub struct BulkSetting {
    /// The operation that is called for each element.
    pub single: At<String>,
    /// The operation that answers many of its calls.
    pub operation: At<String>,
    /// The parameter of `operation` that takes the list of keys.
    pub key: At<String>,
    /// Members that lead to the list in its answer, with dots; the answer itself if left out.
    pub items: Option<At<String>>,
    /// The member of an item that equals its key.
    pub matching: At<String>,
    /// The parameter of `single` that is the key, where it does not follow.
    pub argument: Option<At<String>>,
    /// The parameter of `operation` that takes how many items are wanted.
    pub count: Option<At<String>>,
    /// Most keys of one call.
    pub most: Option<At<u16>>,
}

/// How calls of one operation become one call of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Index of the operation that is called for each element.
    pub single: u32,
    /// Index of the operation that answers many of its calls.
    pub operation: u32,
    /// Index of the parameter of `single` that is the key.
    pub argument: u16,
    /// Index of the parameter of `operation` that takes the keys.
    pub key: u16,
    /// Index of the parameter of `operation` that takes how many there are.
    pub count: Option<u16>,
    /// Further parameters of `single`, and the parameters of `operation` that take their values.
    pub others: Vec<(u16, u16)>,
    /// Members that lead to the list in the answer.
    pub items: Vec<Name>,
    /// What an item is.
    pub item: TypeId,
    /// The member of an item that equals its key.
    pub matching: Name,
    /// Most keys of one call.
    pub most: u16,
}

/// Holds settings against a contract.
///
/// - `upstream`: the upstream's name.
/// - `safe`: operations whose safety `frontage.toml` says.
#[must_use]
pub fn read(
    upstream: &str,
    contract: &Contract,
    safe: &BTreeMap<String, bool>,
    settings: &[BulkSetting],
) -> (Vec<Bulk>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut rules = Vec::new();
    for setting in settings {
        match (Reader { upstream, contract, safe, setting, diagnostics: &mut diagnostics }).rule() {
            Ok(rule) => rules.push(rule),
            Err(fault) => diagnostics.push(*fault),
        }
    }
    (rules, diagnostics)
}

type Faulty<T> = Result<T, Box<Diagnostic>>;

fn fault<T>(span: Span, message: String, help: impl Into<String>) -> Faulty<T> {
    Err(Box::new(Diagnostic::error(BULK, span, message).help(help)))
}

struct Reader<'a> {
    upstream: &'a str,
    contract: &'a Contract,
    safe: &'a BTreeMap<String, bool>,
    setting: &'a BulkSetting,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn rule(&mut self) -> Faulty<Bulk> {
        let setting = self.setting;
        let (single_at, single) = self.operation(&setting.single)?;
        let (bulk_at, bulk) = self.operation(&setting.operation)?;
        let (one, many) = (&setting.single.0, &setting.operation.0);
        if single.body.is_some() {
            let message = format!("`{one}` takes a body: its calls cannot be made together");
            return fault(setting.single.1, message, "remove the setting");
        }
        if bulk.body.as_ref().is_some_and(|body| body.required) {
            let message =
                format!("`{many}` needs a body; a bulk operation takes its keys in a parameter");
            return fault(
                setting.operation.1,
                message,
                "name an operation with a list as parameter",
            );
        }
        let argument = self.argument(single)?;
        let key = self.key(bulk)?;
        for (parameter, span) in [
            (&single.parameters[argument], setting.single.1),
            (&bulk.parameters[key], setting.key.1),
        ] {
            if parameter.style == Style::Json {
                let message = format!("`{}` is written as JSON, which no key is", parameter.key);
                return fault(span, message, "remove the setting");
            }
        }
        let (keys, element) = match self.contract.ty(bulk.parameters[key].ty) {
            Type::Array(array) => (array, array.items),
            _ => {
                let message = format!("`{}` of `{many}` takes no list", setting.key.0);
                return fault(
                    setting.key.1,
                    message,
                    "name the parameter that takes the list of keys",
                );
            }
        };
        for (what, ty, span) in [
            (
                format!("`{}` of `{one}`", single.parameters[argument].key),
                single.parameters[argument].ty,
                setting.single.1,
            ),
            (format!("an element of `{}` of `{many}`", setting.key.0), element, setting.key.1),
        ] {
            if !is_name(self.contract, ty) {
                let message = format!("{what} is neither a string nor a number: it names no item");
                return fault(span, message, "a key is a string or a number");
            }
        }
        let count = self.count(bulk, key)?;
        let others = self.others(single, bulk, argument, key, count)?;
        let (items, item) = self.items(bulk)?;
        self.matching(item)?;
        Ok(Bulk {
            single: single_at,
            operation: bulk_at,
            argument: argument as u16,
            key: key as u16,
            count: count.map(|at| at as u16),
            others,
            items,
            item,
            matching: setting.matching.0.as_str().into(),
            most: self.most(keys)?,
        })
    }

    /// The parameter that takes the list of keys.
    fn key(&self, bulk: &Operation) -> Faulty<usize> {
        let setting = self.setting;
        let lists = bulk.parameters.iter().filter(|p| self.is_list(p.ty));
        let lists: Vec<&str> = lists.map(|p| p.key.as_str()).collect();
        parameter(bulk, &setting.operation.0, &setting.key).map_err(|fault| match lists[..] {
            [only] => Box::new(fault.help(format!("say `key = \"{only}\"`"))),
            _ => fault,
        })
    }

    fn is_list(&self, ty: TypeId) -> bool {
        matches!(self.contract.ty(self.present(ty)), Type::Array(_))
    }

    /// An operation of the contract, free of side effects.
    fn operation(&self, (name, span): &At<String>) -> Faulty<(u32, &'a Operation)> {
        let operations = &self.contract.operations;
        let Some(at) = operations.iter().position(|o| o.name == *name) else {
            let names = operations.iter().map(|o| o.name.as_str());
            let help = nearest(name, names).map_or_else(
                || "name an operation of the contract".into(),
                |near| format!("did you mean `{near}`?"),
            );
            return fault(*span, format!("`{name}` is not an operation of the contract"), help);
        };
        let operation = &operations[at];
        if !self.safe.get(name).copied().unwrap_or(operation.safe) {
            return fault(
                *span,
                format!("`{name}` changes something: only calls that read are made together"),
                format!(
                    "if it only reads, say so: `[upstreams.{}.operations.{name}] safe = true`",
                    self.upstream
                ),
            );
        }
        Ok((at as u32, operation))
    }

    /// The parameter of the single operation that is the key: the one that is said, the only one of
    /// the path, the one that is called as the member of an item, the only one that must be given.
    fn argument(&self, single: &Operation) -> Faulty<usize> {
        let setting = self.setting;
        if let Some(named) = &setting.argument {
            return parameter(single, &setting.single.0, named);
        }
        let only = |kind: &dyn Fn(&Parameter) -> bool| {
            let mut found = (0..single.parameters.len()).filter(|at| kind(&single.parameters[*at]));
            found.next().filter(|_| found.next().is_none())
        };
        let found = only(&|p| p.location == frontage_contract::Location::Path)
            .or_else(|| only(&|p| p.key == setting.matching.0))
            .or_else(|| only(&|p| p.required));
        match found {
            Some(at) => Ok(at),
            None => fault(
                setting.single.1,
                format!("which argument of `{}` is the key is open", setting.single.0),
                format!(
                    "say `argument = \"{}\"`",
                    single.parameters.first().map_or("id", |p| &p.key)
                ),
            ),
        }
    }

    fn count(&mut self, bulk: &Operation, key: usize) -> Faulty<Option<usize>> {
        let setting = self.setting;
        if let Some(named) = &setting.count {
            let at = parameter(bulk, &setting.operation.0, named)?;
            if !matches!(self.contract.ty(bulk.parameters[at].ty), Type::Number(_)) {
                let message = format!("`{}` of `{}` takes no number", named.0, setting.operation.0);
                return fault(
                    named.1,
                    message,
                    "name the parameter that takes how many items are wanted",
                );
            }
            return Ok(Some(at));
        }
        let bound = bulk.parameters.iter().enumerate().find(|(at, p)| {
            *at != key
                && !p.required
                && BOUNDS.contains(&p.key.as_str())
                && matches!(self.contract.ty(p.ty), Type::Number(_))
        });
        if let (Some((_, bound)), None) = (bound, &setting.most) {
            let (many, bound) = (&setting.operation.0, &bound.key);
            let message =
                format!("`{many}` may answer fewer items than it is asked for: it has `{bound}`");
            self.diagnostics.push(
                Diagnostic::error(BULK, setting.operation.1, message).warning().help(format!(
                    "say `count = \"{bound}\"`, or `max` if it always answers that many"
                )),
            );
        }
        Ok(None)
    }

    /// Parameters of the single operation that the bulk operation has too.
    fn others(
        &self,
        single: &Operation,
        bulk: &Operation,
        argument: usize,
        key: usize,
        count: Option<usize>,
    ) -> Faulty<Vec<(u16, u16)>> {
        let mut others = Vec::new();
        for (at, parameter) in single.parameters.iter().enumerate() {
            let same = bulk.parameters.iter().position(|p| p.key == parameter.key);
            let same = same.filter(|same| at != argument && *same != key && Some(*same) != count);
            others.extend(same.map(|same| (at as u16, same as u16)));
        }
        let given = |at: usize| {
            at == key || Some(at) == count || others.iter().any(|(_, own)| usize::from(*own) == at)
        };
        let open =
            (0..bulk.parameters.len()).find(|at| bulk.parameters[*at].required && !given(*at));
        if let Some(open) = open {
            let (one, many) = (&self.setting.single.0, &self.setting.operation.0);
            let message = format!(
                "`{many}` needs `{}`, which calls of `{one}` do not have",
                bulk.parameters[open].key
            );
            return fault(self.setting.operation.1, message, "name another operation");
        }
        Ok(others)
    }

    /// The way to the list in the answer, and what its items are.
    fn items(&self, bulk: &Operation) -> Faulty<(Vec<Name>, TypeId)> {
        let setting = self.setting;
        let span = setting.items.as_ref().map_or(setting.operation.1, |(_, span)| *span);
        let Some(mut ty) = bulk.success.json else {
            let message = format!("the answer of `{}` is no JSON", setting.operation.0);
            return fault(setting.operation.1, message, "name an operation that answers a list");
        };
        let way: Vec<Name> = match &setting.items {
            Some((way, _)) => way.split('.').map(Name::from).collect(),
            None => Vec::new(),
        };
        for name in &way {
            let found = match self.contract.ty(self.present(ty)) {
                Type::Object(object) => object.property(name).map(|p| p.ty),
                _ => None,
            };
            let Some(found) = found else {
                let names = self.lists(ty);
                let message =
                    format!("the answer of `{}` declares no `{name}`", setting.operation.0);
                return fault(span, message, said(&names));
            };
            ty = found;
        }
        match self.contract.ty(self.present(ty)) {
            Type::Array(array) => Ok((way, self.present(array.items))),
            _ => {
                let message = format!(
                    "{} is no list",
                    if way.is_empty() {
                        format!("the answer of `{}`", setting.operation.0)
                    } else {
                        format!("`{}`", way.join("."))
                    }
                );
                fault(span, message, said(&self.lists(ty)))
            }
        }
    }

    /// Properties of a type that are lists.
    fn lists(&self, ty: TypeId) -> Vec<&'a str> {
        let Type::Object(object) = self.contract.ty(self.present(ty)) else { return Vec::new() };
        let lists = object.properties.iter().filter(|p| self.is_list(p.ty));
        lists.map(|p| p.name.as_str()).collect()
    }

    /// A type without `null`.
    fn present(&self, ty: TypeId) -> TypeId {
        let Type::Union(union) = self.contract.ty(ty) else { return ty };
        let mut others =
            union.variants.iter().filter(|v| !matches!(self.contract.ty(**v), Type::Null));
        match (others.next(), others.next()) {
            (Some(only), None) => *only,
            _ => ty,
        }
    }

    fn matching(&self, item: TypeId) -> Faulty<()> {
        let (name, span) = &self.setting.matching;
        let many = &self.setting.operation.0;
        let Type::Object(object) = self.contract.ty(item) else {
            let message = format!("the items of `{many}` are no objects");
            return fault(
                self.setting.operation.1,
                message,
                "name an operation that answers a list of objects",
            );
        };
        let Some(property) = object.property(name) else {
            let near = nearest(name, object.properties.iter().map(|p| p.name.as_str()));
            let help = near.map_or_else(
                || "name the member that equals the key".into(),
                |near| format!("did you mean `{near}`?"),
            );
            return fault(*span, format!("an item of `{many}` declares no `{name}`"), help);
        };
        if !is_name(self.contract, property.ty) {
            let message = format!("`{name}` of an item is neither a string nor a number");
            return fault(*span, message, "name the member that equals the key");
        }
        if !property.required {
            let message = format!("an item of `{many}` may lack `{name}`");
            return fault(*span, message, "name a member that is always there");
        }
        Ok(())
    }

    fn most(&self, keys: &Array) -> Faulty<u16> {
        let allowed = keys.max_items.map(|most| u16::try_from(most).unwrap_or(u16::MAX).max(1));
        match (&self.setting.most, allowed) {
            (Some((most, span)), Some(allowed)) if *most > allowed => fault(
                *span,
                format!("the contract allows `{}` {allowed} elements", self.setting.key.0),
                format!("say `max = {allowed}` or less"),
            ),
            (Some((most, _)), _) => Ok(*most),
            (None, allowed) => Ok(allowed.unwrap_or(MOST)),
        }
    }
}

/// The parameter of an operation that a setting names.
fn parameter(operation: &Operation, shown: &str, (name, span): &At<String>) -> Faulty<usize> {
    if let Some(at) = operation.parameters.iter().position(|p| p.key == *name) {
        return Ok(at);
    }
    let near = nearest(name, operation.parameters.iter().map(|p| p.key.as_str()));
    let help = near.map_or_else(
        || format!("name a parameter of `{shown}`"),
        |near| format!("did you mean `{near}`?"),
    );
    fault(*span, format!("`{shown}` has no parameter `{name}`"), help)
}

/// Whether values of a type name something: strings and numbers.
fn is_name(contract: &Contract, ty: TypeId) -> bool {
    match contract.ty(ty) {
        Type::String(_) | Type::Number(_) => true,
        Type::Enum(constants) => {
            constants.iter().all(|c| matches!(c, Constant::String(_) | Constant::Number(_)))
        }
        Type::Union(union) => union.variants.iter().all(|v| is_name(contract, *v)),
        _ => false,
    }
}

/// What a list's place could be.
fn said(names: &[&str]) -> String {
    match names {
        [] => "say in `items` where the list is".into(),
        names => format!("say `items = \"{}\"`", names.join("\" or \"")),
    }
}
