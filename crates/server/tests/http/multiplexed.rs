//! HTTP/2 with prior knowledge.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};

use std::io::Write;

use crate::plans::{settings, start, users};
use crate::raw::{connect, get, read_to_end};
use crate::upstream::Upstream;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap_or_else(|e| panic!("{e}")).block_on(future)
}

#[test]
fn one_connection_carries_many_requests() {
    let upstream = Upstream::start();
    let mut settings = settings();
    settings.upstreams = users(upstream.address);
    let server = start(settings);
    let address = server.local_addr();
    block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await;
        let io = TokioIo::new(stream.unwrap_or_else(|e| panic!("{e}")));
        let (client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        let connection = tokio::spawn(connection);
        let ask = |method: &str, path: &str| {
            let request = Request::builder()
                .method(method)
                .uri(format!("http://test{path}"))
                .body(Empty::<Bytes>::new())
                .unwrap_or_else(|e| panic!("{e}"));
            let mut client = client.clone();
            async move {
                let response = client.send_request(request).await;
                let (parts, body) = response.unwrap_or_else(|e| panic!("{e}")).into_parts();
                let body = body.collect().await.unwrap_or_else(|e| panic!("{e}")).to_bytes();
                (parts, body)
            }
        };
        // One that is held does not hold the others.
        let held = tokio::spawn(ask("GET", "/user"));
        let arrived = tokio::task::spawn_blocking(move || upstream.next()).await;
        let (small, head, missing) =
            tokio::join!(ask("GET", "/small"), ask("HEAD", "/long"), ask("GET", "//x"));
        assert_eq!((small.0.status, &small.1[..]), (StatusCode::OK, &br#"{"a":"b"}"#[..]));
        assert_eq!(small.0.headers["content-length"], "9");
        assert_eq!((head.0.status, head.1.len()), (StatusCode::OK, 0));
        assert_ne!(head.0.headers["content-length"], "0");
        assert_eq!(missing.0.status, StatusCode::BAD_REQUEST);
        // Told to stop, the server still answers what runs.
        server.drain();
        arrived.unwrap_or_else(|e| panic!("{e}")).json(r#"{"name":"Ada"}"#);
        let held = held.await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(&held.1[..], br#"{"name":"Ada"}"#);
        drop(client);
        let _ = connection.await;
    });
    assert!(server.join());
}

#[test]
fn a_large_body_is_refused_and_the_connection_lives_on() {
    let mut settings = settings();
    settings.limits.request_body = 1000;
    let server = start(settings);
    block_on(async {
        let stream = tokio::net::TcpStream::connect(server.local_addr()).await;
        let io = TokioIo::new(stream.unwrap_or_else(|e| panic!("{e}")));
        let (mut client, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
                .await
                .unwrap_or_else(|e| panic!("{e}"));
        tokio::spawn(connection);
        for (size, status) in [(1001, 413), (1000, 200)] {
            let body = Full::new(Bytes::from(format!("\"{}\"", "x".repeat(size - 2))));
            let request = Request::post("http://test/echo")
                .header("content-type", "application/json")
                .body(body)
                .unwrap_or_else(|e| panic!("{e}"));
            let response = client.send_request(request).await.unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(response.status().as_u16(), status);
            let _ = response.into_body().collect().await;
        }
    });
}

/// A frame: its type, flags, stream and content.
fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or_else(|e| panic!("{e}")).to_be_bytes();
    let mut out = length[1..].to_vec();
    out.extend([kind, flags]);
    out.extend(stream.to_be_bytes());
    out.extend(content);
    out
}

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;

/// `GET http://a/` by the static table.
const HEAD: &[u8] = &[0x82, 0x84, 0x86, 0x41, 1, b'a'];

#[test]
fn floods_of_frames_end_the_connection_and_nothing_else() {
    let server = start(settings());
    let numbers = || (0..20_000u32).map(|n| n * 2 + 1);
    let resets: Vec<u8> = numbers()
        .flat_map(|n| [frame(HEADERS, 5, n, HEAD), frame(RESET, 0, n, &[0, 0, 0, 8])].concat())
        .collect();
    let mut continued = frame(HEADERS, 1, 1, HEAD);
    for _ in 0..20_000 {
        // A field that is never indexed: `x: y...`
        let mut field = vec![0x10, 1, b'x', 100];
        field.extend([b'y'; 100]);
        continued.extend(frame(CONTINUATION, 0, 1, &field));
    }
    let streams: Vec<u8> = numbers().flat_map(|n| frame(HEADERS, 4, n, HEAD)).collect();
    for (name, flood) in [
        ("rapid reset", resets),
        ("continuation", continued),
        ("even", {
            let mut bytes = frame(HEADERS, 5, 2, HEAD);
            bytes.extend(frame(PING, 0, 0, &[0; 8]));
            bytes
        }),
    ] {
        let mut stream = connect(server.local_addr());
        let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        let _ = stream.write_all(&frame(4, 0, 0, &[]));
        let _ = stream.write_all(&flood);
        // That it ends is what counts; a reset may eat the frame that says why.
        let answer = read_to_end(&mut stream);
        assert!(answer.len() < 1 << 20, "{name}: {} bytes", answer.len());
    }
    // Streams beyond the limit are refused one by one; the connection's memory is bounded.
    let mut stream = connect(server.local_addr());
    let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let _ = stream.write_all(&frame(4, 0, 0, &[]));
    let _ = stream.write_all(&streams);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    read_to_end(&mut stream);
    assert_eq!(get(server.local_addr(), "/small", "").status, 200);
}
