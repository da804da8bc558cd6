//! What the access log says of a request, and what it never says.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use frontage_plan::Plan;
use frontage_server::{Engine, Server, Settings};

/// Hands each written line to the test.
#[derive(Clone)]
struct Lines(Arc<Mutex<Sender<String>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes).into_owned();
        let sender = self.0.lock().map_err(|_| io::Error::other("poisoned"))?;
        sender.send(line).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_has_the_route_and_nothing_that_a_user_wrote() {
    let (sender, lines) = channel();
    let writer = Lines(Arc::new(Mutex::new(sender)));
    tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).init();
    let plan = Plan {
        patterns: Vec::new(),
        frontend: "web".into(),
        upstreams: Vec::new(),
        operations: Vec::new(),
        made: Vec::new(),
        shapes: Vec::new(),
        routes: Vec::new(),
    };
    let engine = Engine::new(Arc::new(plan)).unwrap_or_else(|e| panic!("{e}"));
    let settings = Settings::new("web", SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let server = Server::start(settings, Arc::new(engine)).unwrap_or_else(|e| panic!("{e}"));
    let mut stream = TcpStream::connect(server.local_addr()).unwrap_or_else(|e| panic!("{e}"));
    let request = "GET /planted?token=planted HTTP/1.1\r\nHost: planted\r\nCookie: planted\r\n\
                   Authorization: planted\r\nUser-Agent: planted\r\nx-request-id: my-id\r\n\
                   traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\
                   Connection: close\r\n\r\n";
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_end(&mut Vec::new());
    let line = loop {
        let line = lines.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|e| panic!("{e}"));
        if line.contains("frontage::access") {
            break line;
        }
    };
    let json: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(json["http.request.method"], "GET");
    assert_eq!(json["http.route"], "none");
    assert_eq!(json["http.response.status_code"], 404);
    assert_eq!(json["request_id"], "my-id");
    assert_eq!(json["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert!(json["http.server.request.duration"].as_f64().is_some_and(|s| s >= 0.0));
    assert!(json["http.response.body.size"].as_u64().is_some_and(|size| size > 50));
    assert_eq!(json["frontage.aborted"], false);
    assert!(!line.contains("planted"), "{line}");
}
