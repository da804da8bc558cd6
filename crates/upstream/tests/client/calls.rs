//! Whole answers: reuse of connections, limits, faults.

use std::time::Duration;

use frontage_upstream::{Address, Answer, CallError, Client, Request, Scheme, Settings};
use http::{HeaderValue, Method};
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_local;
use tokio::time::Instant;

use crate::scripted::{Scripted, local, settle};

fn settings(ports: &[u16]) -> Settings {
    let address = |port| Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    Settings::new("users", ports.iter().copied().map(address).collect())
}

pub(crate) fn get(path: &str) -> Request {
    Request {
        method: Method::GET,
        path_and_query: path.into(),
        headers: Vec::new(),
        body: None,
        safe: true,
        started: Instant::now(),
        deadline: Instant::now() + Duration::from_secs(20),
    }
}

fn post(path: &str, body: &str) -> Request {
    let body = Some(body.to_owned().into());
    Request { method: Method::POST, body, safe: false, ..get(path) }
}

pub(crate) type Running = tokio::task::JoinHandle<Result<Answer, CallError>>;

pub(crate) fn start(client: &Client, request: Request) -> Running {
    let client = client.clone();
    spawn_local(async move { client.call(request).await })
}

fn text(result: Result<Answer, CallError>) -> String {
    match result {
        Ok(answer) => {
            format!("{} {}", answer.status.as_u16(), String::from_utf8_lossy(&answer.body))
        }
        Err(error) => {
            let debug = format!("{error:?}");
            let variant = debug.split(' ').next().unwrap_or_default().to_owned();
            format!("{variant} {}", error.reason().as_str())
        }
    }
}

#[test]
fn a_connection_is_used_again_once_its_answer_was_read() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = Client::new(settings(&[upstream.port]));
        for round in 0..3 {
            let call = start(&client, get(&format!("/{round}")));
            let arrival = upstream.next().await;
            assert_eq!((arrival.connection, &*arrival.target), (1, &*format!("/{round}")));
            arrival.answer(200, "{}");
            assert_eq!(text(call.await.unwrap()), "200 {}");
        }
    });
}

#[test]
fn a_connection_is_used_again_only_if_its_answer_ended_where_it_says() {
    let cases: [(&str, bool); 15] = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", true),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}", false),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: x, Close\r\n\r\n{}", false),
        ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", false),
        ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}", true),
        // What comes behind an answer could be taken for the next.
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}\r\n", false),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n", false),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n{}", false),
        ("HTTP/1.1 204 No\r\n\r\n", true),
        ("HTTP/1.1 204 No\r\n\r\n{}", false),
        ("HTTP/1.1 204 No\r\ncontent-length: 0\r\n\r\n", true),
        ("HTTP/1.1 204 No\r\ncontent-length: 2\r\n\r\n", false),
        ("HTTP/1.1 204 No\r\ntransfer-encoding: chunked\r\n\r\n", false),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n\
             2\r\n{}\r\n0\r\n\r\n",
            false,
        ),
    ];
    for (answer, again) in cases {
        local(async {
            let mut upstream = Scripted::start().await;
            let client = Client::new(settings(&[upstream.port]));
            let call = start(&client, get("/first"));
            upstream.next().await.raw(answer, true);
            assert!(call.await.unwrap().is_ok(), "{answer}");
            let call = start(&client, get("/second"));
            let arrival = upstream.next().await;
            assert_eq!(arrival.connection, if again { 1 } else { 2 }, "{answer}");
            arrival.answer(200, "{}");
            assert_eq!(text(call.await.unwrap()), "200 {}", "{answer}");
        });
    }
}

