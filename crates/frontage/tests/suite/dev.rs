//! `frontage dev`: swaps under running requests; errors keep the plan.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::clinic::{Clinic, Stop, WEB_ROUTE, ask_on};
use frontage_testkit::client::get;
use frontage_testkit::process::signal;

/// Swaps under load.
const SWAPS: u32 = 200;
/// Clients that ask at once.
const CLIENTS: usize = 4;

/// Asks until the answer is as wanted.
fn until(what: &str, mut there: impl FnMut() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn two_hundred_swaps_under_load_fail_no_request() {
    let clinic = Clinic::new();
    let serving = clinic.program.serve(clinic.folder.path(), &["dev", "--json"], 2);
    let web = serving.address("web");
    let (stop, newest) = (AtomicBool::new(false), AtomicU64::new(0));
    let asked = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let _stop = Stop(&stop);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    ask_on(web, "/api/patients/p1", &stop, |answer| {
                        let version = answer.json()["version"].as_u64().unwrap_or(0);
                        newest.fetch_max(version, Ordering::Relaxed);
                        asked.fetch_add(1, Ordering::Relaxed);
                    })
                })
            })
            .collect();
        for version in 2..=SWAPS + 1 {
            clinic.write(WEB_ROUTE, &Clinic::web_version(version));
            until("the new plan answers", || newest.load(Ordering::Relaxed) >= u64::from(version));
        }
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let faults = client.join().unwrap();
            assert!(faults.is_empty(), "requests failed during swaps: {faults:?}");
        }
    });
    println!("{} requests over {SWAPS} swaps, 0 failed", asked.load(Ordering::Relaxed));
}

#[test]
fn an_error_keeps_the_running_plan_and_shows_in_that_frontends_pages_only() {
    let clinic = Clinic::new();
    for frontend in ["web", "mobile"] {
        let page = "<!doctype html><title>x</title><body>hello</body>";
        clinic.write(&format!("frontends/{frontend}/public/index.html"), page);
        let path = clinic.folder.path().join(format!("frontends/{frontend}/frontend.toml"));
        let toml = std::fs::read_to_string(&path).unwrap();
        clinic.write(
            &format!("frontends/{frontend}/frontend.toml"),
            &format!("static = \"public\"\n{toml}"),
        );
    }
    let serving = clinic.program.serve(clinic.folder.path(), &["dev", "--json"], 2);
    let (web, mobile) = (serving.address("web"), serving.address("mobile"));
    let page = frontage_testkit::client::send(web, "GET /\naccept: text/html", b"").unwrap();
    assert!(page.text().contains("/_frontage/dev.js"), "{}", page.text());

    let mut pages = Events::open(web);
    let mut others = Events::open(mobile);
    clinic.write(WEB_ROUTE, &Clinic::web_version(2).replace("patient.name.first", "patient.nmae"));
    let told = pages.next("error");
    assert!(told.contains("FR2") && told.contains("nmae"), "{told}");
    assert_eq!(get(web, "/api/patients/p1").unwrap().json()["version"], 1);
    clinic.write(WEB_ROUTE, &Clinic::web_version(1));
    let _ = pages.next("ok");

    // So do faults of its settings, and a settings file that is gone.
    let settings = clinic.folder.path().join("frontends/web/frontend.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    clinic.write("frontends/web/frontend.toml", &format!("nmae = 1\n{text}"));
    let told = pages.next("error");
    assert!(told.contains("FR5002"), "{told}");
    std::fs::remove_file(&settings).unwrap();
    let told = pages.next("error");
    assert!(told.contains("FR5006") && told.contains("frontends/web/frontend.toml"), "{told}");
    clinic.write("frontends/web/frontend.toml", &text);
    let _ = pages.next("ok");

    clinic.write(WEB_ROUTE, &Clinic::web_version(3));
    until("the fixed plan answers", || {
        get(web, "/api/patients/p1").unwrap().json()["version"] == 3
    });

    // The other frontend's pages hear of nothing but their own files.
    clinic.write("frontends/mobile/public/index.html", "<!doctype html><title>y</title>");
    let heard = others.next("reload");
    assert!(!heard.contains("nmae") && !heard.contains("FR5"), "{heard}");
    let (_, log) = serving.terminate();
    assert!(log.contains("FR2") && log.contains("nmae"), "{log}");
}

#[test]
fn a_frontend_that_is_deleted_is_served_no_more_until_it_is_there_again() {
    let clinic = Clinic::new();
    let mut serving = clinic.program.serve(clinic.folder.path(), &["dev", "--json"], 2);
    let (web, mobile) = (serving.address("web"), serving.address("mobile"));
    let folder = clinic.folder.path().join("frontends/mobile");
    let aside = tempfile::tempdir().unwrap();
    let away = aside.path().join("mobile");
    std::fs::rename(&folder, &away).unwrap();
    until("nobody listens", || std::net::TcpStream::connect(mobile).is_err());
    assert_eq!(get(web, "/api/patients/p1").unwrap().status, 200);
    std::fs::rename(&away, &folder).unwrap();
    let mobile = serving.wait_for_restart("mobile");
    assert!(get(mobile, "/none").is_ok());
    let (code, log) = serving.terminate();
    assert!(code.success(), "{log}");
}

/// The stream of events that an open page listens to.
struct Events {
    reader: std::io::BufReader<std::net::TcpStream>,
    seen: String,
}

impl Events {
    fn open(address: std::net::SocketAddr) -> Self {
        use std::io::{BufRead as _, Write as _};
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let request = format!("GET /_frontage/events HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = std::io::BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.contains(" 200 "), "{line}");
        while line.trim() != "" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        Self { reader, seen: String::new() }
    }

    /// Reads up to the next event of a kind; gives everything that was read on the way.
    fn next(&mut self, kind: &str) -> String {
        use std::io::BufRead as _;
        let wanted = format!("\"kind\":\"{kind}\"");
        loop {
            let mut line = String::new();
            let read = self.reader.read_line(&mut line).unwrap_or_default();
            assert!(read > 0, "no event {kind}; before it: {}", self.seen);
            self.seen.push_str(&line);
            if line.contains(&wanted) {
                return std::mem::take(&mut self.seen);
            }
        }
    }
}

#[test]
fn services_end_with_dev_and_so_does_what_they_started() {
    let clinic = Clinic::new();
    let toml = std::fs::read_to_string(clinic.folder.path().join("frontage.toml")).unwrap();
    // The shell stays, and so does what it starts, unless the whole group is told to end.
    let run = "[dev]\nrun = [\"sleep 600 & echo $! > draft && mv draft started; wait\"]\n";
    clinic.write("frontage.toml", &format!("{toml}\n{run}"));
    let serving = clinic.program.serve(clinic.folder.path(), &["dev", "--json"], 2);
    let started = clinic.folder.path().join("started");
    until("the service starts", || started.exists());
    let id: u32 = std::fs::read_to_string(started).unwrap().trim().parse().unwrap();
    let status = format!("/proc/{id}/status");
    assert!(std::fs::read_to_string(&status).unwrap().contains("sleep"));
    let (code, log) = serving.terminate();
    assert!(code.success(), "{log}");
    let left = std::fs::read_to_string(status).is_ok_and(|s| !s.contains("State:\tZ"));
    if left {
        signal(id, "KILL");
    }
    assert!(!left, "{id} is left");
}
