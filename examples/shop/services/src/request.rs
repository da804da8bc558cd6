//! What a request brings: parameters, path and body, read against the contract.
//!
//! In:    raw query strings and bytes from anybody.
//! Out:   values within their limits, or a problem that lists every fault.

use crate::problem::{FieldError, Problem};
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::convert::Infallible;
use std::ops::RangeInclusive;

/// Largest body of a request.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// The query parameters of a request; [`Params::finish`] reports their faults.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Params {
    pub(crate) fn parse(query: &str) -> Self {
        let mut params = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => params.pairs.push((name, value)),
                _ => params.fault(name, "is not UTF-8"),
            }
        }
        params
    }

    /// Notes a fault of a parameter.
    pub(crate) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { pointer: name.to_owned(), message: message.into() });
    }

    /// A parameter that may stand once.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let mut values = self.pairs.iter().filter(|(key, _)| key == name);
        let first = values.next().map(|(_, value)| value.clone());
        if values.next().is_some() {
            self.fault(name, "stands more than once");
        }
        first
    }

    /// A whole number in `range`.
    pub(crate) fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let text = self.text(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            self.fault(
                name,
                match *high {
                    i64::MAX => format!("must be a whole number from {low}"),
                    high => format!("must be a whole number from {low} to {high}"),
                },
            );
        }
        number
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.choice(name, &["true", "false"]).map(|text| text == "true")
    }

    /// One of `choices`.
    pub(crate) fn choice(&mut self, name: &str, choices: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        self.one_of(name, &text, choices)
    }

    /// A list, one value for each time that the parameter stands.
    pub(crate) fn repeated(&mut self, name: &str, choices: &[&'static str]) -> Vec<&'static str> {
        let values: Vec<String> = self
            .pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .collect();
        values.iter().filter_map(|value| self.one_of(name, value, choices)).collect()
    }

    /// A list of different values, separated by commas in one parameter.
    pub(crate) fn commas(&mut self, name: &str, most: usize) -> Option<Vec<String>> {
        let text = self.text(name)?;
        let mut values: Vec<String> = Vec::new();
        for value in text.split(',').filter(|value| !value.is_empty()) {
            if !values.iter().any(|known| known == value) {
                values.push(value.to_owned());
            }
        }
        if values.len() > most {
            self.fault(name, format!("has more than {most} values"));
            values.truncate(most);
        }
        Some(values)
    }

    /// Refuses the request if any parameter was faulty.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_parameters").errors(self.errors))
    }

    fn one_of(&mut self, name: &str, text: &str, choices: &[&'static str]) -> Option<&'static str> {
        let choice = choices.iter().find(|choice| **choice == text).copied();
        if choice.is_none() {
            self.fault(name, format!("must be one of {}", choices.join(", ")));
        }
        choice
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

/// Form decoding: `+` is a blank, the rest is percent-encoded UTF-8.
fn decode(text: &str) -> Option<String> {
    let blanks = text.replace('+', " ");
    percent_decode_str(&blanks).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The one parameter in a request's path.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "invalid_path").detail("The path is not UTF-8.")
        })
    }
}

/// A request's body of at most [`BODY_LIMIT`] bytes.
pub(crate) struct Body {
    bytes: Bytes,
    is_json: bool,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| {
                match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => {
                        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large")
                            .detail(format!("The body may have {BODY_LIMIT} bytes."))
                    }
                    _ => Problem::new(StatusCode::BAD_REQUEST, "body_unreadable"),
                }
            })?;
        Ok(Self { bytes, is_json })
    }
}

impl Body {
    /// Whether nothing was sent.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// 415 for another type, 400 for no JSON, 422 for JSON of another shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if !self.is_json {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json")
                .detail("The body must be sent as application/json."));
        }
        serde_json::from_slice(&self.bytes).map_err(|error| {
            // A wrong value may stand before the place where the text breaks off.
            match serde_json::from_slice::<IgnoredAny>(&self.bytes) {
                Ok(_) => Problem::unprocessable("invalid_body", error.to_string()),
                Err(error) => Problem::new(StatusCode::BAD_REQUEST, "malformed_json")
                    .detail(error.to_string()),
            }
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Collects the faults of a body's values.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes `message` about the place `pointer` unless `good`.
    pub(crate) fn expect(
        &mut self,
        good: bool,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        if !good {
            self.0.push(FieldError { pointer: pointer.into(), message: message.into() });
        }
    }

    /// 422 with all faults, if there are any.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_values").errors(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn parameters_are_decoded_and_split() {
        let mut params =
            Params::parse("q=caf%C3%A9+au%20lait&ids=p1,p2%2Cp1,,&status=a&status=b&on=true&n=7");
        assert_eq!(params.text("q").as_deref(), Some("café au lait"));
        assert_eq!(params.commas("ids", 9), Some(vec!["p1".to_owned(), "p2".to_owned()]));
        assert_eq!(params.repeated("status", &["a", "b"]), ["a", "b"]);
        assert_eq!(params.boolean("on"), Some(true));
        assert_eq!(params.integer("n", 1..=9), Some(7));
        assert_eq!(params.text("absent"), None);
        assert!(params.finish().is_ok());
    }

    #[test]
    fn every_faulty_parameter_is_named() {
        let mut params = Params::parse("limit=0&limit=1&sort=up&on=1&bad=%FF&ids=a,b,c&offset=x");
        params.integer("limit", 1..=9);
        params.integer("offset", 0..=i64::MAX);
        params.choice("sort", &["down"]);
        params.boolean("on");
        params.commas("ids", 2);
        let mut named: Vec<String> =
            params.errors.iter().map(|error| error.pointer.clone()).collect();
        named.sort();
        named.dedup();
        assert_eq!(named, ["bad", "ids", "limit", "offset", "on", "sort"]);
        assert!(params.finish().is_err());
    }
}
