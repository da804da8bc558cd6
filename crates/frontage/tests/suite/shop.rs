//! The shop with its real services, for the suites.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use frontage_testkit::process::{Program, Serving};
use shop_services::{Options, Running, Service};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Names of the services, in the order of [`Service::ALL`].
pub(crate) const UPSTREAMS: [&str; 4] = ["users", "orders", "catalog", "stock"];

/// The services, in this process.
pub(crate) struct Shop {
    /// The program, with the services' addresses in its environment, and free ports to listen on.
    pub(crate) program: Program,
    /// Where the services keep their data, and tests what they write.
    pub(crate) folder: TempDir,
    /// What the services run on.
    pub(crate) runtime: Runtime,
    services: Running,
}

/// The example's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

/// Copies the example, without its services.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        match path.is_dir() {
            true if path.ends_with("services") || path.ends_with("node_modules") => {}
            true => copy(&path, &target),
            false => drop(std::fs::copy(&path, &target).unwrap()),
        }
    }
}

impl Shop {
    /// Starts the services.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = Runtime::new().expect("a runtime");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let data = folder.path().to_owned();
        let options = Options { data, reset: false, listen: [any; 4], delays: Vec::new() };
        let services = runtime.block_on(shop_services::start(&options, |_| {})).expect("services");
        let mut program = Program::new(env!("CARGO_BIN_EXE_frontage"))
            .with("WEB_LISTEN", "127.0.0.1:0")
            .with("MOBILE_LISTEN", "127.0.0.1:0");
        for (name, service) in UPSTREAMS.into_iter().zip(Service::ALL) {
            let variable = format!("{}_URL", name.to_uppercase());
            program = program.with(&variable, &format!("http://{}", services.address(service)));
        }
        Self { program, folder, runtime, services }
    }

    /// Where a service listens.
    pub(crate) fn service(&self, name: &str) -> SocketAddr {
        let at = UPSTREAMS.iter().position(|own| *own == name).expect("a service");
        self.services.address(Service::ALL[at])
    }

    /// Serves both frontends of a workspace.
    pub(crate) fn serve(&self, workspace: &Path) -> Serving {
        self.program.serve(workspace, &["serve", "--json"], 2)
    }
}
