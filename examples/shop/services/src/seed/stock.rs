//! Seeded warehouses and what lies in them.

use super::products::Product;
use crate::problem::Fault;
use crate::random::Random;
use crate::time::{DAY, date, timestamp};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

/// A warehouse.
pub(crate) struct Warehouse {
    pub(crate) id: &'static str,
    name: &'static str,
    city: &'static str,
    country: &'static str,
    zone: &'static str,
    /// Latitude and longitude in ten-thousandths of a degree.
    place: (i64, i64),
    capabilities: &'static [&'static str],
}

/// All warehouses.
pub(crate) const WAREHOUSES: [Warehouse; 4] = [
    Warehouse {
        id: "w1",
        name: "Elbe",
        city: "Hamburg",
        country: "DE",
        zone: "Europe/Berlin",
        place: (535_503, 99_921),
        capabilities: &["parcel", "bulky", "hazardous"],
    },
    Warehouse {
        id: "w2",
        name: "Pianura",
        city: "Bologna",
        country: "IT",
        zone: "Europe/Rome",
        place: (444_938, 113_387),
        capabilities: &["parcel", "bulky"],
    },
    Warehouse {
        id: "w3",
        name: "Rhône",
        city: "Lyon",
        country: "FR",
        zone: "Europe/Paris",
        place: (457_578, 48_320),
        capabilities: &["parcel", "hazardous", "cooled"],
    },
    Warehouse {
        id: "w4",
        name: "Polder",
        city: "Utrecht",
        country: "NL",
        zone: "Europe/Amsterdam",
        place: (520_907, 51_214),
        capabilities: &["parcel"],
    },
];

/// Writes the warehouses, and a row for each product in each of them.
///
/// About one product in twenty is sold out, one in ten nearly so.
pub(crate) fn write(connection: &Connection, products: &[Product], end: i64) -> Result<(), Fault> {
    for warehouse in &WAREHOUSES {
        connection.execute(
            "INSERT INTO warehouses VALUES (?, ?, ?, ?, ?)",
            params![
                warehouse.id,
                warehouse.name,
                warehouse.city,
                warehouse.country,
                document(warehouse).to_string()
            ],
        )?;
    }
    let mut insert = connection.prepare("INSERT INTO stock VALUES (?, ?, ?, 0, ?, ?, ?)")?;
    for product in products {
        let mut random = Random::of("stock", product.n as u64);
        let plenty = match (product.status, random.below(100)) {
            ("discontinued", _) | (_, 0..5) => 0,
            (_, 5..15) => 2,
            _ => 60,
        };
        for warehouse in &WAREHOUSES {
            let kept = plenty > 0 && random.chance(80);
            let quantity = if kept { random.between(0, plenty) } else { 0 };
            let restock = product.status == "active" && (quantity < 8 && random.chance(70));
            insert.execute(params![
                product.id,
                warehouse.id,
                quantity,
                restock.then(|| date(end + random.between(3, 60) * DAY)),
                format!(
                    "{}{:02}-{:02}",
                    ["A", "B", "C", "D"][random.below(4)],
                    random.below(60),
                    random.below(40)
                ),
                timestamp(end - random.between(0, 2 * DAY)),
            ])?;
        }
    }
    Ok(())
}

fn document(warehouse: &Warehouse) -> Value {
    let weekday = json!({ "opens": "06:00", "closes": "20:00" });
    json!({
        "id": warehouse.id, "name": warehouse.name, "city": warehouse.city,
        "country": warehouse.country, "timeZone": warehouse.zone,
        "location": {
            "latitude": warehouse.place.0 as f64 / 10_000.0,
            "longitude": warehouse.place.1 as f64 / 10_000.0,
        },
        "carriers": ["Hanse Parcel", "Alpenpost", "EuroFreight"],
        "capabilities": warehouse.capabilities,
        "openingHours": {
            "monday": weekday, "tuesday": weekday, "wednesday": weekday, "thursday": weekday,
            "friday": weekday, "saturday": { "opens": "07:00", "closes": "13:00" }, "sunday": null,
        },
    })
}
