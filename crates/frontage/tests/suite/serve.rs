//! `frontage serve`: one process for each frontend, none of which feels another's end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::clinic::{Clinic, Stop, ask_on};
use frontage_testkit::client::{get, raw, send};
use frontage_testkit::process::{Log, signal};
use frontage_testkit::upstream::Action;

/// Clients that ask at once in the tests under load.
const CLIENTS: usize = 8;

fn backend_of(serving: &frontage_testkit::process::Serving, frontend: &str) -> u32 {
    let children = serving.children();
    let found = children.iter().find(|(_, words)| words.last().is_some_and(|w| w == frontend));
    found.unwrap_or_else(|| panic!("{frontend} has no process: {children:?}")).0
}

#[test]
fn killing_one_backend_under_load_costs_the_other_nothing() {
    let clinic = Clinic::new();
    let mut serving = clinic.program.serve(clinic.folder.path(), &["serve", "--json"], 2);
    let mobile = serving.address("mobile");
    assert_ne!(backend_of(&serving, "web"), backend_of(&serving, "mobile"));
    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _stop = Stop(&stop);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    ask_on(mobile, "/api/hello", &stop, |_| {
                        asked.fetch_add(1, Ordering::Relaxed);
                    })
                })
            })
            .collect();
        for _ in 0..3 {
            // Some load before and after each kill.
            let before = asked.load(Ordering::Relaxed);
            while asked.load(Ordering::Relaxed) < before + 50 {
                std::thread::yield_now();
            }
            let victim = backend_of(&serving, "web");
            signal(victim, "KILL");
            let again = serving.wait_for_restart("web");
            assert_ne!(backend_of(&serving, "web"), victim);
            assert_eq!(get(again, "/api/patients/p1").unwrap().status, 200);
        }
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let faults = client.join().unwrap();
            assert!(faults.is_empty(), "requests of the other backend failed: {faults:?}");
        }
    });
    assert!(asked.load(Ordering::Relaxed) > 150);
}

#[test]
fn sigterm_finishes_what_runs_and_ends_every_process() {
    let clinic = Clinic::new();
    let body = crate::clinic::PATIENT.into();
    let answer = Action::Answer { status: 200, headers: Vec::new(), body };
    clinic.records.on("GET /patients/slow", Action::Gate("go".into(), Box::new(answer)));
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "--json"], 2);
    let web = serving.address("web");
    let children = serving.children();
    let request = std::thread::spawn(move || get(web, "/api/patients/slow"));
    let _ = clinic.records.wait_for(1);
    let supervisor = serving.id();
    let ending = std::thread::spawn(move || serving.terminate());
    // The listener closes before the running request is done.
    let began = Instant::now();
    while TcpStream::connect(web).is_ok() && began.elapsed() < Duration::from_secs(20) {
        std::thread::yield_now();
    }
    clinic.records.open("go");
    let answer = request.join().unwrap().unwrap();
    assert_eq!((answer.status, answer.json()["name"].as_str()), (200, Some("Ada")));
    let (status, log) = ending.join().unwrap();
    assert!(status.success(), "{log}");
    for (id, words) in children {
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists(), "{words:?} is left");
    }
    assert!(!std::path::Path::new(&format!("/proc/{supervisor}/status")).exists());
}

#[test]
fn a_backend_without_its_supervisor_ends() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "--json"], 2);
    let backend = backend_of(&serving, "web");
    signal(serving.id(), "KILL");
    let began = Instant::now();
    let status = format!("/proc/{backend}/status");
    let lives = || std::fs::read_to_string(&status).is_ok_and(|s| !s.contains("State:\tZ"));
    while lives() {
        assert!(began.elapsed() < Duration::from_secs(20), "the backend outlives its supervisor");
        std::thread::yield_now();
    }
}

#[test]
fn a_log_that_nobody_reads_holds_up_no_request() {
    let clinic = Clinic::new();
    for log in [Log::Unread, Log::Closed] {
        let program = clinic.program.clone().with_log(log);
        let serving = program.serve(clinic.folder.path(), &["serve", "--json"], 2);
        // Each request has a line, and a pipe takes 64 KiB.
        for _ in 0..600 {
            let answer = get(serving.address("mobile"), "/api/hello");
            assert_eq!(answer.map(|a| a.status).ok(), Some(200), "{log:?}");
        }
        let (status, text) = serving.terminate();
        assert!(status.success(), "{log:?}: {status}");
        if log == Log::Unread {
            // Nothing was lost: the lines had waited.
            assert!(text.matches("\"message\":\"request\"").count() >= 600, "{text}");
        }
    }
}

