//! Answers over HTTP/1.1 are read as hyper reads them, whole or cut or spoilt, in any pieces.
//!
//! Where the two differ, ours refuses, for a reason that stands in [`STRICTER`].

use bytes::Bytes;
use frontage_upstream::{CallError, Request};
use http::Method;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::{spawn_local, yield_now};

use crate::calls::get;
use crate::dialled::dialled;
use crate::scripted::local;

/// What is refused here though hyper takes it.
const STRICTER: [&str; 6] = [
    // Beside chunks hyper does not look at lengths.
    "a length that is no number",
    "two lengths",
    // hyper reads the first until the connection ends, and does not undo the second.
    "a transfer coding other than `chunked`",
    // hyper passes over any other octet behind a size.
    "a chunk's size that is none",
    // hyper gives every status.
    "the status",
    // hyper does not look at what follows the last chunk as closely.
    "invalid header",
];

/// Sends `pieces` as the answer to whatever request comes, and closes.
async fn answer(mut stream: DuplexStream, pieces: Vec<Vec<u8>>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.is_ok_and(|count| count > 0) {
            continue;
        }
        return;
    }
    for piece in pieces {
        if stream.write_all(&piece).await.is_err() {
            return;
        }
        for _ in 0..3 {
            yield_now().await;
        }
    }
}

async fn by_hyper(method: Method, pieces: Vec<Vec<u8>>) -> Option<(u16, Vec<u8>)> {
    let (near, far) = tokio::io::duplex(64 << 10);
    spawn_local(answer(far, pieces));
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(near)).await.unwrap();
    spawn_local(connection);
    let request = http::Request::builder().method(method).uri("/").header("host", "a");
    let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.ok()?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.ok()?.to_bytes();
    Some((status, body.to_vec()))
}

async fn by_ours(method: Method, pieces: Vec<Vec<u8>>) -> Result<(u16, Vec<u8>), CallError> {
    let (client, far) = dialled(64 << 10);
    spawn_local(answer(far, pieces));
    let answer = client.call(Request { method, ..get("/") }).await?;
    Ok((answer.status.as_u16(), answer.body.to_vec()))
}

fn one_of(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(choices).prop_map(str::to_owned)
}

fn first_line() -> impl Strategy<Value = String> {
    let version = prop_oneof![8 => Just("HTTP/1.1"), 1 => Just("HTTP/1.0")];
    let status = one_of(&["200 OK", "200 OK", "200", "204 No", "304 Not", "404 \u{e9}", "700 X"]);
    (version, status).prop_map(|(version, status)| format!("{version} {status}\r\n"))
}

fn field() -> impl Strategy<Value = String> {
    one_of(&[
        "content-type: application/json",
        "Connection: close",
        "connection: keep-alive, x",
        "Content-Length: 5",
        "content-length: 5, 5",
        "content-length: +5",
        "content-length: 3",
        "content-length: 5\u{a0}",
        "Content-Length:",
        "content-length: 99999999999999999999",
        "transfer-encoding: chunked",
        "Transfer-Encoding:  Chunked ",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: gzip",
        "x : y",
        "x:",
        " folded",
        "no colon",
        "x: \u{e9}",
    ])
}

/// How a body is written.
fn body() -> impl Strategy<Value = (String, String)> {
    let chunked = proptest::collection::vec("[a-z]{1,12}", 0..4).prop_flat_map(|chunks| {
        let size = one_of(&["", "", "", ";x=1", " ", ";\n", "  ;a", "x"]);
        let end = one_of(&["", "", "x: y\r\n", "x y\r\n", "x: y\n"]);
        (Just(chunks), size, end).prop_map(|(chunks, extra, end)| {
            let mut text = String::new();
            for chunk in chunks {
                text += &format!("{:X}{extra}\r\n{chunk}\r\n", chunk.len());
            }
            ("transfer-encoding: chunked\r\n".to_owned(), text + "0\r\n" + &end + "\r\n")
        })
    });
    let sized = ("[a-z]{0,40}", -2..3_i64).prop_map(|(text, off)| {
        let said = (text.len() as i64 + if off.abs() < 2 { 0 } else { off }).max(0);
        (format!("content-length: {said}\r\n"), text)
    });
    let open = "[a-z]{0,40}".prop_map(|text| (String::new(), text));
    prop_oneof![4 => chunked, 4 => sized, 1 => open]
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let interim = prop_oneof![
        8 => Just(""),
        1 => Just("HTTP/1.1 100 Continue\r\n\r\n"),
        1 => Just("HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n"),
        1 => Just("\r\n"),
    ];
    let fields = proptest::collection::vec(field(), 0..2);
    let spoil = proptest::option::weighted(0.3, (any::<proptest::sample::Index>(), 0..3_u8));
    (interim, first_line(), fields, body(), any::<u8>(), spoil).prop_map(
        |(interim, first, fields, (framing, body), byte, spoil)| {
            let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
            let text = format!("{interim}{first}{framing}{fields}\r\n{body}");
            let mut bytes = text.into_bytes();
            if let Some((at, how)) = spoil {
                let at = at.index(bytes.len());
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => bytes.truncate(at),
                }
            }
            bytes
        },
    )
}

fn pieces(message: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let mut rest = message;
    let mut pieces = Vec::new();
    for &cut in cuts {
        let (piece, behind) = rest.split_at(cut.min(rest.len()));
        pieces.push(piece.to_vec());
        rest = behind;
    }
    pieces.push(rest.to_vec());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_is_what_hyper_says_it_is(
        message in message(),
        cuts in proptest::collection::vec(1..30_usize, 0..6),
        head in proptest::bool::weighted(0.1),
    ) {
        let method = if head { Method::HEAD } else { Method::GET };
        let pieces = pieces(&message, &cuts);
        let (ours, hyper) = local(async {
            let ours = by_ours(method.clone(), pieces.clone()).await;
            (ours, by_hyper(method, pieces).await)
        });
        match (&ours, &hyper) {
            (Ok(ours), Some(hyper)) => prop_assert_eq!(ours, hyper),
            (Err(_), None) => {}
            (Err(CallError::Garbage { cause, .. }), Some(_))
                if STRICTER.iter().any(|known| cause.contains(known)) => {}
            _ => prop_assert!(
                false,
                "{ours:?} here, {hyper:?} by hyper: {}",
                String::from_utf8_lossy(&message).escape_debug()
            ),
        }
    }
}
