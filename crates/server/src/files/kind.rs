//! Media types by the ends of file names.

/// What is known of a file by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// `Content-Type`.
    pub(super) media_type: &'static str,
    /// Worth compressing.
    pub(super) compressible: bool,
    /// A page that a browser shows.
    pub(super) is_page: bool,
}

/// What a file of this name is; bytes if nobody knows.
pub(super) fn of(name: &str) -> Kind {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    let (media_type, compressible) = match &*end {
        "html" | "htm" => ("text/html; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "md" => ("text/markdown; charset=utf-8", true),
        "csv" => ("text/csv; charset=utf-8", true),
        "xml" => ("application/xml", true),
        "ics" => ("text/calendar; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "ttf" => ("font/ttf", true),
        "otf" => ("font/otf", true),
        "ico" => ("image/x-icon", true),
        "woff" => ("font/woff", false),
        "woff2" => ("font/woff2", false),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "gif" => ("image/gif", false),
        "webp" => ("image/webp", false),
        "avif" => ("image/avif", false),
        "mp3" => ("audio/mpeg", false),
        "ogg" => ("audio/ogg", false),
        "wav" => ("audio/wav", false),
        "mp4" => ("video/mp4", false),
        "webm" => ("video/webm", false),
        "pdf" => ("application/pdf", false),
        "zip" => ("application/zip", false),
        "gz" => ("application/gzip", false),
        "zst" => ("application/zstd", false),
        _ => ("application/octet-stream", false),
    };
    Kind { media_type, compressible, is_page: media_type.starts_with("text/html") }
}

/// Whether the name holds a hash of the file's content, as bundlers write it (`app.3f9a01bc.js`,
/// `app-Bx3kQ9Zr.js`), so that it never changes. In doubt not.
pub(super) fn has_hash(name: &str) -> bool {
    let Some((stem, _)) = name.split_once('.').map(|(first, rest)| match rest.rsplit_once('.') {
        // `app.HASH.js`: what stands before the last dot.
        Some((hash, end)) => (hash, end),
        None => (first, rest),
    }) else {
        return false;
    };
    let hash = stem.rsplit(['.', '-']).next().unwrap_or_default();
    if hash == name
        || hash.len() < 8
        || !hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    {
        return false;
    }
    let digit = hash.bytes().any(|b| b.is_ascii_digit());
    let lower = hash.bytes().any(|b| b.is_ascii_lowercase());
    let upper = hash.bytes().any(|b| b.is_ascii_uppercase());
    let hex = hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    digit && lower && (hex || upper)
}

#[cfg(test)]
mod tests {
    use super::{has_hash, of};

    #[test]
    fn types_follow_the_name() {
        for (name, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("APP.JS", "text/javascript; charset=utf-8"),
            ("a.mjs", "text/javascript; charset=utf-8"),
            ("a.svg", "image/svg+xml"),
            ("app.webmanifest", "application/manifest+json"),
            ("a.woff2", "font/woff2"),
            ("a.tar.gz", "application/gzip"),
            ("README", "application/octet-stream"),
            ("a.unknown", "application/octet-stream"),
        ] {
            assert_eq!(of(name).media_type, expected, "{name}");
        }
    }

    #[test]
    fn only_a_clear_hash_makes_a_file_immutable() {
        for (name, expected) in [
            ("app.3f9a01bc.js", true),
            ("app-3f9a01bc.js", true),
            ("app-Bx3kQ9Zr.js", true),
            ("app.js", false),
            ("app.min.js", false),
            ("app-settings.js", false),
            ("report-20240101.csv", false),
            ("version-release10.js", false),
            ("README", false),
        ] {
            assert_eq!(has_hash(name), expected, "{name}");
        }
    }
}
