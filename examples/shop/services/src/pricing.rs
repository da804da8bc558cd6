//! What an order costs: price tiers, discounts, shipping and tax.
//!
//! In:    the customer's segment, the country, the lines with their products' facts.
//! Out:   a [`Quote`] whose parts add up to the cent.
//! Never: I/O or floating point; rates are tenths of a percent.

/// How a country taxes, and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Country {
    /// ISO 3166-1 alpha-2.
    pub(crate) code: &'static str,
    /// Standard rate of value added tax in tenths of a percent.
    pub(crate) standard: i64,
    /// Rate for books, in tenths of a percent.
    pub(crate) reduced: i64,
    /// Shipping of the first kilogram, in cents.
    pub(crate) first_kg_cents: i64,
    /// Shipping of each further kilogram, in cents.
    pub(crate) next_kg_cents: i64,
}

/// The countries that the shop sells to, all of the euro area.
pub(crate) const COUNTRIES: [Country; 11] = [
    country("DE", 190, 70, 490, 60),
    country("AT", 200, 100, 690, 80),
    country("NL", 210, 90, 690, 80),
    country("BE", 210, 60, 690, 80),
    country("LU", 170, 30, 790, 90),
    country("FR", 200, 55, 790, 90),
    country("ES", 210, 40, 990, 120),
    country("IT", 220, 40, 990, 120),
    country("PT", 230, 60, 1190, 140),
    country("IE", 230, 0, 1290, 150),
    country("FI", 255, 135, 1290, 150),
];

/// Net value from which parcels travel free, in cents.
pub(crate) const FREE_SHIPPING_CENTS: i64 = 9_000;

/// Extra for goods too large for a parcel, per order, in cents.
const BULKY_CENTS: i64 = 2_900;

const fn country(
    code: &'static str,
    standard: i64,
    reduced: i64,
    first: i64,
    next: i64,
) -> Country {
    Country { code, standard, reduced, first_kg_cents: first, next_kg_cents: next }
}

/// The country with this code, if the shop sells there.
pub(crate) fn country_of(code: &str) -> Option<Country> {
    COUNTRIES.into_iter().find(|country| country.code == code)
}

/// One line to be priced.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Units, at least 1.
    pub(crate) quantity: i64,
    /// Net price of one, in cents.
    pub(crate) price_cents: i64,
    /// Net prices from a quantity on: `(quantity, cents)`, by quantity.
    pub(crate) tiers: Vec<(i64, i64)>,
    /// Whether the reduced rate applies.
    pub(crate) reduced_tax: bool,
    /// Weight of one.
    pub(crate) weight_grams: i64,
    /// Whether it needs freight rather than parcel post.
    pub(crate) bulky: bool,
}

/// What an order costs, in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quote {
    /// One for each item.
    pub(crate) lines: Vec<QuotedLine>,
    /// Lines before discounts.
    pub(crate) subtotal: i64,
    /// Sum of the lines' discounts.
    pub(crate) discount: i64,
    /// Net.
    pub(crate) shipping: i64,
    /// On lines and shipping.
    pub(crate) tax: i64,
    /// Subtotal − discount + shipping + tax.
    pub(crate) total: i64,
    /// Tax by rate, highest rate first.
    pub(crate) taxes: Vec<TaxSum>,
}

/// One line of a [`Quote`], in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuotedLine {
    /// Net price of one, after tiers.
    pub(crate) unit: i64,
    /// Taken off the line.
    pub(crate) discount: i64,
    /// Tenths of a percent.
    pub(crate) rate: i64,
    /// On the line after the discount.
    pub(crate) tax: i64,
    /// Net and tax.
    pub(crate) total: i64,
}

/// The tax at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxSum {
    /// Tenths of a percent.
    pub(crate) rate: i64,
    /// What is taxed, in cents.
    pub(crate) base: i64,
    /// The tax, in cents.
    pub(crate) tax: i64,
}

/// Prices `items` for a customer of `segment` in `country`.
pub(crate) fn quote(segment: &str, country: Country, items: &[Item]) -> Quote {
    let lines: Vec<QuotedLine> =
        items.iter().map(|item| price_line(segment, country, item)).collect();
    let subtotal: i64 = lines.iter().zip(items).map(|(line, item)| line.unit * item.quantity).sum();
    let discount: i64 = lines.iter().map(|line| line.discount).sum();
    let shipping = shipping(segment, country, subtotal - discount, items);

    let mut taxes: Vec<TaxSum> = Vec::new();
    let mut add =
        |rate: i64, base: i64, tax: i64| match taxes.iter_mut().find(|sum| sum.rate == rate) {
            Some(sum) => (sum.base, sum.tax) = (sum.base + base, sum.tax + tax),
            None => taxes.push(TaxSum { rate, base, tax }),
        };
    for line in &lines {
        add(line.rate, line.total - line.tax, line.tax);
    }
    if shipping > 0 {
        add(country.standard, shipping, tenths_of_percent(shipping, country.standard));
    }
    taxes.sort_by_key(|sum| -sum.rate);
    let tax: i64 = taxes.iter().map(|sum| sum.tax).sum();
    Quote {
        lines,
        subtotal,
        discount,
        shipping,
        tax,
        total: subtotal - discount + shipping + tax,
        taxes,
    }
}

