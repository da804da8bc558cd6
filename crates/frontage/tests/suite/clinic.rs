//! A workspace with two frontends over scripted upstreams, for the suites.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use frontage_testkit::case::Case;
use frontage_testkit::client::{Answer, get};
use frontage_testkit::process::Program;
use frontage_testkit::upstream::Upstream;
use tempfile::TempDir;

/// A workspace in a folder of its own.
pub(crate) struct Clinic {
    /// Its folder.
    pub(crate) folder: TempDir,
    /// The upstream `records`.
    pub(crate) records: Upstream,
    /// The program, with the upstreams' addresses in its environment.
    pub(crate) program: Program,
}

const WEB: &str = "
    import { route } from \"frontage\";
    import { z } from \"zod\";
    import { records } from \"#upstreams\";
    export const GET = route({ params: z.object({ id: z.string() }) }, async ({ params }) => {
      const patient = await records.getPatient({ id: params.id });
      return { name: patient.name.first, version: 1 };
    });
";

const MOBILE: &str = "
    import { route } from \"frontage\";
    export const GET = route(async ({ session }) => ({ hello: session.sub }));
";

/// A patient as `records` answers.
pub(crate) const PATIENT: &str =
    r#"{"id":"p1","status":"active","name":{"first":"Ada","last":"L"},"balance":1.5,"tags":[]}"#;

impl Clinic {
    /// `web` has `/api/patients/{id}`, `mobile` has `/api/hello`; `records` knows patient `p1`.
    pub(crate) fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = [
            ("frontends/web/routes/api/patients/[id].ts", WEB),
            ("frontends/mobile/routes/api/hello.ts", MOBILE),
            (
                "frontends/mobile/frontend.toml",
                "listen = \"127.0.0.1:0\"\n[auth]\nkind = \"dev\"\nsession = { sub = \"m1\" }\n",
            ),
        ];
        let case = Case {
            path: root.clone(),
            title: String::new(),
            files: files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect(),
            blocks: Vec::new(),
        };
        case.write(&root.join("cases/fixture"), folder.path()).expect("the workspace is written");
        let records = Upstream::start();
        records.json("GET /patients/p1", PATIENT);
        let program =
            Program::new(env!("CARGO_BIN_EXE_frontage")).with("RECORDS_URL", &records.url());
        Self { folder, records, program }
    }

    /// Writes a file of the workspace whole, as editors do: beside, then renamed.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let target = self.folder.path().join(path);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("the folder is made");
        let draft = target.with_extension("draft~");
        std::fs::write(&draft, text).expect("the file is written");
        std::fs::rename(draft, target).expect("the file is renamed");
    }

    /// The text of `web`'s route with another version in its answer.
    pub(crate) fn web_version(version: u32) -> String {
        WEB.replace("version: 1", &format!("version: {version}"))
    }
}

/// Path of `web`'s route module.
pub(crate) const WEB_ROUTE: &str = "frontends/web/routes/api/patients/[id].ts";

/// Stops the clients, also when the test fails: a scope waits for its threads.
pub(crate) struct Stop<'a>(pub(crate) &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks for `path` until told to stop; gives what was not answered 200.
///
/// - `seen`: is told of every 200.
pub(crate) fn ask_on(
    address: SocketAddr,
    path: &str,
    stop: &AtomicBool,
    seen: impl Fn(&Answer),
) -> Vec<String> {
    let mut faults = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        match get(address, path) {
            Ok(answer) if answer.status == 200 => seen(&answer),
            other => faults.push(format!("{other:?}")),
        }
    }
    faults
}
