//! Seeded users: names that fit their countries, addresses, preferences.
//!
//! Out:   [`User`]s. Of note: `u1` (regular), `u2` (vip), `u3` (business) and
//!        `u4` (new) are active; `u13` is suspended.

use super::prose::slug;
use super::vocabulary::TOPS;
use crate::random::Random;
use crate::time::{DAY, date, timestamp};
use serde_json::{Value, json};

/// Where people live, and what they are called there.
struct Land {
    code: &'static str,
    locale: &'static str,
    first: &'static [&'static str],
    last: &'static [&'static str],
    streets: &'static [&'static str],
    cities: &'static [(&'static str, &'static str)],
}

const LANDS: &[Land] = &[
    Land {
        code: "DE",
        locale: "de-DE",
        first: &[
            "Hanna", "Jonas", "Lena", "Emil", "Greta", "Felix", "Mina", "Karl", "Ida", "Moritz",
        ],
        last: &["Falk", "Brandt", "Hoffmann", "Seidel", "Vogt", "Krüger", "Lorenz", "Arnold"],
        streets: &["Lindenstraße", "Am Markt", "Gartenweg", "Hafenstraße"],
        cities: &[
            ("20457", "Hamburg"),
            ("04109", "Leipzig"),
            ("50667", "Köln"),
            ("79098", "Freiburg"),
        ],
    },
    Land {
        code: "AT",
        locale: "de-AT",
        first: &["Valentina", "Lukas", "Johanna", "Paul", "Theresa", "Jakob"],
        last: &["Gruber", "Wallner", "Hofer", "Steiner", "Pichler"],
        streets: &["Ringgasse", "Kirchenplatz", "Mühlweg"],
        cities: &[("1070", "Wien"), ("8010", "Graz"), ("6020", "Innsbruck")],
    },
    Land {
        code: "FR",
        locale: "fr-FR",
        first: &["Chloé", "Hugo", "Manon", "Louis", "Inès", "Théo", "Jeanne"],
        last: &["Moreau", "Lefèvre", "Garnier", "Roussel", "Blanchard"],
        streets: &["rue des Lilas", "avenue de la Gare", "place du Marché"],
        cities: &[("69002", "Lyon"), ("44000", "Nantes"), ("67000", "Strasbourg")],
    },
    Land {
        code: "NL",
        locale: "nl-NL",
        first: &["Sanne", "Daan", "Femke", "Bram", "Lotte", "Joris"],
        last: &["de Vries", "Bakker", "van Dijk", "Mulder", "Smit"],
        streets: &["Kerkstraat", "Dorpsweg", "Havenkade"],
        cities: &[("3511 AB", "Utrecht"), ("9711 LM", "Groningen")],
    },
    Land {
        code: "ES",
        locale: "es-ES",
        first: &["Lucía", "Mateo", "Carmen", "Hugo", "Alba", "Pablo"],
        last: &["Navarro", "Serrano", "Iglesias", "Ortega", "Molina"],
        streets: &["Calle Mayor", "Paseo del Río", "Calle del Sol"],
        cities: &[("46001", "Valencia"), ("48001", "Bilbao"), ("41001", "Sevilla")],
    },
    Land {
        code: "IT",
        locale: "it-IT",
        first: &["Giulia", "Matteo", "Chiara", "Davide", "Elisa", "Pietro"],
        last: &["Conti", "Marchetti", "Ferrara", "Rinaldi", "Greco"],
        streets: &["Via Garibaldi", "Corso Italia", "Vicolo Stretto"],
        cities: &[("40121", "Bologna"), ("10121", "Torino"), ("34121", "Trieste")],
    },
    Land {
        code: "IE",
        locale: "en-IE",
        first: &["Aoife", "Cian", "Niamh", "Oisín", "Róisín", "Declan"],
        last: &["Kelleher", "Byrne", "O'Shea", "Nolan", "Doyle"],
        streets: &["Harbour Road", "Mill Lane", "Church Street"],
        cities: &[("D02 X285", "Dublin"), ("T12 W8KP", "Cork")],
    },
    Land {
        code: "FI",
        locale: "fi-FI",
        first: &["Aino", "Eero", "Helmi", "Onni", "Siiri"],
        last: &["Virtanen", "Rautio", "Laine", "Salonen"],
        streets: &["Rantakatu", "Koivutie"],
        cities: &[("00100", "Helsinki"), ("33100", "Tampere")],
    },
];

/// Germans are more frequent than others.
const SHARES: &[usize] = &[0, 0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 7];

/// A user as the seeding needs it.
pub(crate) struct User {
    pub(crate) n: i64,
    pub(crate) id: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) email: String,
    pub(crate) segment: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) country: &'static str,
    pub(crate) active: bool,
    pub(crate) created: i64,
    /// What `getUser` answers.
    pub(crate) json: Value,
}

