//! Streamed requests and answers.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use frontage_upstream::{Address, Client, Settings, StreamRequest};
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::{BodyExt, Empty, Full};
use tokio::task::spawn_local;
use tokio::time::Instant;

use crate::scripted::{Scripted, local};

fn client(upstream: &Scripted) -> Client {
    let address = Address::parse(&format!("http://127.0.0.1:{}", upstream.port)).unwrap();
    Client::new(Settings { answer_limit: 16, ..Settings::new("users", vec![address]) })
}

fn request<B>(body: Option<B>) -> StreamRequest<B> {
    let mut headers = HeaderMap::new();
    headers.insert("connection", HeaderValue::from_static("x-hop"));
    headers.insert("x-hop", HeaderValue::from_static("1"));
    headers.insert("accept", HeaderValue::from_static("image/png"));
    StreamRequest {
        method: Method::POST,
        path_and_query: "/avatar".into(),
        headers,
        body,
        safe: true,
        deadline: Instant::now() + Duration::from_secs(20),
    }
}

#[test]
fn an_answer_is_handed_on_while_it_comes_and_its_connection_is_used_again() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = client(&upstream);
        for _ in 0..2 {
            let own = client.clone();
            let call = spawn_local(async move { own.stream(request(None::<Empty<Bytes>>)).await });
            let arrival = upstream.next().await;
            assert_eq!(arrival.connection, 1);
            assert_eq!(
                (arrival.header("x-hop"), arrival.header("accept")),
                (None, Some("image/png"))
            );
            let chunks = arrival.chunks();
            let response = call.await.unwrap().unwrap();
            assert!(!response.headers().contains_key("keep-alive"));
            assert!(!response.headers().contains_key("transfer-encoding"));
            let mut body = pin!(response.into_body());
            // Larger than the limit of buffered answers: none applies.
            for text in ["first part of it", "second part of it"] {
                chunks.send(Some(text.as_bytes().to_vec())).unwrap();
                let frame = body.frame().await.unwrap().unwrap();
                assert_eq!(frame.into_data().unwrap(), text);
            }
            chunks.send(None).unwrap();
            assert!(body.frame().await.is_none());
        }
    });
}

#[test]
fn a_body_is_handed_on_and_a_cut_answer_is_an_error_of_the_body() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = client(&upstream);
        let body = Full::new(Bytes::from_static(b"upload"));
        let call = spawn_local(async move { client.stream(request(Some(body))).await });
        let arrival = upstream.next().await;
        assert_eq!(arrival.body, "upload");
        let chunks = arrival.chunks();
        let mut body = pin!(call.await.unwrap().unwrap().into_body());
        chunks.send(Some(b"part".to_vec())).unwrap();
        assert!(body.frame().await.unwrap().is_ok());
        drop(chunks);
        assert!(body.frame().await.unwrap().is_err());
    });
}

#[test]
fn a_dropped_body_closes_its_connection() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = client(&upstream);
        let own = client.clone();
        let call = spawn_local(async move { own.stream(request(None::<Empty<Bytes>>)).await });
        let chunks = upstream.next().await.chunks();
        drop(call.await.unwrap().unwrap());
        while chunks.send(Some(vec![b'x'; 1 << 16])).is_ok() {
            tokio::task::yield_now().await;
        }
        upstream.all_closed().await;
    });
}

#[test]
fn the_deadline_counts_until_the_head() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = client(&upstream);
        let call = spawn_local(async move {
            let deadline = Instant::now() + Duration::from_millis(30);
            client.stream(StreamRequest { deadline, ..request(None::<Empty<Bytes>>) }).await
        });
        let arrival = upstream.next().await;
        let error = call.await.unwrap().map(|_| ()).unwrap_err();
        assert_eq!(error.reason().as_str(), "timeout");
        arrival.closed().await;
    });
}
