//! Releases: built, served, activated and rolled back under load, damaged, side by side.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use frontage_testkit::client::{Answer, get, send};
use frontage_testkit::process::{Serving, signal};
use serde_json::Value;

use crate::clinic::{Clinic, Stop, WEB_ROUTE, ask_on};

const PATIENT: &str = "/api/patients/p1";

/// A `frontend.toml` of `web`.
fn toml(listen: &str, more: &str) -> String {
    format!("listen = \"{listen}\"\n{more}\n[auth]\nkind = \"dev\"\nsession = {{ sub = \"u\" }}\n")
}

/// How `web` listens in these tests: where the environment says, else on any port.
const ANYWHERE: &str = "${WEB_LISTEN:-127.0.0.1:0}";

impl Clinic {
    fn release(&self, frontend: &str, file: &str) -> (PathBuf, Value) {
        let path = self.folder.path().join(file);
        let file = path.display().to_string();
        let output =
            self.program.run(self.folder.path(), &["build", frontend, "-o", &file, "--json"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        (path, serde_json::from_str(&said).unwrap())
    }

    /// Version `number` of `web`, whose route answers with that number.
    fn web(&self, number: u32, more: &str) -> PathBuf {
        let version = format!("version = \"{number}.0\"\n{more}");
        self.write("frontends/web/frontend.toml", &toml(ANYWHERE, &version));
        self.write(WEB_ROUTE, &Self::web_version(number));
        self.release("web", &format!("web-{number}.release")).0
    }

    fn serve_releases(&self, files: &[&Path]) -> Serving {
        let mut words = vec!["serve", "--json", "--state", "state"];
        for file in files {
            words.extend(["--release", file.to_str().unwrap()]);
        }
        // Nothing but the files: no workspace is anywhere above.
        let elsewhere = self.folder.path().join("elsewhere");
        std::fs::create_dir_all(&elsewhere).unwrap();
        self.program.serve(&elsewhere, &words, files.len().max(1))
    }

    /// Runs `frontage release`; its result, or its first diagnostic.
    fn ask(&self, words: &[&str]) -> Result<Value, Value> {
        let mut all = vec!["release", "--json"];
        all.extend(words);
        all.extend(["--state", "state"]);
        let output = self.program.run(&self.folder.path().join("elsewhere"), &all);
        let said = String::from_utf8_lossy(&output.stdout);
        let value: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
        if output.status.success() { Ok(value) } else { Err(value["diagnostics"][0].clone()) }
    }

    fn activate(&self, file: &Path) -> Result<Value, Value> {
        self.ask(&["activate", file.to_str().unwrap()])
    }
}

fn version_of(answer: &Answer) -> u64 {
    answer.json()["version"].as_u64().unwrap_or_else(|| panic!("{}", answer.text()))
}

fn version(address: SocketAddr) -> u64 {
    version_of(&get(address, PATIENT).unwrap())
}

#[test]
fn equal_sources_give_equal_files_and_others_do_not() {
    let (one, two) = (Clinic::new(), Clinic::new());
    for clinic in [&one, &two] {
        clinic.write("frontends/web/public/index.html", "<title>clinic</title>");
        clinic.write("frontends/web/public/app.js", "1;");
        clinic.write("frontends/web/frontend.toml", &toml(ANYWHERE, "static = \"public\""));
    }
    let (first, said) = one.release("web", "a.release");
    let (second, _) = two.release("web", "b/b.release");
    let bytes = std::fs::read(&first).unwrap();
    assert_eq!(bytes, std::fs::read(&second).unwrap());
    // Neither where it was made nor where services are stands in it.
    for place in [one.folder.path().to_str().unwrap(), &one.records.url()] {
        assert!(!bytes.windows(place.len()).any(|window| window == place.as_bytes()), "{place}");
    }
    assert_eq!(said["files"][1]["path"], "index.html");
    assert_eq!(said["version"].as_str().map(str::len), Some(12));
    // What another frontend's team broke is not this one's business.
    two.write("frontends/mobile/routes/api/hello.ts", "export const GET = nothing;\n");
    let (third, _) = two.release("web", "c.release");
    assert_eq!(bytes, std::fs::read(third).unwrap());
    two.write("frontends/web/public/app.js", "2;");
    let (fourth, changed) = two.release("web", "d.release");
    assert_ne!(bytes, std::fs::read(fourth).unwrap());
    assert_ne!(said["sources"], changed["sources"]);
    assert_eq!(said["contracts"], changed["contracts"]);
}

#[test]
fn a_release_needs_nothing_else() {
    let clinic = Clinic::new();
    clinic.write("frontends/web/public/index.html", "<title>clinic</title>");
    clinic.write("frontends/web/frontend.toml", &toml(ANYWHERE, "static = \"public\""));
    let (web, _) = clinic.release("web", "web.release");
    let (mobile, _) = clinic.release("mobile", "mobile.release");
    for gone in ["frontends", "shared", "contracts", "frontage.toml"] {
        let path = clinic.folder.path().join(gone);
        let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
    }
    let serving = clinic.serve_releases(&[&web, &mobile]);
    let address = serving.address("web");
    assert_eq!(version(address), 1);
    assert!(get(address, "/").unwrap().text().contains("clinic"));
    assert_eq!(get(serving.address("mobile"), "/api/hello").unwrap().json()["hello"], "m1");
    let version = get(serving.admin("web"), "/version").unwrap().json();
    assert_eq!(version["releases"][0]["requests"], 2);
}

#[test]
fn fifty_activations_and_rollbacks_under_load_fail_no_request() {
    let clinic = Clinic::new();
    let one = clinic.web(1, "");
    // Other limits, which the same process takes over.
    let two = clinic.web(2, "[limits]\nrequest_timeout = \"9s\"\nuri = \"4KiB\"");
    let (mobile, _) = clinic.release("mobile", "mobile.release");
    let serving = clinic.serve_releases(&[&one, &mobile]);
    let (web, mobile) = (serving.address("web"), serving.address("mobile"));
    let processes = serving.children();
    let (stop, seen) = (AtomicBool::new(false), [AtomicUsize::new(0), AtomicUsize::new(0)]);
    std::thread::scope(|scope| {
        let _stop = Stop(&stop);
        let clients: Vec<_> = (0..6)
            .map(|number| {
                let (stop, seen) = (&stop, &seen);
                scope.spawn(move || match number {
                    0..4 => ask_on(web, PATIENT, stop, |answer| {
                        let number = version_of(answer) as usize;
                        seen[number - 1].fetch_add(1, Ordering::Relaxed);
                    }),
                    _ => ask_on(mobile, "/api/hello", stop, |_| {}),
                })
            })
            .collect();
        for _ in 0..25 {
            assert_eq!(clinic.activate(&two).unwrap()["version"], "2.0");
            assert_eq!(version(web), 2, "whoever asks after it gets it");
            assert_eq!(clinic.ask(&["rollback", "web"]).unwrap()["version"], "1.0");
            assert_eq!(version(web), 1);
        }
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let faults = client.join().unwrap();
            assert!(faults.is_empty(), "{faults:?}");
        }
    });
    assert!(seen.iter().all(|count| count.load(Ordering::Relaxed) > 0), "{seen:?}");
    assert_eq!(serving.children(), processes, "no process was replaced");
}

#[test]
fn what_cannot_be_served_is_refused_and_what_runs_stays() {
    let clinic = Clinic::new();
    let one = clinic.web(1, "");
    let two = clinic.web(2, "");
    let (mobile, _) = clinic.release("mobile", "mobile.release");
    // It needs what this machine does not have.
    clinic.write("frontends/web/frontend.toml", &toml("${NOWHERE}", "version = \"3.0\""));
    let three = clinic.release("web", "web-3.release").0;
    let serving = clinic.serve_releases(&[&one]);
    let whole = std::fs::read(&two).unwrap();
    let spoilt = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let newer = {
        let mut bytes = whole.clone();
        bytes[17] = 99;
        bytes
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "no release"),
        (b"PK\x03\x04".to_vec(), "no release"),
        (whole[..10].to_vec(), "cut off"),
        (whole[..whole.len() / 2].to_vec(), "cut off"),
        (whole[..whole.len() - 1].to_vec(), "cut off"),
        ([&whole[..], b"x"].concat(), "damaged"),
        (spoilt(whole.len() / 2), "damaged"),
        (spoilt(whole.len() - 1), "damaged"),
        (newer, "format 99"),
        (std::fs::read(&mobile).unwrap(), "does not serve `mobile`"),
        (std::fs::read(&three).unwrap(), "NOWHERE"),
    ];
    let bad = clinic.folder.path().join("bad.release");
    for (bytes, expected) in cases {
        std::fs::write(&bad, &bytes).unwrap();
        let fault = clinic.activate(&bad).unwrap_err();
        let message = fault["message"].as_str().unwrap();
        assert!(message.contains(expected), "{expected}: {fault}");
        assert!(fault["help"].is_string(), "{fault}");
        assert_eq!(version(serving.address("web")), 1);
    }
    for (words, code) in [
        (&["rollback", "web"][..], "FR5020"),
        (&["rollback", "web", "9.9"], "FR5020"),
        (&["retire", "web", "1.0"], "FR5020"),
        (&["retire", "web", "9.9"], "FR5020"),
        (&["rollback", "none"], "FR5008"),
        (&["activate", "/nowhere.release"], "FR5006"),
    ] {
        assert_eq!(clinic.ask(words).unwrap_err()["code"], code, "{words:?}");
    }
    assert_eq!(version(serving.address("web")), 1);
    drop(serving);
    assert_eq!(clinic.ask(&["list"]).unwrap_err()["code"], "FR5021");
}

