//! The service behind every peer: answers that were written before the first request.
//!
//! In:    requests over HTTP/1.1 with keep-alive.
//! Out:   the same bytes for the same path, always; how often each kind of path was asked for.
//! Never: work that depends on the peer; a body is a reference to bytes made at the start.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Elements that can be asked for one by one.
const ITEMS: usize = 1000;
/// How long `/slow` waits: longer than any budget, shorter than any timeout.
const SLOW: Duration = Duration::from_millis(400);
/// The largest head of a request.
const MOST_HEAD: usize = 16 * 1024;

/// Serves on `port` until the process ends.
///
/// # Errors
///
/// If the port cannot be had.
pub(crate) fn serve(port: u16) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("upstream: {e}"))?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.map_err(|e| format!("upstream: port {port}: {e}"))?;
        let canned = Rc::new(Canned::new());
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let canned = Rc::clone(&canned);
            tokio::task::spawn_local(async move {
                // A peer that goes away ends its connection and nothing else.
                let _ = connection(stream, &canned).await;
            });
        }
    })
}

async fn connection(mut stream: TcpStream, canned: &Canned) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = Vec::with_capacity(MOST_HEAD);
    let mut output = Vec::new();
    loop {
        let mut taken = 0;
        while let Some((length, path)) = request(&input[taken..]) {
            // Before it waits: whoever asked may be gone by then, and has asked all the same.
            canned.count(path);
            if path.starts_with("/slow") {
                stream.write_all(&output).await?;
                output.clear();
                tokio::time::sleep(SLOW).await;
            }
            canned.answer(path, &mut output);
            taken += length;
        }
        input.drain(..taken);
        if !output.is_empty() {
            stream.write_all(&output).await?;
            output.clear();
        }
        if input.len() >= MOST_HEAD || stream.read_buf(&mut input).await? == 0 {
            return Ok(());
        }
    }
}

/// The length and path of a request that is there whole. Nobody sends a body to this service.
fn request(input: &[u8]) -> Option<(usize, &str)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(input) {
        Ok(httparse::Status::Complete(length)) => Some((length, request.path?)),
        _ => None,
    }
}

/// Whole answers, head included, by path.
struct Canned {
    answers: HashMap<String, Vec<u8>>,
    counts: RefCell<HashMap<&'static str, u64>>,
}

impl Canned {
    fn new() -> Self {
        let mut answers = HashMap::new();
        for id in 1..=ITEMS {
            answers.insert(format!("/items/{id}"), whole(&item(id)));
            answers.insert(format!("/slow/{id}"), whole(&item(id)));
        }
        for (name, count) in [("20k", 30), ("200k", 300), ("2m", 3000)] {
            answers.insert(format!("/products/{name}"), whole(&products(count)));
        }
        for (name, distinct) in [("distinct", 50), ("repeated", 10)] {
            let orders: Vec<String> = (0..50).map(|at| order(at, at % distinct + 1)).collect();
            let body = format!("{{\"orders\":[{}]}}", orders.join(","));
            answers.insert(format!("/orders/{name}"), whole(&body));
        }
        Self { answers, counts: RefCell::default() }
    }

    /// Notes that a path was asked for.
    fn count(&self, path: &str) {
        let kind = match path.split('/').nth(1).unwrap_or("").split('?').next() {
            Some("items") => "items",
            Some("products") => "products",
            Some("orders") => "orders",
            Some("batch") => "batch",
            Some("slow") => "slow",
            Some("counts") => return,
            _ => "other",
        };
        *self.counts.borrow_mut().entry(kind).or_default() += 1;
    }

    /// Appends the answer of a path.
    fn answer(&self, path: &str, output: &mut Vec<u8>) {
        if path == "/counts" {
            let counts = std::mem::take(&mut *self.counts.borrow_mut());
            let body = serde_json::to_string(&counts).unwrap_or_default();
            output.extend_from_slice(&whole(&body));
            return;
        }
        if let Some(answer) = self.answers.get(path) {
            output.extend_from_slice(answer);
        } else if let Some(ids) = path.strip_prefix("/batch?ids=") {
            // `,` may come encoded.
            let ids = ids.replace("%2C", ",");
            let ids = ids.split(',').filter_map(|id| id.parse::<usize>().ok());
            let items: Vec<String> = ids.filter(|id| (1..=ITEMS).contains(id)).map(item).collect();
            output.extend_from_slice(&whole(&format!("[{}]", items.join(","))));
        } else {
            let none = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
            output.extend_from_slice(none.as_bytes());
        }
    }
}

/// Some 200 bytes.
fn item(id: usize) -> String {
    let next = id % ITEMS + 1;
    format!(
        "{{\"id\":\"{id}\",\"name\":\"Item number {id}\",\"count\":{},\"price\":{}.{:02},\
         \"next\":\"{next}\",\"tags\":[\"new\",\"blue\",\"sale\"],\"active\":{},\
         \"updated\":\"2026-03-{:02}T09:30:00Z\",\"note\":\"kept in the second aisle\"}}",
        id * 7 % 100,
        id * 13 % 500,
        id * 29 % 100,
        !id.is_multiple_of(3),
        id % 28 + 1,
    )
}

/// So many products, as the service answers them.
pub(crate) fn products(count: usize) -> String {
    let products: Vec<String> = (1..=count).map(product).collect();
    format!("{{\"total\":{count},\"items\":[{}]}}", products.join(","))
}

/// Some 700 bytes, of which a list shows five fields.
fn product(id: usize) -> String {
    let mut reviews = String::new();
    for number in 0..3 {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            reviews,
            "{comma}{{\"author\":\"user{}\",\"stars\":{},\"text\":\"Fits well, arrived on time \\\"as said\\\"\"}}",
            id * 3 + number,
            (id + number) % 5 + 1,
        );
    }
    format!(
        "{{\"id\":\"p{id}\",\"sku\":\"SKU-{:06}\",\"name\":\"Product {id} \u{2013} caf\u{e9} edition\",\
         \"description\":\"A long text that a list does not show, but that the catalogue sends with every product.\",\
         \"price\":{}.{:02},\"currency\":\"EUR\",\"stock\":{},\"weight\":{}.5,\
         \"dimensions\":{{\"width\":{},\"height\":{},\"depth\":{}}},\
         \"rating\":{}.{},\"categories\":[\"kitchen\",\"table\",\"gift\"],\"reviews\":[{reviews}],\
         \"created\":\"2025-11-{:02}T10:00:00Z\",\"supplier\":null}}",
        id * 37 % 1_000_000,
        id * 17 % 900 + 1,
        id * 31 % 100,
        id * 11 % 250,
        id % 9,
        id % 40 + 5,
        id % 30 + 5,
        id % 20 + 5,
        id % 5,
        id % 10,
        id % 28 + 1,
    )
}

fn order(at: usize, item: usize) -> String {
    format!(
        "{{\"id\":\"o{at}\",\"itemId\":\"{item}\",\"quantity\":{},\"placed\":\"2026-02-11\"}}",
        at % 4 + 1
    )
}

/// An answer with its head.
fn whole(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
