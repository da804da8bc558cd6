//! Calls: what they read, where they stand, what their failures become.

use frontage_plan::{BinaryOp, Builtin, Gather, IterateOp, LogicalOp, Method, UnaryOp};

use super::build::{
    all_map, array, arrow, awaited, builtin, caught, constant, e, frontend, function, iterate,
    local, member, number, object, returns, s, session, text, throws, when,
};
use crate::hir::{CallOptions, ExprKind, Item, StmtKind};

#[test]
fn the_example_of_the_language_page() {
    let mut f = frontend();
    let (user, recent, picks) = (f.local("user"), f.local("recent"), f.local("picks"));
    let order = f.local("order");
    let get_user = f.call("getUser", vec![("id", session())]);
    let list =
        f.call("listOrders", vec![("userId", member(local(user), "id")), ("limit", number(3.0))]);
    let options = CallOptions { timeout_ms: Some(80), ..CallOptions::default() };
    let pick = f.call_with("getProduct", vec![("id", member(local(user), "segment"))], options);
    let picked = caught(pick, function(vec![], vec![returns(array(vec![]))], false));
    let product = f.call("getProduct", vec![("id", member(local(order), "productId"))]);
    let each = function(
        vec![order],
        vec![returns(object(vec![
            ("id", member(local(order), "id")),
            ("title", member(awaited(product), "name")),
        ]))],
        true,
    );
    let all = all_map(member(local(recent), "items"), arrow(each));
    let inactive = e(ExprKind::Unary(UnaryOp::Not, Box::new(member(local(user), "active"))));
    let greeting = e(ExprKind::Template(vec![text("Hi "), member(local(user), "firstName")]));
    let body = vec![
        constant(user, awaited(get_user)),
        constant(recent, awaited(list)),
        constant(picks, awaited(picked)),
        when(inactive, vec![throws()], vec![]),
        returns(object(vec![
            ("greeting", greeting),
            ("orders", awaited(all)),
            ("picks", local(picks)),
        ])),
    ];
    f.route(Method::Get, &["home"], body);
    f.lowers_to(r#"
            GET /home
              s6 = shop.getUser(id: session.sub) -> 200 {id: string, firstName: string, active: boolean, segment?: enum(new|vip)}
              s7 = shop.listOrders(userId: s6.id, limit: 3) -> 200 {items: {id: raw string, productId: string}[]}
              s9 = scope
                try (picks)
                  s8 = shop.getProduct(id: s6.segment) within 80 ms -> 200 raw {id: string, name: string, price?: number}
                  return s8
                catch
                  return []
              if !s6.active
                throw error(404, "gone")
              s10 = all map (s1.0) of s7.items by 32
                s1.1 = shop.getProduct(id: s1.0.productId) -> 200 {name: raw string}
                return {id: s1.0.id, title: s1.1.name}
              return {greeting: template("Hi ", s6.firstName), orders: s10, picks: s9}
"#);
}

#[test]
fn a_call_under_a_condition_runs_only_if_it_is_reached() {
    for (name, expected) in [
        (
            "?:",
            r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {segment?: enum(new|vip)}
              s8 = scope
                if s6.segment
                  s7 = shop.getProduct(id: "x") -> 200 {name: raw string}
                  return s7.name
                else
                  return "none"
              return {value: s8}
"#,
        ),
        (
            "&&",
            r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {segment?: enum(new|vip)}
              s8 = s6.segment
              s9 = scope
                if s8
                  s7 = shop.getProduct(id: "x") -> 200 {name: raw string}
                  return s7.name
                else
                  return s8
              return {value: s9}
"#,
        ),
        (
            "||",
            r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {segment?: enum(new|vip)}
              s8 = s6.segment
              s9 = scope
                if s8
                  return s8
                else
                  s7 = shop.getProduct(id: "x") -> 200 {name: raw string}
                  return s7.name
              return {value: s9}
"#,
        ),
        (
            "??",
            r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {segment?: enum(new|vip)}
              s8 = s6.segment
              s9 = scope
                if (s8 == null)
                  s7 = shop.getProduct(id: "x") -> 200 {name: raw string}
                  return s7.name
                else
                  return s8
              return {value: s9}
"#,
        ),
        (
            "?.",
            r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {segment?: enum(new|vip)}
              s7 = s6.segment
              s9 = scope
                if (s7 != null)
                  s8 = shop.getProduct(id: s7) -> 200 {name: raw string}
                  return s8.name
              return {value: s9}
"#,
        ),
    ] {
        let mut f = frontend();
        let (user, bind) = (f.local("user"), f.local(""));
        let get_user = f.call("getUser", vec![("id", session())]);
        let product = |f: &super::build::Frontend, id| {
            member(awaited(f.call("getProduct", vec![("id", id)])), "name")
        };
        let segment = || Box::new(member(local(user), "segment"));
        let right = Box::new(product(&f, text("x")));
        let value = match name {
            "?:" => e(ExprKind::Conditional(segment(), right, Box::new(text("none")))),
            "&&" => e(ExprKind::Logical(LogicalOp::And, segment(), right)),
            "||" => e(ExprKind::Logical(LogicalOp::Or, segment(), right)),
            "??" => e(ExprKind::Logical(LogicalOp::Nullish, segment(), right)),
            _ => {
                let rest = Box::new(product(&f, local(bind)));
                e(ExprKind::Optional { object: segment(), bind, rest })
            }
        };
        f.route(
            Method::Get,
            &["a"],
            vec![constant(user, awaited(get_user)), returns(object(vec![("value", value)]))],
        );
        f.lowers_to(expected);
    }
}

#[test]
fn what_may_throw_before_a_call_is_computed_before_it() {
    let mut f = frontend();
    let user = f.local("user");
    let get_user = f.call("getUser", vec![("id", session())]);
    let product = f.call("getProduct", vec![("id", text("x"))]);
    let fixed = |digits| builtin(Builtin::NumberToFixed, vec![number(1.0), digits]);
    f.route(
        Method::Get,
        &["a"],
        vec![
            constant(user, awaited(get_user)),
            returns(array(vec![
                fixed(member(local(user), "segment")),
                member(local(user), "id"),
                member(awaited(product), "name"),
                fixed(number(2.0)),
            ])),
        ],
    );
    f.lowers_to(
        r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {id: raw string, segment?: enum(new|vip)}
              s8 = NumberToFixed(1, s6.segment)
              s7 = shop.getProduct(id: "x") -> 200 {name: raw string}
              return [s8, s6.id, s7.name, NumberToFixed(1, 2)]
"#,
    );
}

#[test]
fn arguments_are_computed_before_the_try_of_a_catch() {
    let mut f = frontend();
    let (error, part) = (f.local("error"), f.local("part"));
    let inner = member(awaited(f.call("getUser", vec![("id", session())])), "segment");
    let encoded = builtin(Builtin::EncodeUriComponent, vec![inner]);
    let product = f.call("getProduct", vec![("id", encoded)]);
    let again = f.call("getProduct", vec![("id", text("fallback"))]);
    let handler = function(
        vec![error],
        vec![
            when(
                e(ExprKind::InstanceOf(
                    Box::new(local(error)),
                    frontage_plan::ErrorClass::UpstreamError,
                )),
                vec![returns(awaited(again))],
                vec![],
            ),
            s(StmtKind::Throw(local(error))),
        ],
        true,
    );
    f.route(
        Method::Get,
        &["a"],
        vec![constant(part, awaited(caught(product, handler))), returns(local(part))],
    );
    f.lowers_to(r#"
            GET /a
              s6 = shop.getUser(id: session.sub) -> 200 {segment?: enum(new|vip)}
              s7 = EncodeUriComponent(s6.segment)
              s11 = scope
                try (part)
                  s8 = shop.getProduct(id: s7) -> 200 raw {id: string, name: string, price?: number}
                  return s8
                catch s9
                  if (s9 instanceof UpstreamError)
                    s10 = shop.getProduct(id: "fallback") in handler -> 200 raw {id: string, name: string, price?: number}
                    return s10
                  throw s9
              return s11
"#);
}

#[test]
fn try_statements_name_the_first_call_as_their_part() {
    let mut f = frontend();
    let user = f.local("user");
    let get_user = f.call("getUser", vec![("id", session())]);
    let product = f.call("getProduct", vec![("id", text("x"))]);
    let tried = s(StmtKind::Try {
        body: vec![constant(user, awaited(get_user)), returns(member(local(user), "id"))],
        error: None,
        handler: vec![returns(member(awaited(product), "name"))],
    });
    f.route(Method::Get, &["a"], vec![tried]);
    f.lowers_to(
        r#"
            GET /a
              try (shop.getUser)
                s6 = shop.getUser(id: session.sub) -> 200 {id: raw string}
                return s6.id
              catch
                s7 = shop.getProduct(id: "x") in handler -> 200 {name: raw string}
                return s7.name
"#,
    );
}

#[test]
fn parts_of_promise_all_are_blocks() {
    let mut f = frontend();
    let (id, rest) = (f.local("id"), f.local("rest"));
    let user = f.call("getUser", vec![("id", session())]);
    let product = f.call("getProduct", vec![("id", local(id))]);
    let each = arrow(function(vec![id], vec![returns(product)], false));
    let products = iterate(IterateOp::Map, array(vec![text("a"), text("b")]), each);
    let products = e(ExprKind::All(Gather::All, Box::new(products)));
    let list = e(ExprKind::Array(vec![Item::Value(user), Item::Value(products)]));
    let all = e(ExprKind::All(Gather::All, Box::new(list)));
    f.route(
        Method::Get,
        &["a"],
        vec![
            constant(rest, awaited(all)),
            returns(builtin(Builtin::ArraySlice, vec![local(rest), number(1.0)])),
        ],
    );
    f.lowers_to(r#"
            GET /a
              s8 = all
                part
                  s7 = shop.getUser(id: session.sub) -> 200 raw {id: string, firstName: string, active: boolean, segment?: enum(new|vip), contact?: ({mail: string, phone?: string} | null), labels?: {...: string}}
                  return s7
                part
                  s6 = all map (s1.0) of ["a", "b"] by 32
                    s1.1 = shop.getProduct(id: s1.0) -> 200 raw {id: string, name: string, price?: number}
                    return s1.1
                  return s6
              return ArraySlice(s8, 1)
"#);
}

#[test]
fn settled_results_are_read_through_their_value() {
    let mut f = frontend();
    let (user, result) = (f.local("user"), f.local("result"));
    let get_user = f.call("getUser", vec![("id", text("x"))]);
    let list = array(vec![get_user]);
    let settled = e(ExprKind::All(Gather::Settled, Box::new(list)));
    let is_fine = e(ExprKind::Binary(
        BinaryOp::Equal,
        Box::new(member(local(result), "status")),
        Box::new(text("fulfilled")),
    ));
    let name = member(member(local(result), "value"), "firstName");
    let pick = function(
        vec![result],
        vec![returns(e(ExprKind::Conditional(
            Box::new(is_fine),
            Box::new(name),
            Box::new(text("?")),
        )))],
        false,
    );
    f.route(
        Method::Get,
        &["a"],
        vec![
            constant(user, awaited(settled)),
            returns(iterate(IterateOp::Map, local(user), arrow(pick))),
        ],
    );
    f.lowers_to(
        r#"
            GET /a
              s7 = settled
                part
                  s6 = shop.getUser(id: "x") -> 200 {firstName: raw string}
                  return s6
              return Map(s7, (s8) => ((s8.status === "fulfilled") ? s8.value.firstName : "?"))
"#,
    );
}
