//! Gives values' memory back without recursion: a list nested a million deep (a `reduce` can make
//! one) must not overflow the stack when it goes.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::{Text, Value};

/// What a container held.
pub(crate) enum Children {
    /// Elements of a list or set, or keys and values of a map.
    Elements(Vec<Value>),
    /// Members of an object.
    Members(Vec<(Text, Value)>, BTreeMap<u32, (Text, Value)>),
}

impl Children {
    fn holds_containers(&self) -> bool {
        let is_container = |value: &Value| {
            matches!(
                value,
                Value::Array(_)
                    | Value::Object(_)
                    | Value::Map(_)
                    | Value::Set(_)
                    | Value::Reply(_)
            )
        };
        match self {
            Self::Elements(values) => values.iter().any(is_container),
            Self::Members(named, indexed) => {
                named.iter().any(|(_, value)| is_container(value))
                    || indexed.values().any(|(_, value)| is_container(value))
            }
        }
    }
}

thread_local! {
    /// `Some` while a release is under way on this thread: inner containers queue here.
    static QUEUE: RefCell<Option<Vec<Children>>> = const { RefCell::new(None) };
}

/// Drops what a container held; containers in it wait in a queue instead of nesting.
pub(crate) fn release(children: Children) {
    if !children.holds_containers() {
        return;
    }
    let mut first = Some(children);
    let leads = QUEUE.try_with(|queue| {
        let Ok(mut queue) = queue.try_borrow_mut() else { return false };
        match &mut *queue {
            Some(waiting) => {
                waiting.extend(first.take());
                false
            }
            None => {
                *queue = Some(Vec::new());
                true
            }
        }
    });
    if leads != Ok(true) {
        return;
    }
    let mut next = first;
    while let Some(children) = next {
        drop(children);
        next = QUEUE.with(|queue| queue.borrow_mut().as_mut().and_then(Vec::pop));
    }
    QUEUE.with(|queue| *queue.borrow_mut() = None);
}

#[cfg(test)]
mod tests {
    use crate::{Object, Value};

    #[test]
    fn a_million_nested_containers_go_without_recursion() {
        let mut value = Value::Null;
        for i in 0..1_000_000 {
            value = if i % 2 == 0 {
                Value::array(vec![value])
            } else {
                let mut object = Object::new();
                object.insert("a", value);
                Value::object(object)
            };
        }
        drop(value);
    }
}
