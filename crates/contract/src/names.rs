//! Names of operations: identifiers, from `operationId` or from method and path.

use std::collections::HashSet;

use crate::model::Method;

/// Names that mean something else on every object, or make it look like a promise.
const UNFIT: &[&str] = &["__proto__", "constructor", "prototype", "then", "toString", "valueOf"];

/// Makes an identifier of an `operationId`: `users/list-all` becomes `usersListAll`. `None` if
/// nothing is left of it.
pub(crate) fn from_id(id: &str) -> Option<String> {
    let mut name = String::with_capacity(id.len());
    let mut upper = false;
    for character in id.chars() {
        if character.is_alphabetic()
            || character.is_ascii_digit()
            || character == '_'
            || character == '$'
        {
            if upper && !name.is_empty() {
                name.extend(character.to_uppercase());
            } else {
                name.push(character);
            }
            upper = false;
        } else {
            upper = true;
        }
    }
    fit(name)
}

/// Makes a name of method and path: `GET /users/{id}/orders` becomes `getUsersByIdOrders`.
pub(crate) fn from_path(method: Method, path: &str) -> String {
    let mut name = method.as_str().to_ascii_lowercase();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let mut rest = segment;
        while let Some(open) = rest.find('{') {
            words(&rest[..open], &mut name);
            let Some(close) = rest[open..].find('}') else { break };
            name.push_str("By");
            words(&rest[open + 1..open + close], &mut name);
            rest = &rest[open + close + 1..];
        }
        words(rest, &mut name);
    }
    name
}

/// Adds the words of a text, each with a capital first.
fn words(text: &str, name: &mut String) {
    for word in text
        .split(|c: char| !c.is_alphabetic() && !c.is_ascii_digit())
        .filter(|word| !word.is_empty())
    {
        let mut characters = word.chars();
        name.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(characters.as_str());
    }
}

fn fit(mut name: String) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    if name.starts_with(|c: char| c.is_numeric()) {
        name.insert(0, '_');
    }
    if UNFIT.contains(&name.as_str()) {
        name.push('_');
    }
    Some(name)
}

/// The name, or the first of `name2`, `name3`... that is not taken; taken from then on.
pub(crate) fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{name}{number}");
        number += 1;
    }
    unique
}
