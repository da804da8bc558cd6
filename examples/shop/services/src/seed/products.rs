//! Seeded products: facts for the tables, and the fat JSON that clients get.
//!
//! In:    the vocabulary and each product's own stream of numbers.
//! Out:   [`Product`]s with unique names; their rating is still empty.

use super::kinds::KINDS;
use super::prose;
use super::vocabulary::{Kind, TOPS, Top};
use crate::random::Random;
use crate::time::{DAY, timestamp};
use serde_json::{Value, json};
use std::collections::HashSet;

const COLOURS: &[&str] = &[
    "graphite",
    "moss green",
    "oat",
    "brick red",
    "midnight blue",
    "natural",
    "white",
    "ochre",
    "slate",
    "petrol",
];
const MAKER_COUNTRIES: &[&str] = &["DE", "IT", "SE", "NL", "PT", "FR", "AT", "FI", "DK"];
const SUPPLIER_NAMES: &[&str] = &["Handel", "Supply", "Trading", "Kontor", "Wholesale", "Import"];
const SUPPLIER_PLACES: &[&str] = &["Elbe", "Adria", "Baltic", "Rhône", "Tagus", "Alster", "Danube"];

/// A product as the seeding needs it.
pub(crate) struct Product {
    pub(crate) n: i64,
    pub(crate) id: String,
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) brand_id: String,
    pub(crate) brand: &'static str,
    pub(crate) kind: &'static Kind,
    pub(crate) price_cents: i64,
    pub(crate) list_price_cents: Option<i64>,
    /// `(quantity, cents)`, by quantity.
    pub(crate) tiers: Vec<(i64, i64)>,
    pub(crate) reduced_tax: bool,
    pub(crate) weight_grams: i64,
    pub(crate) shipping: &'static str,
    pub(crate) created: i64,
    pub(crate) status: &'static str,
    pub(crate) tags: Vec<String>,
    pub(crate) images: i64,
    /// What `getProduct` answers.
    pub(crate) json: Value,
}

/// The top that a kind belongs to.
pub(crate) fn top_of(kind: &Kind) -> &'static Top {
    TOPS.iter().find(|top| top.id == kind.top).unwrap_or(&TOPS[0])
}

/// Makes products 1 to `count`, none younger than `end`.
pub(crate) fn products(count: i64, end: i64) -> Vec<Product> {
    let mut names = HashSet::new();
    (1..=count).map(|n| product(n, count, end, &mut names)).collect()
}

