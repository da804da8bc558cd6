//! What is read of answers: demands over the contract's types.

use frontage_plan::{BinaryOp, Builtin, IterateOp, Method};

use super::build::{
    Frontend, array, arrow, awaited, builtin, constant, e, frontend, function, iterate, local,
    member, number, object, returns, s, session, text, throws, when,
};
use crate::hir::{Expr, ExprKind, LocalId, Member, Stmt, StmtKind};

/// What a call reads whose answer `answer` is used in `body`.
fn read(operation: &str, body: impl FnOnce(&mut Frontend, LocalId) -> Vec<Stmt>) -> String {
    let mut f = frontend();
    let answer = f.local("answer");
    let arguments = match operation {
        "getUser" | "getProduct" => vec![("id", session())],
        _ => vec![],
    };
    let call = f.call(operation, arguments);
    let mut stmts = vec![constant(answer, awaited(call))];
    stmts.extend(body(&mut f, answer));
    f.route(Method::Get, &["a"], stmts);
    let (plan, _) = f.lower();
    super::invariants::hold(&plan);
    let text = crate::lower::print(&plan);
    let (_, rest) = text.split_once("-> 200 ").expect("a JSON answer");
    rest.lines().next().unwrap_or_default().to_owned()
}

fn value(make: impl FnOnce(Expr) -> Expr) -> impl FnOnce(&mut Frontend, LocalId) -> Vec<Stmt> {
    move |_, answer| vec![returns(object(vec![("v", make(local(answer)))]))]
}

/// `list.op((x) => body(x))`
fn each(f: &mut Frontend, op: IterateOp, list: Expr, body: impl FnOnce(Expr) -> Expr) -> Expr {
    let x = f.local("x");
    iterate(op, list, arrow(function(vec![x], vec![returns(body(local(x)))], false)))
}

fn less(a: Expr, b: Expr) -> Expr {
    e(ExprKind::Binary(BinaryOp::Less, Box::new(a), Box::new(b)))
}

fn not(x: Expr) -> Expr {
    e(ExprKind::Unary(frontage_plan::UnaryOp::Not, Box::new(x)))
}

#[test]
fn only_what_is_used_is_read_in_the_form_in_which_it_is_used() {
    let user = "{id: string, firstName: string, active: boolean, segment?: enum(new|vip), \
                contact?: ({mail: string, phone?: string} | null), labels?: {...: string}}";
    // Handed on whole: cut to what is declared, without what only callers send.
    assert_eq!(read("getUser", value(|u| u)), format!("raw {user}"));
    // Looked at before it is handed on: a list or object can stay raw.
    let guarded =
        |_: &mut Frontend, a| vec![when(not(local(a)), vec![throws()], vec![]), returns(local(a))];
    assert_eq!(read("getUser", guarded), format!("raw {user}"));
    let name = r#"{firstName: raw string} as {"v": $0}"#;
    assert_eq!(read("getUser", value(|u| member(u, "firstName"))), name);
    let template = |u| e(ExprKind::Template(vec![member(u, "firstName")]));
    assert_eq!(read("getUser", value(template)), "{firstName: string}");
    let contact = |u| member(member(u, "contact"), "mail");
    assert_eq!(read("getUser", value(contact)), "{contact?: ({mail: raw string} | null)}");
    assert_eq!(read("getUser", value(|u| not(member(u, "contact")))), "{contact?: ({} | null)}");
    let keys = |u| builtin(Builtin::ObjectKeys, vec![member(u, "labels")]);
    assert_eq!(read("getUser", value(keys)), "{labels?: {...: string}}");
    let one = |u| e(ExprKind::Index(Box::new(member(u, "labels")), Box::new(text("a b"))));
    assert_eq!(read("getUser", value(one)), "{labels?: {a b?: raw string}}");
    let some = |u| e(ExprKind::Index(Box::new(member(u, "labels")), Box::new(session())));
    assert_eq!(read("getUser", value(some)), "{labels?: {...: raw string}}");
    let unused = |_: &mut Frontend, _| vec![returns(text("x"))];
    assert_eq!(read("getUser", unused), "_");
}

#[test]
fn spread_objects_are_opened_and_replaced_members_are_not_read() {
    let spread = |_: &mut Frontend, a| {
        vec![returns(e(ExprKind::Object(vec![
            Member::Spread(local(a)),
            Member::Static("name".into(), text("x")),
        ])))]
    };
    assert_eq!(
        read("getProduct", spread),
        "{id: raw string, name: raw string, price?: raw number}"
    );
    let picked = |f: &mut Frontend, a| {
        let whole = f.local("whole");
        let members = vec![Member::Spread(local(a)), Member::Static("name".into(), text("x"))];
        let both = array(vec![member(local(whole), "name"), member(local(whole), "id")]);
        vec![constant(whole, e(ExprKind::Object(members))), returns(both)]
    };
    assert_eq!(read("getProduct", picked), "{id: raw string}");
}

