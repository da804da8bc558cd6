//! Who is measured: how each is started, and how it is asked.
//!
//! In:    where the project is built, the address of the upstream.
//! Out:   a running program for each peer that this machine has.
//! Never: a peer that is slower than its own documentation would have it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::ask;
use crate::process::{Running, SERVER};
use crate::scenario::Scenario;

/// What a peer can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Bare hyper.
    Floor,
    /// A proxy that hands bytes on.
    Proxy,
    /// A service with a route for each path.
    Routes,
    /// A GraphQL gateway.
    Graph,
}

/// One column of the table.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether it can write an access log and compress.
    pub(crate) logs: bool,
    start: fn(&Place, u16) -> Result<Command, String>,
    version: fn(&Place) -> Option<String>,
}

/// Where things are.
#[derive(Debug)]
pub(crate) struct Place {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// Files of this run: configurations, logs.
    pub(crate) scratch: PathBuf,
    /// Address of the upstream.
    pub(crate) store: String,
    /// An address at which nobody listens.
    pub(crate) down: String,
    /// What Cargo calls the build: `release` or `debug`.
    pub(crate) build: &'static str,
    /// Whether peers write an access log and compress.
    pub(crate) logged: bool,
}

impl Place {
    fn bench(&self, path: &str) -> PathBuf {
        self.root.join("bench").join(path)
    }

    /// A program with the variables that all of them read.
    fn command(&self, program: impl AsRef<Path>, port: u16) -> Command {
        let mut command = Command::new(program.as_ref());
        if self.logged {
            command.env("BENCH_LOGS", "1");
        }
        command
            .env("STORE_URL", &self.store)
            .env("DOWN_URL", &self.down)
            .env("BENCH_LISTEN", format!("127.0.0.1:{port}"))
            .env("NODE_ENV", "production");
        command
    }

    /// A program that Cargo built, of the product or, in `bench`, beside it.
    fn built(&self, folder: &str, program: &str) -> PathBuf {
        self.root.join(folder).join("target").join(self.build).join(program)
    }

    /// Where a peer's output goes, its access log among it.
    fn log(&self, peer: &str) -> PathBuf {
        let logged = if self.logged { "logged-" } else { "" };
        self.scratch.join(format!("{logged}{peer}.log"))
    }

    /// The workspace of the routes; a copy that says so where there is to be a log.
    fn workspace(&self) -> Result<PathBuf, String> {
        let own = self.bench("workspace");
        if !self.logged {
            return Ok(own);
        }
        let copy = self.scratch.join("logged-workspace");
        let _ = std::fs::remove_dir_all(&copy);
        let copied = Command::new("cp").arg("-r").arg(&own).arg(&copy).status();
        let path = copy.join("frontends/bench/frontend.toml");
        let text = match copied {
            Ok(status) if status.success() => std::fs::read_to_string(&path),
            _ => return Err(format!("{}: cannot be copied", own.display())),
        };
        let text = text.map_err(|e| format!("{}: {e}", path.display()))?;
        let text = text.replace("access_log = false", "access_log = true");
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(copy)
    }

    fn node(&self) -> PathBuf {
        self.root.join("node_modules/.bin/node")
    }

    fn written(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.scratch.join(name);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(path)
    }
}

/// All peers, Frontage first.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "frontage",
        kind: Kind::Routes,
        logs: true,
        start: |place, port| {
            let mut command = place.command(place.built("", "frontage"), port);
            command.args(["serve", "bench", "-C"]).arg(place.workspace()?);
            Ok(command)
        },
        version: |_| Some("this checkout".to_owned()),
    },
    Peer {
        name: "floor",
        kind: Kind::Floor,
        logs: false,
        start: |place, port| Ok(place.command(place.built("bench", "frontage-floor"), port)),
        version: |_| Some("bare hyper, by hand".to_owned()),
    },
    Peer {
        name: "nginx",
        kind: Kind::Proxy,
        logs: true,
        start: nginx,
        version: |_| said("nginx", &["-v"]),
    },
    Peer {
        name: "axum",
        kind: Kind::Routes,
        logs: true,
        start: |place, port| Ok(place.command(place.built("bench", "frontage-bench-axum"), port)),
        version: |_| Some("axum + reqwest + serde, by hand".to_owned()),
    },
    Peer {
        name: "fastify",
        kind: Kind::Routes,
        logs: true,
        start: |place, port| {
            let mut command = place.command(place.node(), port);
            command.arg(place.bench("node/fastify.js"));
            Ok(command)
        },
        version: |place| {
            let node = said(place.node(), &["--version"])?;
            Some(format!("Fastify + undici, by hand, Node {node}"))
        },
    },
    Peer {
        name: "routes-in-node",
        kind: Kind::Routes,
        logs: false,
        start: |place, port| {
            let mut command = place.command(place.node(), port);
            command.arg(place.root.join("packages/frontage/bin/frontage-node.js"));
            command.args(["bench", "-C"]).arg(place.bench("workspace"));
            Ok(command)
        },
        version: |_| Some("the same route files in Node".to_owned()),
    },
    Peer {
        name: "tailcall",
        kind: Kind::Graph,
        logs: false,
        start: tailcall,
        version: |place| said(place.bench(TAILCALL), &["--version"]),
    },
    Peer {
        name: "hive",
        kind: Kind::Graph,
        logs: false,
        start: hive,
        version: |place| {
            let version = said(place.node(), &[&place.bench(HIVE).display().to_string(), "-V"])?;
            Some(format!("Hive Gateway {version} with GraphQL Mesh, compiled queries (JIT)"))
        },
    },
];

