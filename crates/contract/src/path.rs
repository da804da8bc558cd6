//! Splits path templates into segments, and what contracts put behind them.

/// A piece of a segment: `Ok` text, `Err` a parameter's name.
pub type Piece<'a> = Result<&'a str, &'a str>;

/// A path template, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<'a> {
    /// The path's segments.
    pub segments: Vec<Vec<Piece<'a>>>,
    /// Pairs of a query that stands in the template: the name, and text or a parameter.
    pub query: Vec<(&'a str, Piece<'a>)>,
}

/// Splits a template. What follows `#` is no part of a request: contracts put it there to tell
/// operations of one path apart.
///
/// # Errors
///
/// Why no request can be made of it.
pub fn split(template: &str) -> Result<Template<'_>, &'static str> {
    if template.contains("://") {
        return Err("a path has no scheme and host, which are `url` in frontage.toml");
    }
    let (request, fragment) = template.split_once('#').unwrap_or((template, ""));
    if fragment.contains('/') {
        return Err("a path ends before `#`");
    }
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let path = path.strip_prefix('/').unwrap_or(path);
    let segments = path.split('/').map(segment).collect::<Result<_, _>>()?;
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(pair);
    Ok(Template { segments, query: query.collect::<Result<_, _>>()? })
}

fn segment(segment: &str) -> Result<Vec<Piece<'_>>, &'static str> {
    if segment == "." || segment == ".." {
        return Err("a path has no `.` or `..`");
    }
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find(['{', '}']) {
        let Some(close) = rest[open..].find('}').filter(|&close| close > 1) else {
            return Err("`{` and `}` must enclose a parameter's name");
        };
        if open > 0 {
            pieces.push(Ok(&rest[..open]));
        }
        pieces.push(Err(parameter(&rest[open + 1..open + close])?));
        rest = &rest[open + close + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Ok(rest));
    }
    Ok(pieces)
}

/// A parameter's name without what other template languages put around it: `{path*}`, `{+path}`.
fn parameter(inside: &str) -> Result<&str, &'static str> {
    let name = inside.trim().trim_start_matches('+').trim_end_matches(['*', '+']);
    if name.is_empty() || name.contains('{') {
        return Err("`{` and `}` must enclose a parameter's name");
    }
    Ok(name)
}

fn pair(pair: &str) -> Result<(&str, Piece<'_>), &'static str> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let inside = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
    if name.is_empty() || name.contains(['{', '}']) {
        return Err("a pair of the query is written `name={parameter}` or `name=text`");
    }
    match inside {
        Some(inside) => Ok((name, Err(parameter(inside)?))),
        None if value.contains(['{', '}']) => {
            Err("a pair of the query is written `name={parameter}` or `name=text`")
        }
        None => Ok((name, Ok(value))),
    }
}
