//! Several releases of one backend.

use frontage_server::{Choose, Notice, Release, Served, Settings, StartError};
use http::HeaderName;

use crate::plans::{engine, plan, settings, start, users};
use crate::raw::get;
use crate::upstream::Upstream;

fn release(version: &str, settings: Settings) -> Release {
    let engine = engine(plan(version));
    Release { version: version.to_owned(), settings, engine, notice: None }
}

fn by_header() -> Choose {
    Choose::Header { name: HeaderName::from_static("x-release"), refuse: false }
}

#[test]
fn each_release_keeps_to_its_own_settings() {
    let server = start(settings());
    let address = server.local_addr();
    let mut narrow = settings();
    narrow.limits.uri = 8;
    let served = Served {
        newest: release("2", settings()),
        older: vec![release("1", narrow)],
        choose: by_header(),
    };
    server.serve(served).unwrap();
    assert_eq!(get(address, "/mark?a=b", "").text(), r#"{"mark":"2"}"#);
    assert_eq!(get(address, "/mark", "x-release: 1").text(), r#"{"mark":"1"}"#);
    assert_eq!(get(address, "/mark?a=b", "x-release: 1").status, 414);
    let usage = server.usage();
    let counts: Vec<(&str, u64)> = usage.iter().map(|own| (&*own.version, own.requests)).collect();
    assert_eq!(counts, [("2", 1), ("1", 2)]);
}

#[test]
fn releases_with_equal_upstreams_share_connections() {
    let upstream = Upstream::start();
    let mut own = settings();
    own.threads = std::num::NonZeroUsize::new(1);
    own.upstreams = users(upstream.address);
    let server = start(own.clone());
    let served = Served {
        newest: release("2", own.clone()),
        older: vec![release("1", own)],
        choose: by_header(),
    };
    server.serve(served).unwrap();
    let address = server.local_addr();
    let mut ports = Vec::new();
    for fields in ["", "x-release: 1", "x-release: 2"] {
        let asking = std::thread::spawn(move || get(address, "/user", fields));
        let held = upstream.next();
        ports.push(held.stream.peer_addr().unwrap().port());
        held.json(r#"{"name":"Ada"}"#);
        assert_eq!(asking.join().unwrap().status, 200);
    }
    assert!(ports.iter().all(|port| *port == ports[0]), "{ports:?}");
}

#[test]
fn what_cannot_be_served_changes_nothing() {
    let server = start(settings());
    let mut broken = settings();
    broken.static_dir = Some("/nowhere/at/all".into());
    let served = Served { newest: release("2", broken), older: Vec::new(), choose: Choose::Newest };
    assert!(matches!(server.serve(served), Err(StartError::Files { .. })));
    assert_eq!(get(server.local_addr(), "/mark", "").text(), r#"{"mark":"one"}"#);
    assert_eq!(server.usage().len(), 1);
}

#[test]
fn a_notice_stands_in_every_answer() {
    let server = start(settings());
    let link = Some("https://example.org/\r\nx: y".to_owned());
    let notice = Some(Notice { since: Some(0), sunset: Some(1_800_000_000), link });
    let served = Served {
        newest: Release { notice, ..release("2", settings()) },
        older: Vec::new(),
        choose: Choose::Newest,
    };
    server.serve(served).unwrap();
    for path in ["/mark", "/none", "/%zz"] {
        let answer = get(server.local_addr(), path, "");
        assert_eq!(answer.header("deprecation"), "@0", "{path}");
        assert_eq!(answer.header("sunset"), "Fri, 15 Jan 2027 08:00:00 GMT", "{path}");
        assert_eq!(answer.header("link"), "", "no field is made of two");
    }
}
