//! The program itself: what it prints, how it ends.

use crate::client::send;
use crate::shop::template;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const FREE: [&str; 8] = [
    "--users",
    "127.0.0.1:0",
    "--orders",
    "127.0.0.1:0",
    "--catalog",
    "127.0.0.1:0",
    "--stock",
    "127.0.0.1:0",
];

fn program(data: &TempDir, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_shop-services"))
        .arg("--data")
        .arg(data.path())
        .args(FREE)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn seeded() -> TempDir {
    let data = TempDir::new().expect("a folder");
    std::fs::copy(template(), data.path().join("shop.db")).expect("copied");
    data
}

#[test]
fn it_says_where_it_listens_and_ends_when_told() {
    let data = seeded();
    let mut child = program(&data, &["--delay", "users=1ms"]);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"))
        .lines()
        .map(|line| line.expect("a line"));
    for service in ["users", "orders", "catalog", "stock"] {
        let line = lines.next().expect("a line for each service");
        let address =
            line.strip_prefix(&format!("{service} listening on http://")).expect("an address");
        let answer = send(address.parse().expect("an address"), "GET", "/nothing", &[], b"");
        assert_eq!(answer.status, 404, "{line}");
    }
    assert_eq!(lines.next().as_deref(), Some("ready"));
    let killed =
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(!data.path().join("shop.db-wal").exists(), "the database was not closed");
}

#[test]
fn mistakes_are_named_and_end_it() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let data = TempDir::new().expect("a folder");
    std::fs::write(data.path().join("file"), "").expect("written");
    let in_file = data.path().join("file").join("data");
    let in_file = in_file.to_str().expect("a path");
    for (arguments, status, message) in [
        (vec!["--port", "1"], 2, "unknown argument `--port`".to_owned()),
        (vec!["--stock", &address], 1, format!("stock: cannot listen on {address}: ")),
        (vec!["--data", in_file], 1, format!("{in_file}: ")),
    ] {
        let mut child = program(&data, &arguments);
        assert_eq!(child.wait().expect("it ends").code(), Some(status), "{arguments:?}");
        let mut errors = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("text");
        assert!(errors.starts_with(&format!("shop-services: {message}")), "{errors}");
    }
    assert!(!data.path().join("shop.db").exists(), "a port in use costs no seeding");
}
