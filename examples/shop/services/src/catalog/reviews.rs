//! Reviews: reading them, and adding one, which changes the product's rating.

use super::document;
use crate::App;
use crate::answer::{Page, created, json};
use crate::problem::{Fault, Problem};
use crate::request::{Body, Faults, Id, Params};
use crate::time::{now, timestamp};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewReview {
    user_id: String,
    rating: i64,
    title: Option<String>,
    body: String,
    #[serde(default)]
    media: Vec<Value>,
}

#[derive(Deserialize, Serialize)]
struct Photo {
    kind: String,
    url: String,
    alt: String,
    width: i32,
    height: i32,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Video {
    kind: String,
    url: String,
    poster_url: Option<String>,
    duration_seconds: f64,
}

/// The contract's `Rating` of the number of reviews with 1, 2, ... 5 stars.
pub(crate) fn rating_json(stars: [i64; 5]) -> Value {
    let count: i64 = stars.iter().sum();
    let sum: i64 = stars.iter().zip(1..).map(|(count, stars)| count * stars).sum();
    let tenths = if count == 0 { 0 } else { (sum * 20 + count) / (count * 2) };
    json!({
        "average": tenths as f64 / 10.0, "count": count,
        "histogram": { "1": stars[0], "2": stars[1], "3": stars[2], "4": stars[3], "5": stars[4] },
    })
}

pub(super) async fn list_reviews(
    State(app): State<Arc<App>>,
    Id(id): Id,
    mut params: Params,
) -> Result<Response, Fault> {
    let limit = params.integer("limit", 1..=100).unwrap_or(10);
    let offset = params.integer("offset", 0..=i64::from(i32::MAX)).unwrap_or(0);
    params.finish()?;
    let text = app.store.read(move |db| {
        require_product(db, &id)?;
        let stars = stars(db, &id)?;
        let items = db
            .prepare_cached(
                "SELECT json FROM reviews WHERE product_id = ? ORDER BY n DESC LIMIT ? OFFSET ?",
            )?
            .query_map(params![id, limit, offset], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?;
        let page = Page { total: stars.iter().sum(), limit, offset };
        Ok(page.json(&items, &[("summary", rating_json(stars).to_string())]))
    });
    Ok(json(text.await?))
}

pub(super) async fn add_review(
    State(app): State<Arc<App>>,
    Id(id): Id,
    body: Body,
) -> Result<Response, Fault> {
    let review: NewReview = body.json()?;
    let media = checked(&review)?;
    let (location, text) = app.store.write(move |db| {
        require_product(db, &id)?;
        let (author, locale) = author(db, &review.user_id)?;
        let known = "SELECT 1 FROM reviews WHERE product_id = ? AND user_id = ?";
        if db.prepare_cached(known)?.exists([&id, &review.user_id])? {
            return Err(Problem::new(StatusCode::CONFLICT, "already_reviewed").into());
        }
        let n: i64 = db.query_row("SELECT coalesce(max(n), 0) + 1 FROM reviews", [], |row| row.get(0))?;
        let verified = db
            .prepare_cached(
                "SELECT 1 FROM orders o JOIN order_lines l ON l.order_id = o.id
                 WHERE o.user_id = ? AND l.product_id = ? AND o.status <> 'cancelled'",
            )?
            .exists([&review.user_id, &id])?;
        let at = timestamp(now());
        let text = json!({
            "id": format!("rv{n}"), "productId": id, "userId": review.user_id, "author": author,
            "rating": review.rating, "title": review.title, "body": review.body, "locale": locale,
            "createdAt": at, "verifiedPurchase": verified, "helpful": 0, "media": media, "replies": [],
        }).to_string();
        db.prepare_cached("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?)")?
            .execute(params![n, format!("rv{n}"), id, review.user_id, review.rating, at, text])?;
        update_rating(db, &id)?;
        Ok((format!("/products/{id}/reviews#rv{n}"), text))
    }).await?;
    Ok(created(&location, text))
}

/// The review's media as they are stored, if all its values are allowed.
fn checked(review: &NewReview) -> Result<Vec<Value>, Fault> {
    let mut faults = Faults::default();
    faults.expect((1..=5).contains(&review.rating), "/rating", "must be from 1 to 5");
    let title = review.title.as_deref().unwrap_or_default();
    faults.expect(title.chars().count() <= 120, "/title", "has more than 120 characters");
    let length = review.body.chars().count();
    faults.expect((10..=4_000).contains(&length), "/body", "must have 10 to 4000 characters");
    faults.expect(review.media.len() <= 5, "/media", "has more than 5 items");
    let mut media = Vec::new();
    for (index, item) in review.media.iter().enumerate() {
        let kept = match item["kind"].as_str() {
            Some("photo") => {
                serde_json::from_value::<Photo>(item.clone()).and_then(serde_json::to_value)
            }
            Some("video") => {
                serde_json::from_value::<Video>(item.clone()).and_then(serde_json::to_value)
            }
            _ => {
                faults.expect(false, format!("/media/{index}/kind"), "must be photo or video");
                continue;
            }
        };
        match kept {
            Ok(kept) => media.push(kept),
            Err(error) => faults.expect(false, format!("/media/{index}"), error.to_string()),
        }
    }
    faults.finish()?;
    Ok(media)
}

fn require_product(db: &Connection, id: &str) -> Result<(), Fault> {
    if db.prepare_cached("SELECT 1 FROM products WHERE id = ?")?.exists([id])? {
        return Ok(());
    }
    Err(Problem::not_found("product", id).into())
}

/// How a review names its author, and the author's locale.
fn author(db: &Connection, user: &str) -> Result<(String, String), Fault> {
    let row = db
        .prepare_cached("SELECT first_name, substr(last_name, 1, 1), json ->> '$.locale' FROM users WHERE id = ?")?
        .query_row([user], |row| {
            let (first, initial): (String, String) = (row.get(0)?, row.get(1)?);
            Ok((format!("{first} {initial}."), row.get(2)?))
        })
        .optional()?;
    Ok(row.ok_or_else(|| {
        Problem::unprocessable("unknown_user", format!("There is no user `{user}`."))
    })?)
}

/// How many reviews of a product have 1, 2, ... 5 stars.
fn stars(db: &Connection, product: &str) -> Result<[i64; 5], Fault> {
    let mut stars = [0; 5];
    let mut statement = db.prepare_cached(
        "SELECT rating, count(*) FROM reviews WHERE product_id = ? GROUP BY rating",
    )?;
    let mut rows = statement.query([product])?;
    while let Some(row) = rows.next()? {
        let rating: i64 = row.get(0)?;
        if let Some(count) = usize::try_from(rating - 1).ok().and_then(|index| stars.get_mut(index))
        {
            *count = row.get(1)?;
        }
    }
    Ok(stars)
}

fn update_rating(db: &Connection, product: &str) -> Result<(), Fault> {
    let stars = stars(db, product)?;
    let rating = rating_json(stars);
    db.prepare_cached("UPDATE products SET rating_average = ?2, rating_count = ?3 WHERE id = ?1")?
        .execute(params![product, rating["average"].as_f64(), stars.iter().sum::<i64>()])?;
    let mut json: Value = serde_json::from_str(&document(db, product)?)?;
    json["rating"] = rating;
    db.prepare_cached(
        "UPDATE product_documents SET json = ?2 WHERE n = (SELECT n FROM products WHERE id = ?1)",
    )?
    .execute(params![product, json.to_string()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::rating_json;

    #[test]
    fn averages_are_rounded_half_up_to_a_tenth() {
        for (stars, average) in [
            ([0, 0, 0, 0, 0], 0.0),
            ([0, 0, 0, 0, 1], 5.0),
            ([1, 0, 0, 0, 1], 3.0),
            ([0, 0, 0, 3, 1], 4.3),
            ([1, 1, 0, 0, 1], 2.7),
        ] {
            assert_eq!(rating_json(stars)["average"].as_f64(), Some(average), "{stars:?}");
        }
    }
}