/// Asks until an answer is as it should be.
fn until(address: SocketAddr, number: u64) {
    let began = std::time::Instant::now();
    while version(address) != number {
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{number} never came");
    }
}

#[test]
fn what_a_process_has_once_changes_by_another_process() {
    let clinic = Clinic::new();
    let one = clinic.web(1, "");
    let two = clinic.web(2, "threads = 1\n[limits]\nconnections = 99");
    let serving = clinic.serve_releases(&[&one]);
    let before = serving.children()[0].0;
    clinic.activate(&two).unwrap();
    // It listens on a port of its own, since any was asked for.
    let children = serving.children();
    assert!(children.iter().any(|(id, _)| *id != before), "{children:?}");
    let list = clinic.ask(&["list"]).unwrap();
    assert_eq!(list["releases"][0]["version"], "2.0");
    assert_eq!(clinic.ask(&["rollback", "web"]).unwrap()["version"], "1.0");
}

#[test]
fn a_file_that_is_replaced_is_taken_up_and_a_rollback_outlasts_a_restart() {
    let clinic = Clinic::new();
    let (one, two) = (clinic.web(1, ""), clinic.web(2, ""));
    let file = clinic.folder.path().join("web.release");
    let replace = |with: &[u8]| {
        std::fs::write(clinic.folder.path().join("draft"), with).unwrap();
        std::fs::rename(clinic.folder.path().join("draft"), &file).unwrap();
    };
    replace(&std::fs::read(&one).unwrap());
    let serving = clinic.serve_releases(&[&file]);
    let web = serving.address("web");
    assert_eq!(version(web), 1);
    replace(b"frontage release, but not quite");
    replace(&std::fs::read(&two).unwrap());
    until(web, 2);
    assert_eq!(clinic.ask(&["rollback", "web"]).unwrap()["before"], "2.0");
    assert_eq!(version(web), 1);
    let (status, _) = serving.terminate();
    assert!(status.success());
    // The file still holds what was left.
    let serving = clinic.serve_releases(&[&file]);
    assert_eq!(version(serving.address("web")), 1);
    let (status, _) = serving.terminate();
    assert!(status.success());
    // Without the file, and with a damaged one: what was served is.
    std::fs::write(&file, b"frontage release").unwrap();
    let serving = clinic.serve_releases(&[&file]);
    assert_eq!(version(serving.address("web")), 1);
    drop(serving);
    let serving = clinic.serve_releases(&[]);
    assert_eq!(version(serving.address("web")), 1);
}

