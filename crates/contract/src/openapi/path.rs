//! Splits path templates into segments.

/// A piece of a segment: `Ok` text, `Err` a parameter's name.
pub(super) type Piece<'a> = Result<&'a str, &'a str>;

/// Splits a template into segments of pieces.
///
/// # Errors
///
/// Why no request can be made of it.
pub(super) fn split(template: &str) -> Result<Vec<Vec<Piece<'_>>>, &'static str> {
    if template.contains(['?', '#']) {
        return Err("a path ends before `?` and `#`");
    }
    let path = template.strip_prefix('/').unwrap_or(template);
    path.split('/').map(segment).collect()
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
        let name = &rest[open + 1..open + close];
        if name.contains('{') {
            return Err("`{` and `}` must enclose a parameter's name");
        }
        pieces.push(Err(name));
        rest = &rest[open + close + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Ok(rest));
    }
    Ok(pieces)
}