fn product(n: i64, count: i64, end: i64, names: &mut HashSet<String>) -> Product {
    let mut random = Random::of("product", n as u64);
    let kinds = KINDS.len() as i64;
    let kind = &KINDS[((n - 1) % kinds) as usize];
    let top = top_of(kind);
    let brand = *random.pick(top.brands);
    let noun = *random.pick(kind.nouns);
    let material = *random.pick(kind.materials);
    let mut name = prose::name(&mut random, kind, brand, noun);
    while !names.insert(name.clone()) {
        name = format!("{} {}", prose::name(&mut random, kind, brand, noun), roman(&mut random));
    }

    let price_cents = price(&mut random, kind);
    let list_price_cents = random.chance(22).then(|| price_cents * random.between(112, 145) / 100);
    let tiers = if random.chance(35) {
        vec![(5, price_cents * 95 / 100), (10, price_cents * 90 / 100)]
    } else {
        Vec::new()
    };
    let weight_grams = random.between(kind.grams.0, kind.grams.1);
    let shipping = match kind.shipping {
        "bulky" if weight_grams < 3_000 => "parcel",
        "letter" if weight_grams > 1_000 => "parcel",
        class => class,
    };
    let created = end - random.between(20, 1_400) * DAY - random.between(0, DAY - 1);
    let discontinued = random.chance(2).then(|| end - random.between(1, 19) * DAY);
    let colour = *random.pick(COLOURS);
    let reduced_tax = kind.top == "books";
    let tags = tags(&mut random, kind, noun, list_price_cents.is_some());
    let (tagline, german, french) = prose::taglines(&mut random);
    let (id, sku) = (format!("p{n}"), sku(n, kind));
    let brand_id = prose::slug(brand);
    let slug = prose::slug(&format!("{name} {n}"));
    let images = random.between(1, 3);
    let length = random.between(kind.length_mm.0, kind.length_mm.1);
    let updated = discontinued.unwrap_or(created + random.between(1, 15) * DAY);

    let json = json!({
        "id": id, "sku": sku, "slug": slug, "name": name, "tagline": tagline,
        "brand": {
            "id": brand_id, "name": brand,
            "country": MAKER_COUNTRIES[brand.len() % MAKER_COUNTRIES.len()],
            "logoUrl": null,
        },
        "category": { "id": kind.id, "name": kind.name, "path": [top.name, kind.name] },
        "price": { "cents": price_cents, "currency": "EUR" },
        "listPriceCents": list_price_cents,
        "rating": null,
        "images": (1..=images).map(|image| image_json(n, image, &name)).collect::<Vec<_>>(),
        "tags": tags,
        "status": if discontinued.is_some() { "discontinued" } else { "active" },
        "description": prose::description(&mut random, brand, noun, material),
        "highlights": prose::highlights(&mut random),
        "attributes": attributes(&mut random, kind, colour, material),
        "specs": specs(&mut random, kind, weight_grams),
        "dimensions": {
            "lengthMm": length, "widthMm": length * random.between(35, 90) / 100,
            "heightMm": length * random.between(12, 60) / 100, "weightGrams": weight_grams,
        },
        "priceTiers": tiers.iter().map(|(from, cents)| json!({
            "minQuantity": from, "unitPrice": { "cents": cents, "currency": "EUR" },
        })).collect::<Vec<_>>(),
        "taxClass": if reduced_tax { "reduced" } else { "standard" },
        "supplier": supplier(&mut random),
        "shipping": {
            "class": shipping, "dispatchDays": random.between(1, 4),
            "restrictions": if shipping == "hazardous" { vec!["no air freight"] } else { vec![] },
        },
        "energyClass": kind.powered.then(|| *random.pick(&["A", "B", "C", "D", "E", "F", "G"])),
        "warrantyMonths": random.pick(&[24, 24, 36, 60, 120]),
        "relatedIds": (1..=4).map(|step| format!("p{}", (n - 1 + step * kinds) % count + 1)).collect::<Vec<_>>(),
        "translations": {
            "de": { "name": name, "tagline": german },
            "fr": { "name": name, "tagline": french },
        },
        "seo": {
            "title": format!("{name} | {} | The Shop", kind.name),
            "metaDescription": format!("{name}: {tagline}. {} by {brand}, sent within days.", prose::capitalised(noun)),
            "keywords": [noun, material, brand, kind.name, top.name],
            "canonicalUrl": format!("https://shop.example/p/{slug}"),
            "structuredData": {
                "@context": "https://schema.org", "@type": "Product", "name": name, "sku": sku,
                "brand": { "@type": "Brand", "name": brand },
                "offers": {
                    "@type": "Offer", "priceCurrency": "EUR",
                    "price": format!("{}.{:02}", price_cents / 100, price_cents % 100),
                },
            },
        },
        "createdAt": timestamp(created),
        "updatedAt": timestamp(updated),
        "discontinuedAt": discontinued.map(timestamp),
    });
    let status = if discontinued.is_some() { "discontinued" } else { "active" };
    Product {
        n,
        id,
        sku,
        name,
        brand_id,
        brand,
        kind,
        price_cents,
        list_price_cents,
        tiers,
        reduced_tax,
        weight_grams,
        shipping,
        created,
        status,
        tags,
        images,
        json,
    }
}

