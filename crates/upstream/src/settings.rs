//! Settings of one upstream: addresses, headers, limits.
//!
//! In:    values that the binary read from configuration, environment and secret files.
//! Out:   [`Settings`], from which each thread makes a [`crate::Client`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};

/// Settings of one upstream.
#[derive(Clone)]
pub struct Settings {
    /// Its name in `frontage.toml`.
    pub name: Arc<str>,
    /// Where it is; at least one.
    pub addresses: Vec<Address>,
    /// Headers of every call, secrets resolved; mark those sensitive.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Most calls in flight, thus connections, per thread.
    pub max_connections: usize,
    /// Most calls that wait for one of them, per thread; further ones fail.
    pub max_waiting: usize,
    /// Largest buffered answer, in bytes.
    pub answer_limit: usize,
    /// Time for TCP and TLS together.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// Whether HTTP/2 is spoken. Unless it is said, `https` addresses are asked whether they do, and
    /// others are taken not to.
    pub http2: Option<bool>,
    /// Trust for `https`; the system's roots if absent.
    pub tls: Option<Arc<ClientConfig>>,
    /// Opens connections instead of TCP, whatever the addresses say.
    pub dial: Option<Dial>,
}

/// Gives a connection, or says why there is none.
pub type Dial = Arc<dyn Fn() -> std::io::Result<Box<dyn Stream>> + Send + Sync>;

/// A connection that is not TCP, such as a pipe in memory.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Settings {
    /// Settings with the limits that hold unless configured.
    #[must_use]
    pub fn new(name: &str, addresses: Vec<Address>) -> Self {
        Self {
            name: name.into(),
            addresses,
            headers: Vec::new(),
            max_connections: 256,
            max_waiting: 1024,
            answer_limit: 8 << 20,
            connect_timeout: Duration::from_secs(1),
            idle_timeout: Duration::from_secs(30),
            http2: None,
            tls: None,
            dial: None,
        }
    }
}

impl PartialEq for Settings {
    /// Whether connections of one can be used for the other.
    fn eq(&self, other: &Self) -> bool {
        let same_tls = match (&self.tls, &other.tls) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let same_dial = match (&self.dial, &other.dial) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        let bounds = |s: &Self| (s.max_connections, s.max_waiting, s.answer_limit, s.http2);
        same_tls
            && same_dial
            && bounds(self) == bounds(other)
            && self.name == other.name
            && self.addresses == other.addresses
            && self.headers == other.headers
            && self.connect_timeout == other.connect_timeout
            && self.idle_timeout == other.idle_timeout
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Header values are secrets: only their names are shown.
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Settings")
            .field("name", &self.name)
            .field("addresses", &self.addresses)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// How an address is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain TCP.
    Http,
    /// TLS.
    Https,
}

/// One address of an upstream.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// How it is spoken to.
    pub scheme: Scheme,
    /// Host name or IP address; IPv6 without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What stands before every path: empty, or `/` and no `/` at its end.
    pub base_path: String,
}

/// Why a text is no address of an upstream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It does not begin with `http://` or `https://`.
    #[error("must begin with `http://` or `https://`")]
    Scheme,
    /// Host or port cannot be read.
    #[error("has a host or port that cannot be read")]
    Authority,
    /// It carries a user name or password.
    #[error("must not carry a user name or password; use `headers`")]
    Credentials,
    /// It has a query or fragment.
    #[error("must not have a query or fragment")]
    Query,
    /// Its path holds characters that need encoding.
    #[error("has a path with characters that are not allowed in a URL")]
    Path,
}

impl Address {
    /// Reads an address such as `https://users.internal:8443/v1`.
    ///
    /// # Errors
    ///
    /// [`AddressError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("http://") {
            (Scheme::Http, rest)
        } else if let Some(rest) = text.strip_prefix("https://") {
            (Scheme::Https, rest)
        } else {
            return Err(AddressError::Scheme);
        };
        if rest.contains(['?', '#']) {
            return Err(AddressError::Query);
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if authority.contains('@') {
            return Err(AddressError::Credentials);
        }
        let authority: http::uri::Authority =
            authority.parse().map_err(|_| AddressError::Authority)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => match scheme {
                Scheme::Http => 80,
                Scheme::Https => 443,
            },
            _ => authority.port_u16().filter(|port| *port != 0).ok_or(AddressError::Authority)?,
        };
        if host.is_empty() {
            return Err(AddressError::Authority);
        }
        let base_path = path.trim_end_matches('/');
        let dots = base_path.split('/').any(|segment| segment == "." || segment == "..");
        if dots || path.parse::<http::uri::PathAndQuery>().is_err() && !path.is_empty() {
            return Err(AddressError::Path);
        }
        Ok(Self { scheme, host: host.to_owned(), port, base_path: base_path.to_owned() })
    }

    /// Scheme, host and port: `http://127.0.0.1:4001`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        format!("{scheme}://{}", self.host_field())
    }

    /// The `Host` field of requests to it.
    #[must_use]
    pub fn host_field(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.scheme, self.port) {
            (Scheme::Http, 80) | (Scheme::Https, 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError};

    #[test]
    fn addresses_are_read_or_refused() {
        type Parts = (&'static str, u16, &'static str, &'static str);
        let cases: [(&str, Result<Parts, AddressError>); 14] = [
            ("http://a", Ok(("a", 80, "", "a"))),
            ("https://a/", Ok(("a", 443, "", "a"))),
            ("http://a:4001/v1/", Ok(("a", 4001, "/v1", "a:4001"))),
            ("http://[::1]:80", Ok(("::1", 80, "", "[::1]"))),
            ("https://[::1]:8443/x", Ok(("::1", 8443, "/x", "[::1]:8443"))),
            ("ftp://a", Err(AddressError::Scheme)),
            ("a:80", Err(AddressError::Scheme)),
            ("http://", Err(AddressError::Authority)),
            ("http://a:x", Err(AddressError::Authority)),
            ("http://a:0", Err(AddressError::Authority)),
            ("http://u:p@a", Err(AddressError::Credentials)),
            ("http://a/?x", Err(AddressError::Query)),
            ("http://a/b c", Err(AddressError::Path)),
            ("http://a/b/../c", Err(AddressError::Path)),
        ];
        for (text, expected) in cases {
            let found = Address::parse(text);
            let found = found.as_ref().map(|a| (&*a.host, a.port, &*a.base_path, a.host_field()));
            let expected = expected.as_ref().map(|(h, p, b, f)| (*h, *p, *b, (*f).to_owned()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
