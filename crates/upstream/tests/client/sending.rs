//! What is written of a request, and answers that come before it is written whole.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use frontage_upstream::{Client, Request, StreamRequest};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::spawn_local;
use tokio::time::Instant;

use crate::calls::{get, start};
use crate::dialled::dialled;
use crate::scripted::{local, settle};

/// Reads a request's head; what came behind it is left in `rest`.
async fn head(stream: &mut DuplexStream, rest: &mut Vec<u8>) -> String {
    loop {
        if let Some(at) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
            let behind = rest.split_off(at + 4);
            return String::from_utf8(std::mem::replace(rest, behind)).unwrap();
        }
        assert!(stream.read_buf(rest).await.unwrap() > 0, "the request ended");
    }
}

#[test]
fn heads_say_where_a_request_ends() {
    let cases = [
        (Method::GET, None, "GET /x HTTP/1.1\r\nhost: a\r\n\r\n"),
        (Method::DELETE, None, "DELETE /x HTTP/1.1\r\nhost: a\r\n\r\n"),
        (Method::POST, None, "POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n"),
        (Method::PUT, Some("ab"), "PUT /x HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n"),
    ];
    for (method, body, expected) in cases {
        local(async {
            let (client, mut far) = dialled(1 << 10);
            // Whatever a call says of it itself.
            let framing = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::HOST];
            let own = |name: HeaderName| (name, HeaderValue::from_static("7"));
            let headers = framing.into_iter().map(own).collect();
            let body = body.map(|text| Bytes::from_static(text.as_bytes()));
            let call = start(&client, Request { method, body, headers, ..get("/x") });
            let mut rest = Vec::new();
            assert_eq!(head(&mut far, &mut rest).await, expected);
            far.write_all(b"HTTP/1.1 204 No\r\n\r\n").await.unwrap();
            assert_eq!(call.await.unwrap().unwrap().status, 204);
        });
    }
}

#[test]
fn a_target_that_would_begin_another_line_is_not_sent() {
    for path in ["/a b", "/a\r\nx: y", "/a\n", "/\u{0}", "/#", "/a\u{7f}"] {
        local(async {
            let (client, mut far) = dialled(1 << 10);
            let error = client.call(get(path)).await.unwrap_err();
            assert!(error.nothing_sent(), "{path}");
            drop(client);
            let mut sent = Vec::new();
            far.read_to_end(&mut sent).await.unwrap();
            assert!(sent.is_empty(), "{path}");
        });
    }
}

#[test]
fn an_answer_is_taken_early_and_the_request_written_to_its_end() {
    local(async {
        let (client, mut far) = dialled(1 << 10);
        let body = Some(Bytes::from(vec![b'x'; 1 << 20]));
        let call = start(&client, Request { method: Method::POST, body, safe: false, ..get("/") });
        let mut rest = Vec::new();
        head(&mut far, &mut rest).await;
        // Nobody has read the body yet.
        far.write_all(b"HTTP/1.1 202 Later\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        assert_eq!(call.await.unwrap().unwrap().status, 202);
        while rest.len() < 1 << 20 {
            assert!(far.read_buf(&mut rest).await.unwrap() > 0, "{} bytes", rest.len());
        }
        assert!(rest.iter().all(|&b| b == b'x'));
        // Only then the connection takes a further request.
        let call = start(&client, get("/next"));
        assert!(head(&mut far, &mut Vec::new()).await.starts_with("GET /next "));
        far.write_all(b"HTTP/1.1 204 No\r\n\r\n").await.unwrap();
        assert_eq!(call.await.unwrap().unwrap().status, 204);
    });
}

#[test]
fn what_comes_behind_an_answer_is_no_answer() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let large = format!("HTTP/1.1 200 OK\r\ncontent-length: 40000\r\n\r\n{}", "x".repeat(40_000));
    let extra = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n";
    let sized = format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}{extra}");
    let cases: [&[&[&str]]; 4] = [
        &[&[chunked, &format!("2\r\n{{}}\r\n0\r\n\r\n{extra}")]],
        &[&[chunked, &format!("7530\r\n{}\r\n0\r\n\r\n{extra}", "x".repeat(30_000))]],
        &[&[&large], &[&sized]],
        // It comes while nobody uses the connection.
        &[&["HTTP/1.1 204 No\r\n\r\n", extra]],
    ];
    for answers in cases {
        local(async {
            let (client, mut far) = dialled(64 << 10);
            for pieces in answers {
                let call = start(&client, get("/"));
                head(&mut far, &mut Vec::new()).await;
                for piece in *pieces {
                    far.write_all(piece.as_bytes()).await.unwrap();
                    settle().await;
                }
                assert!(call.await.unwrap().is_ok());
            }
            // There is no second connection to be had.
            let error = client.call(get("/next")).await.unwrap_err();
            assert!(error.nothing_sent(), "{error}");
        });
    }
}

