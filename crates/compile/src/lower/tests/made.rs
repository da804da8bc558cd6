//! What is made of answers while they are read, and what has to be computed.

use super::sources::compiled;

const HELP: &str = "import { shop, type Shop } from \"#upstreams\";
export const help = ({ id, firstName }: Shop.User) => ({ id, firstName });
export const some = async (id: string) => { const u = await shop.getUser({ id }); if (u.id === id) { return u; } return null; };";

/// The plan of a handler's body.
fn printed(body: &str) -> String {
    let route = format!(
        "import {{ some }} from \"../../lib/lib.ts\";\n\
         export const GET = route(async ({{ session }}) => {{ {body} }});"
    );
    let (compiled, rendered) = compiled(&route, HELP);
    let plan = compiled.plan.unwrap_or_else(|| panic!("{rendered}"));
    crate::lower::tests::invariants::hold(&plan);
    crate::lower::print(&plan)
}

#[test]
fn objects_and_lists_of_the_parts_of_one_answer_are_made() {
    for (body, made) in [
        ("return help(await shop.getUser({ id: \"1\" }));", "as {\"id\": $0, \"firstName\": $1}"),
        (
            "const { total, items } = await shop.listOrders({ userId: \"7\" });
             return { total, items: items.map(({ id, cents }) => ({ id, cents, kind: \"o\" })) };",
            "as {\"total\": $0, \"items\": $1[{\"id\": $0, \"cents\": $1, \"kind\": \"o\"}]}",
        ),
        (
            "const [a, b] = await Promise.all([shop.getUser({ id: \"1\" }), shop.getUser({ id: \"2\" })]);
             return { a: help(a), b: { id: b.id } };",
            "as {\"id\": $0}",
        ),
        (
            "const { items } = await shop.listOrders({ userId: \"7\" });
             return Promise.all(items.map(async ({ productId }) => help(await shop.getUser({ id: productId }))));",
            "as {\"id\": $0, \"firstName\": $1}",
        ),
        (
            "const u = await shop.getUser({ id: \"1\" });
             return { a: u.id, b: { c: u.segment, d: u.id } };",
            "as {\"a\": $0, \"b\": {\"c\": $1, \"d\": $0}}",
        ),
        // The list is looked at, its elements are not.
        (
            "const { items } = await shop.listOrders({ userId: \"7\" });
             return { n: items.length, items: items.map(({ id }) => ({ id })) };",
            "{items: {id: raw string} as {\"id\": $0}[]}",
        ),
    ] {
        let text = printed(body);
        assert!(text.contains(made), "{body}\n{text}");
    }
}

#[test]
fn what_is_needed_otherwise_or_comes_from_elsewhere_is_computed() {
    for body in [
        // Looked at.
        "const u = await shop.getUser({ id: \"1\" }); if (u.active) { return null; } return { id: u.id };",
        "const u = await shop.getUser({ id: \"1\" }); return { id: u.id, n: u.firstName.length };",
        "const u = await shop.getUser({ id: \"1\" }); const v = { id: u.id }; return { v, w: v.id === \"1\" };",
        // Needed elsewhere.
        "const u = await shop.getUser({ id: \"1\" }); return { u, v: { id: u.id } };",
        "const u = await shop.getUser({ id: \"1\" }); const p = await shop.listOrders({ userId: u.id }); return { u: { id: u.id }, p: p.total };",
        // Not of an answer alone.
        "return { id: session.sub };",
        "const u = await shop.getUser({ id: \"1\" }).catch(() => ({ id: \"none\" })); return { id: u.id };",
        "const u = await some(\"1\"); return u && { id: u.id };",
        // Names like places come first.
        "const u = await shop.getUser({ id: \"1\" }); return { b: u.id, 1: u.firstName };",
        // One helper, several uses: one projection.
        "const load = async (id: string) => shop.getUser({ id }); const a = await load(\"1\"); const b = await load(\"2\"); return { a: { id: a.id }, b: { name: b.firstName } };",
        // The first place may be empty.
        "const { items } = await shop.listOrders({ userId: \"7\" }); const x = items[0]; if (!x) { return null; } return { id: x.id };",
    ] {
        let text = printed(body);
        assert!(!text.contains(" as "), "{body}\n{text}");
    }
}

#[test]
fn a_value_from_many_places_ends_the_search() {
    let chain: String = (2..60)
        .map(|i| format!("const a{i} = session.sub === \"{i}\" ? a{} : a{};\n", i - 1, i - 2))
        .collect();
    let text = printed(&format!(
        "const a0 = await shop.getUser({{ id: \"1\" }}); const a1 = a0;\n{chain}return {{ id: a59.id }};"
    ));
    assert!(!text.contains(" as "), "{text}");
}