fn price_line(segment: &str, country: Country, item: &Item) -> QuotedLine {
    let tier = item.tiers.iter().rev().find(|(from, _)| item.quantity >= *from);
    let unit = tier.map_or(item.price_cents, |(_, cents)| *cents);
    let gross = unit * item.quantity;
    let discount = tenths_of_percent(
        gross,
        match segment {
            "vip" => 50,
            "business" => 30,
            _ => 0,
        },
    );
    let rate = if item.reduced_tax { country.reduced } else { country.standard };
    let tax = tenths_of_percent(gross - discount, rate);
    QuotedLine { unit, discount, rate, tax, total: gross - discount + tax }
}

fn shipping(segment: &str, country: Country, net: i64, items: &[Item]) -> i64 {
    let freight = if items.iter().any(|item| item.bulky) { BULKY_CENTS } else { 0 };
    if segment == "vip" || net >= FREE_SHIPPING_CENTS {
        return freight;
    }
    let grams: i64 = items.iter().map(|item| item.weight_grams * item.quantity).sum();
    let further = (grams - 1).max(0) / 1000;
    country.first_kg_cents + country.next_kg_cents * further + freight
}

/// Rounded half up; `cents` is not negative.
fn tenths_of_percent(cents: i64, rate: i64) -> i64 {
    (cents * rate + 500) / 1000
}

#[cfg(test)]
mod tests {
    use super::{Item, country_of, quote};

    fn item(quantity: i64, price_cents: i64) -> Item {
        Item {
            quantity,
            price_cents,
            tiers: vec![],
            reduced_tax: false,
            weight_grams: 400,
            bulky: false,
        }
    }

    #[test]
    fn quotes_are_what_a_person_works_out() {
        let tiers = vec![(5, 900), (10, 800)];
        // (segment, country, items) -> (subtotal, discount, shipping, tax, total)
        let cases = [
            ("regular", "DE", vec![item(2, 1_000)], (2_000, 0, 490, 380 + 93, 2_963)),
            ("vip", "DE", vec![item(2, 1_000)], (2_000, 100, 0, 361, 2_261)),
            ("business", "FR", vec![item(1, 10_000)], (10_000, 300, 0, 1_940, 11_640)),
            (
                "regular",
                "DE",
                vec![Item { tiers: tiers.clone(), ..item(4, 1_000) }],
                (4_000, 0, 550, 760 + 105, 5_415),
            ),
            (
                "regular",
                "DE",
                vec![Item { tiers: tiers.clone(), ..item(5, 1_000) }],
                (4_500, 0, 550, 855 + 105, 6_010),
            ),
            (
                "regular",
                "DE",
                vec![Item { tiers, ..item(12, 1_000) }],
                (9_600, 0, 0, 1_824, 11_424),
            ),
            (
                "new",
                "IE",
                vec![Item { reduced_tax: true, ..item(1, 1_500) }],
                (1_500, 0, 1_290, 297, 3_087),
            ),
            (
                "vip",
                "FI",
                vec![Item { bulky: true, ..item(1, 999) }],
                (999, 50, 2_900, 242 + 740, 4_831),
            ),
        ];
        for (segment, code, items, expected) in cases {
            let country = country_of(code).expect("a country of the table");
            let got = quote(segment, country, &items);
            let parts = (got.subtotal, got.discount, got.shipping, got.tax, got.total);
            assert_eq!(parts, expected, "{segment} {code} {items:?}");
        }
    }

    #[test]
    fn taxes_by_rate_add_up_to_the_whole() {
        let country = country_of("FR").expect("a country of the table");
        let items = [item(3, 1_234), Item { reduced_tax: true, ..item(2, 999) }];
        let got = quote("regular", country, &items);
        assert_eq!(got.taxes.iter().map(|sum| sum.rate).collect::<Vec<_>>(), [200, 55]);
        let (base, tax) = got.taxes.iter().fold((0, 0), |(b, t), sum| (b + sum.base, t + sum.tax));
        assert_eq!((base + tax, tax), (got.total, got.tax));
    }
}