/// Cheap products are more frequent than dear ones; prices end in 0, 5 or 9.
fn price(random: &mut Random, kind: &Kind) -> i64 {
    let (low, high) = kind.euros;
    let reach = (high - low) * random.between(0, 100) * random.between(0, 100) / 10_000;
    let cents = *random.pick(&[0, 50, 90, 95, 99]);
    (low + reach) * 100 + cents
}

fn sku(n: i64, kind: &Kind) -> String {
    let letters: String = kind.id.chars().filter(char::is_ascii_alphabetic).take(3).collect();
    format!("{}-{n:05}-{}", letters.to_uppercase(), (n * 7 + 3) % 10)
}

fn roman(random: &mut Random) -> &'static str {
    random.pick::<&str>(&["II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"])
}

fn tags(random: &mut Random, kind: &Kind, noun: &str, reduced: bool) -> Vec<String> {
    const FREE: &[&str] = &[
        "gift",
        "bestseller",
        "new season",
        "repairable",
        "vegan",
        "handmade",
        "local",
        "classic",
    ];
    let mut tags = vec![kind.top.to_owned(), kind.id.to_owned(), noun.to_owned()];
    let count = 1 + random.below(3);
    tags.extend(random.sample(FREE, count).into_iter().map(|tag| (*tag).to_owned()));
    if reduced {
        tags.push("sale".to_owned());
    }
    tags
}

fn image_json(n: i64, image: i64, name: &str) -> Value {
    let url = |size: &str| format!("/images/p/{n:05}-{image}-{size}.svg");
    let size = |size: &str, side: u32| json!({ "url": url(size), "width": side, "height": side });
    let view = ["front", "side", "detail"][(image as usize - 1) % 3];
    json!({
        "id": format!("i{n}-{image}"), "alt": format!("{name}, {view} view"),
        "url": url("l"), "width": 960, "height": 960,
        "sizes": { "thumb": size("t", 96), "small": size("s", 320), "large": size("l", 960) },
    })
}

fn attributes(random: &mut Random, kind: &Kind, colour: &str, material: &str) -> Value {
    if kind.top == "books" {
        json!({ "author": prose::author(random), "binding": material, "isbn": format!("978-3-{:06}-{:02}-{}", random.below(1_000_000), random.below(100), random.below(10)) })
    } else {
        json!({ "colour": colour, "material": material, "origin": random.pick(MAKER_COUNTRIES) })
    }
}

fn specs(random: &mut Random, kind: &Kind, weight_grams: i64) -> Value {
    let technical: Vec<Value> = kind
        .specs
        .iter()
        .map(|spec| {
            json!({
                "name": spec.name, "value": random.pick(spec.values),
                "unit": (!spec.unit.is_empty()).then_some(spec.unit),
            })
        })
        .collect();
    json!([
        { "group": "Technical data", "items": technical },
        { "group": "General", "items": [
            { "name": "Weight", "value": weight_grams.to_string(), "unit": "g" },
            { "name": "Care", "value": random.pick(&["wipe clean", "see manual", "oil once a year", "hand wash"]), "unit": null },
        ] },
    ])
}

fn supplier(random: &mut Random) -> Value {
    let (place, name) = (random.below(SUPPLIER_PLACES.len()), random.below(SUPPLIER_NAMES.len()));
    let full = format!("{} {}", SUPPLIER_PLACES[place], SUPPLIER_NAMES[name]);
    let contact = (name != 0).then(|| {
        json!({
            "email": format!("orders@{}.example", prose::slug(&full)),
            "phone": (place % 2 == 0).then(|| format!("+49 40 55{place}{name} 120")),
        })
    });
    json!({
        "id": format!("s{}", place * SUPPLIER_NAMES.len() + name + 1), "name": full,
        "country": MAKER_COUNTRIES[place], "leadTimeDays": random.between(2, 28), "contact": contact,
    })
}