#[test]
fn a_head_that_comes_byte_by_byte_is_read_and_one_without_end_refused() {
    local(async {
        let (client, mut far) = dialled(1 << 10);
        let call = start(&client, get("/"));
        head(&mut far, &mut Vec::new()).await;
        let interim = "\r\n\r\nHTTP/1.1 103 Early\r\nlink: a\r\n\r\n";
        let text = format!("{interim}HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(300));
        for byte in text.as_bytes() {
            far.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        drop(far);
        assert_eq!(call.await.unwrap().unwrap().status, 200);
        let endless = ["HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\nx: a\r\n", "y"];
        for (start_with, then) in [(endless[0], endless[2]), (endless[1], "x: a\r\n")] {
            let (client, mut far) = dialled(1 << 10);
            let call = start(&client, get("/"));
            head(&mut far, &mut Vec::new()).await;
            far.write_all(start_with.as_bytes()).await.unwrap();
            while far.write_all(then.repeat(100).as_bytes()).await.is_ok() {}
            let error = call.await.unwrap().unwrap_err();
            assert_eq!(error.reason().as_str(), "answer");
        }
    });
}

/// Pieces, one after the other.
struct Pieces {
    left: usize,
    said: bool,
}

const PIECE: [u8; 700] = [b'p'; 700];

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let left = self.left;
        self.left = left.saturating_sub(1);
        Poll::Ready((left > 0).then(|| Ok(Frame::data(Bytes::from_static(&PIECE)))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self.said {
            true => http_body::SizeHint::with_exact((self.left * PIECE.len()) as u64),
            false => http_body::SizeHint::default(),
        }
    }
}

async fn stream(client: &Client, body: Pieces) -> http::Response<frontage_upstream::StreamBody> {
    let request = StreamRequest {
        method: Method::POST,
        path_and_query: "/".into(),
        headers: HeaderMap::new(),
        body: Some(body),
        safe: false,
        deadline: Instant::now() + Duration::from_secs(20),
    };
    client.stream(request).await.unwrap()
}

#[test]
fn a_body_goes_on_while_its_answer_comes() {
    for said in [true, false] {
        local(async {
            // Neither direction holds more than a little of it.
            let (client, mut far) = dialled(256);
            let echo = spawn_local(async move {
                let mut rest = Vec::new();
                let head = head(&mut far, &mut rest).await;
                assert_eq!(head.contains("content-length: 70000\r\n"), said);
                assert_eq!(head.contains("transfer-encoding: chunked\r\n"), !said);
                far.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let (mut read, mut write) = tokio::io::split(far);
                let mut piece = [0; 64];
                let (mut count, mut ended) = (0, false);
                loop {
                    let letters = rest.iter().filter(|&&b| b == b'p').count();
                    write.write_all(&vec![b'p'; letters]).await.unwrap();
                    count += letters;
                    ended |= rest.ends_with(b"0\r\n\r\n");
                    if count == 70_000 && (said || ended) {
                        return;
                    }
                    let length = read.read(&mut piece).await.unwrap();
                    rest.clear();
                    rest.extend_from_slice(&piece[..length]);
                }
            });
            let body = stream(&client, Pieces { left: 100, said }).await.into_body();
            let body = body.collect().await.unwrap().to_bytes();
            assert!(body.len() == 70_000 && body.iter().all(|&b| b == b'p'));
            echo.await.unwrap();
        });
    }
}

#[test]
fn a_body_other_than_it_said_is_never_sent_as_whole() {
    struct Wrong(Pieces, u64);
    impl Body for Wrong {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            Pin::new(&mut self.0).poll_frame(cx)
        }

        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(self.1)
        }
    }
    for (pieces, said) in [(1, 701), (2, 701)] {
        local(async {
            let (client, mut far) = dialled(64 << 10);
            let request = StreamRequest {
                method: Method::POST,
                path_and_query: "/".into(),
                headers: HeaderMap::new(),
                body: Some(Wrong(Pieces { left: pieces, said: false }, said)),
                safe: false,
                deadline: Instant::now() + Duration::from_secs(20),
            };
            // The upstream waits for the rest; nobody waits for the upstream.
            let error = client.stream(request).await.map(drop).unwrap_err();
            assert_eq!(error.reason().as_str(), "connection");
            drop(client);
            let mut sent = Vec::new();
            far.read_to_end(&mut sent).await.unwrap();
            assert_eq!(sent.iter().filter(|&&b| b == b'p').count(), 700);
        });
    }
}
