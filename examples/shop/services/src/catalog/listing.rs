//! `listProducts`: search, filters, facets and pages, all by SQL.
//!
//! In:    the query's parameters; values reach SQL only as bound parameters.
//! Out:   one page, its total, and counts over all pages.

use crate::App;
use crate::answer::{Page, json};
use crate::problem::Fault;
use crate::request::Params;
use axum::extract::State;
use axum::response::Response;
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde_json::{Value, json};
use std::sync::Arc;

/// Lower ends of the price ranges that are counted, in cents.
const PRICE_STEPS: [i64; 6] = [0, 2_000, 5_000, 10_000, 20_000, 50_000];

const ORDERABLE: &str =
    "EXISTS (SELECT 1 FROM stock s WHERE s.product_id = p.id AND s.quantity > s.reserved)";

/// A filter that has a facet of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Category,
    Brand,
    Price,
    Stock,
}

struct Filters {
    ids: Option<Vec<String>>,
    /// An FTS5 expression made of quoted words.
    words: Option<String>,
    category: Option<String>,
    brand: Option<String>,
    min_cents: Option<i64>,
    max_cents: Option<i64>,
    in_stock: Option<bool>,
}

/// A condition with its bound values, and where it applies.
struct Where {
    from: &'static str,
    sql: String,
    values: Vec<Bound>,
}

pub(super) async fn list_products(
    State(app): State<Arc<App>>,
    mut params: Params,
) -> Result<Response, Fault> {
    let words = params.text("q").filter(|q| {
        let fits = q.chars().count() <= 200;
        fits || {
            params.fault("q", "has more than 200 characters");
            false
        }
    });
    let filters = Filters {
        ids: params.commas("ids", 500),
        words: words.as_deref().and_then(expression),
        category: params.text("category"),
        brand: params.text("brand"),
        min_cents: params.integer("minPriceCents", 0..=i64::MAX),
        max_cents: params.integer("maxPriceCents", 0..=i64::MAX),
        in_stock: params.boolean("inStock"),
    };
    let sort = params
        .choice("sort", &["relevance", "name", "price_asc", "price_desc", "rating", "newest"]);
    let by_default = filters.ids.as_ref().map_or(20, |ids| ids.len().max(1) as i64);
    let limit = params.integer("limit", 1..=500).unwrap_or(by_default);
    let offset = params.integer("offset", 0..=i64::from(i32::MAX)).unwrap_or(0);
    params.finish()?;
    let text = app.store.read(move |db| page(db, &filters, sort, limit, offset)).await?;
    Ok(json(text))
}

