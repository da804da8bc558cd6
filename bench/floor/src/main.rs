//! The floor: what the same work costs with bare hyper, written by hand for each path.
//!
//! One single-threaded runtime for each core with its own listener and connections; no router, no
//! limits, no checks, no log. Nobody would ship this: it says what is left to win.
//!
//! Frozen: it changes when the work changes, never to move a ratio.

mod cut;
mod pool;

use std::convert::Infallible;
use std::rc::Rc;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::join_all;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use pool::Pool;
use tokio::net::TcpListener;

const BRIEF: [&[u8]; 3] = [b"id", b"name", b"count"];
const ROW: [&[u8]; 5] = [b"id", b"name", b"price", b"stock", b"rating"];

fn main() -> Result<(), String> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let listen = variable("BENCH_LISTEN")?;
    let store = variable("STORE_URL")?;
    let store = store.strip_prefix("http://").ok_or("STORE_URL is no http:// address")?.to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    // The harness gives a server one core, and so one thread.
    tokio::task::LocalSet::new()
        .block_on(&runtime, serve(&listen, store))
        .map_err(|e| e.to_string())
}

async fn serve(listen: &str, store: String) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let pool = Rc::new(Pool::new(store));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let pool = Rc::clone(&pool);
        let service = service_fn(move |request: Request<Incoming>| {
            let pool = Rc::clone(&pool);
            async move { Ok::<_, Infallible>(answer(&pool, request.uri().path()).await) }
        });
        tokio::task::spawn_local(async move {
            let http = hyper::server::conn::http1::Builder::new();
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(pool: &Pool, path: &str) -> Response<Full<Bytes>> {
    let body = match path {
        "/passthrough/1" => pool.get("/items/1").await,
        "/fanout/1" => fanout(pool, 1).await,
        "/fanout/4" => fanout(pool, 4).await,
        "/fanout/16" => fanout(pool, 16).await,
        "/chain" => chain(pool).await,
        "/list/distinct" => list(pool, "/orders/distinct").await,
        "/list/bulk" => list_bulk(pool, "/orders/distinct").await,
        _ => match path.strip_prefix("/projection/") {
            Some(size) => projection(pool, &format!("/products/{size}")).await,
            None => None,
        },
    };
    let status = if body.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut response = Response::new(Full::new(body.unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn fanout(pool: &Pool, count: usize) -> Option<Bytes> {
    let items = gather(pool, (1..=count).map(|id| format!("/items/{id}"))).await?;
    let mut out = BytesMut::with_capacity(64 * count);
    for (at, item) in items.iter().enumerate() {
        out.put_slice(if at == 0 { b"{" } else { b"," });
        out.put_slice(format!("\"p{}\":", at + 1).as_bytes());
        object(&mut out, item, 0, BRIEF)?;
    }
    out.put_slice(b"}");
    Some(out.freeze())
}

async fn chain(pool: &Pool) -> Option<Bytes> {
    let mut item = pool.get("/items/1").await?;
    for _ in 0..2 {
        let ([next], _) = cut::members(&item, 0, [b"next"])?;
        let next = std::str::from_utf8(next).ok()?.trim_matches('"');
        item = pool.get(&format!("/items/{next}")).await?;
    }
    let mut out = BytesMut::with_capacity(64);
    object(&mut out, &item, 0, BRIEF)?;
    Some(out.freeze())
}

async fn projection(pool: &Pool, path: &str) -> Option<Bytes> {
    let text = pool.get(path).await?;
    let mut out = BytesMut::with_capacity(text.len() / 4);
    cut::each_member(&text, 0, |name, value| match name {
        b"total" => {
            let end = cut::skip(&text, value)?;
            out.put_slice(b"{\"total\":");
            out.put_slice(&text[value..end]);
            Some(end)
        }
        b"items" => {
            out.put_slice(b",\"items\":[");
            let mut first = true;
            cut::each_element(&text, value, |at| {
                if !std::mem::take(&mut first) {
                    out.put_slice(b",");
                }
                object(&mut out, &text, at, ROW)
            })
        }
        _ => cut::skip(&text, value),
    })?;
    out.put_slice(b"]}");
    Some(out.freeze())
}

/// Id, quantity and item of each order.
fn orders(text: &[u8]) -> Option<Vec<[&[u8]; 3]>> {
    let mut orders = Vec::with_capacity(50);
    cut::each_member(text, 0, |name, value| match name {
        b"orders" => cut::each_element(text, value, |at| {
            let (members, end) = cut::members(text, at, [b"id", b"quantity", b"itemId"])?;
            orders.push(members);
            Some(end)
        }),
        _ => cut::skip(text, value),
    })?;
    Some(orders)
}

async fn list(pool: &Pool, path: &str) -> Option<Bytes> {
    let text = pool.get(path).await?;
    let orders = orders(&text)?;
    let ids = orders.iter().filter_map(|[_, _, id]| std::str::from_utf8(id).ok());
    let items = gather(pool, ids.map(|id| format!("/items/{}", id.trim_matches('"')))).await?;
    let mut out = BytesMut::with_capacity(100 * orders.len());
    out.put_slice(b"{\"orders\":[");
    for (at, ([id, quantity, _], item)) in orders.iter().zip(&items).enumerate() {
        out.put_slice(if at == 0 { b"{\"id\":" } else { b",{\"id\":" });
        out.put_slice(id);
        out.put_slice(b",\"quantity\":");
        out.put_slice(quantity);
        out.put_slice(b",\"item\":");
        object(&mut out, item, 0, BRIEF)?;
        out.put_slice(b"}");
    }
    out.put_slice(b"]}");
    Some(out.freeze())
}

async fn list_bulk(pool: &Pool, path: &str) -> Option<Bytes> {
    let text = pool.get(path).await?;
    let orders = orders(&text)?;
    let mut wanted = String::from("/batch?ids=");
    for (at, [_, _, id]) in orders.iter().enumerate() {
        wanted.push_str(if at == 0 { "" } else { "," });
        wanted.push_str(std::str::from_utf8(id).ok()?.trim_matches('"'));
    }
    let items = pool.get(&wanted).await?;
    let mut places = std::collections::HashMap::with_capacity(orders.len());
    cut::each_element(&items, 0, |at| {
        let ([id], end) = cut::members(&items, at, [b"id"])?;
        places.insert(id, at);
        Some(end)
    })?;
    let mut out = BytesMut::with_capacity(100 * orders.len());
    out.put_slice(b"{\"orders\":[");
    for (at, [id, quantity, item]) in orders.iter().enumerate() {
        out.put_slice(if at == 0 { b"{\"id\":" } else { b",{\"id\":" });
        out.put_slice(id);
        out.put_slice(b",\"quantity\":");
        out.put_slice(quantity);
        out.put_slice(b",\"item\":");
        object(&mut out, &items, *places.get(item)?, BRIEF)?;
        out.put_slice(b"}");
    }
    out.put_slice(b"]}");
    Some(out.freeze())
}

/// Writes some members of the object at `at`; gives where it ends.
fn object<const N: usize>(
    out: &mut BytesMut,
    text: &[u8],
    at: usize,
    names: [&[u8]; N],
) -> Option<usize> {
    let (values, end) = cut::members(text, at, names)?;
    for (place, (name, value)) in names.iter().zip(values).enumerate() {
        out.put_slice(if place == 0 { b"{\"" } else { b",\"" });
        out.put_slice(name);
        out.put_slice(b"\":");
        out.put_slice(value);
    }
    out.put_slice(b"}");
    Some(end)
}

/// All answers, asked for at once.
async fn gather(pool: &Pool, paths: impl Iterator<Item = String>) -> Option<Vec<Bytes>> {
    let calls = paths.map(|path| async move { pool.get(&path).await });
    join_all(calls).await.into_iter().collect()
}
