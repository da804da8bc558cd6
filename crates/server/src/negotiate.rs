//! Which content coding an answer gets.
//!
//! In:    `Accept-Encoding`; the codings that are on offer.
//! Out:   the one that the client weighs highest, at equal weight the cheapest for us.
//!
//! Sources: RFC 9110 §12.5.3.

use http::{HeaderMap, header};

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Coding {
    /// None.
    Identity,
    /// Zstandard.
    Zstd,
    /// Brotli.
    Brotli,
    /// gzip.
    Gzip,
}

impl Coding {
    /// Preferred for answers that are compressed while they are asked for: brotli costs most by
    /// far, so it comes last.
    pub(crate) const LIVE: [Self; 3] = [Self::Zstd, Self::Gzip, Self::Brotli];
    /// Preferred for files that were compressed beforehand, smallest first.
    pub(crate) const STORED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// Its name in `Content-Encoding`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What a file name ends with that is stored under it.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Zstd => ".zst",
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// What a client accepts: weights in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    zstd: u16,
    brotli: u16,
    gzip: u16,
    identity: u16,
}

impl Accepted {
    /// Reads all `Accept-Encoding` fields. Without one nothing is compressed.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut found: [Option<u16>; 4] = [None; 4];
        let mut any = None;
        let fields = headers.get_all(header::ACCEPT_ENCODING).iter();
        for item in fields.filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')) {
            let mut parts = item.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let Some(weight) = weight(parts) else { continue };
            let slot = if name.eq_ignore_ascii_case("zstd") {
                &mut found[0]
            } else if name.eq_ignore_ascii_case("br") {
                &mut found[1]
            } else if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                &mut found[2]
            } else if name.eq_ignore_ascii_case("identity") {
                &mut found[3]
            } else if name == "*" {
                &mut any
            } else {
                continue;
            };
            *slot = Some(slot.map_or(weight, |w| w.max(weight)));
        }
        let of = |at: usize| found[at].or(any).unwrap_or(0);
        // `identity` is acceptable unless refused; unnamed it ranks below what is named.
        let identity = match (found[3], any) {
            (Some(weight), _) => weight,
            (None, Some(0)) => 0,
            (None, _) => 1,
        };
        Self { zstd: of(0), brotli: of(1), gzip: of(2), identity }
    }

    const fn weight(self, coding: Coding) -> u16 {
        match coding {
            Coding::Identity => self.identity,
            Coding::Zstd => self.zstd,
            Coding::Brotli => self.brotli,
            Coding::Gzip => self.gzip,
        }
    }

    /// The coding with the highest weight; at equal weight the first in `offered`. Identity if
    /// nothing offered is acceptable: an answer beats a 406 here.
    pub(crate) fn choose(self, offered: &[Coding]) -> Coding {
        let mut best = Coding::Identity;
        let mut weight = 0;
        for coding in offered {
            if self.weight(*coding) > weight {
                best = *coding;
                weight = self.weight(*coding);
            }
        }
        if self.identity > weight { Coding::Identity } else { best }
    }
}

/// The `q` among an item's parameters in thousandths, 1000 if absent; `None` if it is no weight.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    for parameter in parameters {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        if name.trim().eq_ignore_ascii_case("q") {
            let value = value.trim();
            if value.len() > 5 || !value.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                return None;
            }
            let number: f32 = value.parse().ok()?;
            if number > 1.0 {
                return None;
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 1000"
            )]
            return Some((number * 1000.0).round() as u16);
        }
    }
    Some(1000)
}

/// Whether the client names `media_type` itself in `Accept`, with a weight above zero.
pub(crate) fn accepts_explicitly(headers: &HeaderMap, media_type: &str) -> bool {
    let fields = headers.get_all(header::ACCEPT).iter();
    fields.filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(|item| {
        let mut parts = item.split(';');
        parts.next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
            && weight(parts).is_some_and(|w| w > 0)
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Accepted, Coding, accepts_explicitly};

    #[test]
    fn the_heaviest_coding_wins_and_cost_breaks_ties() {
        use Coding::{Brotli, Gzip, Identity, Zstd};
        let cases = [
            ("", Identity),
            ("gzip", Gzip),
            ("GZIP", Gzip),
            ("x-gzip", Gzip),
            ("br", Brotli),
            ("zstd", Zstd),
            ("gzip, deflate, br, zstd", Zstd),
            ("gzip, deflate, br", Gzip),
            ("gzip;q=0.5, br;q=0.8", Brotli),
            ("br;q=1.0, gzip;q=0.9, zstd;q=0.2", Brotli),
            ("*", Zstd),
            ("*;q=0", Identity),
            ("gzip;q=0, *", Zstd),
            ("zstd;q=0, *;q=0.3", Gzip),
            ("identity", Identity),
            ("identity;q=1, gzip;q=0.5", Identity),
            ("identity;q=0", Identity),
            ("identity;q=0.5, gzip;q=0.8", Gzip),
            ("deflate", Identity),
            ("gzip;q=2", Identity),
            ("gzip;q=nan", Identity),
            ("gzip;q=", Identity),
            ("gzip ; Q=0.001", Gzip),
            (",,gzip,", Gzip),
        ];
        for (field, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(field));
            assert_eq!(Accepted::of(&headers).choose(&Coding::LIVE), expected, "{field:?}");
        }
        assert_eq!(Accepted::of(&HeaderMap::new()).choose(&Coding::LIVE), Identity);
    }

    #[test]
    fn several_fields_count_as_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip;q=0.1"));
        headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static("br;q=0.2"));
        assert_eq!(Accepted::of(&headers).choose(&Coding::LIVE), Coding::Brotli);
    }

    #[test]
    fn a_page_is_asked_for_by_name() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", true),
            ("text/html;q=0", false),
            ("*/*", false),
            ("application/json", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(accepts_explicitly(&headers, "text/html"), expected, "{accept}");
        }
    }
}
