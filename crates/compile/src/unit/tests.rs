//! What is left over from before changes nothing of what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_diagnostic::{FileId, SourceFile, SourceMap};
use proptest::prelude::*;

use super::{Memory, Project};
use crate::Compiled;
use crate::check::tests::support::{contract_sources, inputs};

const TEXT: &str = "frontends/web/lib/text.ts";
const USER: &str = "frontends/web/lib/user.ts";
const MONEY: &str = "shared/money.ts";
const HOME: &str = "frontends/web/routes/home.ts";
const USERS: &str = "frontends/web/routes/users/[id].ts";
const OTHER: &str = "frontends/web/routes/users/[name].ts";

/// Files, and the texts that each may have: the first is sound by itself.
const FILES: &[(&str, &[&str])] = &[
    (
        MONEY,
        &[
            "export const cents = (n: number): string => (n / 100).toFixed(2);",
            "export const cents = (n: number): string => n;",
            "export const pence = 1;",
            "export type Cents<T> = { n: T[\"x\"] }; export const cents = (n: number) => `${n}`;",
        ],
    ),
    (
        TEXT,
        &[
            "export const short = (s: string): string => s.slice(0, 3);",
            "export const short = (s: string): string => s.slize(0, 3);",
            "export const short = (s: string) => (s === \"\" ? null : s);",
            "export function short(s: string): string { return long(s); }\nexport function long(s: string): string { return short(s); }",
            "import { tile } from \"./user.ts\";\nexport const short = (s: string): string => tile === null ? s : s;",
            "export const short = (",
        ],
    ),
    (
        USER,
        &[
            "import type { Users } from \"#upstreams\";\nimport { short } from \"./text.ts\";\nexport interface Tile { name: string | null }\nexport const tile = (u: Users.User): Tile => ({ name: short(u.firstName) });",
            "export const tile = (u: { firstName: string }) => ({ name: u.firstName, at: 1 });",
            "export const tile = (u: { firstName: string }) => ({ name: u.lastName });",
        ],
    ),
    (
        HOME,
        &[
            "import { route } from \"frontage\";\nimport { users } from \"#upstreams\";\nimport { tile } from \"../lib/user.ts\";\nexport const GET = route(async () => { const found = await users.listUsers({ limit: 3 }); return { users: found.items.map(tile) }; });",
            "import { route } from \"frontage\";\nimport { catalog } from \"#upstreams\";\nimport { cents } from \"#shared/money.ts\";\nexport const GET = route(async () => ({ price: cents(100) }));",
            "import { route } from \"frontage\";\nexport const GET = route(async () => ({ a: b }));",
            "export const x = 1;",
        ],
    ),
    (
        USERS,
        &[
            "import { route } from \"frontage\";\nimport { z } from \"zod\";\nimport { users } from \"#upstreams\";\nimport { short } from \"../../lib/text.ts\";\nexport const GET = route({ params: z.object({ id: z.string() }) }, async ({ params }) => { const u = await users.getUser({ id: params.id }); return { name: short(u.firstName), user: u }; });",
            "import { route } from \"frontage\";\nimport { short } from \"../../lib/txt.ts\";\nexport const GET = route(async () => ({ id: short(\"x\") }));",
            "import { passthrough } from \"frontage\";\nimport { users } from \"#upstreams\";\nexport const GET = passthrough(users.getUser);",
        ],
    ),
    (
        OTHER,
        &[
            "import { route } from \"frontage\";\nimport { users } from \"#upstreams\";\nimport { z } from \"zod\";\nexport const DELETE = route({ params: z.object({ name: z.string() }) }, async ({ params }) => { await users.deleteUser({ id: params.name }); return {}; });",
            "import { route } from \"frontage\";\nexport const GET = route(async ({ request }) => request.path.match(/^a+$/)?.[0] ?? null);",
        ],
    ),
];

