//! A projector written by hand for two shapes: a few members of an object, and of the objects of a
//! list in an object. It walks the bytes once and copies what is wanted as it stands.
//!
//! It checks that the text nests and ends as JSON does, and no more: a floor, not a product.

/// The bytes of the members `names` of the object that begins at `at`, by name, and where it ends.
pub(crate) fn members<'t, const N: usize>(
    text: &'t [u8],
    at: usize,
    names: [&[u8]; N],
) -> Option<([&'t [u8]; N], usize)> {
    let mut found: [&[u8]; N] = [b"null"; N];
    let end = each_member(text, at, |name, value| {
        let end = skip(text, value)?;
        if let Some(place) = names.iter().position(|own| *own == name) {
            found[place] = &text[value..end];
        }
        Some(end)
    })?;
    Some((found, end))
}

/// Calls `visit` with each member's name and where its value begins; it gives where that ends.
/// Gives the place behind the object.
pub(crate) fn each_member(
    text: &[u8],
    at: usize,
    mut visit: impl FnMut(&[u8], usize) -> Option<usize>,
) -> Option<usize> {
    let mut at = space(text, at);
    at = expect(text, at, b'{')?;
    at = space(text, at);
    if text.get(at) == Some(&b'}') {
        return Some(at + 1);
    }
    loop {
        at = space(text, at);
        let name = at + 1;
        at = string(text, at)?;
        let own = text.get(name..at - 1)?;
        at = expect(text, space(text, at), b':')?;
        at = space(text, visit(own, space(text, at))?);
        match text.get(at)? {
            b',' => at += 1,
            b'}' => return Some(at + 1),
            _ => return None,
        }
    }
}

/// Calls `visit` with where each element of the list at `at` begins; it gives where that ends.
pub(crate) fn each_element(
    text: &[u8],
    at: usize,
    mut visit: impl FnMut(usize) -> Option<usize>,
) -> Option<usize> {
    let mut at = expect(text, space(text, at), b'[')?;
    at = space(text, at);
    if text.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        at = visit(space(text, at))?;
        at = space(text, at);
        match text.get(at)? {
            b',' => at += 1,
            b']' => return Some(at + 1),
            _ => return None,
        }
    }
}

fn space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

fn expect(text: &[u8], at: usize, byte: u8) -> Option<usize> {
    (text.get(at) == Some(&byte)).then_some(at + 1)
}

fn string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = expect(text, at, b'"')?;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Where the value that begins at `at` ends.
pub(crate) fn skip(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => at = string(text, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => at += 1,
            _ => {
                while matches!(
                    text.get(at),
                    Some(b'0'..=b'9' | b'a'..=b'z' | b'+' | b'-' | b'.' | b'E')
                ) {
                    at += 1;
                }
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}
