//! The services in this process, each test with a copy of the seeded file.

use crate::client::{Answer, send};
use rusqlite::{Connection, OpenFlags, types::FromSql};
use serde_json::Value;
use shop_services::{Options, Running, Service, file_in, start};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Running services over data of their own.
pub(crate) struct Shop {
    runtime: Runtime,
    running: Option<Running>,
    data: TempDir,
}

/// Options for free ports and the folder `data`.
pub(crate) fn options(data: &Path) -> Options {
    let mut options = Options { data: data.to_owned(), ..Options::default() };
    for address in &mut options.listen {
        address.set_port(0);
    }
    options
}

/// A runtime like the program's.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The seeded file that all tests copy; made once.
pub(crate) fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeded");
        let runtime = runtime();
        let options = Options { reset: true, ..options(&folder) };
        let running = runtime.block_on(start(&options, |_| {})).expect("the services start");
        runtime.block_on(running.stop());
        file_in(&folder)
    })
}

impl Shop {
    /// Starts over a copy of the seeded file.
    pub(crate) fn open() -> Self {
        let data = TempDir::new().expect("a folder");
        std::fs::copy(template(), file_in(data.path())).expect("the file is copied");
        let runtime = runtime();
        let running =
            runtime.block_on(start(&options(data.path()), |line| panic!("seeded again: {line}")));
        Self { running: Some(running.expect("the services start")), runtime, data }
    }

    /// Stops and starts over the same file.
    pub(crate) fn restart(&mut self) {
        self.stop();
        let running = self
            .runtime
            .block_on(start(&options(self.data.path()), |line| panic!("seeded again: {line}")));
        self.running = Some(running.expect("the services start"));
    }

    fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }

    /// Sends a request; a body is sent as JSON.
    pub(crate) fn call(
        &self,
        service: Service,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let address = self.running.as_ref().expect("running services").address(service);
        let mut headers = headers.to_vec();
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        send(address, method, target, &headers, body.as_bytes())
    }

    /// Sends bytes as they are.
    pub(crate) fn send(
        &self,
        service: Service,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        send(
            self.running.as_ref().expect("running services").address(service),
            method,
            target,
            headers,
            body,
        )
    }

    /// A `GET` that must be answered with JSON and 200.
    pub(crate) fn get(&self, service: Service, target: &str) -> Value {
        let answer = self.call(service, "GET", target, &[], None);
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        answer.json()
    }

    /// The file, opened beside the services, for reading.
    pub(crate) fn database(&self) -> Connection {
        open(&file_in(self.data.path()))
    }

    /// One value out of the file.
    pub(crate) fn sql<T: FromSql>(&self, query: &str) -> T {
        self.database()
            .query_row(query, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{query}: {error}"))
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Opens a database for reading.
pub(crate) fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database opens")
}