/// Files that are there, with the texts that they have.
#[derive(Default)]
struct Folder {
    files: BTreeMap<&'static str, Arc<SourceFile>>,
    memory: Memory,
}

impl Folder {
    /// A folder with the first text of every file.
    fn sound() -> Self {
        let mut folder = Self::default();
        for (path, texts) in FILES {
            folder.write(path, texts[0]);
        }
        folder
    }

    fn write(&mut self, path: &'static str, text: &str) {
        let mut sources = SourceMap::new();
        let file = sources.add(path, text);
        self.files.insert(path, Arc::clone(sources.file(file)));
    }

    fn sources(&self) -> (SourceMap, Vec<FileId>) {
        let mut sources = contract_sources();
        let files = self.files.values().map(|file| sources.add_file(Arc::clone(file))).collect();
        (sources, files)
    }

    /// Compiles with what was left over; and how many units were made.
    fn again(&mut self) -> (Compiled, usize) {
        let (sources, files) = self.sources();
        let (workspace, frontend) = inputs(&sources, &files);
        let project = Project::new(&workspace, &frontend, &sources, &self.memory);
        let open = project.open();
        let made = (0..open).map(|at| project.make(at)).collect();
        let (compiled, memory) = project.link(made);
        self.memory = memory;
        (compiled, open)
    }

    fn afresh(&self) -> Compiled {
        let (sources, files) = self.sources();
        let (workspace, frontend) = inputs(&sources, &files);
        crate::compile(&workspace, &frontend, &sources)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_over_gives_what_compiling_afresh_gives(
        edits in proptest::collection::vec((0..FILES.len(), 0..8_usize), 1..12),
    ) {
        let mut folder = Folder::sound();
        folder.again();
        for (file, text) in edits {
            let (path, texts) = FILES[file];
            match texts.get(text) {
                Some(text) => folder.write(path, text),
                None => { folder.files.remove(path); }
            }
            let (again, afresh) = (folder.again().0, folder.afresh());
            prop_assert_eq!(again.diagnostics, afresh.diagnostics);
            prop_assert_eq!(again.plan, afresh.plan);
        }
    }
}

#[test]
fn only_what_rests_on_a_change_is_made_again() {
    let mut folder = Folder::sound();
    let (compiled, made) = folder.again();
    assert!(compiled.plan.is_some(), "{:#?}", compiled.diagnostics);
    assert_eq!(made, 4, "three routes, and all other modules");
    let table = [
        (HOME, FILES[3].1[0], 0, "nothing has changed"),
        (OTHER, "// A remark.\n", 1, "nobody imports it"),
        (USER, FILES[2].1[1], 2, "one route imports it"),
        (TEXT, FILES[1].1[2], 2, "one route still imports it, and no longer the other"),
        (MONEY, "export const cents = 1;", 1, "no route imports it"),
    ];
    for (path, text, expected, why) in table {
        if *folder.files[path].text != *text {
            folder.write(path, text);
        }
        assert_eq!(folder.again().1, expected, "{path}: {why}");
    }
}

#[test]
fn another_setting_of_an_upstream_makes_everything_again() {
    let mut folder = Folder::sound();
    folder.again();
    let (sources, files) = folder.sources();
    let (mut workspace, frontend) = inputs(&sources, &files);
    workspace.upstreams[0].timeout_ms += 1;
    assert_eq!(Project::new(&workspace, &frontend, &sources, &folder.memory).open(), 4);
}

#[test]
fn a_fault_of_a_helper_is_said_once() {
    let mut folder = Folder::sound();
    for text in FILES[1].1 {
        folder.write(TEXT, text);
        let (compiled, _) = folder.again();
        let places: Vec<_> = compiled
            .diagnostics
            .iter()
            .map(|found| (found.code, found.primary.as_ref().map(|label| label.span)))
            .collect();
        let mut once = places.clone();
        once.dedup();
        assert_eq!(places, once, "{text}");
    }
}
