//! What is measured: one path that every peer answers alike.
//!
//! In:    nothing.
//! Out:   scenarios as data.
//! Never: a scenario that one peer answers with less work than another.

use crate::peer::{Kind, Peer};

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// What `--scenario` names.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Path of the request.
    pub(crate) path: &'static str,
    /// Calls that the upstream has to see for one request, by kind.
    pub(crate) calls: &'static [(&'static str, f64)],
    /// The same as a query of a GraphQL gateway; none if it has no such thing.
    pub(crate) query: Option<&'static str>,
    /// The member of that query's answer that is the answer; none if it is the whole.
    pub(crate) member: Option<&'static str>,
    /// Requests per second of the round at a fixed rate.
    pub(crate) rate: f64,
    /// Connections of the round at saturation.
    pub(crate) connections: usize,
    /// With an access log, and compression for the client that asks for it.
    pub(crate) logged: bool,
}

impl Scenario {
    /// Whether a peer takes part.
    pub(crate) fn is_for(&self, peer: &Peer) -> bool {
        if self.logged && !peer.logs {
            return false;
        }
        match peer.kind {
            Kind::Floor => !self.name.starts_with("budget") && self.name != "list-repeated",
            Kind::Proxy => self.path == "/passthrough/1",
            Kind::Routes => true,
            Kind::Graph => self.query.is_some(),
        }
    }
}

const BASE: Scenario = Scenario {
    name: "",
    title: "",
    path: "",
    calls: &[],
    query: None,
    member: None,
    rate: 1000.0,
    connections: 32,
    logged: false,
};

/// All of them.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "passthrough",
        title: "an answer of 220 B handed on",
        path: "/passthrough/1",
        calls: &[("items", 1.0)],
        rate: 2000.0,
        ..BASE
    },
    Scenario {
        name: "fanout-1",
        title: "one call, three members of its answer",
        path: "/fanout/1",
        calls: &[("items", 1.0)],
        query: Some("{ p1: getItem(id: \"1\") { id name count } }"),
        rate: 2000.0,
        ..BASE
    },
    Scenario {
        name: "fanout-4",
        title: "four calls side by side",
        path: "/fanout/4",
        calls: &[("items", 4.0)],
        query: Some(
            "{ p1: getItem(id: \"1\") { id name count } p2: getItem(id: \"2\") { id name count } \
             p3: getItem(id: \"3\") { id name count } p4: getItem(id: \"4\") { id name count } }",
        ),
        ..BASE
    },
    Scenario {
        name: "fanout-16",
        title: "sixteen calls side by side",
        path: "/fanout/16",
        calls: &[("items", 16.0)],
        rate: 250.0,
        ..BASE
    },
    Scenario {
        name: "chain",
        title: "three calls, each by the answer before",
        path: "/chain",
        calls: &[("items", 3.0)],
        ..BASE
    },
    Scenario {
        name: "projection-20k",
        title: "five members of each of 30 products, 21 KB",
        path: "/projection/20k",
        calls: &[("products", 1.0)],
        query: Some(
            "{ getProducts(size: \"20k\") { total items { id name price stock rating } } }",
        ),
        member: Some("getProducts"),
        ..BASE
    },
    Scenario {
        name: "projection-200k",
        title: "the same of 300 products, 212 KB",
        path: "/projection/200k",
        calls: &[("products", 1.0)],
        query: Some(
            "{ getProducts(size: \"200k\") { total items { id name price stock rating } } }",
        ),
        member: Some("getProducts"),
        rate: 150.0,
        ..BASE
    },
    Scenario {
        name: "projection-2m",
        title: "the same of 3,000 products, 2.1 MB",
        path: "/projection/2m",
        calls: &[("products", 1.0)],
        query: Some("{ getProducts(size: \"2m\") { total items { id name price stock rating } } }"),
        member: Some("getProducts"),
        rate: 12.0,
        connections: 8,
        ..BASE
    },
    Scenario {
        name: "list-distinct",
        title: "a list of 50, one call for each",
        path: "/list/distinct",
        calls: &[("orders", 1.0), ("items", 50.0)],
        rate: 100.0,
        ..BASE
    },
    Scenario {
        name: "list-repeated",
        title: "a list of 50 that name ten",
        path: "/list/repeated",
        calls: &[("orders", 1.0), ("items", 10.0)],
        rate: 250.0,
        ..BASE
    },
    Scenario {
        name: "list-bulk",
        title: "a list of 50, one call for all",
        path: "/list/bulk",
        calls: &[("orders", 1.0), ("batch", 1.0)],
        rate: 500.0,
        ..BASE
    },
    Scenario {
        name: "budget-slow",
        title: "two calls, one too late for its 80 ms",
        path: "/budget/slow",
        calls: &[("items", 1.0), ("slow", 1.0)],
        rate: 500.0,
        connections: 128,
        ..BASE
    },
    Scenario {
        name: "budget-down",
        title: "two calls, one of a service that is down",
        path: "/budget/down",
        calls: &[("items", 1.0)],
        ..BASE
    },
    Scenario {
        name: "logged-passthrough",
        title: "passthrough with an access log; too small to be compressed",
        path: "/passthrough/1",
        calls: &[("items", 1.0)],
        rate: 2000.0,
        logged: true,
        ..BASE
    },
    Scenario {
        name: "logged-fanout-4",
        title: "fanout-4 with an access log; too small to be compressed",
        path: "/fanout/4",
        calls: &[("items", 4.0)],
        logged: true,
        ..BASE
    },
    Scenario {
        name: "logged-projection-20k",
        title: "projection-20k with an access log, compressed (gzip, level 1)",
        path: "/projection/20k",
        calls: &[("products", 1.0)],
        logged: true,
        ..BASE
    },
];