#[test]
fn clients_choose_by_header_and_old_releases_say_that_they_go() {
    let clinic = Clinic::new();
    let header = "[releases]\nchoose = \"header\"\nheader = \"x-app-release\"\nkeep = 3\n[releases.deprecated.\"1.0\"]\nsince = 2026-11-01\nsunset = \"2027-02-01\"\nlink = \"https://example.org/leave\"\n";
    let files: Vec<PathBuf> = (1..=4).map(|number| clinic.web(number, header)).collect();
    let serving = clinic.serve_releases(&[&files[0]]);
    let web = serving.address("web");
    for file in &files[1..3] {
        clinic.activate(file).unwrap();
    }
    let ask = |release: &str| {
        let head = format!("GET {PATIENT}\nx-app-release: {release}");
        send(web, &head, b"").unwrap()
    };
    for (named, answered) in [("1.0", 1), ("2.0", 2), ("3.0", 3), ("9.9", 3), ("", 3)] {
        assert_eq!(version_of(&ask(named)), answered, "{named:?}");
    }
    assert_eq!(version(web), 3);
    let old = ask("1.0");
    assert_eq!(old.header("deprecation"), Some("@1793491200"));
    assert_eq!(old.header("sunset"), Some("Mon, 01 Feb 2027 00:00:00 GMT"));
    assert_eq!(old.header("link"), Some("<https://example.org/leave>; rel=\"deprecation\""));
    let new = ask("3.0");
    assert_eq!((new.header("deprecation"), new.header("sunset")), (None, None));
    let vary = ("vary".to_owned(), "x-app-release".to_owned());
    assert!(new.headers.contains(&vary), "{new:?}");
    // How much each is used tells when it can go.
    let list = clinic.ask(&["list", "web"]).unwrap();
    let used: Vec<(&str, u64)> = list["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (own["version"].as_str().unwrap(), own["requests"].as_u64().unwrap()))
        .collect();
    assert_eq!(used, [("3.0", 5), ("2.0", 1), ("1.0", 2)]);
    let metrics = get(serving.admin("web"), "/metrics").unwrap().text();
    let line = "frontage_release_requests_total{frontend=\"web\",release=\"1.0\"} 2";
    assert!(metrics.lines().any(|own| own == line), "{metrics}");
    // One more than are kept, one that is ended by hand.
    let activated = clinic.activate(&files[3]).unwrap();
    assert_eq!(activated["beside"], serde_json::json!(["3.0", "2.0"]));
    assert_eq!(
        clinic.ask(&["retire", "web", "2.0"]).unwrap()["beside"],
        serde_json::json!(["3.0"])
    );
    for (named, answered) in [("1.0", 4), ("2.0", 4), ("3.0", 3), ("4.0", 4)] {
        assert_eq!(version_of(&ask(named)), answered, "{named:?}");
    }
    // A rollback ends what it leaves.
    assert_eq!(clinic.ask(&["rollback", "web"]).unwrap()["version"], "3.0");
    assert_eq!(version_of(&ask("4.0")), 3);
}

#[test]
fn clients_choose_by_path_and_may_be_refused_by_header() {
    let clinic = Clinic::new();
    clinic.write("frontends/web/public/index.html", "<title>clinic</title>");
    let prefix = "static = \"public\"\n[releases]\nchoose = \"prefix\"\n";
    let (one, two) = (clinic.web(1, prefix), clinic.web(2, prefix));
    let refuse =
        "[releases]\nchoose = \"header\"\nheader = \"x-app-release\"\notherwise = \"refuse\"\n";
    let three = clinic.web(3, refuse);
    let serving = clinic.serve_releases(&[&one]);
    let web = serving.address("web");
    clinic.activate(&two).unwrap();
    for (path, number) in [("/1.0", 1), ("/2.0", 2), ("", 2)] {
        assert_eq!(version_of(&get(web, &format!("{path}{PATIENT}")).unwrap()), number);
    }
    assert_eq!(get(web, &format!("/3.0{PATIENT}")).unwrap().status, 404);
    assert_eq!(get(web, "/1.0/").unwrap().status, 200);
    let page = get(web, "/1.0?a=b").unwrap();
    assert_eq!((page.status, page.header("location")), (308, Some("/1.0/?a=b")));
    clinic.activate(&three).unwrap();
    let ask = |release: &str| {
        send(web, &format!("GET {PATIENT}\nx-app-release: {release}"), b"").unwrap()
    };
    assert_eq!(version_of(&ask("1.0")), 1);
    let gone = ask("0.9");
    assert_eq!((gone.status, gone.json()["code"].as_str()), (410, Some("release_gone")));
    assert_eq!(version(web), 3);
}

/// The next number of a small generator: which step is cut off is chance, and can be repeated.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn a_supervisor_killed_at_any_point_of_an_activation_starts_with_a_release_that_serves() {
    let clinic = Clinic::new();
    let files = [clinic.web(1, ""), clinic.web(2, "")];
    let mut serving = clinic.serve_releases(&[&files[0]]);
    let mut seed = 7;
    let mut seen = [0; 2];
    for round in 0..16 {
        let next_up = files[(round + 1) % 2].to_str().unwrap().to_owned();
        let victim = serving.id();
        let asked = std::thread::scope(|scope| {
            let asking = scope.spawn(|| clinic.ask(&["activate", &next_up]));
            // Some way into it: work, not time, so that a slow machine gets as far.
            for _ in 0..next(&mut seed) % 40 {
                let _ = get(serving.address("web"), PATIENT);
            }
            signal(victim, "KILL");
            asking.join().unwrap()
        });
        drop(serving);
        serving = clinic.serve_releases(&[]);
        let number = version(serving.address("web"));
        if let Ok(activated) = asked {
            assert_eq!(activated["version"], format!("{number}.0"), "what was said is so");
        }
        seen[number as usize - 1] += 1;
        // Nothing half there is left.
        let left = std::fs::read_dir(clinic.folder.path().join("elsewhere/state/web")).unwrap();
        let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
        let folders = left.iter().filter(|name| name.len() == 64).count();
        assert!((1..=2).contains(&folders), "{left:?}");
    }
    println!("served after the kill: {seen:?}");
}

#[test]
fn thirty_releases_side_by_side_cost_their_plans() {
    let clinic = Clinic::new();
    let header = "[releases]\nchoose = \"header\"\nheader = \"x-app-release\"\nkeep = 30\n";
    let first = clinic.web(1, header);
    let serving = clinic.serve_releases(&[&first]);
    let web = serving.address("web");
    assert_eq!(version(web), 1);
    let backend = serving.children()[0].0;
    let before = resident_kib(backend);
    for number in 2..=30 {
        clinic.activate(&clinic.web(number, header)).unwrap();
    }
    for number in 1..=30 {
        let answer = send(web, &format!("GET {PATIENT}\nx-app-release: {number}.0"), b"").unwrap();
        assert_eq!(version_of(&answer), number);
    }
    let after = resident_kib(backend);
    println!("29 releases more: {before} KiB, then {after} KiB");
    assert_eq!(serving.children()[0].0, backend, "one process serves them all");
    assert!(after - before.min(after) < 29 * 512, "{before} KiB, then {after} KiB");
}

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
