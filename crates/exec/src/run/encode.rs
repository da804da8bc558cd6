//! From values to requests: arguments, bodies, headers.
//!
//! Never: a URL put together here; only `frontage_upstream`'s encoders fill templates.

use bytes::Bytes;
use frontage_json::{Value, Writer};
use frontage_plan::{BodyKind, Call, Location, Operation, OperationId};
use frontage_upstream::{Argument, FillError, Filled, fill, fill_form};
use http::{HeaderName, HeaderValue, header};
use smallvec::SmallVec;

use crate::eval::{Env, Thrown, eval};

/// A request apart from its address and what every request carries.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) path_and_query: String,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<Bytes>,
}

/// What a call asks for: everything that its answer depends on. Equal ones need be asked once.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub(super) operation: OperationId,
    pub(super) arguments: Vec<(u16, Argument)>,
    /// With its media type.
    body: Option<(HeaderValue, Bytes)>,
    /// Those that the call names itself.
    headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) timeout_ms: u32,
}

/// Why a call cannot be written.
pub(super) enum Unwritable {
    /// An expression threw: the call is not even made.
    Thrown(Thrown),
    /// A value is none that can be sent: the call fails.
    Unsendable(Thrown),
    /// A path parameter that names nothing: empty, `.` or `..`.
    NoSuchPath,
}

/// Computes a call's arguments and body.
///
/// # Errors
///
/// [`Unwritable`]; nothing has been sent then.
pub(super) fn wanted(
    call: &Call,
    operation: &Operation,
    timeout_ms: u32,
    env: &Env,
) -> Result<Wanted, Unwritable> {
    // All of them are computed before the first is written.
    let mut values: SmallVec<[(u16, Value); 4]> = SmallVec::new();
    for (index, expr) in &call.arguments {
        values.push((*index, eval(expr, env).map_err(Unwritable::Thrown)?));
    }
    let body = call.body.as_ref().map(|expr| eval(expr, env)).transpose();
    let body = body.map_err(Unwritable::Thrown)?;
    let mut arguments = Vec::with_capacity(values.len());
    for (index, value) in &values {
        if let Some(argument) = argument(value).map_err(Unwritable::Unsendable)?
            && !(argument.is_empty_list() && is_left_out(operation, *index))
        {
            arguments.push((*index, argument));
        }
    }
    // In whatever order the route names them, they ask for the same.
    arguments.sort_by_key(|(index, _)| *index);
    let body = match (&body, &operation.body) {
        (Some(value), Some(kind)) => write_body(value, kind).map_err(Unwritable::Unsendable)?,
        _ => None,
    };
    let (operation, headers) = (call.operation, own_headers(call).collect());
    Ok(Wanted { operation, arguments, body, headers, timeout_ms })
}

/// Whether a list or map of a parameter is left out of the request if it is empty.
fn is_left_out(operation: &Operation, index: u16) -> bool {
    operation.parameters.get(usize::from(index)).is_some_and(|parameter| {
        !parameter.required && matches!(parameter.location, Location::Query | Location::Cookie)
    })
}

/// Writes the request of what a call asks for.
///
/// # Errors
///
/// [`Unwritable`]; nothing has been sent then.
pub(super) fn encode(wanted: &Wanted, operation: &Operation) -> Result<Encoded, Unwritable> {
    let Filled { path_and_query, mut headers } =
        fill(operation, &wanted.arguments).map_err(|error| match error {
            FillError::Segment(_) => Unwritable::NoSuchPath,
            other => Unwritable::Unsendable(Thrown::type_error(other.to_string())),
        })?;
    let body = wanted.body.as_ref().map(|(content_type, bytes)| {
        headers.push((header::CONTENT_TYPE, content_type.clone()));
        bytes.clone()
    });
    headers.extend(wanted.headers.iter().cloned());
    Ok(Encoded { path_and_query, headers, body })
}