const TAILCALL: &str = "node/node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall";
const HIVE: &str = "hive/node_modules/@graphql-hive/gateway/dist/bin.js";

/// Tailcall with one worker, as it has one core.
fn tailcall(place: &Place, port: u16) -> Result<Command, String> {
    let path = place.bench("tailcall/store.graphql");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let text = text.replace("PORT", &port.to_string()).replace("STORE", &place.store);
    let mut command = place.command(place.bench(TAILCALL), port);
    command.env("TAILCALL_LOG_LEVEL", "error").env("TAILCALL_TRACKER", "false");
    command.arg("start").arg(place.written("tailcall.graphql", &text)?);
    Ok(command)
}

/// Hive Gateway in one process, as it has one core, over what Mesh composed of the contract.
fn hive(place: &Place, port: u16) -> Result<Command, String> {
    let mut command = place.command(place.node(), port);
    command.arg(place.bench(HIVE)).arg("supergraph");
    command.arg("-c").arg(place.bench("hive/gateway.config.ts"));
    command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "--fork", "1"]);
    command.arg(place.root.join("target/bench/supergraph.graphql"));
    Ok(command)
}

/// nginx as a proxy with kept connections, one worker as it has one core.
fn nginx(place: &Place, port: u16) -> Result<Command, String> {
    let store = place.store.trim_start_matches("http://");
    let scratch = place.scratch.display();
    let logs = if place.logged {
        let log = place.log("nginx");
        format!(
            "access_log {} combined buffer=64k flush=1s;
  gzip on;
  gzip_types application/json;
  gzip_proxied any;
  gzip_min_length 1024;",
            log.display()
        )
    } else {
        "access_log off;".to_owned()
    };
    let name = if place.logged { "logged-nginx" } else { "nginx" };
    let text = format!(
        "worker_processes 1;
daemon off;
pid {scratch}/{name}.pid;
error_log {scratch}/{name}.error.log;
events {{ worker_connections 4096; }}
http {{
  {logs}
  keepalive_requests 1000000000;
  client_body_temp_path {scratch}/nginx-body;
  proxy_temp_path {scratch}/nginx-proxy;
  fastcgi_temp_path {scratch}/nginx-fastcgi;
  uwsgi_temp_path {scratch}/nginx-uwsgi;
  scgi_temp_path {scratch}/nginx-scgi;
  upstream store {{ server {store}; keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port};
    location /passthrough/ {{
      proxy_pass http://store/items/;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
    }}
  }}
}}
"
    );
    let path = place.written(&format!("{name}.conf"), &text)?;
    let mut command = place.command("nginx", port);
    command.arg("-c").arg(path);
    Ok(command)
}

/// The first line that a program prints of itself.
fn said(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let out = Command::new(program.as_ref()).args(arguments).output().ok()?;
    // One that is not installed whole says something too.
    out.status.success().then_some(())?;
    let text = if out.stdout.is_empty() { out.stderr } else { out.stdout };
    Some(String::from_utf8_lossy(&text).lines().next()?.trim().to_owned())
}

/// A peer that runs.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) peer: &'static Peer,
    pub(crate) running: Running,
    pub(crate) port: u16,
    pub(crate) version: String,
    /// Where its output goes.
    pub(crate) log: PathBuf,
}

impl Peer {
    /// What it says of itself; none if this machine does not have it.
    pub(crate) fn version(&self, place: &Place) -> Option<String> {
        (self.version)(place)
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    ///
    /// If it does not within a minute.
    pub(crate) fn start(&'static self, place: &Place, version: String) -> Result<Started, String> {
        let port = ask::free_port()?;
        let log = place.log(self.name);
        let mut running = Running::start((self.start)(place, port)?, SERVER, &log)?;
        ask::wait_for(port, &mut running).map_err(|why| {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            let mut lines: Vec<&str> = log.lines().rev().take(12).collect();
            lines.reverse();
            format!("{}: {why}\n{}", self.name, lines.join("\n"))
        })?;
        Ok(Started { peer: self, running, port, version, log })
    }

    /// Whether it may make other calls than the plan of a scenario: written by hand, nobody joins
    /// equal calls, and in Node the route's own calls are made.
    pub(crate) fn may_call_more(&self, scenario: &Scenario) -> bool {
        match scenario.name {
            "list-repeated" => self.name != "frontage",
            "list-bulk" => self.name == "routes-in-node",
            _ => false,
        }
    }

    /// The bytes of the request that asks for a scenario's answer.
    pub(crate) fn request(&self, scenario: &Scenario) -> String {
        match (self.kind, scenario.query) {
            (Kind::Graph, Some(query)) => {
                let body = serde_json::json!({ "query": query }).to_string();
                format!(
                    "POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
            }
            _ => {
                let coding = if scenario.logged { "accept-encoding: gzip\r\n" } else { "" };
                format!("GET {} HTTP/1.1\r\nhost: localhost\r\n{coding}\r\n", scenario.path)
            }
        }
    }

    /// What the answer to a scenario is in what it sent.
    pub(crate) fn answer(&self, scenario: &Scenario, body: &[u8]) -> Result<Value, String> {
        let mut value: Value =
            serde_json::from_slice(body).map_err(|e| format!("{}: no JSON: {e}", self.name))?;
        if self.kind != Kind::Graph {
            return Ok(value);
        }
        let mut found = value.get_mut("data");
        if let Some(member) = scenario.member {
            found = found.and_then(|data| data.get_mut(member));
        }
        match found {
            Some(data) => Ok(data.take()),
            None => Err(format!("{}: no data: {value}", self.name)),
        }
    }
}
