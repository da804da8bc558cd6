//! URL templates filled by encoders: the only way from values to a path, a query or a header.
//!
//! In:    an operation of the plan and its arguments as plain texts, lists or maps.
//! Out:   path with query, and header fields.
//! Never: a value that ends its segment, its pair or its line: not `/`, `?`, `#`, `&`, nor a line
//!        break; nor a segment `.`, `..` or an empty one made of values.

use frontage_plan::{Location, Operation, Parameter, PathPiece, Style};
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A string, number or boolean as text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Members in order.
    Map(Vec<(String, String)>),
}

impl Argument {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(members) => members.is_empty(),
        }
    }
}

/// What a template gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// Path, and query if any.
    pub path_and_query: String,
    /// Parameters in headers and cookies.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why arguments do not fill a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// A required parameter has no value.
    #[error("parameter `{0}` has no value")]
    Missing(String),
    /// A path parameter that would make an empty segment, `.` or `..`.
    #[error("parameter `{0}` cannot stand in a path: it would change which path it is")]
    Segment(String),
    /// A header value with a line break or another control character.
    #[error("parameter `{0}` cannot stand in a header")]
    Header(String),
    /// A header that no call may set.
    #[error("parameter `{0}` is a header that belongs to the connection")]
    ReservedHeader(String),
}

/// Fills the template of `operation`.
///
/// - `arguments`: index of a parameter and its value; parameters without one are left out.
///
/// # Errors
///
/// [`FillError`] if a value cannot be written where it should go.
///
/// # Sources
///
/// OpenAPI 3.1 §4.8.12 (parameter styles), RFC 6570 §3.2, RFC 3986 §2.3 and §3.3.
pub fn fill(operation: &Operation, arguments: &[(u16, Argument)]) -> Result<Filled, FillError> {
    let value_of = |index: usize| {
        arguments.iter().find(|(at, _)| usize::from(*at) == index).map(|(_, value)| value)
    };
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if parameter.required && value_of(index).is_none() {
            return Err(FillError::Missing(parameter.name.to_string()));
        }
    }
    let mut filled = Filled { path_and_query: path(operation, value_of)?, headers: Vec::new() };
    let mut pairs: Vec<String> = Vec::new();
    let mut cookies: Vec<String> = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let Some(value) = value_of(index) else { continue };
        match parameter.location {
            Location::Path => {}
            Location::Query => query_pairs(parameter, value, &mut pairs),
            Location::Cookie => query_pairs(parameter, value, &mut cookies),
            Location::Header => filled.headers.push(header(parameter, value)?),
        }
    }
    if !pairs.is_empty() {
        filled.path_and_query.push('?');
        filled.path_and_query.push_str(&pairs.join("&"));
    }
    if !cookies.is_empty() {
        // Encoded pairs are plain ASCII without separators.
        let value = HeaderValue::try_from(cookies.join("; "))
            .map_err(|_| FillError::Header("cookie".into()))?;
        filled.headers.push((http::header::COOKIE, value));
    }
    Ok(filled)
}

/// Writes members as `application/x-www-form-urlencoded`; lists repeat their key.
#[must_use]
pub fn fill_form(members: &[(String, Argument)]) -> String {
    let mut pairs = Vec::new();
    for (name, value) in members {
        match value {
            Argument::Text(text) => pairs.push(format!("{}={}", encode(name), encode(text))),
            Argument::List(items) => {
                pairs.extend(items.iter().map(|item| format!("{}={}", encode(name), encode(item))))
            }
            Argument::Map(members) => pairs.extend(
                members.iter().map(|(key, item)| format!("{}={}", encode(key), encode(item))),
            ),
        }
    }
    pairs.join("&")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn encode_all(items: &[String], separator: &str) -> String {
    items.iter().map(|item| encode(item)).collect::<Vec<_>>().join(separator)
}

/// `k,v,k2,v2`, or with `between` other than a comma.
fn encode_flat(members: &[(String, String)], between: &str) -> String {
    members
        .iter()
        .map(|(key, value)| format!("{}{between}{}", encode(key), encode(value)))
        .collect::<Vec<_>>()
        .join(between)
}

/// `k=v` with `separator` between members.
fn encode_pairs(members: &[(String, String)], separator: &str) -> String {
    members
        .iter()
        .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
        .collect::<Vec<_>>()
        .join(separator)
}

fn path<'a>(
    operation: &Operation,
    value_of: impl Fn(usize) -> Option<&'a Argument>,
) -> Result<String, FillError> {
    let mut path = String::new();
    // Name of a parameter of the segment that is being written.
    let mut in_segment: Option<&str> = None;
    for piece in &operation.path {
        match piece {
            PathPiece::Text(text) => {
                for (index, part) in text.split('/').enumerate() {
                    if index > 0 {
                        check_segment(&path, in_segment.take())?;
                        path.push('/');
                    }
                    path.push_str(part);
                }
            }
            PathPiece::Parameter(index) => {
                let missing = || FillError::Missing(index.to_string());
                let parameter =
                    operation.parameters.get(usize::from(*index)).ok_or_else(missing)?;
                let value = value_of(usize::from(*index))
                    .ok_or_else(|| FillError::Missing(parameter.name.to_string()))?;
                if value.is_empty() {
                    return Err(FillError::Segment(parameter.name.to_string()));
                }
                path.push_str(&path_value(parameter, value));
                in_segment = Some(&parameter.name);
            }
        }
    }
    check_segment(&path, in_segment)?;
    Ok(path)
}