/// The headers that a call names itself.
pub(super) fn own_headers(call: &Call) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let both = call.headers.iter();
    both.filter_map(|(name, value)| Some((name.parse().ok()?, HeaderValue::from_str(value).ok()?)))
}

/// Most bytes of what a value becomes: a small list whose elements are shared can spell any number.
const ARGUMENT_BYTES: usize = 1 << 26;

/// A value as an argument; `undefined` and `null` leave the parameter out.
fn argument(value: &Value) -> Result<Option<Argument>, Thrown> {
    let mut room = ARGUMENT_BYTES;
    Ok(match value.decoded() {
        Value::Array(list) => {
            let mut items = Vec::with_capacity(list.len());
            for item in list.iter() {
                items.extend(text(item, &mut room)?);
            }
            Some(Argument::List(items))
        }
        Value::Object(object) => {
            let mut members = Vec::with_capacity(object.len());
            for (name, value) in object.iter() {
                if let Some(text) = text(value, &mut room)? {
                    take(&mut room, name.len())?;
                    members.push((name.to_string(), text));
                }
            }
            Some(Argument::Map(members))
        }
        other => text(&other, &mut room)?.map(Argument::Text),
    })
}

fn take(room: &mut usize, bytes: usize) -> Result<(), Thrown> {
    let too_long = || Thrown::range_error("Invalid string length");
    *room = room.checked_sub(bytes).ok_or_else(too_long)?;
    Ok(())
}

/// A single value as text; numbers and dates as JSON writes them.
///
/// - `room`: bytes that it may have.
fn text(value: &Value, room: &mut usize) -> Result<Option<String>, Thrown> {
    Ok(match value.decoded() {
        Value::Undefined | Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Text(text) => {
            take(room, text.len())?;
            Some(text.to_string())
        }
        number @ Value::Number(_) => Some(written(&number)?),
        // Without the quotes.
        date @ Value::Date(_) => Some(written(&date)?.trim_matches('"').to_owned()),
        other => {
            let kind = other.type_of();
            return Err(Thrown::type_error(format!("{kind} cannot be sent as a parameter")));
        }
    })
}

fn written(value: &Value) -> Result<String, Thrown> {
    let mut text = Vec::new();
    let written = Writer::new(&mut text).write(value);
    match (written, String::from_utf8(text)) {
        (Ok(_), Ok(text)) => Ok(text),
        _ => Err(Thrown::type_error("a value cannot be written")),
    }
}

fn write_body(value: &Value, kind: &BodyKind) -> Result<Option<(HeaderValue, Bytes)>, Thrown> {
    if value.is_undefined() {
        return Ok(None);
    }
    let media = |text: &str| {
        HeaderValue::from_str(text)
            .map_err(|_| Thrown::type_error("the body's media type cannot be written"))
    };
    let (content_type, bytes) = match kind {
        BodyKind::Json(name) => {
            let mut text = Vec::new();
            match Writer::new(&mut text).write(value) {
                Ok(true) => (media(name)?, Bytes::from(text)),
                Ok(false) => return Ok(None),
                Err(_) => return Err(Thrown::range_error("the body is nested too deeply")),
            }
        }
        BodyKind::Text(name) => {
            let text = text(value, &mut { ARGUMENT_BYTES })?.unwrap_or_default();
            (media(name)?, Bytes::from(text))
        }
        BodyKind::Form => {
            let Value::Object(object) = value.decoded() else {
                return Err(Thrown::type_error("a form is written from an object"));
            };
            let mut members = Vec::with_capacity(object.len());
            for (name, value) in object.iter() {
                if let Some(argument) = argument(value)? {
                    members.push((name.to_string(), argument));
                }
            }
            (media("application/x-www-form-urlencoded")?, Bytes::from(fill_form(&members)))
        }
        BodyKind::Binary => {
            return Err(Thrown::type_error("this body can only be handed through"));
        }
    };
    Ok(Some((content_type, bytes)))
}
