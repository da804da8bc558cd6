//! Helpers, functions as values, `switch`, constants of modules, and the limits of inlining.

use frontage_plan::{BinaryOp, Builtin, IterateOp, Method};

use super::build::{
    Frontend, all_map, apply, array, arrow, awaited, builtin, caught, constant, e, frontend,
    function, iterate, local, member, number, object, returns, s, session, text, throws, when,
};
use crate::hir::{Case, Expr, ExprKind, InputPart, Item, Member, Param, Stmt, StmtKind};

fn equal(a: Expr, b: Expr) -> Expr {
    e(ExprKind::Binary(BinaryOp::Equal, Box::new(a), Box::new(b)))
}

fn add(a: Expr, b: Expr) -> Expr {
    e(ExprKind::Binary(BinaryOp::Add, Box::new(a), Box::new(b)))
}

fn query(name: &str) -> Expr {
    member(e(ExprKind::Input(InputPart::Query)), name)
}

#[test]
fn a_straight_helper_becomes_steps_and_its_throw_a_guard() {
    let mut f = frontend();
    let (id, found, user) = (f.local("id"), f.local("found"), f.local("user"));
    let get_user = f.call("getUser", vec![("id", local(id))]);
    let load = f.helper(function(
        vec![id],
        vec![
            constant(found, awaited(get_user)),
            when(member(local(found), "active"), vec![throws()], vec![]),
            returns(local(found)),
        ],
        true,
    ));
    f.route(
        Method::Get,
        &["a"],
        vec![
            constant(user, awaited(apply(load, vec![session()]))),
            returns(object(vec![("name", member(local(user), "firstName"))])),
        ],
    );
    f.lowers_to(
        r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {firstName: raw string, active: boolean}
              if s6.active
                throw error(404, "gone")
              return {name: s6.firstName}
"#,
    );
}

#[test]
fn an_early_return_makes_a_scope_of_an_asynchronous_helper_and_a_block_of_another() {
    let mut f = frontend();
    let (id, x) = (f.local("id"), f.local("x"));
    let get_user = f.call("getUser", vec![("id", local(id))]);
    let name = f.helper(function(
        vec![id],
        vec![
            when(equal(local(id), text("")), vec![returns(text("nobody"))], vec![]),
            returns(member(awaited(get_user), "firstName")),
        ],
        true,
    ));
    let short = f.helper(function(
        vec![x],
        vec![
            when(equal(local(x), text("")), vec![returns(text("-"))], vec![]),
            when(equal(local(x), text("?")), vec![throws()], vec![]),
            returns(builtin(Builtin::StringSlice, vec![local(x), number(0.0), number(3.0)])),
        ],
        false,
    ));
    let result = apply(short, vec![awaited(apply(name, vec![query("id")]))]);
    f.route(Method::Get, &["a"], vec![returns(object(vec![("name", result)]))]);
    f.lowers_to(
        r#"
            GET /a
              s6 = query.id
              s8 = scope
                if (s6 === "")
                  return "nobody"
                s7 = shop.getUser(id: s6) -> 200 {firstName: string}
                return s7.firstName
              return {name: { if (s8 === "") { return "-" }; if (s8 === "?") { throw error(404, "gone") }; return StringSlice(s8, 0, 3) }}
"#,
    );
}

#[test]
fn a_helper_that_only_chooses_is_a_conditional() {
    let mut f = frontend();
    let x = f.local("x");
    let grade = f.helper(function(
        vec![x],
        vec![
            when(equal(local(x), text("a")), vec![returns(number(1.0))], vec![]),
            when(
                equal(local(x), text("b")),
                vec![returns(number(2.0))],
                vec![when(local(x), vec![returns(number(3.0))], vec![])],
            ),
        ],
        false,
    ));
    f.route(Method::Get, &["a"], vec![returns(array(vec![apply(grade, vec![query("x")])]))]);
    f.lowers_to(
        r#"
            GET /a
              s6 = query.x
              return [((s6 === "a") ? 1 : ((s6 === "b") ? 2 : (s6 ? 3 : undefined)))]
"#,
    );
}

