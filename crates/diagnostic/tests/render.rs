//! What a reader sees.

use frontage_diagnostic::{Code, Diagnostic, SourceMap, Span, render, sort, summary, to_json};

/// A map with one text, and a span of the first occurrence of `needle` in it.
fn place(path: &str, text: &str, needle: &str) -> (SourceMap, Span) {
    let mut sources = SourceMap::new();
    let file = sources.add(path, text);
    let start = text.find(needle).expect("the needle is in the text") as u32;
    (sources, Span::new(file, start, start + needle.len() as u32))
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

#[test]
fn a_fault_with_a_place_in_another_file_and_a_fix() {
    let mut sources = SourceMap::new();
    let route = "\n".repeat(13) + "    total: sum(order.lines.map((l) => l.price)),\n";
    let at = route.find("price").expect("there") as u32;
    let route = sources.add("frontends/web/routes/orders/[id].ts", route);
    let contract = sources.add("contracts/orders.yaml", "\n".repeat(87) + "    OrderLine:\n");
    let diagnostic = Diagnostic::error(
        Code(2104),
        Span::new(route, at, at + 5),
        "`price` is not a field of `OrderLine`",
    )
    .label("fields: `quantity`, `sku`, `unitPrice`")
    .also(Span::new(contract, 91, 100), "declared here")
    .help("did you mean `unitPrice`?");
    assert_eq!(
        lines(&render(&[diagnostic], &sources, false)),
        [
            "error[FR2104]: `price` is not a field of `OrderLine`",
            "  --> frontends/web/routes/orders/[id].ts:14:41",
            "   |",
            "14 |     total: sum(order.lines.map((l) => l.price)),",
            "   |                                         ^^^^^ fields: `quantity`, `sku`, `unitPrice`",
            "   |",
            "  ::: contracts/orders.yaml:88:5",
            "   |",
            "88 |     OrderLine:",
            "   |     --------- declared here",
            "   |",
            "   = help: did you mean `unitPrice`?",
            "",
        ]
    );
}

#[test]
fn colours_only_when_asked_for() {
    let (sources, span) = place("a.ts", "let x = 1;", "let");
    let diagnostic = Diagnostic::error(Code(1010), span, "only `const` declares a value");
    assert!(!render(std::slice::from_ref(&diagnostic), &sources, false).contains('\u{1b}'));
    assert!(render(&[diagnostic], &sources, true).contains('\u{1b}'));
}

#[test]
fn faults_without_a_place() {
    let diagnostic = Diagnostic::placeless(Code(5101), "port 8080 is in use").warning().help("x");
    assert_eq!(
        lines(&render(&[diagnostic], &SourceMap::new(), false)),
        ["warning[FR5101]: port 8080 is in use", " |", " = help: x", "",]
    );
}

#[test]
fn labels_near_each_other_share_an_excerpt() {
    let text = "a\r\n  b: 1\r\n\tc: 2\r\n\r\n\r\nd\r\n";
    let (sources, second) = place("x.ts", text, "c: 2");
    let first = Span::new(second.file, 5, 6);
    let diagnostic =
        Diagnostic::error(Code(2001), second, "twice").label("again").also(first, "before");
    assert_eq!(
        lines(&render(&[diagnostic], &sources, false)),
        [
            "error[FR2001]: twice",
            " --> x.ts:3:2",
            "  |",
            "2 |   b: 1",
            "  |   - before",
            "3 |     c: 2",
            "  |     ^^^^ again",
            "",
        ]
    );
}

#[test]
fn long_lines_are_cut_to_a_window_around_the_place() {
    let text = format!("{{{}\"bad\":é1,{}}}", "\"k\":1,".repeat(90_000), "\"k\":1,".repeat(90_000));
    let (sources, span) = place("contracts/big.json", &text, "\"bad\"");
    let diagnostic = Diagnostic::error(Code(3001), span, "bad").label("here");
    let rendered = render(&[diagnostic], &sources, false);
    assert!(rendered.len() < 1_000, "{} bytes", rendered.len());
    let shown = lines(&rendered);
    assert_eq!(shown[1], " --> contracts/big.json:1:540002");
    assert!(shown[3].starts_with("1 | …"), "{}", shown[3]);
    assert!(shown[3].ends_with('…'));
    let column = shown[3].find("\"bad\"").expect("the place is shown");
    let before = shown[3][..column].chars().count();
    assert_eq!(shown[4].find('^'), Some(before));
    assert_eq!(shown[4].trim_start_matches([' ', '|']), "^^^^^ here");
}

#[test]
fn tabs_wide_characters_and_control_characters() {
    let (sources, span) = place("a.ts", "\tx = \"漢字\u{1b}[31m\" + bad", "bad");
    let rendered = render(&[Diagnostic::error(Code(1001), span, "no")], &sources, false);
    let shown = lines(&rendered);
    assert_eq!(shown[3], "1 |     x = \"漢字␛[31m\" + bad");
    assert_eq!(shown[4], "  |                       ^^^", "each of the two is two columns wide");
}

#[test]
fn a_span_of_many_lines_shows_its_first() {
    let text = format!("a {{\n{}}}", "  b\n".repeat(100));
    let mut sources = SourceMap::new();
    let file = sources.add("a.ts", text.clone());
    let span = Span::new(file, 2, text.len() as u32);
    let shown = render(&[Diagnostic::error(Code(1001), span, "no").label("all")], &sources, false);
    assert_eq!(lines(&shown)[3..], ["1 | a {", "  |   ^ all", ""]);
}

#[test]
fn no_span_panics() {
    let texts = ["", "\n", "a", "a\r\n", "\r", "é漢\u{1F600}\r\nb\n\n", "\u{feff}a\n\u{2028}b"];
    for text in texts {
        let mut sources = SourceMap::new();
        let file = sources.add("a.ts", text);
        for start in 0..20 {
            for end in 0..20 {
                let here = Span::new(file, start, end);
                let there = Span::new(file, end, u32::MAX);
                let diagnostic =
                    Diagnostic::error(Code(1001), here, "x").label("y").also(there, "z");
                let rendered = render(std::slice::from_ref(&diagnostic), &sources, true);
                assert!(rendered.contains("FR1001"));
                let json = to_json(&diagnostic, &sources);
                assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
            }
        }
    }
    let mut sources = SourceMap::new();
    let text = "é".repeat(1_000);
    let file = sources.add("a.ts", text);
    for start in (0..2_010).step_by(7) {
        let diagnostic = Diagnostic::error(Code(1001), Span::new(file, start, start + 300), "x");
        assert!(render(&[diagnostic], &sources, false).contains('^'));
    }
}

#[test]
fn json_has_places_from_one() {
    let (sources, span) = place("a.ts", "é\nlet \"x\"", "\"x\"");
    let diagnostic = Diagnostic::error(Code(1010), span, "m")
        .label("l")
        .help("h")
        .also(Span::new(span.file, 0, 2), "r");
    assert_eq!(
        to_json(&diagnostic, &sources),
        "{\"code\":\"FR1010\",\"severity\":\"error\",\"message\":\"m\",\"path\":\"a.ts\",\"line\":2,\
         \"column\":5,\"endLine\":2,\"endColumn\":8,\"label\":\"l\",\"help\":\"h\",\"related\":[{\
         \"path\":\"a.ts\",\"line\":1,\"column\":1,\"endLine\":1,\"endColumn\":2,\"label\":\"r\"}]}"
    );
    let placeless = Diagnostic::placeless(Code(5001), "m").warning();
    assert_eq!(
        to_json(&placeless, &sources),
        "{\"code\":\"FR5001\",\"severity\":\"warning\",\"message\":\"m\",\"related\":[]}"
    );
}

#[test]
fn counts_in_words() {
    let error = Diagnostic::placeless(Code(5001), "m");
    let warning = error.clone().warning();
    for (errors, warnings, expected) in [
        (0, 0, "no errors"),
        (1, 0, "1 error"),
        (2, 1, "2 errors, 1 warning"),
        (0, 2, "2 warnings"),
    ] {
        let mut all = vec![error.clone(); errors];
        all.extend(vec![warning.clone(); warnings]);
        assert_eq!(summary(&all).to_string(), expected);
    }
}

#[test]
fn sorted_by_file_then_place() {
    let mut sources = SourceMap::new();
    let (b, a) = (sources.add("b.ts", "xx"), sources.add("a.ts", "xx"));
    let at = |file, start| Diagnostic::error(Code(1001), Span::new(file, start, 2), "m");
    let mut all = vec![at(b, 0), at(a, 1), Diagnostic::placeless(Code(5001), "m"), at(a, 0)];
    sort(&mut all, &sources);
    let order: Vec<_> =
        all.iter().map(|d| d.primary.as_ref().map(|l| (l.span.file, l.span.start))).collect();
    assert_eq!(order, [None, Some((a, 0)), Some((a, 1)), Some((b, 0))]);
}