#[test]
fn demands_pass_through_list_methods() {
    let items = |a: LocalId| member(local(a), "items");
    let mapped = |f: &mut Frontend, a| {
        let open = each(f, IterateOp::Filter, items(a), |o| less(number(5.0), member(o, "cents")));
        let first = builtin(Builtin::ArraySlice, vec![open, number(0.0), number(3.0)]);
        vec![returns(each(f, IterateOp::Map, first, |o| object(vec![("id", member(o, "id"))])))]
    };
    assert_eq!(read("listOrders", mapped), "{items: {id: raw string, cents: integer}[]}");
    let found = |f: &mut Frontend, a| {
        let found = each(f, IterateOp::Find, items(a), |o| not(member(o, "note")));
        vec![returns(array(vec![member(found, "id")]))]
    };
    assert_eq!(read("listOrders", found), "{items: {id: raw string, note?: string}[]}");
    let sorted = |f: &mut Frontend, a| {
        let (x, y) = (f.local("x"), f.local("y"));
        let by = less(member(local(x), "cents"), member(local(y), "cents"));
        let compare = arrow(function(vec![x, y], vec![returns(by)], false));
        vec![returns(iterate(IterateOp::ToSorted, items(a), compare))]
    };
    assert_eq!(
        read("listOrders", sorted),
        "{items: {id: raw string, productId: raw string, cents: integer, note?: raw string}[]}"
    );
    let summed = |f: &mut Frontend, a| {
        let (sum, o) = (f.local("sum"), f.local("o"));
        let plus = e(ExprKind::Binary(
            BinaryOp::Add,
            Box::new(local(sum)),
            Box::new(member(local(o), "cents")),
        ));
        let add = arrow(function(vec![sum, o], vec![returns(plus)], false));
        vec![returns(e(ExprKind::Iterate {
            op: IterateOp::Reduce,
            receiver: Box::new(items(a)),
            callback: Box::new(add),
            initial: Some(Box::new(number(0.0))),
        }))]
    };
    assert_eq!(read("listOrders", summed), "{items: {cents: integer}[]}");
    assert_eq!(
        read("listOrders", |_, a| vec![returns(member(items(a), "length"))]),
        "{items: _[]}"
    );
    let by_id = |f: &mut Frontend, a| {
        let o = f.local("o");
        let pair = array(vec![member(local(o), "id"), local(o)]);
        let pairs = arrow(function(vec![o], vec![returns(pair)], false));
        let pairs = iterate(IterateOp::Map, items(a), pairs);
        let map = f.local("map");
        let got = builtin(Builtin::MapGet, vec![local(map), session()]);
        let new = builtin(Builtin::MapNew, vec![pairs]);
        vec![constant(map, new), returns(array(vec![member(got, "cents")]))]
    };
    assert_eq!(read("listOrders", by_id), "{items: {id: string, cents: raw integer}[]}");
}

#[test]
fn recursive_types_are_read_as_deep_as_they_are_used() {
    assert_eq!(read("getTree", value(|t| t)), "raw {name: string, children: #1[]}");
    let second = |f: &mut Frontend, a| {
        let inner = each(f, IterateOp::Map, member(local(a), "children"), |t| member(t, "name"));
        vec![returns(inner)]
    };
    assert_eq!(read("getTree", second), "{children: {name: raw string}[] as $0[$0]}");
}

#[test]
fn unions_are_told_apart_by_their_tag_or_by_what_they_require() {
    let sku = |f: &mut Frontend, a| {
        vec![returns(each(f, IterateOp::Map, local(a), |event| member(event, "sku")))]
    };
    assert_eq!(read("listEvents", sku), "by kind(\"added\": {sku: raw string}, \"removed\": {})[]");
    let unit = |f: &mut Frontend, a| {
        vec![returns(each(f, IterateOp::Map, local(a), |event| member(event, "unit")))]
    };
    assert_eq!(
        read("listResults", unit),
        "({value: number, unit?: raw string} | {text: string, unit?: raw string})[]"
    );
}

#[test]
fn answers_are_those_of_the_contract_the_most_exact_status_first() {
    for (operation, expected) in [
        ("mixed", "mixed() -> 202 empty -> 203 text -> 200-299 raw integer"),
        ("ping", "ping() -> 200 empty"),
        ("anything", "anything() -> 204-205 empty -> 200-299 raw any"),
    ] {
        let mut f = frontend();
        let call = f.call(operation, vec![]);
        f.route(Method::Get, &["a"], vec![returns(awaited(call))]);
        f.lowers_to(&format!("GET /a\n  s6 = shop.{expected}\n  return s6\n"));
    }
}

#[test]
fn equal_input_gives_an_equal_plan_in_any_order_of_files() {
    let make = |backwards: bool| {
        let mut f = frontend();
        let mut routes: Vec<(&[&str], &str)> = vec![
            (&["b", ":id"], "getProduct"),
            (&["b", "new"], "listOrders"),
            (&[], "getUser"),
            (&["a", ":x"], "getTree"),
            (&[":any"], "listEvents"),
        ];
        if backwards {
            routes.reverse();
        }
        for (path, operation) in routes {
            let arguments = match operation {
                "getUser" | "getProduct" => vec![("id", session())],
                _ => vec![],
            };
            let call = f.call(operation, arguments);
            f.route(Method::Get, path, vec![s(StmtKind::Return(Some(awaited(call))))]);
        }
        f.lower().0
    };
    let bytes = |plan: &frontage_plan::Plan| postcard::to_stdvec(plan).expect("a plan as bytes");
    assert_eq!(bytes(&make(false)), bytes(&make(false)));
    assert_eq!(bytes(&make(false)), bytes(&make(true)));
    let paths: Vec<String> = make(true).routes.iter().map(|r| r.path_text()).collect();
    assert_eq!(paths, ["/", "/a/{x}", "/b/new", "/b/{id}", "/{any}"]);
}
