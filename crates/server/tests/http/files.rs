//! The frontend's own files.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use frontage_server::Handle;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use tempfile::TempDir;

use crate::plans::{settings, start};
use crate::raw::{Answer, ask, get};

/// Stands in every file that must never be served.
const SECRET: &str = "TOP-SECRET";

fn write(path: &Path, content: &[u8]) {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).unwrap_or_else(|e| panic!("{e}"));
    }
    fs::write(path, content).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(bytes).and_then(|()| coder.finish()).unwrap_or_else(|e| panic!("{e}"))
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    let root = folder.path().join("public");
    let link = |to: &Path, name: &str| {
        symlink(to, root.join(name)).unwrap_or_else(|e| panic!("{e}"));
    };
    write(&folder.path().join("outside.txt"), SECRET.as_bytes());
    write(&root.join("index.html"), b"<html><head><title>t</title></head><body>home</body></html>");
    write(&root.join("app.mjs"), b"export const a = 1;");
    write(&root.join("app.3f9a01bc.js"), b"hashed");
    write(&root.join("small"), b"a route stands before this file");
    write(&root.join("data.bin"), b"0123456789");
    write(&root.join("big.bin"), &vec![7; (1 << 20) + 5]);
    write(&root.join("style.css"), "a{}".repeat(600).as_bytes());
    write(&root.join("style.css.gz"), &gzip(b"precompressed"));
    write(&root.join("docs/index.html"), b"docs");
    write(&root.join("empty/.keep"), b"");
    write(&root.join("a b%.txt"), b"odd name");
    write(&root.join(".env"), SECRET.as_bytes());
    write(&root.join(".git/config"), SECRET.as_bytes());
    link(&folder.path().join("outside.txt"), "leak.txt");
    link(folder.path(), "up");
    link(Path::new("app.mjs"), "inner.mjs");
    link(Path::new(".env"), "env.txt");
    folder
}

fn server(folder: &TempDir, dev: bool) -> Handle {
    let mut settings = settings();
    settings.static_dir = Some(folder.path().join("public"));
    settings.dev = dev;
    start(settings)
}

fn page(handle: &Handle, path: &str) -> Answer {
    get(handle.local_addr(), path, "accept: text/html,*/*;q=0.8")
}

