//! Generated pictures: one for each product and user, in SVG without fonts of
//! their own, scripts or references.
//!
//! Out:   equal pictures for equal input.

use crate::random::Random;
use std::fmt::Write as _;

/// What a product's picture shows.
pub(crate) struct Subject<'a> {
    pub(crate) n: i64,
    /// Which of the product's pictures, from 1.
    pub(crate) view: i64,
    pub(crate) name: &'a str,
    pub(crate) category: &'a str,
    /// SVG path data on a 24 by 24 grid.
    pub(crate) icon: &'a str,
    /// In degrees; pictures of one category are of like colours.
    pub(crate) hue: i64,
}

/// A product's picture with `side` by `side` pixels.
pub(crate) fn product(subject: &Subject<'_>, side: i64) -> String {
    let mut random = Random::of("picture", subject.n as u64);
    let hue = (subject.hue + random.between(-14, 14)).rem_euclid(360);
    let second = (hue + random.between(25, 60)) % 360;
    let angle = random.between(0, 7) * 45 + (subject.view - 1) * 30;
    let mut svg = open(side, subject.name);
    let _ = write!(
        svg,
        r#"<defs><linearGradient id="g" gradientTransform="rotate({angle} .5 .5)"><stop stop-color="hsl({hue} 52% 86%)"/><stop offset="1" stop-color="hsl({second} 46% 68%)"/></linearGradient></defs><rect width="320" height="320" fill="url(#g)"/>"#,
    );
    for _ in 0..3 {
        let (x, y, r) = (random.between(0, 320), random.between(0, 320), random.between(30, 110));
        let _ = write!(svg, r##"<circle cx="{x}" cy="{y}" r="{r}" fill="#fff" opacity=".18"/>"##);
    }
    // The views show the same thing from nearer and further off.
    let (scale, lift) =
        [("7", 0), ("5.4", 12), ("9.6", -22)][(subject.view - 1).rem_euclid(3) as usize];
    let thick = if subject.view == 3 { "1.1" } else { "1.4" };
    let _ = write!(
        svg,
        r#"<ellipse cx="160" cy="236" rx="78" ry="10" fill="hsl({hue} 40% 30%)" opacity=".16"/><g transform="translate(160 {}) scale({scale}) translate(-12 -12)" fill="hsl({hue} 60% 96%)" fill-opacity=".55" stroke="hsl({hue} 45% 27%)" stroke-width="{thick}" stroke-linejoin="round" stroke-linecap="round"><path d="{}"/></g>"#,
        140 + lift,
        subject.icon,
    );
    if side > 100 {
        let _ = write!(
            svg,
            r#"<g font-family="system-ui,sans-serif" text-anchor="middle" fill="hsl({hue} 50% 20%)"><text x="160" y="276" font-size="15" font-weight="600">{}</text><text x="160" y="298" font-size="11" opacity=".75">{}</text></g>"#,
            escaped(&shortened(subject.name, 33)),
            escaped(subject.category),
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A user's picture: initials before a gradient.
pub(crate) fn avatar(n: i64, name: &str, side: i64) -> String {
    let mut random = Random::of("avatar", n as u64);
    let hue = random.between(0, 359);
    let initials: String =
        name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    let mut svg = open(side, name);
    let _ = write!(
        svg,
        r##"<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl({hue} 60% 62%)"/><stop offset="1" stop-color="hsl({} 55% 40%)"/></linearGradient></defs><rect width="320" height="320" fill="url(#g)"/><circle cx="160" cy="340" r="150" fill="#fff" opacity=".12"/><text x="160" y="164" font-family="system-ui,sans-serif" font-size="128" font-weight="600" fill="#fff" text-anchor="middle" dominant-baseline="central">{}</text></svg>"##,
        (hue + 40) % 360,
        escaped(&initials),
    );
    svg
}

fn open(side: i64, title: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 320 320" role="img"><title>{}</title>"#,
        escaped(title)
    )
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Subject, avatar, product};

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let subject =
            Subject { n: 1, view: 1, name: "<script>&\"", category: "<b>", icon: "M0 0", hue: 9 };
        for svg in [product(&subject, 320), avatar(1, "<script> <b>", 96)] {
            assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        }
    }

    #[test]
    fn pictures_are_stable_and_different() {
        let picture = |n, view| {
            product(&Subject { n, view, name: "A", category: "B", icon: "M0 0", hue: 9 }, 320)
        };
        assert_eq!(picture(1, 1), picture(1, 1));
        assert_ne!(picture(1, 1), picture(2, 1));
        assert_ne!(picture(1, 1), picture(1, 2));
    }
}