/// A segment that holds a value must not be empty nor a dot segment.
fn check_segment(path: &str, parameter: Option<&str>) -> Result<(), FillError> {
    let segment = path.rsplit('/').next().unwrap_or_default();
    match parameter {
        Some(name) if matches!(segment, "" | "." | "..") => {
            Err(FillError::Segment(name.to_owned()))
        }
        _ => Ok(()),
    }
}

fn path_value(parameter: &Parameter, value: &Argument) -> String {
    if let (Style::Simple, Argument::Text(text)) = (parameter.style, value) {
        return encode(text);
    }
    let name = encode(&parameter.name);
    let explode = parameter.explode;
    match (parameter.style, value) {
        (Style::Label, Argument::Text(text)) => format!(".{}", encode(text)),
        (Style::Label, Argument::List(items)) => {
            format!(".{}", encode_all(items, if explode { "." } else { "," }))
        }
        (Style::Label, Argument::Map(members)) if explode => {
            format!(".{}", encode_pairs(members, "."))
        }
        (Style::Label, Argument::Map(members)) => format!(".{}", encode_flat(members, ",")),
        (Style::Matrix, Argument::Text(text)) if text.is_empty() => format!(";{name}"),
        (Style::Matrix, Argument::Text(text)) => format!(";{name}={}", encode(text)),
        (Style::Matrix, Argument::List(items)) if explode => {
            items.iter().map(|item| format!(";{name}={}", encode(item))).collect()
        }
        (Style::Matrix, Argument::List(items)) => format!(";{name}={}", encode_all(items, ",")),
        (Style::Matrix, Argument::Map(members)) if explode => {
            format!(";{}", encode_pairs(members, ";"))
        }
        (Style::Matrix, Argument::Map(members)) => {
            format!(";{name}={}", encode_flat(members, ","))
        }
        (_, Argument::Text(text)) => encode(text),
        (_, Argument::List(items)) => encode_all(items, ","),
        (_, Argument::Map(members)) if explode => encode_pairs(members, ","),
        (_, Argument::Map(members)) => encode_flat(members, ","),
    }
}

fn query_pairs(parameter: &Parameter, value: &Argument, pairs: &mut Vec<String>) {
    let name = encode(&parameter.name);
    let separator = match parameter.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    match value {
        Argument::Text(text) => pairs.push(format!("{name}={}", encode(text))),
        Argument::List(items) if items.is_empty() => {}
        Argument::List(items) if parameter.explode => {
            pairs.extend(items.iter().map(|item| format!("{name}={}", encode(item))));
        }
        Argument::List(items) => pairs.push(format!("{name}={}", encode_all(items, separator))),
        Argument::Map(members) if members.is_empty() => {}
        Argument::Map(members) if parameter.style == Style::DeepObject => pairs.extend(
            members
                .iter()
                .map(|(key, item)| format!("{name}%5B{}%5D={}", encode(key), encode(item))),
        ),
        Argument::Map(members) if parameter.explode => {
            pairs.push(encode_pairs(members, "&"));
        }
        Argument::Map(members) => {
            pairs.push(format!("{name}={}", encode_flat(members, separator)));
        }
    }
}

/// Header values are not percent-encoded; what a field cannot carry is refused.
fn header(parameter: &Parameter, value: &Argument) -> Result<(HeaderName, HeaderValue), FillError> {
    let fault = || FillError::Header(parameter.name.to_string());
    let name: HeaderName = parameter.name.parse().map_err(|_| fault())?;
    let reserved = ["host", "content-length", "transfer-encoding", "connection", "te", "upgrade"];
    if reserved.contains(&name.as_str()) {
        return Err(FillError::ReservedHeader(parameter.name.to_string()));
    }
    let text = match value {
        Argument::Text(text) => text.clone(),
        Argument::List(items) => items.join(","),
        Argument::Map(members) => {
            let between = if parameter.explode { "=" } else { "," };
            let members: Vec<String> =
                members.iter().map(|(key, item)| format!("{key}{between}{item}")).collect();
            members.join(",")
        }
    };
    Ok((name, HeaderValue::from_bytes(text.as_bytes()).map_err(|_| fault())?))
}