/// Words as an FTS5 expression: each must occur, as a prefix.
fn expression(q: &str) -> Option<String> {
    let words = q.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let quoted: Vec<String> = words.map(|word| format!("\"{word}\"*")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}

fn page(
    db: &Connection,
    filters: &Filters,
    sort: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<String, Fault> {
    let all = filters.matching(None);
    let total = count(db, &all, "")?;
    let (order, extra) = order(filters, sort);
    let sql = format!(
        "SELECT (SELECT d.json FROM product_documents d WHERE d.n = p.n) FROM {} WHERE {} ORDER BY {order} LIMIT ? OFFSET ?",
        all.from, all.sql
    );
    let values =
        all.values.iter().cloned().chain(extra).chain([Bound::from(limit), Bound::from(offset)]);
    let items = db
        .prepare_cached(&sql)?
        .query_map(params_from_iter(values), |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    let facets = json!({
        "categories": categories(db, filters)?,
        "brands": groups(
            db, &filters.matching(Some(Own::Brand)),
            "p.brand_id", "SELECT name FROM brands WHERE id = k", "",
        )?,
        "prices": prices(db, &filters.matching(Some(Own::Price)))?,
        "inStock": count(db, &filters.matching(Some(Own::Stock)), ORDERABLE)?,
    });
    Ok(Page { total, limit, offset }.json(&items, &[("facets", facets.to_string())]))
}

impl Filters {
    /// The condition for all filters but `except`.
    fn matching(&self, except: Option<Own>) -> Where {
        let mut parts: Vec<&str> = Vec::new();
        let mut values = Vec::new();
        let mut from = "products p";
        if let Some(words) = &self.words {
            from = "products p JOIN product_search ON product_search.rowid = p.n";
            parts.push("product_search MATCH ?");
            values.push(Bound::from(words.clone()));
        }
        if let Some(ids) = &self.ids {
            parts.push("p.id IN (SELECT value FROM json_each(?))");
            values.push(ids_json(ids));
        }
        if let (Some(category), true) = (&self.category, except != Some(Own::Category)) {
            parts.push("(p.category_id = ? OR p.top_category_id = ?)");
            values.extend([Bound::from(category.clone()), Bound::from(category.clone())]);
        }
        if let (Some(brand), true) = (&self.brand, except != Some(Own::Brand)) {
            parts.push("p.brand_id = ?");
            values.push(Bound::from(brand.clone()));
        }
        if except != Some(Own::Price) {
            for (sql, cents) in
                [("p.price_cents >= ?", self.min_cents), ("p.price_cents <= ?", self.max_cents)]
            {
                if let Some(cents) = cents {
                    parts.push(sql);
                    values.push(Bound::from(cents));
                }
            }
        }
        let negated = format!("NOT {ORDERABLE}");
        if let (Some(in_stock), true) = (self.in_stock, except != Some(Own::Stock)) {
            parts.push(if in_stock { ORDERABLE } else { &negated });
        }
        let sql = if parts.is_empty() { "1".to_owned() } else { parts.join(" AND ") };
        Where { from, sql, values }
    }
}

fn ids_json(ids: &[String]) -> Bound {
    Bound::from(Value::from(ids).to_string())
}

/// The order of items, with the values that it binds.
fn order(filters: &Filters, sort: Option<&str>) -> (&'static str, Option<Bound>) {
    match (sort, &filters.ids) {
        (None, Some(ids)) => {
            ("(SELECT j.key FROM json_each(?) j WHERE j.value = p.id)", Some(ids_json(ids)))
        }
        (Some("name"), _) => ("p.name COLLATE NOCASE, p.n", None),
        (Some("price_asc"), _) => ("p.price_cents, p.n", None),
        (Some("price_desc"), _) => ("p.price_cents DESC, p.n", None),
        (Some("rating"), _) => ("p.rating_average DESC, p.rating_count DESC, p.n", None),
        (Some("newest"), _) => ("p.created_at DESC, p.n", None),
        // A hit in the name weighs most, then brand, category, tags.
        _ if filters.words.is_some() => {
            ("bm25(product_search, 8, 4, 2, 1), p.sales DESC, p.n", None)
        }
        _ => ("p.sales DESC, p.n", None),
    }
}

/// How many products match, `and` another condition unless that is empty.
fn count(db: &Connection, matching: &Where, and: &str) -> Result<i64, Fault> {
    let and = if and.is_empty() { "1" } else { and };
    let sql = format!("SELECT count(*) FROM {} WHERE {} AND {and}", matching.from, matching.sql);
    Ok(db.prepare_cached(&sql)?.query_row(params_from_iter(&matching.values), |row| row.get(0))?)
}

/// Counts by `column`; the 30 most frequent, with the names that `name` finds.
fn groups(
    db: &Connection,
    matching: &Where,
    column: &str,
    name: &str,
    and: &str,
) -> Result<Vec<Value>, Fault> {
    let and = if and.is_empty() { "1" } else { and };
    let sql = format!(
        "SELECT k, ({name}), c FROM (SELECT {column} AS k, count(*) AS c FROM {} WHERE {} AND {and} GROUP BY k)
         ORDER BY c DESC, k LIMIT 30",
        matching.from, matching.sql
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(&matching.values), |row| {
        Ok(json!({ "id": row.get::<_, String>(0)?, "name": row.get::<_, String>(1)?, "count": row.get::<_, i64>(2)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The top categories, or those below the top of the category filtered by.
fn categories(db: &Connection, filters: &Filters) -> Result<Vec<Value>, Fault> {
    let mut matching = filters.matching(Some(Own::Category));
    let name = "SELECT name FROM categories WHERE id = k";
    let top: Option<String> = match &filters.category {
        Some(category) => db
            .prepare_cached("SELECT coalesce(parent_id, id) FROM categories WHERE id = ?")?
            .query_row([category], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let Some(top) = top else {
        return groups(db, &matching, "p.top_category_id", name, "");
    };
    matching.values.push(Bound::from(top));
    groups(db, &matching, "p.category_id", name, "p.top_category_id = ?")
}

fn prices(db: &Connection, matching: &Where) -> Result<Vec<Value>, Fault> {
    let counts: Vec<String> = (0..PRICE_STEPS.len())
        .map(|step| {
            let from = PRICE_STEPS[step];
            let below = PRICE_STEPS
                .get(step + 1)
                .map_or(String::new(), |to| format!(" AND p.price_cents < {to}"));
            format!("count(*) FILTER (WHERE p.price_cents >= {from}{below})")
        })
        .collect();
    let sql = format!("SELECT {} FROM {} WHERE {}", counts.join(", "), matching.from, matching.sql);
    let ranges = db.prepare_cached(&sql)?.query_row(params_from_iter(&matching.values), |row| {
        (0..PRICE_STEPS.len())
            .map(|step| {
                let to = PRICE_STEPS.get(step + 1).map(|next| next - 1);
                Ok(json!({ "fromCents": PRICE_STEPS[step], "toCents": to, "count": row.get::<_, i64>(step)? }))
            })
            .collect::<Result<Vec<Value>, _>>()
    })?;
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn words_become_quoted_prefixes() {
        for (q, expected) in [
            ("alta pack", Some("\"alta\"* \"pack\"*")),
            ("chef's \"knife\" OR *", Some("\"chef\"* \"s\"* \"knife\"* \"OR\"*")),
            ("  ", None),
            ("-*\"", None),
        ] {
            assert_eq!(expression(q).as_deref(), expected, "{q}");
        }
    }
}