#[test]
fn settings_headers_base_path_and_host_are_sent_and_nothing_about_encodings() {
    local(async {
        let mut upstream = Scripted::start().await;
        let mut settings = settings(&[upstream.port]);
        settings.addresses[0].base_path = "/v1".into();
        settings.headers =
            vec![(http::header::AUTHORIZATION, HeaderValue::from_static("Bearer s"))];
        let call = start(&Client::new(settings), post("/orders?a=1", "{\"b\":2}"));
        let arrival = upstream.next().await;
        assert_eq!((&*arrival.method, &*arrival.target), ("POST", "/v1/orders?a=1"));
        assert_eq!(arrival.body, "{\"b\":2}");
        assert_eq!(arrival.header("authorization"), Some("Bearer s"));
        assert_eq!(arrival.header("host"), Some(&*format!("127.0.0.1:{}", upstream.port)));
        assert_eq!(arrival.header("accept-encoding"), None);
        arrival.answer(201, "");
        assert_eq!(text(call.await.unwrap()), "201 ");
    });
}

#[test]
fn faulty_answers_are_errors_and_never_parts_of_answers() {
    let large = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(70_000));
    let cases: [(&str, &str, &str); 9] = [
        (
            "shorter than said",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
            "Closed connection",
        ),
        (
            "cut between chunks",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
            "Closed connection",
        ),
        ("cut in the head", "HTTP/1.1 200 OK\r\ncontent-le", "Closed connection"),
        ("closed at once", "", "Closed connection"),
        ("no HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n", "Garbage answer"),
        (
            "two lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            "Garbage answer",
        ),
        (
            "a chunk size that is none",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "Garbage answer",
        ),
        (
            "too large by its head",
            "HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n",
            "TooLarge answer",
        ),
        ("too large without a length", &large, "TooLarge answer"),
    ];
    for (name, answer, expected) in cases {
        local(async {
            let mut upstream = Scripted::start().await;
            let settings = Settings { answer_limit: 65_536, ..settings(&[upstream.port]) };
            let call = start(&Client::new(settings), get("/"));
            upstream.next().await.raw(answer, false);
            assert_eq!(text(call.await.unwrap()), expected, "{name}");
        });
    }
}

#[test]
fn an_answer_beyond_the_limit_is_not_read_on() {
    local(async {
        let mut upstream = Scripted::start().await;
        let settings = Settings { answer_limit: 8 << 20, ..settings(&[upstream.port]) };
        let call = start(&Client::new(settings), get("/"));
        let chunks = upstream.next().await.chunks();
        // 50 MB in all, of which the client reads little more than its limit.
        let mut sent = 0;
        while sent < 50 && chunks.send(Some(vec![b' '; 1 << 20])).is_ok() {
            sent += 1;
            settle().await;
        }
        assert_eq!(text(call.await.unwrap()), "TooLarge answer");
        chunks.closed().await;
    });
}

#[test]
fn the_deadline_ends_a_call_and_closes_its_connection() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = Client::new(settings(&[upstream.port]));
        let deadline = Instant::now() + Duration::from_millis(30);
        let call = start(&client, Request { deadline, ..get("/") });
        let arrival = upstream.next().await;
        assert_eq!(text(call.await.unwrap()), "DeadlinePassed timeout");
        arrival.closed().await;
    });
}

#[test]
fn a_dropped_call_closes_its_connection() {
    local(async {
        let mut upstream = Scripted::start().await;
        let call = start(&Client::new(settings(&[upstream.port])), get("/"));
        let arrival = upstream.next().await;
        settle().await;
        assert!(arrival.is_open());
        call.abort();
        arrival.closed().await;
    });
}

#[test]
fn a_stale_connection_costs_a_safe_call_nothing_and_an_unsafe_one_is_not_sent_twice() {
    for (request, expected) in
        [(get("/second"), "200 fresh"), (post("/second", "x"), "Closed connection")]
    {
        local(async {
            let mut upstream = Scripted::start().await;
            let client = Client::new(settings(&[upstream.port]));
            let first = start(&client, get("/first"));
            upstream.next().await.answer(200, "{}");
            first.await.unwrap().unwrap();
            // The request is written to the kept connection; the upstream closes it unanswered.
            let safe = request.safe;
            let second = start(&client, request);
            let arrival = upstream.next().await;
            assert_eq!(arrival.connection, 1);
            arrival.raw("", false);
            if safe {
                let again = upstream.next().await;
                assert_eq!((again.connection, &*again.target), (2, "/second"));
                again.answer(200, "fresh");
            }
            assert_eq!(text(second.await.unwrap()), expected);
            assert_eq!(upstream.waiting().await, Vec::<String>::new());
        });
    }
}

