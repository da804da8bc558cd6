//! Addresses and header values that the files themselves say: what no backend could use.
//!
//! In:    values whose references are read.
//! Out:   a fault for each that is wrong whatever the environment holds.
//! Never: a look at the environment, a file or a name service.

use std::net::SocketAddr;

use frontage_diagnostic::{Diagnostic, Span};
use frontage_server::Address;

use super::reference::Reference;
use super::table::Located;
use crate::codes;

/// Reports an address to listen on that is none.
///
/// - `key`: of the value, as `admin.listen`.
pub(super) fn check_listen(key: &str, value: &Located<Reference>, faults: &mut Vec<Diagnostic>) {
    let Some(text) = value.value.literal().filter(|text| !is_listen(text)) else { return };
    faults.push(
        invalid(value.span, format!("`{key}` cannot be {text:?}"))
            .help("write an address and a port, such as \"127.0.0.1:3001\""),
    );
}

/// What stands for an owner in `workspace.owner_handle`.
pub(crate) const OWNER: &str = "{owner}";

/// Reports a way to name owners that names none, or that `CODEOWNERS` would read as several.
pub(super) fn check_handle(value: &Located<String>, faults: &mut Vec<Diagnostic>) {
    let one = !value.value.contains(|c: char| c.is_whitespace() || c == '#');
    if value.value.contains(OWNER) && one {
        return;
    }
    faults.push(
        invalid(value.span, format!("`owner_handle` cannot be {:?}", value.value))
            .help("write it in one word with {owner} in it, such as \"@acme/{owner}\""),
    );
}

/// Reports the address of an upstream that is none.
pub(super) fn check_url(upstream: &str, value: &Located<Reference>, faults: &mut Vec<Diagnostic>) {
    let Some(text) = value.value.literal() else { return };
    if let Err(why) = Address::parse(&text) {
        faults.push(
            invalid(value.span, format!("the url of `{upstream}` {why}"))
                .help("write it like \"http://127.0.0.1:4001\""),
        );
    }
}

/// Reports a header's value that HTTP cannot carry.
pub(super) fn check_header(name: &str, value: &Located<Reference>, faults: &mut Vec<Diagnostic>) {
    let Some(text) = value.value.literal() else { return };
    if http::HeaderValue::from_str(&text).is_err() {
        faults.push(
            invalid(value.span, format!("the value of `{name}` is no header value"))
                .help("leave out line ends and other control characters"),
        );
    }
}

fn invalid(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(codes::INVALID_VALUE, span, message)
}

/// Whether a text is an address and a port, or a name and a port; the name is not looked up.
fn is_listen(text: &str) -> bool {
    if text.parse::<SocketAddr>().is_ok() {
        return true;
    }
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let label = |label: &str| !label.is_empty() && label.chars().all(letter);
    // Four numbers that are no address are no name either.
    let number = |label: &str| label.chars().all(|c| c.is_ascii_digit());
    let host = host.strip_suffix('.').unwrap_or(host);
    host.split('.').all(label)
        && !host.rsplit('.').next().is_some_and(number)
        && port.chars().all(|c| c.is_ascii_digit())
        && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_listen;

    #[test]
    fn a_listener_has_an_address_or_a_name_and_a_port() {
        for fine in ["127.0.0.1:0", "[::1]:3001", "localhost:3001", "a-b.example.:80"] {
            assert!(is_listen(fine), "{fine}");
        }
        let wrong = [
            "",
            "3001",
            ":3001",
            "localhost",
            "localhost:",
            "localhost:http",
            "localhost:+80",
            "localhost:65536",
            "127.0.0.1",
            "127.0.0:80",
            "256.0.0.1:80",
            "http://127.0.0.1:80",
            "::1:80:x",
            "a b:80",
            "*:80",
        ];
        for wrong in wrong {
            assert!(!is_listen(wrong), "{wrong}");
        }
    }
}