#[test]
fn files_have_their_types_and_rules() {
    let folder = folder();
    let server = server(&folder, false);
    let address = server.local_addr();
    for (path, media_type, cache, body) in [
        (
            "/app.mjs",
            "text/javascript; charset=utf-8",
            "public, max-age=0, must-revalidate",
            "export const a = 1;",
        ),
        (
            "/inner.mjs",
            "text/javascript; charset=utf-8",
            "public, max-age=0, must-revalidate",
            "export const a = 1;",
        ),
        (
            "/app.3f9a01bc.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
            "hashed",
        ),
        ("/docs/", "text/html; charset=utf-8", "no-cache", "docs"),
        (
            "/a%20b%25.txt",
            "text/plain; charset=utf-8",
            "public, max-age=0, must-revalidate",
            "odd name",
        ),
    ] {
        let answer = get(address, path, "");
        assert_eq!((answer.status, answer.text().as_str()), (200, body), "{path}");
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        assert_eq!(answer.header("cache-control"), cache, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("last-modified").is_empty());
        let tag = format!("if-none-match: {}", answer.header("etag"));
        assert_eq!(get(address, path, &tag).status, 304, "{path}");
        let since = format!("if-modified-since: {}", answer.header("last-modified"));
        assert_eq!(get(address, path, &since).status, 304, "{path}");
    }
    let home = page(&server, "/");
    assert!(home.text().contains("home"));
    assert!(home.header("content-security-policy").starts_with("default-src 'self';"));
    assert!(!home.header("referrer-policy").is_empty());
    let head = ask(address, "HEAD /app.mjs HTTP/1.1", b"");
    assert_eq!((head.status, head.header("content-length")), (200, "19"));
    assert_eq!(get(address, "/small", "").text(), r#"{"a":"b"}"#, "routes win");
    let post = ask(address, "POST /app.mjs HTTP/1.1\r\ncontent-length: 0", b"");
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD, OPTIONS"));
}

#[test]
fn a_folder_has_its_own_address() {
    let folder = folder();
    let server = server(&folder, false);
    let answer = get(server.local_addr(), "/docs?a=1", "");
    assert_eq!((answer.status, answer.header("location")), (308, "/docs/?a=1"));
    assert_eq!(get(server.local_addr(), "/empty", "").status, 404);
    assert_eq!(get(server.local_addr(), "/empty/", "").status, 404);
    assert_eq!(get(server.local_addr(), "/app.mjs/", "").status, 404);
}

#[test]
fn only_pages_fall_back_to_the_first_page() {
    let folder = folder();
    let server = server(&folder, false);
    let address = server.local_addr();
    for (head, status) in [
        ("GET /orders/7 HTTP/1.1\r\naccept: text/html", 200),
        ("HEAD /orders/7 HTTP/1.1\r\naccept: text/html", 200),
        ("GET /orders/7 HTTP/1.1\r\naccept: */*", 404),
        ("GET /orders/7 HTTP/1.1\r\naccept: application/json", 404),
        ("GET /orders/7 HTTP/1.1", 404),
        ("GET /missing.js HTTP/1.1\r\naccept: text/html", 404),
        ("POST /orders/7 HTTP/1.1\r\naccept: text/html\r\ncontent-length: 0", 405),
    ] {
        let answer = ask(address, head, b"");
        assert_eq!(answer.status, status, "{head}");
        assert!(status != 200 || answer.header("vary").contains("accept"));
    }
}

#[test]
fn precompressed_variants_and_live_compression() {
    let folder = folder();
    let server = server(&folder, false);
    let address = server.local_addr();
    let stored = get(address, "/style.css", "accept-encoding: br, gzip");
    assert_eq!(stored.header("content-encoding"), "gzip");
    assert_eq!(stored.body, gzip(b"precompressed"));
    assert_eq!(stored.header("content-type"), "text/css; charset=utf-8");
    assert!(stored.header("vary").contains("accept-encoding"));
    let plain = get(address, "/style.css", "");
    assert_eq!((plain.header("content-encoding"), plain.body.len()), ("", 1800));
    assert_ne!(plain.header("etag"), stored.header("etag"));
    assert_eq!(
        get(address, "/style.css", "accept-encoding: zstd").header("content-encoding"),
        "zstd"
    );
    assert_eq!(get(address, "/data.bin", "accept-encoding: zstd").header("content-encoding"), "");
}

#[test]
fn parts_of_files() {
    let folder = folder();
    let server = server(&folder, false);
    let address = server.local_addr();
    let whole = get(address, "/data.bin", "");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let tag = whole.header("etag").to_owned();
    for (fields, status, body, range) in [
        ("range: bytes=2-4".to_owned(), 206, "234", "bytes 2-4/10"),
        ("range: bytes=-2".to_owned(), 206, "89", "bytes 8-9/10"),
        ("range: bytes=10-".to_owned(), 416, "", "bytes */10"),
        (format!("range: bytes=2-4\r\nif-range: {tag}"), 206, "234", "bytes 2-4/10"),
        ("range: bytes=2-4\r\nif-range: \"old\"".to_owned(), 200, "0123456789", ""),
        (format!("range: bytes=2-4\r\nif-none-match: {tag}"), 304, "", ""),
    ] {
        let answer = get(address, "/data.bin", &fields);
        assert_eq!((answer.status, answer.text().as_str()), (status, body), "{fields}");
        assert_eq!(answer.header("content-range"), range, "{fields}");
    }
    let big = get(address, "/big.bin", "");
    assert_eq!((big.status, big.body.len()), (200, (1 << 20) + 5));
    assert_eq!(big.header("content-length"), "1048581");
    let part = get(address, "/big.bin", "range: bytes=70000-200000");
    assert_eq!((part.status, part.body.len()), (206, 130_001));
    let tag = format!("if-none-match: {}", big.header("etag"));
    assert_eq!(get(address, "/big.bin", &tag).status, 304);
}

#[test]
fn nothing_hidden_or_outside_is_served() {
    let folder = folder();
    let server = server(&folder, false);
    for path in [
        "/leak.txt",
        "/up/outside.txt",
        "/up/",
        "/up",
        "/env.txt",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/.git%2fconfig",
        "/docs/../.env",
        "/docs/%2e%2e/.env",
        "/..%2foutside.txt",
        "/%2e%2e%2foutside.txt",
        "/..%5coutside.txt",
        "/docs%2f..%2f..%2foutside.txt",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/leak.txt%00.js",
        "/style.css%00",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/..;/outside.txt",
        "/docs%2findex.html",
    ] {
        let answer = get(server.local_addr(), path, "");
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains(SECRET), "{path}");
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop_oneof![
            "\\.\\.",
            "%2e%2e",
            "\\.",
            "%2f",
            "/",
            "//",
            "%5c",
            "%00",
            "up",
            "leak\\.txt",
            "outside\\.txt",
            "\\.env",
            "\\.git",
            "config",
            "docs",
            "public",
            "env\\.txt",
            ";",
            "~",
            "%252e",
            "%c0%af",
        ],
        "[!-~&&[^?#]]{0,4}",
        any::<u8>().prop_map(|byte| format!("%{byte:02x}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_path_reaches_outside(paths in proptest::collection::vec(proptest::collection::vec(piece(), 0..8), 20)) {
        let folder = folder();
        let server = server(&folder, false);
        for path in paths {
            let path = format!("/{}", path.join("/"));
            let answer = get(server.local_addr(), &path, "accept: text/html");
            assert!(!answer.text().contains(SECRET), "{path}");
            assert!(answer.status != 500, "{path}");
        }
    }
}

#[test]
fn only_a_developer_s_page_gets_the_script() {
    let folder = folder();
    let (dev, plain) = (server(&folder, true), server(&folder, false));
    let home = page(&dev, "/").text();
    assert!(home.contains(r#"<script src="/_frontage/dev.js" defer></script></head>"#), "{home}");
    let docs = page(&dev, "/docs/").text();
    assert!(docs.starts_with("docs<script"), "{docs}");
    assert!(!page(&plain, "/").text().contains("_frontage"));
    assert!(!get(dev.local_addr(), "/app.mjs", "").text().contains("_frontage"));
    let script = get(dev.local_addr(), "/_frontage/dev.js", "");
    assert_eq!(script.status, 200);
    assert!(script.text().contains("textContent") && !script.text().contains("innerHTML"));
    assert_eq!(get(plain.local_addr(), "/_frontage/dev.js", "").status, 404);
    assert_eq!(get(plain.local_addr(), "/_frontage/events", "").status, 404);
}
