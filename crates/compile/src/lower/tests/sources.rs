//! From TypeScript to printed plans, through the checker.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontage_diagnostic::SourceMap;
use frontage_plan::{DEEPEST, RouteKind, block_fits};

use crate::{
    Compiled, FrontendInput, SessionField, SessionType, UpstreamInput, Workspace, compile,
};

/// Compiles `frontends/web/routes/orders/[id].ts`; with the diagnostics as they are printed.
pub(super) fn compiled(route: &str, lib: &str) -> (Compiled, String) {
    let mut sources = SourceMap::new();
    let file = sources.add("contracts/shop.yaml", include_str!("shop.yaml"));
    let read = frontage_contract::read(file, &mut sources, &mut |path| Err(path.to_owned()));
    let route = format!(
        "import {{ error, json, passthrough, route, UpstreamError }} from \"frontage\";\n\
         import {{ z }} from \"zod\";\nimport {{ shop }} from \"#upstreams\";\n\
         import {{ help }} from \"../../lib/lib.ts\";\n{route}\n"
    );
    let routes = vec![sources.add("frontends/web/routes/orders/[id].ts", route)];
    let modules = vec![sources.add("frontends/web/lib/lib.ts", lib)];
    let upstreams = vec![UpstreamInput {
        name: "shop".into(),
        contract: Arc::new(read.contract),
        timeout_ms: 2000,
        safe: BTreeMap::new(),
        bulk: Vec::new(),
        span: None,
    }];
    let session = vec![SessionField { name: "sub".into(), ty: SessionType::String }];
    let frontend = FrontendInput { name: "web".into(), routes, modules, session: Some(session) };
    let workspace = Workspace { upstreams, shared: Vec::new() };
    let compiled = compile(&workspace, &frontend, &sources);
    let rendered = frontage_diagnostic::render(&compiled.diagnostics, &sources, false);
    (compiled, rendered)
}

/// Panics unless `frontends/web/routes/orders/[id].ts` compiles to the plan that prints so.
fn compiles_to(route: &str, lib: &str, expected: &str) {
    let (compiled, rendered) = compiled(route, lib);
    assert!(compiled.diagnostics.is_empty(), "{rendered}");
    let plan = compiled.plan.expect("a plan");
    super::invariants::hold(&plan);
    assert_eq!(crate::lower::print(&plan), super::build::unindented(expected));
}

