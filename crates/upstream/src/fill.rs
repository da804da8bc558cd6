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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Argument {
    /// A string, number or boolean as text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Members in order.
    Map(Vec<(String, String)>),
}

impl Argument {
    /// A list or a map of nothing.
    #[must_use]
    pub fn is_empty_list(&self) -> bool {
        !matches!(self, Self::Text(_)) && self.is_empty()
    }

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
    let mut query = Pairs { out: &mut filled.path_and_query, first: "?", between: "&" };
    let mut cookies = String::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let Some(value) = value_of(index) else { continue };
        match parameter.location {
            Location::Path => {}
            Location::Query => query.add(parameter, value),
            Location::Cookie => {
                let first = if cookies.is_empty() { "" } else { "; " };
                Pairs { out: &mut cookies, first, between: "; " }.add(parameter, value);
            }
            Location::Header => filled.headers.push(header(parameter, value)?),
        }
    }
    if !cookies.is_empty() {
        // Encoded pairs are plain ASCII without separators.
        let value =
            HeaderValue::try_from(cookies).map_err(|_| FillError::Header("cookie".into()))?;
        filled.headers.push((http::header::COOKIE, value));
    }
    Ok(filled)
}

/// Writes members as `application/x-www-form-urlencoded`; lists repeat their key.
#[must_use]
pub fn fill_form(members: &[(String, Argument)]) -> String {
    let mut out = String::new();
    let mut pairs = Pairs { out: &mut out, first: "", between: "&" };
    for (name, value) in members {
        match value {
            Argument::Text(text) => pairs.pair(name, text),
            Argument::List(items) => items.iter().for_each(|item| pairs.pair(name, item)),
            Argument::Map(members) => members.iter().for_each(|(key, item)| pairs.pair(key, item)),
        }
    }
    out
}

/// Adds a text, percent-encoded.
fn encode(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}

fn encode_all(out: &mut String, items: &[String], separator: &str) {
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { separator });
        encode(out, item);
    }
}

/// `k,v,k2,v2`, or with `between` other than a comma.
fn encode_flat(out: &mut String, members: &[(String, String)], between: &str) {
    encode_members(out, members, between, between);
}

/// `k=v` with `separator` between members.
fn encode_pairs(out: &mut String, members: &[(String, String)], separator: &str) {
    encode_members(out, members, "=", separator);
}

fn encode_members(out: &mut String, members: &[(String, String)], is: &str, separator: &str) {
    for (at, (key, value)) in members.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { separator });
        encode(out, key);
        out.push_str(is);
        encode(out, value);
    }
}

fn path<'a>(
    operation: &Operation,
    value_of: impl Fn(usize) -> Option<&'a Argument>,
) -> Result<String, FillError> {
    // Most paths get no longer, and neither do most with a query.
    let mut path = String::with_capacity(64);
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
                path_value(&mut path, parameter, value);
                in_segment = Some(&parameter.name);
            }
        }
    }
    check_segment(&path, in_segment)?;
    Ok(path)
}

/// A segment that holds a value must not be empty nor a dot segment.
fn check_segment(path: &str, parameter: Option<&str>) -> Result<(), FillError> {
    let Some(name) = parameter else { return Ok(()) };
    match path.rsplit('/').next().unwrap_or_default() {
        "" | "." | ".." => Err(FillError::Segment(name.to_owned())),
        _ => Ok(()),
    }
}

fn path_value(out: &mut String, parameter: &Parameter, value: &Argument) {
    let explode = parameter.explode;
    let begin = |out: &mut String| {
        out.push(';');
        encode(out, &parameter.name);
    };
    match (parameter.style, value) {
        (Style::Label, value) => {
            out.push('.');
            let separator = if explode { "." } else { "," };
            match value {
                Argument::Text(text) => encode(out, text),
                Argument::List(items) => encode_all(out, items, separator),
                Argument::Map(members) if explode => encode_pairs(out, members, "."),
                Argument::Map(members) => encode_flat(out, members, ","),
            }
        }
        (Style::Matrix, Argument::Text(text)) => {
            begin(out);
            if !text.is_empty() {
                out.push('=');
                encode(out, text);
            }
        }
        (Style::Matrix, Argument::List(items)) if explode => {
            for item in items {
                begin(out);
                out.push('=');
                encode(out, item);
            }
        }
        (Style::Matrix, Argument::List(items)) => {
            begin(out);
            out.push('=');
            encode_all(out, items, ",");
        }
        (Style::Matrix, Argument::Map(members)) if explode => {
            out.push(';');
            encode_pairs(out, members, ";");
        }
        (Style::Matrix, Argument::Map(members)) => {
            begin(out);
            out.push('=');
            encode_flat(out, members, ",");
        }
        (_, Argument::Text(text)) => encode(out, text),
        (_, Argument::List(items)) => encode_all(out, items, ","),
        (_, Argument::Map(members)) if explode => encode_pairs(out, members, ","),
        (_, Argument::Map(members)) => encode_flat(out, members, ","),
    }
}

/// Pairs of a query, of cookies or of a form, added one by one.
struct Pairs<'o> {
    out: &'o mut String,
    /// What stands before the next pair, if it is the first, and if not.
    first: &'static str,
    between: &'static str,
}

impl Pairs<'_> {
    fn begin(&mut self) {
        self.out.push_str(std::mem::replace(&mut self.first, self.between));
    }

    /// Adds a key, and what parts it from its value.
    fn key(&mut self, name: &str) -> &mut String {
        self.begin();
        encode(self.out, name);
        self.out.push('=');
        self.out
    }

    fn pair(&mut self, name: &str, value: &str) {
        let out = self.key(name);
        encode(out, value);
    }

    fn add(&mut self, parameter: &Parameter, value: &Argument) {
        let name = &*parameter.name;
        let separator = match parameter.style {
            Style::SpaceDelimited => "%20",
            Style::PipeDelimited => "%7C",
            _ => ",",
        };
        match value {
            Argument::Text(text) => self.pair(name, text),
            Argument::List(items) if items.is_empty() => {}
            Argument::List(items) if parameter.explode => {
                items.iter().for_each(|item| self.pair(name, item));
            }
            Argument::List(items) => encode_all(self.key(name), items, separator),
            Argument::Map(members) if members.is_empty() => {}
            Argument::Map(members) if parameter.style == Style::DeepObject => {
                for (key, item) in members {
                    self.begin();
                    encode(self.out, name);
                    self.out.push_str("%5B");
                    encode(self.out, key);
                    self.out.push_str("%5D=");
                    encode(self.out, item);
                }
            }
            Argument::Map(members) if parameter.explode => {
                self.begin();
                encode_pairs(self.out, members, "&");
            }
            Argument::Map(members) => encode_flat(self.key(name), members, separator),
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