/// Makes users 1 to `count`, none younger than `end`.
pub(crate) fn users(count: i64, end: i64) -> Vec<User> {
    (1..=count).map(|n| user(n, end)).collect()
}

fn user(n: i64, end: i64) -> User {
    let mut random = Random::of("user", n as u64);
    let land = if n == 1 { &LANDS[0] } else { &LANDS[*random.pick(SHARES)] };
    let (first_name, last_name) = (*random.pick(land.first), *random.pick(land.last));
    let segment = match n {
        1 | 13 => "regular",
        2 => "vip",
        3 => "business",
        4 => "new",
        _ => *random
            .pick(&["new", "new", "regular", "regular", "regular", "regular", "vip", "business"]),
    };
    let active = n != 13 && (n <= 40 || n % 37 != 0);
    // New customers came lately, the others before the first order.
    let age_days =
        if segment == "new" { random.between(5, 90) } else { random.between(735, 1_500) };
    let created = end - age_days * DAY - random.between(0, DAY - 1);
    let (id, email) =
        (format!("u{n}"), format!("{}.{}{n}@mail.example", slug(first_name), slug(last_name)));
    let display_name = format!("{first_name} {last_name}");
    let company = (segment == "business").then(|| {
        json!({
            "name": format!("{last_name} & Co"),
            "vatId": format!("{}{:09}", land.code, random.below(1_000_000_000)),
        })
    });
    let addresses = addresses(&mut random, n, land, &display_name);
    let favourites: Vec<&str> = random.sample(TOPS, 3).into_iter().map(|top| top.id).collect();
    let suspension = (!active).then(|| json!({
        "reason": if n == 13 { "payment_overdue" } else { *random.pick(&["payment_overdue", "fraud_review", "requested"]) },
        "since": timestamp(end - random.between(1, 4) * DAY),
        "caseNumber": random.chance(60).then(|| format!("C-{:05}", 10_000 + n)),
    }));
    let loyalty = (segment != "new").then(|| {
        json!({
            "tier": match segment { "vip" => "gold", "business" => "silver", _ => "bronze" },
            "points": random.between(0, 9_000), "memberSince": date(created + 3 * DAY),
        })
    });

    let json = json!({
        "firstName": first_name, "lastName": last_name, "displayName": display_name, "email": email,
        "phone": random.chance(70).then(|| format!("+49 151 {:07}", random.below(10_000_000))),
        "birthDate": random.chance(60).then(|| date(random.between(-7_000, 12_500) * DAY)),
        "id": id, "segment": segment, "locale": land.locale, "currency": "EUR", "active": active,
        "suspension": suspension,
        "createdAt": timestamp(created),
        "lastSeenAt": random.chance(95).then(|| timestamp(end - random.between(0, 4 * DAY))),
        "avatarUrl": format!("/users/{id}/avatar"),
        "addresses": addresses,
        "defaultAddressId": format!("a{n}-1"),
        "preferences": {
            "newsletter": random.chance(40), "theme": random.pick(&["system", "system", "light", "dark"]),
            "density": random.pick(&["comfortable", "compact"]), "favouriteCategories": favourites,
            "notifications": { "email": true, "sms": random.chance(20), "push": random.chance(50) },
            "quietHours": random.chance(30).then(|| json!({ "from": "22:00", "to": "07:00" })),
        },
        "loyalty": loyalty,
        "company": company,
        "consents": [
            { "kind": "terms", "granted": true, "at": timestamp(created), "source": "sign-up" },
            { "kind": "marketing", "granted": random.chance(40), "at": timestamp(created), "source": "sign-up" },
            { "kind": "profiling", "granted": random.chance(30), "at": timestamp(created + DAY) },
        ],
        "tags": random.sample(&["early bird", "returns rarely", "writes reviews", "phone orders", "app user"], 2),
        "externalIds": { "crm": format!("CRM-{:06}", n * 37), "billing": format!("B{:07}", n * 911) },
    });
    User {
        n,
        id,
        first_name,
        last_name,
        email,
        segment,
        locale: land.locale,
        country: land.code,
        active,
        created,
        json,
    }
}

fn addresses(random: &mut Random, n: i64, land: &Land, name: &str) -> Vec<Value> {
    let count = 1 + random.below(3);
    (1..=count)
        .map(|place| {
            let (postal_code, city) = *random.pick(land.cities);
            json!({
                "id": format!("a{n}-{place}"),
                "label": (["Home", "Work", "Parents"][place - 1]),
                "kind": if place == 2 { "billing" } else { "shipping" },
                "name": name,
                "line1": format!("{} {}", random.pick(land.streets), random.between(1, 120)),
                "line2": random.chance(20).then(|| format!("Floor {}", random.between(1, 6))),
                "postalCode": postal_code, "city": city, "region": null, "country": land.code,
            })
        })
        .collect()
}
