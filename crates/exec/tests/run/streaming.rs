//! Routes that hand an upstream's answer through.

use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use frontage_exec::{
    Address, Clients, Engine, Outcome, PassthroughRequest, Settings, StreamBody, passthrough,
};
use frontage_plan::{BodyKind, OperationId, Passthrough, PassthroughSource, Plan, RouteKind};
use http::{HeaderMap, HeaderValue, Method, Response};
use http_body_util::{BodyExt, Full};
use tokio::task::{JoinHandle, spawn_local};

use crate::plans::{ITEM, READ, WRITE, plan_of, shown};
use crate::scripted::{Scripted, local};

type Streaming = JoinHandle<Result<Response<StreamBody>, Box<Outcome>>>;

fn plan_for(operation: u32, source: PassthroughSource) -> Plan {
    let mut plan = plan_of([]);
    plan.routes[0].kind = RouteKind::Passthrough(Passthrough {
        operation: OperationId(operation),
        arguments: vec![(0, source)],
        timeout_ms: None,
    });
    plan.operations[WRITE as usize].body = Some(BodyKind::Binary);
    plan
}

struct Asked {
    method: Method,
    id: &'static str,
    query: Option<&'static str>,
}

async fn start(plan: Plan, asked: Asked) -> (Scripted, Streaming) {
    let upstream = Scripted::start().await;
    let address = Address::parse(&format!("http://127.0.0.1:{}", upstream.port)).unwrap();
    let clients = Rc::new(Clients::new([Settings::new("users", vec![address])]));
    let engine = Arc::new(Engine::new(Arc::new(plan)).unwrap());
    let task = spawn_local(async move {
        let mut headers = HeaderMap::new();
        for name in ["cookie", "authorization", "x-forwarded-for", "connection"] {
            headers.insert(name, HeaderValue::from_static("secret"));
        }
        headers.insert("accept", HeaderValue::from_static("image/png"));
        headers.insert("if-none-match", HeaderValue::from_static("\"v1\""));
        let request = PassthroughRequest {
            method: &asked.method,
            path_parameters: vec![("id".into(), asked.id.into())],
            query: asked.query,
            headers: &headers,
            request_id: "r-1",
            trace: None,
        };
        let body = Full::new(Bytes::from_static(b"upload"));
        passthrough(&engine, &clients, 0, request, body).await
    });
    (upstream, task)
}

#[test]
fn parameters_bodies_and_answers_are_handed_through_and_credentials_are_not() {
    let by_path = || PassthroughSource::Path("id".into());
    let by_query = || PassthroughSource::Query("q".into());
    let cases = [
        (ITEM, by_path(), Method::GET, None, "GET /item/a%2Fb", ""),
        (ITEM, by_path(), Method::HEAD, None, "HEAD /item/a%2Fb", ""),
        (READ, by_query(), Method::GET, Some("x=1&q=a+b%26"), "GET /read?id=a%20b%26", ""),
        (READ, by_query(), Method::GET, Some("q=1&q=2"), "GET /read?id=1&id=2", ""),
        (READ, by_query(), Method::GET, None, "GET /read", ""),
        (WRITE, by_path(), Method::POST, None, "POST /write?id=a%2Fb", "upload"),
    ];
    for (operation, source, method, query, expected, body) in cases {
        local(async {
            let asked = Asked { method: method.clone(), id: "a/b", query };
            let (mut upstream, task) = start(plan_for(operation, source), asked).await;
            let arrival = upstream.next().await;
            assert_eq!(format!("{} {}", arrival.method, arrival.target), expected);
            assert_eq!(arrival.body, body);
            assert!(arrival.headers.iter().all(|(_, value)| value != "secret"));
            assert_eq!(arrival.header("accept"), Some("image/png"));
            assert_eq!(arrival.header("if-none-match"), Some("\"v1\""));
            let head =
                "HTTP/1.1 404 X\r\nset-cookie: a=b\r\netag: \"v2\"\r\ncontent-length: 2\r\n\r\n";
            let sent = if method == Method::HEAD { "" } else { "no" };
            arrival.raw(&format!("{head}{sent}"), true);
            let response = task.await.unwrap().unwrap();
            assert_eq!(response.status(), 404);
            assert_eq!(response.headers()["etag"], "\"v2\"");
            assert!(!response.headers().contains_key("set-cookie"));
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(body, sent);
        });
    }
}

#[test]
fn an_answer_is_handed_on_while_it_comes_and_dropped_with_its_reader() {
    local(async {
        let source = PassthroughSource::Path("id".into());
        let asked = Asked { method: Method::GET, id: "a", query: None };
        let (mut upstream, task) = start(plan_for(ITEM, source), asked).await;
        let chunks = upstream.next().await.chunks();
        {
            let mut body = pin!(task.await.unwrap().unwrap().into_body());
            chunks.send(Some(b"part".to_vec())).unwrap();
            let frame = body.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap(), "part");
        }
        while chunks.send(Some(vec![b'x'; 1 << 16])).is_ok() {
            tokio::task::yield_now().await;
        }
        upstream.all_closed().await;
        assert_eq!(upstream.connections.get(), 1);
    });
}

#[test]
fn without_a_head_there_is_a_problem() {
    let cases: [(&'static str, Option<&str>, &str); 3] = [
        ("a", Some(""), "502 upstream_unavailable"),
        ("a", Some("garbage\r\n\r\n"), "502 upstream_unavailable"),
        ("..", None, "404 upstream_not_found"),
    ];
    for (id, answer, expected) in cases {
        local(async {
            let source = PassthroughSource::Path("id".into());
            let asked = Asked { method: Method::GET, id, query: None };
            let (mut upstream, task) = start(plan_for(ITEM, source), asked).await;
            if let Some(answer) = answer {
                upstream.next().await.raw(answer, false);
            }
            let outcome = task.await.unwrap().map(|_| ()).unwrap_err();
            assert_eq!(shown(&outcome), expected);
        });
    }
}
