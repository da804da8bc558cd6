//! The admin listener.

use crate::plans::{plan, settings, start, swap, users};
use crate::raw::{ask, get};
use crate::upstream::Upstream;

#[test]
fn health_version_and_unknown_paths() {
    let server = start(settings());
    let admin = server.admin_addr().unwrap_or_else(|| panic!("no admin"));
    assert_eq!(get(admin, "/healthz", "").text(), "ok\n");
    assert_eq!(get(admin, "/readyz", "").status, 200);
    let version = get(admin, "/version", "").json();
    assert_eq!(version["frontend"], "web");
    assert_eq!(version["plan"], server.plan_digest());
    assert!(version["version"].is_string());
    assert_eq!(get(admin, "/none", "").status, 404);
    assert_eq!(ask(admin, "POST /healthz HTTP/1.1\r\ncontent-length: 0", b"").status, 405);
    assert_eq!(get(server.local_addr(), "/metrics", "").status, 404, "not in public");
}

#[test]
fn requests_and_calls_are_counted_by_route_and_operation() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    let server = start(settings.clone());
    upstream.always(r#"{"name":"Ada"}"#);
    let address = server.local_addr();
    let admin = server.admin_addr().unwrap_or_else(|| panic!("no admin"));
    for id in ["a", "b", "c"] {
        assert_eq!(get(address, &format!("/items/{id}?token=planted"), "").status, 200);
    }
    assert_eq!(get(address, "/user", "").status, 200);
    assert_eq!(get(address, "/planted-path", "").status, 404);
    ask(address, "PLANTED /small HTTP/1.1", b"");
    swap(&server, settings, plan("two"));
    let metrics = get(admin, "/metrics", "").text();
    let lines = |text: &str| metrics.lines().any(|line| line == text);
    assert!(
        lines(
            r#"http_server_request_duration_seconds_count{http_request_method="GET",http_route="/items/{id}",http_response_status_code="200"} 3"#
        ),
        "{metrics}"
    );
    assert!(
        lines(
            r#"http_client_request_duration_seconds_count{upstream="users",operation="getUser",status="200"} 1"#
        ),
        "{metrics}"
    );
    assert!(
        lines(
            r#"http_server_request_duration_seconds_count{http_request_method="_OTHER",http_route="none",http_response_status_code="405"} 1"#
        ),
        "{metrics}"
    );
    assert!(lines("frontage_plan_swaps_total 1"), "{metrics}");
    assert!(lines(&format!(
        r#"frontage_plan{{frontend="web",digest="{}",release=""}} 1"#,
        server.plan_digest()
    )));
    assert!(!metrics.to_lowercase().contains("planted"), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"));
}
