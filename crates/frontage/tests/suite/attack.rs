//! Workspaces and clients that mean harm: a message or a status, never a hang.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::clinic::Clinic;
use frontage_testkit::client::get;

/// Puts a pipe that nobody writes to in the place of a file.
fn pipe(clinic: &Clinic, path: &str) {
    let path = clinic.folder.path().join(path);
    let _ = std::fs::remove_file(&path);
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
}

#[test]
fn what_is_no_regular_file_is_named_and_not_waited_for() {
    for path in [
        "frontends/web/routes/api/pipe.ts",
        "frontends/web/frontend.toml",
        "contracts/records.openapi.yaml",
    ] {
        let clinic = Clinic::new();
        pipe(&clinic, path);
        let output = clinic.program.run(clinic.folder.path(), &["check"]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{path}: {text}");
        assert!(text.contains("FR5006") && text.contains("no regular file"), "{path}: {text}");
    }
}

#[test]
fn links_in_circles_and_folders_named_like_modules_end() {
    let clinic = Clinic::new();
    let web = clinic.folder.path().join("frontends/web");
    std::os::unix::fs::symlink("../..", web.join("routes/up")).unwrap();
    std::os::unix::fs::symlink("../web", web.join("self")).unwrap();
    std::fs::create_dir(web.join("routes/folder.ts")).unwrap();
    let output = clinic.program.run(clinic.folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    // A link to itself is a module that cannot be read.
    std::os::unix::fs::symlink("loop.ts", web.join("routes/loop.ts")).unwrap();
    let output = clinic.program.run(clinic.folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("routes/loop.ts"));
}

#[test]
fn a_route_that_spells_itself_without_end_fails_and_the_others_serve() {
    let clinic = Clinic::new();
    let doubled: String =
        (1..60).map(|n| format!("const a{n} = {{ l: a{}, r: a{} }};\n", n - 1, n - 1)).collect();
    let route = format!(
        "import {{ route }} from \"frontage\";\n\
         export const GET = route(async () => {{ const a0 = {{ x: 1 }};\n{doubled}return a59; }});\n"
    );
    clinic.write("frontends/mobile/routes/api/endless.ts", &route);
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "mobile", "--json"], 1);
    let mobile = serving.address("mobile");
    let answer = get(mobile, "/api/endless").unwrap();
    assert_eq!((answer.status, answer.json()["code"].as_str()), (500, Some("internal")));
    assert_eq!(get(mobile, "/api/hello").unwrap().status, 200);
}

#[test]
fn clients_that_leave_midway_leave_nothing_behind() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "web", "--json"], 1);
    let web = serving.address("web");
    assert_eq!(get(web, "/api/patients/p1").unwrap().status, 200);
    for _ in 0..100 {
        let mut stream = TcpStream::connect(web).unwrap();
        stream.write_all(b"GET /api/patients/p1 HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    }
    let admin = serving.admin("web");
    let began = std::time::Instant::now();
    // One request sees its own connection at most.
    loop {
        let metrics = get(admin, "/metrics").unwrap().text();
        if metrics.contains("frontage_connections 0") {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "connections stay:\n{metrics}");
        std::thread::yield_now();
    }
    let mut stream = TcpStream::connect(web).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = b"GET /api/patients/p1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
