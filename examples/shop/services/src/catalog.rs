//! The catalog service: products, categories, reviews, recommendations, pictures.

mod listing;
mod recommend;
mod reviews;

pub(crate) use recommend::Rankings;
pub(crate) use reviews::rating_json;

use crate::App;
use crate::answer::{json, list, tagged};
use crate::picture::{Subject, product};
use crate::problem::{Fault, Problem};
use crate::request::Id;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use std::sync::Arc;

/// The service's routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/products", get(listing::list_products))
        .route("/products/{id}", get(get_product))
        .route("/products/{id}/reviews", get(reviews::list_reviews).post(reviews::add_review))
        .route("/categories", get(list_categories))
        .route("/recommendations", get(recommend::recommend))
        .route("/images/p/{file}", get(get_image))
}

async fn get_product(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Id(id): Id,
) -> Result<Response, Fault> {
    let text = app.store.read(move |db| document(db, &id)).await?;
    Ok(tagged(&headers, "application/json", "no-cache", text))
}

/// A product's JSON.
fn document(db: &Connection, id: &str) -> Result<String, Fault> {
    let text = db
        .prepare_cached(
            "SELECT d.json FROM products p JOIN product_documents d ON d.n = p.n WHERE p.id = ?",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(text.ok_or_else(|| Problem::not_found("product", id))?)
}

async fn list_categories(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let roots = app.store.read(|db| categories(db, None)).await?;
    let roots: Vec<String> = roots.iter().map(Value::to_string).collect();
    Ok(json(list(&roots)))
}

fn categories(db: &Connection, parent: Option<&str>) -> Result<Vec<Value>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT id, name, description, parent_id, icon,
             CASE WHEN parent_id IS NULL
                 THEN (SELECT count(*) FROM products p WHERE p.top_category_id = c.id)
                 ELSE (SELECT count(*) FROM products p WHERE p.category_id = c.id) END
         FROM categories c WHERE parent_id IS ? ORDER BY position",
    )?;
    let mut rows = statement.query([parent])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(json!({
            "id": row.get::<_, String>(0)?,
            "name": row.get::<_, String>(1)?, "description": row.get::<_, String>(2)?,
            "parentId": row.get::<_, Option<String>>(3)?, "icon": row.get::<_, String>(4)?,
            "productCount": row.get::<_, i64>(5)?, "children": []
        }));
    }
    drop(rows);
    drop(statement);
    for category in &mut found {
        let children = categories(db, category["id"].as_str())?;
        category["children"] = Value::Array(children);
    }
    Ok(found)
}

async fn get_image(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Id(file): Id,
) -> Result<Response, Fault> {
    let missing = Problem::not_found("picture", &file);
    let (n, view, side) = picture_of(&file).ok_or(missing.clone())?;
    let svg = app.store.read(move |db| {
        let row = db
            .prepare_cached(
                "SELECT p.name, c.name, c.icon, c.hue FROM products p
                 JOIN categories c ON c.id = p.category_id WHERE p.n = ? AND p.images >= ?",
            )?
            .query_row([n, view], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            })
            .optional()?;
        let (name, category, icon, hue) = row.ok_or(missing)?;
        let subject = Subject { n, view, name: &name, category: &category, icon: &icon, hue };
        Ok(product(&subject, side))
    });
    Ok(tagged(&headers, "image/svg+xml", "public, max-age=86400", svg.await?))
}

/// Product, picture and pixels of a name such as `00042-1-s.svg`.
fn picture_of(file: &str) -> Option<(i64, i64, i64)> {
    let mut parts = file.strip_suffix(".svg")?.split('-');
    let (product, view, size) = (parts.next()?, parts.next()?, parts.next()?);
    let side = match size {
        "t" => 96,
        "s" => 320,
        "l" => 960,
        _ => return None,
    };
    let digits =
        |text: &str, len| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    let good = parts.next().is_none() && digits(product, 5) && digits(view, 1) && view != "0";
    good.then_some((product.parse().ok()?, view.parse().ok()?, side))
}

#[cfg(test)]
mod tests {
    use super::picture_of;

    #[test]
    fn only_well_formed_picture_names_are_taken() {
        for (file, expected) in [
            ("00042-1-s.svg", Some((42, 1, 320))),
            ("02000-3-t.svg", Some((2000, 3, 96))),
            ("42-1-s.svg", None),
            ("00042-0-s.svg", None),
            ("00042-1-x.svg", None),
            ("00042-1-s.png", None),
            ("00042-1-s-1.svg", None),
            ("+0042-1-s.svg", None),
        ] {
            assert_eq!(picture_of(file), expected, "{file}");
        }
    }
}