#[test]
fn destructuring_lists_switches_and_fallbacks() {
    compiles_to(
        r"
export const GET = route(
  { query: z.object({ limit: z.coerce.number().int().default(3) }) },
  async ({ query, session }) => {
    const { firstName, id, contact = null } = await shop.getUser({ id: session.sub });
    const [page, tree] = await Promise.all([
      shop.listOrders({ userId: id, limit: query.limit }),
      shop.getTree().catch(() => null),
    ]);
    const kinds = (await shop.listEvents()).map((event) => {
      switch (event.kind) {
        case 'added':
          return event.sku;
        case 'removed':
          return event.reason;
      }
    });
    const rows = await Promise.all(
      page.items
        .filter((o) => o.cents > 5)
        .slice(0, query.limit)
        .map(async ({ id, productId, cents }, i) => {
          const product = await shop.getProduct({ id: productId }, { nullOn: [404] });
          return { id, i, name: product?.name ?? 'gone', cents };
        }),
    );
    return { title: `Hi ${firstName}`, mail: contact?.mail, tree, kinds, rows, help: help(page.total) };
  },
);",
        "export const help = (total: number, word = 'orders') => `${total} ${word}`;",
        r#"
            GET /orders/{id}
              s6 = shop.getUser(id: session.sub) -> 200 {id: string, firstName: string, contact?: ({mail: raw string} | null)}
              s7 = s6.contact
              s11 = all
                part
                  s8 = shop.listOrders(userId: s6.id, limit: query.limit) -> 200 {items: {id: raw string, productId: string, cents: integer}[], total: integer}
                  return s8
                part
                  s10 = scope
                    try (shop.getTree)
                      s9 = shop.getTree() -> 200 raw {name: string, children: #10[]}
                      return s9
                    catch
                      return null
                  return s10
              s12 = s11[0]
              s13 = shop.listEvents() -> 200 by kind("added": {kind: enum(added), sku: raw string}, "removed": {kind: enum(removed), reason: raw string})[]
              s17 = all map (s1.0, s1.1) of ArraySlice(Filter(s12.items, (s16) => (s16.cents > 5)), 0, query.limit) by 32
                s1.2 = shop.getProduct(id: s1.0.productId) null on [404] -> 200 {name: string}
                return {id: s1.0.id, i: s1.1, name: ((s1.2 ?. s1.3 => s1.3.name) ?? "gone"), cents: s1.0.cents}
              return {title: template("Hi ", s6.firstName), mail: (((s7 === undefined) ? null : s7) ?. s18 => s18.mail), tree: s11[1], kinds: Map(s13, (s14) => { s15 = s14.kind; return ((s15 === "added") ? s14.sku : ((s15 === "removed") ? s14.reason : undefined)) }), rows: s17, help: template(s12.total, " ", "orders")}
"#,
    );
}

#[test]
fn an_asynchronous_helper_with_try_keeps_its_own_returns() {
    compiles_to(
        r"
export const GET = route({ params: z.object({ id: z.string() }) }, async ({ params }) => {
  const tree = await shop.getTree();
  const name = await help(params.id);
  return json({ name, leaves: tree.children.flatMap((t) => t.children).map((t) => ({ n: t.name })) });
});",
        r"
import { shop } from '#upstreams';
import { error, UpstreamError } from 'frontage';
export async function help(id: string, fallback = 'none') {
  try {
    const product = await shop.getProduct({ id });
    return product.name;
  } catch (e) {
    if (e instanceof UpstreamError && e.status === 404) return fallback;
    throw error(503, 'later');
  }
}",
        r#"
            GET /orders/{id}
              s6 = shop.getTree() -> 200 {children: {children: {name: raw string}[]}[]}
              s9 = scope
                try (name)
                  s7 = shop.getProduct(id: params.id) -> 200 {name: raw string}
                  return s7.name
                catch s8
                  if ((s8 instanceof UpstreamError) && (s8.status === 404))
                    return "none"
                  throw error(503, "later")
              return json({name: s9, leaves: Map(FlatMap(s6.children, (s10) => s10.children), (s11) => {n: s11.name})})
"#,
    );
}

#[test]
fn unsafe_calls_conditions_and_replies() {
    compiles_to(
        r"
export const POST = route({ body: z.object({ note: z.string() }) }, async ({ body, session }) => {
  const user = await shop.getUser({ id: session.sub });
  if (!user.active) throw error(403, 'suspended');
  const tried = await shop.placeOrder({ body: { note: body.note } }).catch((e) => {
    throw error(409, 'taken');
  });
  const product = body.note === '' ? null : await shop.getProduct({ id: tried.productId });
  return json({ ...tried, product: help(product) }, { status: 201, headers: { location: `/orders/${tried.id}` } });
});
export const GET = passthrough(shop.getProduct);",
        "export function help<T>(x: T): T { return x; }",
        r#"
            GET /orders/{id}
              passthrough shop.getProduct(id: path id)
            POST /orders/{id}
              s6 = shop.getUser(id: session.sub) -> 200 {active: boolean}
              if !s6.active
                throw error(403, "suspended")
              s9 = scope
                try
                  s7 = shop.placeOrder(body: {note: body.note}) unsafe -> 201 {id: string, productId: string, cents: raw integer, note?: raw string}
                  return s7
                catch s8
                  throw error(409, "taken")
              s11 = scope
                if (body.note === "")
                  return null
                else
                  s10 = shop.getProduct(id: s9.productId) -> 200 raw {id: string, name: string, price?: number}
                  return s10
              return json({...s9, product: s11}, status 201, location: template("/orders/", s9.id))
"#,
    );
}

#[test]
fn a_helper_reads_the_same_wherever_it_is_inlined() {
    compiles_to(
        r"
export const GET = route({ params: z.object({ id: z.string() }) }, async ({ params }) => ({
  name: (await help(params.id)).name,
  price: (await help('x')).price,
  own: (await shop.getProduct({ id: 'y' })).name,
}));",
        r"
import { shop } from '#upstreams';
export const help = async (id: string) => await shop.getProduct({ id });",
        r#"
            GET /orders/{id}
              s6 = shop.getProduct(id: params.id) -> 200 {name: raw string, price?: raw number}
              s7 = shop.getProduct(id: "x") -> 200 {name: raw string, price?: raw number}
              s8 = shop.getProduct(id: "y") -> 200 {name: raw string}
              return {name: s6.name, price: s7.price, own: s8.name}
"#,
    );
}

/// A route whose body is `body`, with the number `n` of its query at hand.
fn of_a_number(body: &str) -> String {
    format!(
        "export const GET = route(\n\
         {{ query: z.object({{ n: z.coerce.number() }}) }},\n\
         async ({{ query: {{ n }} }}) => {{ {body} }},\n);"
    )
}

#[test]
fn constants_made_of_one_another_stay_flat() {
    let inc = "export const help = (n: number) => n + 1;";
    for step in ["+ 1", "helped"] {
        let mut body = "const c0 = n;".to_owned();
        for i in 1..2000 {
            let before = i - 1;
            body += &match step {
                "helped" => format!("const c{i} = help(c{before});"),
                _ => format!("const c{i} = c{before} + 1;"),
            };
        }
        let (compiled, rendered) = compiled(&of_a_number(&(body + "return c1999;")), inc);
        let plan = compiled.plan.unwrap_or_else(|| panic!("{rendered}"));
        let RouteKind::Handler(handler) = &plan.routes[0].kind else { panic!("{plan:?}") };
        assert!(block_fits(&handler.body, 64), "{step}");
    }
}

#[test]
fn what_the_executor_would_not_follow_is_refused() {
    let cases = |count: usize| {
        let cases = (0..count).map(|i| format!("case {i}: return 'c{i}';\n")).collect::<String>();
        of_a_number(&format!("switch (n) {{\n{cases}default: return 'none';\n}}"))
    };
    assert!(compiled(&cases(100), "export const help = 1;").0.plan.is_some());
    let (compiled, rendered) = compiled(&cases(DEEPEST), "export const help = 1;");
    assert!(compiled.plan.is_none());
    assert!(rendered.contains("FR4002") && rendered.contains("nested too deeply"), "{rendered}");
}
