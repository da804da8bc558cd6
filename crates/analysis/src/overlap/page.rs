//! The comparison as one self-contained page: no script, nothing fetched.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pairs::share;
use super::{Frontend, General, Likeness, Overlap, Pair, Repeated, RoutePair, Rule, Shared, Stale};

const STYLE: &str = include_str!("page.css");

/// The page.
#[must_use]
pub fn page(overlap: &Overlap) -> String {
    let mut page = Page { out: String::new() };
    page.whole(overlap);
    page.out
}

struct Page {
    out: String,
}

/// A text that may stand anywhere in the page.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn owner(owner: Option<&String>) -> String {
    owner.map(|owner| format!(" <span class=dim>{}</span>", text(owner))).unwrap_or_default()
}

impl Page {
    fn add(&mut self, html: &str) {
        self.out.push_str(html);
        self.out.push('\n');
    }

    fn whole(&mut self, overlap: &Overlap) {
        let title = format!("Overlap of {}", text(&overlap.workspace));
        self.add("<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>");
        self.add("<meta name=viewport content=\"width=device-width, initial-scale=1\">");
        self.add(
            "<meta http-equiv=content-security-policy content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        );
        self.add(&format!("<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"));
        self.add(&format!("<header><h1>{title}</h1>"));
        self.add(
            "<p class=dim>How alike the backends are: what they ask services for, what they read of it, and what \
             they answer. Written by <code>frontage overlap</code>.</p></header>\n<main>",
        );
        self.frontends(&overlap.frontends);
        if overlap.pairs.is_empty() {
            self.add("<p>There is one backend only, and nothing to compare it with.</p>");
        } else {
            self.heat(overlap);
            self.add("<h2>Each two of them</h2>");
            for (at, pair) in overlap.pairs.iter().enumerate() {
                self.pair(at, pair);
            }
        }
        self.repeated(&overlap.repeated);
        self.general(&overlap.general);
        self.stale(&overlap.stale);
        self.add("</main>\n</body>\n</html>");
    }

    fn frontends(&mut self, frontends: &[Frontend]) {
        self.add("<div class=\"card wide\"><table><thead><tr><th>frontend<th class=n>routes<th class=n>operations<th class=n>fields read<th class=n>answer fields<th class=n>of its own</tr></thead><tbody>");
        for own in frontends {
            self.add(&format!(
                "<tr><td><strong>{}</strong>{}<td class=n>{}<td class=n>{}<td class=n>{}<td class=n>{}<td class=n>{}</tr>",
                text(&own.name),
                owner(own.owner.as_ref()),
                own.routes,
                own.operations,
                own.fields,
                own.answers,
                percent(own.specific_share()),
            ));
        }
        self.add("</tbody></table></div>");
        for own in frontends {
            let head = format!("What {} reads of services: {} fields", text(&own.name), own.fields);
            self.fields(&head, &own.reads);
        }
    }

    /// Fields by operation, behind a head.
    fn fields(&mut self, head: &str, fields: &BTreeMap<String, Vec<String>>) {
        self.add(&format!("<details><summary>{head}</summary><dl>"));
        for (operation, paths) in fields {
            let paths: Vec<String> =
                paths.iter().map(|path| format!("<code>{}</code>", text(path))).collect();
            self.add(&format!("<dt><code>{}</code><dd>{}", text(operation), paths.join(" ")));
        }
        self.add("</dl></details>");
    }

    /// The same map for each measure; which is seen says a radio button.
    fn heat(&mut self, overlap: &Overlap) {
        type Measure = fn(&Pair) -> Shared;
        let measures: [(&str, &str, Measure); 3] = [
            (
                "answers",
                "fields of the row's answers that a similar route of the column answers, too",
                |p| p.answers,
            ),
            (
                "fields read",
                "fields that the row reads of services and the column reads, too",
                |p| p.fields,
            ),
            ("operations", "operations that the row calls and the column calls, too", |p| {
                p.operations
            }),
        ];
        self.add("<h2>Who has what of whom</h2>\n<div class=\"card tabs\">");
        for (at, (name, ..)) in measures.iter().enumerate() {
            let checked = if at == 0 { " checked" } else { "" };
            self.add(&format!(
                "<input type=radio name=measure id=m{at}{checked}><label for=m{at}>{name}</label>"
            ));
        }
        for (at, (_, words, measure)) in measures.iter().enumerate() {
            self.add(&format!("<div class=\"tab t{at} wide\"><p class=dim>{words}</p><table class=heat><thead><tr><th>"));
            for own in &overlap.frontends {
                self.add(&format!("<th>{}", text(&own.name)));
            }
            self.add("</tr></thead><tbody>");
            for row in &overlap.frontends {
                self.add(&format!("<tr><th>{}", text(&row.name)));
                for column in &overlap.frontends {
                    self.cell(overlap, row, column, *measure);
                }
                self.add("</tr>");
            }
            self.add("</tbody></table></div>");
        }
        self.add("</div>");
    }

    fn cell(
        &mut self,
        overlap: &Overlap,
        row: &Frontend,
        column: &Frontend,
        measure: fn(&Pair) -> Shared,
    ) {
        let found = overlap.pairs.iter().enumerate().find_map(|(at, pair)| {
            let forth = pair.a == row.name && pair.b == column.name;
            let back = pair.b == row.name && pair.a == column.name;
            (forth || back).then(|| (at, measure(pair), usize::from(back)))
        });
        let Some((at, shared, side)) = found else {
            return self.add("<td><span>itself</span>");
        };
        let own = [shared.a, shared.b][side];
        let part = share(shared.both, own);
        let deep = if part > 0.55 { " class=deep" } else { "" };
        let label =
            format!("{} of {} of {}'s are {}'s, too", shared.both, own, row.name, column.name);
        self.add(&format!(
            "<td><a href=\"#pair{at}\"{deep} style=\"--v:{:.0}\" title=\"{}\" aria-label=\"{}\">{}</a>",
            part * 100.0,
            text(&label),
            text(&label),
            percent(part),
        ));
    }

    /// - `at`: its place among all, by which cells of the map link to it.
    fn pair(&mut self, at: usize, pair: &Pair) {
        let verdict = pair.advice.verdict;
        let class = verdict.name();
        self.add(&format!(
            "<section class=pair id=pair{at}><h3>{} and {} <span class=\"word {class}\">{}</span></h3>\n<ul>",
            text(&pair.a),
            text(&pair.b),
            verdict.text(),
        ));
        for why in &pair.advice.why {
            self.add(&format!("<li>{}", text(why)));
        }
        self.add("</ul><div class=wide><table><thead><tr><th>");
        self.add(&format!(
            "<th class=n>{}<th class=n>{}<th class=n>both<th class=n>in common</tr></thead><tbody>",
            text(&pair.a),
            text(&pair.b)
        ));
        for (name, shared) in [
            ("operations", pair.operations),
            ("fields read", pair.fields),
            ("answer fields", pair.answers),
        ] {
            self.add(&format!(
                "<tr><td>{name}<td class=n>{}<td class=n>{}<td class=n>{}<td class=n>{}</tr>",
                shared.a,
                shared.b,
                shared.both,
                percent(shared.likeness())
            ));
        }
        self.add("</tbody></table></div>");
        if !pair.routes.is_empty() {
            let count = pair.routes.len();
            self.add(&format!("<details open><summary>Routes with the same answer, or nearly so: {count}</summary><div>"));
            pair.routes.iter().for_each(|route| self.routes(pair, route));
            self.add("</div></details>");
        }
        if !pair.common_operations.is_empty() {
            let count = pair.common_operations.len();
            self.add(&format!(
                "<details><summary>Operations that both call: {count}</summary><ul>"
            ));
            for name in &pair.common_operations {
                self.add(&format!("<li><code>{}</code>", text(name)));
            }
            self.add("</ul></details>");
        }
        if !pair.common_fields.is_empty() {
            let head = format!("Fields that both read: {}", pair.fields.both);
            self.fields(&head, &pair.common_fields);
        }
        self.add("</section>");
    }

    fn routes(&mut self, pair: &Pair, route: &RoutePair) {
        let names = match route.a == route.b {
            true => format!("<code>{}</code>", text(&route.a)),
            false => format!("<code>{}</code> and <code>{}</code>", text(&route.a), text(&route.b)),
        };
        let (class, word) = match route.kind {
            Likeness::Same => ("same", "same".to_owned()),
            Likeness::Near => ("near", percent(route.answer.likeness())),
        };
        self.add(&format!(
            "<details><summary>{names} <span class=\"word {class}\">{word}</span></summary><div>"
        ));
        self.add(&format!(
            "<p class=dim>{} of {} fields are answered by both; they call {} of {} operations both.</p>",
            route.answer.both,
            route.answer.a + route.answer.b - route.answer.both,
            route.operations.both,
            route.operations.a + route.operations.b - route.operations.both,
        ));
        self.add("<div class=both>");
        for (name, place, only) in
            [(&pair.a, &route.a_place, &route.only_a), (&pair.b, &route.b_place, &route.only_b)]
        {
            self.add(&format!(
                "<div><strong>{}</strong> <code class=dim>{}</code>",
                text(name),
                text(place)
            ));
            if only.is_empty() {
                self.add("<p class=dim>nothing that the other has not</p>");
            } else {
                self.add("<p class=dim>only here:</p><ul>");
                for field in only {
                    self.add(&format!("<li><code>{}</code>", text(field)));
                }
                self.add("</ul>");
            }
            self.add("</div>");
        }
        self.add("</div></div></details>");
    }

    fn repeated(&mut self, repeated: &[Repeated]) {
        self.add("<h2>Logic that stands in several frontends</h2>");
        if repeated.is_empty() {
            return self.add("<p class=dim>None.</p>");
        }
        self.add(
            "<p class=dim>Compared as it is compiled: what things are called does not count.</p>",
        );
        for own in repeated {
            let first = own.occurrences.first().map_or("", |own| own.text.as_str());
            let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
            let (shown, more) = match line.char_indices().nth(140) {
                Some((end, _)) => (&line[..end], "…"),
                None => (line.as_str(), ""),
            };
            self.add(&format!(
                "<details><summary><code>{}{more}</code> <span class=dim>{} places</span></summary><div><ul>",
                text(shown),
                own.occurrences.len()
            ));
            for place in &own.occurrences {
                self.add(&format!(
                    "<li><strong>{}</strong>{} <code>{}</code>",
                    text(&place.frontend),
                    owner(place.owner.as_ref()),
                    text(&place.place)
                ));
            }
            self.add(&format!(
                "</ul><p>It could be <code>{}</code>:</p><pre><code>{}</code></pre></div></details>",
                text(&own.file),
                text(&own.fragment)
            ));
        }
    }

    fn stale(&mut self, stale: &[Stale]) {
        if stale.is_empty() {
            return;
        }
        self.add("<h2>Comments that accept nothing</h2>\n<ul>");
        for own in stale {
            self.add(&format!("<li><code>{}</code> {}", text(&own.place), text(&own.why)));
        }
        self.add("</ul>");
    }

    fn general(&mut self, general: &[General]) {
        self.add("<h2>Logic that belongs to a service</h2>");
        if general.is_empty() {
            return self.add("<p class=dim>None was found.</p>");
        }
        self.add(
            "<p class=dim>A place is accepted with its reason on the line above: \
             <code>// frontage-accept RULE: why</code></p>",
        );
        for rule in Rule::ALL {
            let own: Vec<&General> = general.iter().filter(|own| own.rule == rule).collect();
            let open = own.iter().filter(|own| own.accepted.is_none()).count();
            if own.is_empty() {
                continue;
            }
            self.add(&format!(
                "<details{}><summary><code>{}</code> <span class=dim>{open} open, {} accepted</span></summary><div><p>{}.</p>",
                if open > 0 { " open" } else { "" },
                rule.name(),
                own.len() - open,
                text(rule.advice()),
            ));
            for own in own {
                let mut line = String::new();
                let _ = write!(
                    line,
                    "<p><strong>{}</strong>{} <code>{}</code>",
                    text(&own.frontend),
                    owner(own.owner.as_ref()),
                    text(&own.place)
                );
                if let Some(reason) = &own.accepted {
                    let _ = write!(line, "<br>accepted: {}", text(reason));
                }
                self.add(&format!("{line}</p><pre><code>{}</code></pre>", text(&own.text)));
            }
            self.add("</div></details>");
        }
    }
}