#[test]
fn parameters_take_defaults_rest_and_spread_lists() {
    let mut f = frontend();
    let (a, b, rest) = (f.local("a"), f.local("b"), f.local("rest"));
    let mut pair =
        function(vec![], vec![returns(array(vec![local(a), local(b), local(rest)]))], false);
    pair.params =
        vec![Param { local: a, default: None }, Param { local: b, default: Some(text("b")) }];
    pair.rest = Some(rest);
    let pair = f.helper(pair);
    let again = || match pair.kind {
        ExprKind::Function(id) => e(ExprKind::Function(id)),
        _ => unreachable!(),
    };
    let spread = vec![Item::Value(text("x")), Item::Spread(query("list"))];
    let calls = vec![
        apply(again(), vec![text("x")]),
        apply(again(), vec![text("x"), query("y")]),
        apply(again(), vec![text("x"), text("y"), text("z")]),
        e(ExprKind::Apply(Box::new(again()), spread)),
    ];
    f.route(Method::Get, &["a"], vec![returns(array(calls))]);
    f.lowers_to(r#"
            GET /a
              s6 = query.y
              s7 = [...query.list]
              s8 = s7[0]
              return [["x", "b", []], ["x", ((s6 === undefined) ? "b" : s6), []], ["x", "y", ["z"]], ["x", ((s8 === undefined) ? "b" : s8), ArraySlice(s7, 1)]]
"#);
}

#[test]
fn functions_are_known_through_parameters_constants_results_and_members() {
    let mut f = frontend();
    let (g, x, y, n, adder, m) =
        (f.local("g"), f.local("x"), f.local("y"), f.local("n"), f.local("adder"), f.local("m"));
    let twice = f.helper(function(
        vec![g, x],
        vec![returns(apply(local(g), vec![apply(local(g), vec![local(x)])]))],
        false,
    ));
    let inner = arrow(function(vec![y], vec![returns(add(local(y), local(n)))], false));
    let make = f.helper(function(vec![n], vec![returns(inner)], false));
    let tools = f.global(object(vec![
        ("one", number(1.0)),
        ("inc", arrow(function(vec![m], vec![returns(add(local(m), number(1.0)))], false))),
    ]));
    f.route(
        Method::Get,
        &["a"],
        vec![
            constant(adder, apply(make, vec![number(7.0)])),
            returns(array(vec![
                apply(twice, vec![local(adder), query("x")]),
                apply(member(tools, "inc"), vec![number(2.0)]),
                iterate(
                    IterateOp::Map,
                    query("list"),
                    e(ExprKind::BuiltinFunction(Builtin::ParseInt)),
                ),
            ])),
        ],
    );
    f.lowers_to(
        r#"
            GET /a
              return [((query.x + 7) + 7), (2 + 1), Map(query.list, (s6, s7) => ParseInt(s6, s7))]
"#,
    );
}

#[test]
fn constants_of_modules_are_computed_once_also_for_each_element() {
    let mut f = frontend();
    let id = f.local("id");
    let labels = f.global(object(vec![("a", text("A"))]));
    let product = f.call("getProduct", vec![("id", local(id))]);
    let name = member(awaited(product), "name");
    let label = e(ExprKind::Index(Box::new(labels), Box::new(name)));
    let each = arrow(function(vec![id], vec![returns(label)], true));
    f.route(Method::Get, &["a"], vec![returns(awaited(all_map(query("ids"), each)))]);
    f.lowers_to(
        r#"
            GET /a
              s7 = {a: "A"}
              s6 = all map (s1.0) of query.ids by 32
                s1.1 = shop.getProduct(id: s1.0) -> 200 {name: string}
                return s7[s1.1.name]
              return s6
"#,
    );
}

fn case(test: Option<Expr>, body: Vec<Stmt>) -> Case {
    Case { test, body }
}

fn breaks() -> Stmt {
    s(StmtKind::Break)
}

fn switched(f: &mut Frontend, cases: Vec<Case>) {
    let switch = s(StmtKind::Switch { subject: query("kind"), cases });
    f.route(Method::Get, &["a"], vec![switch, returns(text("after"))]);
}

#[test]
fn switch_falls_through_and_finds_its_default_in_any_place() {
    let mut f = frontend();
    let cases = vec![
        case(Some(text("a")), vec![]),
        case(Some(text("b")), vec![returns(text("ab"))]),
        case(None, vec![when(query("x"), vec![throws()], vec![])]),
        case(Some(text("c")), vec![returns(text("c or default"))]),
        case(Some(text("d")), vec![breaks()]),
    ];
    switched(&mut f, cases);
    f.lowers_to(
        r#"
            GET /a
              s6 = query.kind
              if ((s6 === "a") || (s6 === "b"))
                return "ab"
              else
                if (s6 === "c")
                  return "c or default"
                else
                  if (s6 === "d")
                  else
                    if query.x
                      throw error(404, "gone")
                    return "c or default"
              return "after"
"#,
    );
}

#[test]
fn a_break_inside_an_if_skips_what_follows_in_the_case() {
    let mut f = frontend();
    let body = vec![
        when(query("x"), vec![breaks()], vec![when(query("y"), vec![throws()], vec![])]),
        returns(text("not x")),
    ];
    switched(&mut f, vec![case(Some(text("a")), body)]);
    f.lowers_to(
        r#"
            GET /a
              s6 = query.kind
              if (s6 === "a")
                if query.x
                else
                  if query.y
                    throw error(404, "gone")
                  return "not x"
              return "after"
"#,
    );
}

#[test]
fn the_whole_context_can_be_handed_to_a_helper() {
    let mut f = frontend();
    let context = f.local("context");
    let helper = f.helper(function(
        vec![context],
        vec![returns(member(member(local(context), "session"), "sub"))],
        false,
    ));
    let body = vec![returns(apply(helper, vec![e(ExprKind::Context)]))];
    f.route(Method::Get, &["a"], body);
    f.lowers_to(
        r#"
            GET /a
              return session.sub
"#,
    );
}

#[test]
fn faults_have_their_codes() {
    let call = |f: &Frontend| f.call("getProduct", vec![("id", text("x"))]);
    let choose = |f: &mut Frontend| {
        let x = f.local("x");
        let same = || arrow(function(vec![x], vec![returns(local(x))], false));
        let chosen =
            e(ExprKind::Conditional(Box::new(query("a")), Box::new(same()), Box::new(same())));
        vec![returns(apply(chosen, vec![number(1.0)]))]
    };
    let returned = |f: &mut Frontend| {
        let callback = arrow(function(vec![], vec![returns(array(vec![]))], false));
        vec![returns(object(vec![("f", callback), ("g", text("x"))]))]
            .into_iter()
            .chain(std::iter::once(constant(f.local("x"), text("x"))))
            .collect()
    };
    let explodes = |f: &mut Frontend| {
        // Each helper calls the one before it twice.
        let mut callee = f.helper(function(vec![], vec![returns(query("x"))], false));
        for _ in 0..30 {
            let ExprKind::Function(id) = callee.kind else { unreachable!() };
            let once = || apply(e(ExprKind::Function(id)), vec![]);
            callee = f.helper(function(vec![], vec![returns(add(once(), once()))], false));
        }
        vec![returns(apply(callee, vec![]))]
    };
    let in_callback = |f: &mut Frontend| {
        let callback = arrow(function(vec![], vec![returns(awaited(call(f)))], true));
        vec![returns(iterate(IterateOp::Filter, query("list"), callback))]
    };
    let broken = |_: &mut Frontend| {
        let tried = s(StmtKind::Try { body: vec![breaks()], error: None, handler: vec![] });
        let cases = vec![case(Some(text("a")), vec![tried])];
        vec![s(StmtKind::Switch { subject: query("x"), cases }), returns(text("x"))]
    };
    let changing = |f: &mut Frontend| {
        vec![returns(awaited(f.call("placeOrder", vec![("body", object(vec![]))])))]
    };
    let unused = |f: &mut Frontend| vec![s(StmtKind::Expr(awaited(call(f)))), returns(text("x"))];
    type Make<'a> = &'a dyn Fn(&mut Frontend) -> Vec<Stmt>;
    let cases: [(u16, Make<'_>); 7] = [
        (4001, &choose),
        (4001, &returned),
        (4002, &explodes),
        (4003, &in_callback),
        (4004, &broken),
        (4010, &changing),
        (4012, &unused),
    ];
    for (code, make) in cases {
        let mut f = frontend();
        let body = make(&mut f);
        f.route(Method::Get, &["a"], body);
        let codes = f.codes();
        assert!(!codes.is_empty() && codes.iter().all(|c| *c == code), "{code}: {codes:?}");
    }
}

#[test]
fn calls_that_change_something_stand_alone() {
    let place = |f: &Frontend| f.call("placeOrder", vec![("body", object(vec![]))]);
    let mut f = frontend();
    let both = array(vec![place(&f), place(&f)]);
    let all = e(ExprKind::All(frontage_plan::Gather::All, Box::new(both)));
    f.route(Method::Post, &["a"], vec![returns(awaited(all))]);
    assert_eq!(f.codes(), [4011]);

    let mut f = frontend();
    let each = arrow(function(vec![], vec![returns(place(&f))], true));
    f.route(Method::Post, &["a"], vec![returns(awaited(all_map(query("list"), each)))]);
    assert_eq!(f.codes(), [4011]);

    let mut f = frontend();
    let fallback = function(vec![], vec![returns(text("x"))], false);
    let one = caught(place(&f), fallback);
    f.route(Method::Post, &["a"], vec![returns(awaited(one))]);
    assert_eq!(f.codes(), [] as [u16; 0]);
}

#[test]
fn computed_keys_and_spreads_keep_their_place() {
    let mut f = frontend();
    let members = vec![
        Member::Static("a".into(), number(1.0)),
        Member::Spread(query("more")),
        Member::Computed(query("key"), awaited(f.call("getUser", vec![("id", session())]))),
    ];
    f.route(Method::Get, &["a"], vec![returns(e(ExprKind::Object(members)))]);
    f.lowers_to(r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 raw {id: string, firstName: string, active: boolean, segment?: enum(new|vip), contact?: ({mail: string, phone?: string} | null), labels?: {...: string}}
              return {a: 1, ...query.more, [query.key]: s6}
"#);
}

#[test]
fn helpers_may_be_nested_deep_but_not_without_end() {
    let nested = |depth: usize| {
        let mut f = frontend();
        let mut callee = f.helper(function(vec![], vec![returns(query("x"))], false));
        for _ in 1..depth {
            let inner = array(vec![object(vec![("x", apply(callee, vec![]))])]);
            callee = f.helper(function(vec![], vec![returns(add(inner, text("x")))], false));
        }
        f.route(Method::Get, &["a"], vec![returns(apply(callee, vec![]))]);
        f.codes()
    };
    assert_eq!(nested(64), [] as [u16; 0]);
    assert_eq!(nested(65), [4002]);
}