#[test]
fn a_connection_that_the_upstream_closed_while_idle_is_replaced_even_for_unsafe_calls() {
    local(async {
        let mut upstream = Scripted::start().await;
        let client = Client::new(settings(&[upstream.port]));
        let first = start(&client, get("/first"));
        upstream.next().await.raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", false);
        first.await.unwrap().unwrap();
        settle().await;
        let second = start(&client, post("/second", "x"));
        let arrival = upstream.next().await;
        assert_eq!(arrival.connection, 2);
        arrival.answer(200, "ok");
        assert_eq!(text(second.await.unwrap()), "200 ok");
    });
}

#[test]
fn calls_in_flight_and_calls_that_wait_are_bounded() {
    local(async {
        let mut upstream = Scripted::start().await;
        let limits = Settings { max_connections: 2, max_waiting: 1, ..settings(&[upstream.port]) };
        let client = Client::new(limits);
        let calls: Vec<Running> =
            (0..4).map(|index| start(&client, get(&format!("/{index}")))).collect();
        assert_eq!(upstream.waiting().await, ["/0", "/1"]);
        upstream.expect("/0").await.answer(200, "a");
        upstream.expect("/2").await.answer(200, "c");
        upstream.expect("/1").await.answer(200, "b");
        let mut results = Vec::new();
        for call in calls {
            results.push(text(call.await.unwrap()));
        }
        assert_eq!(results, ["200 a", "200 b", "200 c", "Overloaded connection"]);
        assert_eq!(upstream.connections.get(), 2);
    });
}

#[test]
fn addresses_take_turns_and_one_that_refuses_is_skipped() {
    local(async {
        let mut one = Scripted::start().await;
        let mut two = Scripted::start().await;
        let refusing = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let client = Client::new(settings(&[one.port, refusing, two.port]));
        let mut order = Vec::new();
        for index in 0..6 {
            let call = start(&client, get(&format!("/{index}")));
            let (name, arrival) = tokio::select! {
                arrival = one.next() => ("one", arrival),
                arrival = two.next() => ("two", arrival),
            };
            arrival.answer(200, "{}");
            assert_eq!(text(call.await.unwrap()), "200 {}");
            order.push(name);
        }
        assert!(order.contains(&"one") && order.contains(&"two"), "{order:?}");
    });
}

#[test]
fn nobody_there_is_an_error_of_the_connection() {
    local(async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let result = Client::new(settings(&[port])).call(get("/")).await;
        assert!(result.as_ref().is_err_and(CallError::nothing_sent));
        assert_eq!(text(result), "Connect connection");
    });
}

#[test]
fn tls_with_somebody_who_speaks_none_fails_as_tls() {
    local(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut settings = settings(&[listener.local_addr().unwrap().port()]);
        settings.addresses[0].scheme = Scheme::Https;
        let call = start(&Client::new(settings), get("/"));
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        assert_eq!(text(call.await.unwrap()), "Tls connection");
    });
}

#[test]
fn idle_connections_are_closed_after_their_time() {
    local(async {
        let mut upstream = Scripted::start().await;
        let idle_timeout = Duration::from_millis(20);
        let client = Client::new(Settings { idle_timeout, ..settings(&[upstream.port]) });
        let call = start(&client, get("/"));
        let arrival = upstream.next().await;
        arrival.answer(200, "{}");
        call.await.unwrap().unwrap();
        // The scripted upstream ends a connection's task when the client closes it.
        upstream.all_closed().await;
    });
}
