//! Whatever the text, a check ends and gives diagnostics; it never panics.

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

use super::support::{check_body, check_files, module_around};

/// The words of a text: names, numbers, strings, signs.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        words.push(&rest[..length]);
        rest = &rest[length..];
    }
    words
}

fn bodies() -> Vec<&'static str> {
    include_str!("bodies.txt")
        .split("\n=== ")
        .filter_map(|part| part.split_once('\n').map(|(_, rest)| rest))
        .map(|rest| rest.split_once("\n--> ").map_or(rest, |(body, _)| body))
        .collect()
}

fn changes() -> impl Strategy<Value = Vec<(u8, usize, usize)>> {
    prop::collection::vec((0_u8..4, any::<usize>(), any::<usize>()), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bodies_do_not_break_the_checker(which in any::<usize>(), other in any::<usize>(), changes in changes()) {
        let all = bodies();
        let mut body = words(all[which % all.len()]);
        let donor = words(all[other % all.len()]);
        for (kind, at, from) in changes {
            if body.is_empty() {
                break;
            }
            let at = at % body.len();
            match kind {
                0 => { body.remove(at); }
                1 => body.insert(at, donor[from % donor.len()]),
                2 => body[at] = donor[from % donor.len()],
                _ => { let from = from % body.len(); body.swap(at, from); }
            }
        }
        let _ = check_body(&body.concat());
    }

    #[test]
    fn changed_modules_do_not_break_the_checker(changes in changes()) {
        let text = module_around("return (await users.getUser({ id: session.sub })).firstName;");
        let mut module = words(&text);
        for (kind, at, from) in changes {
            let at = at % module.len();
            let from = from % module.len();
            match kind {
                0 => { module.remove(at); }
                1 => module.insert(at, module[from]),
                2 => module[at] = module[from],
                _ => module.swap(at, from),
            }
        }
        let _ = check_files(&[("frontends/web/routes/x.ts", &module.concat())]);
    }
}

#[test]
fn deep_texts_end() {
    let repeat = |open: &str, inner: &str, close: &str, n: usize| {
        format!("return {}{inner}{};", open.repeat(n), close.repeat(n))
    };
    for n in [10, 60, 110, 1000] {
        let _ = check_body(&repeat("[", "1", "]", n));
        let _ = check_body(
            &repeat("{ a: ", "1", "}", n).replace("return {", "return { b: {").replace(';', "};"),
        );
        let _ = check_body(&repeat("(", "1", ")", n));
        let _ = check_body(&repeat("[1].map((x) => ", "x", ")", n));
        let _ = check_body(&repeat("[1].reduce((a, x) => ", "a", ", {})", n));
        let _ = check_body(&repeat("!", "1", "", n));
        let _ = check_body(&repeat("query.n > 1 ? 1 : ", "2", "", n));
        let _ = check_body(&repeat("query.n + ", "2", "", n));
        let _ = check_body(&format!(
            "const a: {}number{} = 1; return a;",
            "(".repeat(n),
            ")[]".repeat(n)
        ));
    }
}