#[test]
fn a_port_in_use_is_named_and_the_other_backend_serves() {
    let clinic = Clinic::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let toml =
        format!("listen = \"{address}\"\n[auth]\nkind = \"dev\"\nsession = {{ sub = \"u\" }}\n");
    clinic.write("frontends/web/frontend.toml", &toml);
    let mut serving = clinic.program.serve(clinic.folder.path(), &["serve", "--json"], 1);
    serving.wait_for_failure("web");
    assert_eq!(get(serving.address("mobile"), "/api/hello").unwrap().status, 200);
    let (_, log) = serving.terminate();
    assert!(log.contains("FR5011") && log.contains(&address.to_string()), "{log}");
    assert!(log.contains("help: "), "{log}");
    // Alone, there is nothing else to do.
    let output = clinic.program.run(clinic.folder.path(), &["serve", "web"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("FR5011"));
}

#[test]
fn hostile_bytes_get_a_status_or_a_closed_connection_and_nothing_stops() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "--json"], 2);
    let web = serving.address("web");
    let long = "x".repeat(100_000);
    let cases: Vec<(Vec<u8>, &[&str])> = vec![
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &["", "400"]),
        (b"GET / HTTP/1.1\r\n\r\n\0\0\0\0".to_vec(), &["400", "404"]),
        (b"\0\0\0\0\r\n\r\n".to_vec(), &["", "400"]),
        (format!("GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes(), &["414", "431"]),
        (format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n").into_bytes(), &["431"]),
        (b"GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_vec(), &["400"]),
        (b"GET /%2e%2e/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_vec(), &["400"]),
        (b"GET /api/patients/a%00b HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_vec(), &["400"]),
        (b"GET /api/patients/%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_vec(), &["400"]),
        (b"POST /api/patients/p1 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx".to_vec(), &["", "400"]),
        (b"POST /api/patients/p1 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999999\r\n\r\n".to_vec(), &["405", "413"]),
        (b"BREW /api/patients/p1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_vec(), &["405", "501"]),
    ];
    for (bytes, expected) in cases {
        let answer = raw(web, &bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&answer);
        let status = text.split(' ').nth(1).unwrap_or_default();
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert!(expected.contains(&status), "{shown:?}: {text}");
    }
    assert_eq!(get(web, "/api/patients/p1").unwrap().status, 200);
}

#[test]
fn one_encoded_segment_stays_one_segment_upstream() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "web", "--json"], 1);
    let web = serving.address("web");
    let cases = [
        ("p%2F5", "GET /patients/p%2F5"),
        ("%40evil", "GET /patients/%40evil"),
        ("7%2Fx%3Fy%23z", "GET /patients/7%2Fx%3Fy%23z"),
        ("%252f", "GET /patients/%252f"),
        ("%0d%0a", ""),
        ("%C3%A9", "GET /patients/%C3%A9"),
    ];
    for (segment, expected) in cases {
        let _ = clinic.records.take();
        let _ = get(web, &format!("/api/patients/{segment}")).unwrap();
        let lines: Vec<String> = clinic.records.take().into_iter().map(|r| r.line).collect();
        let expected: Vec<&str> = Some(expected).into_iter().filter(|e| !e.is_empty()).collect();
        assert_eq!(lines, expected, "{segment}");
    }
}

#[test]
fn the_browsers_secrets_stay_here_and_traces_go_on() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "web", "--json"], 1);
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let head = format!(
        "GET /api/patients/p1\ncookie: sid=planted-cookie\nauthorization: Bearer planted-token\ntraceparent: {trace}\nx-request-id: my-id-7"
    );
    let answer = send(serving.address("web"), &head, b"").unwrap();
    assert_eq!(answer.header("x-request-id"), Some("my-id-7"));
    let request = clinic.records.wait_for(1).remove(0);
    let sent = format!("{request:?}");
    assert!(!sent.contains("planted"), "{sent}");
    let parent = request.headers.iter().find(|(n, _)| n == "traceparent").map(|(_, v)| v.as_str());
    let parent = parent.unwrap_or_else(|| panic!("no traceparent: {sent}"));
    assert!(parent.starts_with("00-0af7651916cd43dd8448eb211c80319c-"), "{parent}");
    assert_ne!(parent, trace);
    let (_, log) = serving.terminate();
    assert!(!log.contains("planted"), "{log}");
    assert!(log.contains("0af7651916cd43dd8448eb211c80319c"), "{log}");
}

#[test]
fn the_admin_listener_tells_health_metrics_and_version() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "web", "--json"], 1);
    let admin = serving.admin("web");
    assert_eq!(get(serving.address("web"), "/api/patients/p1").unwrap().status, 200);
    assert_eq!(get(admin, "/healthz").unwrap().status, 200);
    assert_eq!(get(admin, "/readyz").unwrap().status, 200);
    let version = get(admin, "/version").unwrap().json();
    assert_eq!(version["frontend"], "web");
    let metrics = get(admin, "/metrics").unwrap().text();
    for needed in [
        "http_server_request_duration_seconds_count",
        "http_client_request_duration_seconds_count",
        "/api/patients/{id}",
        "getPatient",
    ] {
        assert!(metrics.contains(needed), "no {needed} in:\n{metrics}");
    }
    assert!(!metrics.contains("/p1"), "a raw path in:\n{metrics}");
}

#[test]
fn a_client_that_says_nothing_is_closed() {
    let clinic = Clinic::new();
    let toml = "listen = \"127.0.0.1:0\"\n[auth]\nkind = \"dev\"\nsession = { sub = \"u\" }\n[limits]\nheader_timeout = \"50ms\"\nidle_timeout = \"50ms\"\n";
    clinic.write("frontends/web/frontend.toml", toml);
    let serving = clinic.program.serve(clinic.folder.path(), &["serve", "web", "--json"], 1);
    for start in [&b""[..], b"GET /api/pati", b"GET / HTTP/1.1\r\nhost: localhost\r\nx: "] {
        let mut stream = TcpStream::connect(serving.address("web")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(start).unwrap();
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        let reset = |e: &std::io::Error| e.kind() == std::io::ErrorKind::ConnectionReset;
        assert!(ended.as_ref().is_ok() || ended.as_ref().is_err_and(reset), "{ended:?}");
    }
}
