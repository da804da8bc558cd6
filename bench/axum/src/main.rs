//! The same routes as a competent engineer writes them by hand: axum, reqwest, typed serde.
//!
//! Types name what is read and nothing else, so that serde skips the rest without building it.
//! The runtime is tokio's multi-threaded one, as `#[tokio::main]` gives it. With `BENCH_LOGS` it
//! writes an access log and compresses, with the layers of `tower-http`.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::future::try_join_all;
use reqwest::Client;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tracing::Level;

#[derive(Clone)]
struct Services {
    client: Client,
    store: String,
    down: String,
}

impl Services {
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let response = self.client.get(format!("{}{path}", self.store)).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    async fn item(&self, id: &str) -> Result<Brief, Failure> {
        self.get(&format!("/items/{id}")).await
    }
}

/// What a failed call answers.
struct Failure;

impl From<reqwest::Error> for Failure {
    fn from(_: reqwest::Error) -> Self {
        Self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        StatusCode::BAD_GATEWAY.into_response()
    }
}

#[derive(Deserialize, Serialize)]
struct Brief {
    id: String,
    name: String,
    count: i64,
}

#[derive(Deserialize)]
struct Linked {
    next: String,
}

#[derive(Deserialize, Serialize)]
struct Products {
    total: i64,
    items: Vec<Product>,
}

#[derive(Deserialize, Serialize)]
struct Product {
    id: String,
    name: String,
    price: f64,
    stock: i64,
    rating: f64,
}

#[derive(Deserialize)]
struct Orders {
    orders: Vec<Order>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: String,
    quantity: i64,
    item_id: String,
}

#[derive(Serialize)]
struct Shown {
    orders: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: String,
    quantity: i64,
    item: Brief,
}

#[derive(Serialize)]
struct WithExtra {
    item: Brief,
    extra: Option<Brief>,
}

type Answer<T> = Result<Json<T>, Failure>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().pool_max_idle_per_host(256).tcp_nodelay(true).build()?;
    let (store, down) = (std::env::var("STORE_URL")?, std::env::var("DOWN_URL")?);
    let app = Router::new()
        .route("/passthrough/{id}", get(passthrough))
        .route("/fanout/1", get(fanout_1))
        .route("/fanout/4", get(fanout_4))
        .route("/fanout/16", get(fanout_16))
        .route("/projection/{size}", get(projection))
        .route("/chain", get(chain))
        .route("/list/{kind}", get(list))
        .route("/list/bulk", get(list_bulk))
        .route("/budget/slow", get(slow))
        .route("/budget/down", get(down_part))
        .with_state(Services { client, store, down });
    // Lines are written by a thread of their own, as its documentation recommends.
    let (lines, _written_at_the_end) = tracing_appender::non_blocking(std::io::stdout());
    let app = if std::env::var_os("BENCH_LOGS").is_some() {
        tracing_subscriber::fmt().json().with_writer(lines).init();
        let spans = DefaultMakeSpan::new().level(Level::INFO);
        let trace = TraceLayer::new_for_http().make_span_with(spans);
        // As fast as Frontage's, and so the same work.
        let compression = CompressionLayer::new().quality(CompressionLevel::Precise(1));
        app.layer(compression.compress_when(SizeAbove::new(1024)))
            .layer(trace.on_response(DefaultOnResponse::new().level(Level::INFO)))
    } else {
        app
    };
    let listener = tokio::net::TcpListener::bind(std::env::var("BENCH_LISTEN")?).await?;
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _ = stream.set_nodelay(true);
        }),
        app,
    )
    .await?;
    Ok(())
}

async fn passthrough(
    State(s): State<Services>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let answer =
        s.client.get(format!("{}/items/{id}", s.store)).send().await?.error_for_status()?;
    let kind = answer.headers().get("content-type").cloned();
    let body = answer.bytes().await?;
    let mut response = body.into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    Ok(response)
}

#[derive(Serialize)]
struct One {
    p1: Brief,
}

async fn fanout_1(State(s): State<Services>) -> Answer<One> {
    Ok(Json(One { p1: s.item("1").await? }))
}

#[derive(Serialize)]
struct Four {
    p1: Brief,
    p2: Brief,
    p3: Brief,
    p4: Brief,
}

async fn fanout_4(State(s): State<Services>) -> Answer<Four> {
    let (p1, p2, p3, p4) = tokio::try_join!(s.item("1"), s.item("2"), s.item("3"), s.item("4"))?;
    Ok(Json(Four { p1, p2, p3, p4 }))
}

/// Written as a map: sixteen members in the order of their numbers.
struct Many(Vec<Brief>);

impl Serialize for Many {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.0.iter().enumerate().map(|(at, item)| (format!("p{}", at + 1), item));
        serializer.collect_map(members)
    }
}

async fn fanout_16(State(s): State<Services>) -> Answer<Many> {
    let s = &s;
    let calls = (1..=16).map(|id| async move { s.item(&id.to_string()).await });
    Ok(Json(Many(try_join_all(calls).await?)))
}

async fn projection(State(s): State<Services>, Path(size): Path<String>) -> Answer<Products> {
    Ok(Json(s.get(&format!("/products/{size}")).await?))
}

async fn chain(State(s): State<Services>) -> Answer<Brief> {
    let first: Linked = s.get("/items/1").await?;
    let second: Linked = s.get(&format!("/items/{}", first.next)).await?;
    Ok(Json(s.item(&second.next).await?))
}

async fn list(State(s): State<Services>, Path(kind): Path<String>) -> Answer<Shown> {
    let orders: Orders = s.get(&format!("/orders/{kind}")).await?;
    let s = &s;
    let lines = orders.orders.into_iter().map(|Order { id, quantity, item_id }| async move {
        Ok::<_, Failure>(Line { id, quantity, item: s.item(&item_id).await? })
    });
    Ok(Json(Shown { orders: try_join_all(lines).await? }))
}

async fn list_bulk(State(s): State<Services>) -> Answer<Shown> {
    let Orders { orders } = s.get("/orders/distinct").await?;
    let ids: Vec<&str> = orders.iter().map(|order| order.item_id.as_str()).collect();
    let items: Vec<Brief> = s.get(&format!("/batch?ids={}", ids.join(","))).await?;
    let mut items: std::collections::HashMap<String, Brief> =
        items.into_iter().map(|item| (item.id.clone(), item)).collect();
    let lines = orders.into_iter().map(|Order { id, quantity, item_id }| {
        let item = items.remove(&item_id).ok_or(Failure)?;
        Ok(Line { id, quantity, item })
    });
    Ok(Json(Shown { orders: lines.collect::<Result<_, Failure>>()? }))
}

async fn slow(State(s): State<Services>) -> Answer<WithExtra> {
    let late = tokio::time::timeout(Duration::from_millis(80), s.get::<Brief>("/slow/2"));
    let (item, extra) = tokio::join!(s.item("1"), late);
    let extra = extra.ok().and_then(Result::ok);
    Ok(Json(WithExtra { item: item?, extra }))
}

async fn down_part(State(s): State<Services>) -> Answer<WithExtra> {
    let lost = async {
        let response = s.client.get(format!("{}/items/2", s.down)).send().await.ok()?;
        response.json::<Brief>().await.ok()
    };
    let (item, extra) = tokio::join!(s.item("1"), lost);
    Ok(Json(WithExtra { item: item?, extra }))
}
