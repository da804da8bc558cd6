//! Did you mean …?

/// The candidate that `name` was most likely meant to be.
///
/// A name that differs in capitals only always counts. Otherwise at most a third of its
/// characters may be wrong, missing, added or swapped with their neighbours, and at least one
/// such slip is forgiven in names of three characters or more. A name that begins or ends as one of
/// three characters or more does is near, too. Of several that are equally near, the one counts that
/// is nearer with its capitals, then the first.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    let allowed = if length < 3 { 0 } else { (length / 3).clamp(1, 5) };
    let mut best: Option<((usize, usize), &'a str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let lower = candidate.to_lowercase();
        let part = length >= 3 && (lower.starts_with(&wanted) || lower.ends_with(&wanted));
        // What cannot be near is not measured: contracts have thousands of names.
        let distance = if lower.chars().count().abs_diff(length) <= allowed {
            strsim::osa_distance(&wanted, &lower)
        } else {
            usize::MAX
        };
        // A part is less telling than a slip.
        let distance = if part { distance.min(allowed) } else { distance };
        if distance > allowed || best.is_some_and(|((least, _), _)| least < distance) {
            continue;
        }
        let rank = (distance, strsim::osa_distance(name, candidate));
        if best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_forgiven_and_strangers_are_not() {
        let fields = ["quantity", "sku", "unitPrice", "id"];
        for (name, expected) in [
            ("quantty", Some("quantity")),
            ("qauntity", Some("quantity")),
            ("unitprice", Some("unitPrice")),
            ("UnitPrices", Some("unitPrice")),
            ("skus", Some("sku")),
            ("ID", Some("id")),
            ("ix", None),
            ("price", Some("unitPrice")),
            ("quant", Some("quantity")),
            ("pr", None),
            ("", None),
            ("quantity", None),
        ] {
            assert_eq!(nearest(name, fields), expected, "{name}");
        }
    }

    #[test]
    fn the_nearest_wins_and_of_equals_the_first() {
        assert_eq!(nearest("items", ["itemas", "item", "itemsX"]), Some("itemas"));
        assert_eq!(nearest("itemId", ["itemIdxx", "itemIds"]), Some("itemIds"));
        assert_eq!(nearest("rout", ["Route", "route"]), Some("route"));
        assert_eq!(nearest("Rout", ["route", "Route"]), Some("Route"));
    }
}
