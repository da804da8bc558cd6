//! The users service: accounts, their search, preferences and pictures.

use crate::App;
use crate::answer::{Page, json, tagged};
use crate::picture::avatar;
use crate::problem::{Fault, Problem};
use crate::request::{Body, Faults, Id, Params};
use crate::time::{parse_timestamp, timestamp};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post, put};
use rusqlite::types::Value as Bound;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kinds of customer.
const SEGMENTS: [&str; 4] = ["new", "regular", "vip", "business"];

/// The service's routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/users", get(list_users))
        .route("/users/search", post(search_users))
        .route("/users/{id}", get(get_user))
        .route("/users/{id}/preferences", put(update_preferences))
        .route("/users/{id}/avatar", get(get_avatar))
}

/// What a search asks for; conditions that are absent hold for all.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    query: Option<String>,
    segments: Option<Vec<String>>,
    countries: Option<Vec<String>>,
    active: Option<bool>,
    created_after: Option<String>,
    sort: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Preferences {
    newsletter: bool,
    theme: String,
    density: String,
    favourite_categories: Vec<String>,
    notifications: BTreeMap<String, bool>,
    quiet_hours: Option<QuietHours>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct QuietHours {
    from: String,
    to: String,
}

async fn get_user(State(app): State<Arc<App>>, Id(id): Id) -> Result<Response, Fault> {
    Ok(json(app.store.read(move |db| document(db, &id)).await?))
}

/// A user's JSON.
pub(crate) fn document(db: &Connection, id: &str) -> Result<String, Fault> {
    let text = db
        .prepare_cached("SELECT json FROM users WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(text.ok_or_else(|| Problem::not_found("user", id))?)
}

async fn list_users(State(app): State<Arc<App>>, mut params: Params) -> Result<Response, Fault> {
    let search = Search {
        query: params.text("q"),
        segments: params.choice("segment", &SEGMENTS).map(|segment| vec![segment.to_owned()]),
        limit: params.integer("limit", 1..=100),
        offset: params.integer("offset", 0..=i64::from(i32::MAX)),
        ..Search::default()
    };
    if search.query.as_ref().is_some_and(|query| query.chars().count() > 200) {
        params.fault("q", "has more than 200 characters");
    }
    params.finish()?;
    Ok(json(app.store.read(move |db| page(db, &search)).await?))
}

async fn search_users(State(app): State<Arc<App>>, body: Body) -> Result<Response, Fault> {
    let mut search: Search = body.json()?;
    let mut faults = Faults::default();
    let query = search.query.as_deref().unwrap_or_default();
    faults.expect(query.chars().count() <= 200, "/query", "has more than 200 characters");
    for (index, segment) in search.segments.iter().flatten().enumerate() {
        let known = SEGMENTS.contains(&segment.as_str());
        faults.expect(
            known,
            format!("/segments/{index}"),
            "must be one of new, regular, vip, business",
        );
    }
    let sort = search.sort.as_deref().unwrap_or("id");
    faults.expect(
        ["id", "name", "newest"].contains(&sort),
        "/sort",
        "must be one of id, name, newest",
    );
    let limit = search.limit.unwrap_or(20);
    faults.expect((1..=100).contains(&limit), "/limit", "must be from 1 to 100");
    let offset = search.offset.unwrap_or(0);
    faults.expect((0..=i64::from(i32::MAX)).contains(&offset), "/offset", "must not be negative");
    if let Some(text) = &search.created_after {
        let time = parse_timestamp(text);
        faults.expect(time.is_some(), "/createdAfter", "must be an RFC 3339 time");
        search.created_after = time.map(timestamp);
    }
    faults.finish()?;
    Ok(json(app.store.read(move |db| page(db, &search)).await?))
}

fn page(db: &Connection, search: &Search) -> Result<String, Fault> {
    let mut parts = vec!["1"];
    let mut values: Vec<Bound> = Vec::new();
    for word in search.query.iter().flat_map(|query| query.split_whitespace()) {
        parts.push(r"(first_name || ' ' || last_name || ' ' || email) LIKE ? ESCAPE '\'");
        let escaped = word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        values.push(Bound::from(format!("%{escaped}%")));
    }
    let lists = [
        ("segment IN (SELECT value FROM json_each(?))", &search.segments),
        ("country IN (SELECT value FROM json_each(?))", &search.countries),
    ];
    for (sql, list) in lists {
        // An empty list restricts nothing: nobody asks for nobody.
        if let Some(list) = list.as_ref().filter(|list| !list.is_empty()) {
            parts.push(sql);
            values.push(Bound::from(Value::from(list.as_slice()).to_string()));
        }
    }
    if let Some(active) = search.active {
        parts.push("active = ?");
        values.push(Bound::from(active));
    }
    if let Some(after) = &search.created_after {
        parts.push("created_at > ?");
        values.push(Bound::from(after.clone()));
    }
    let matching = parts.join(" AND ");
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM users WHERE {matching}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    let order = match search.sort.as_deref() {
        Some("name") => "last_name, first_name, n",
        Some("newest") => "created_at DESC, n",
        _ => "n",
    };
    let (limit, offset) = (search.limit.unwrap_or(20), search.offset.unwrap_or(0));
    values.extend([Bound::from(limit), Bound::from(offset)]);
    let items = db
        .prepare_cached(&format!(
            "SELECT json FROM users WHERE {matching} ORDER BY {order} LIMIT ? OFFSET ?"
        ))?
        .query_map(params_from_iter(&values), |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    Ok(Page { total, limit, offset }.json(&items, &[]))
}

async fn update_preferences(
    State(app): State<Arc<App>>,
    Id(id): Id,
    body: Body,
) -> Result<Response, Fault> {
    let preferences: Preferences = body.json()?;
    let mut faults = Faults::default();
    let theme = ["system", "light", "dark"].contains(&preferences.theme.as_str());
    faults.expect(theme, "/theme", "must be one of system, light, dark");
    let density = ["comfortable", "compact"].contains(&preferences.density.as_str());
    faults.expect(density, "/density", "must be comfortable or compact");
    faults.expect(
        preferences.favourite_categories.len() <= 20,
        "/favouriteCategories",
        "has more than 20 items",
    );
    if let Some(hours) = &preferences.quiet_hours {
        faults.expect(is_time_of_day(&hours.from), "/quietHours/from", "must be like 22:00");
        faults.expect(is_time_of_day(&hours.to), "/quietHours/to", "must be like 07:00");
    }
    faults.finish()?;
    let text = app.store.write(move |db| {
        let mut user: Value = serde_json::from_str(&document(db, &id)?)?;
        user["preferences"] = serde_json::to_value(&preferences)?;
        db.prepare_cached("UPDATE users SET json = ?2 WHERE id = ?1")?
            .execute(params![id, user.to_string()])?;
        Ok(user["preferences"].to_string())
    });
    Ok(json(text.await?))
}

fn is_time_of_day(text: &str) -> bool {
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(':').is_some_and(|(hour, minute)| {
        digits(hour) && digits(minute) && hour < "24" && minute < "60"
    })
}

async fn get_avatar(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Id(id): Id,
    mut params: Params,
) -> Result<Response, Fault> {
    let side = params.integer("size", 16..=512).unwrap_or(96);
    params.finish()?;
    let svg = app.store.read(move |db| {
        let row = db
            .prepare_cached("SELECT n, first_name || ' ' || last_name FROM users WHERE id = ?")?
            .query_row([&id], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        let (n, name) = row.ok_or_else(|| Problem::not_found("user", &id))?;
        Ok(avatar(n, &name, side))
    });
    Ok(tagged(&headers, "image/svg+xml", "public, max-age=86400", svg.await?))
}

#[cfg(test)]
mod tests {
    use super::is_time_of_day;

    #[test]
    fn times_of_day_have_two_digits_each() {
        for (text, good) in [
            ("00:00", true),
            ("23:59", true),
            ("24:00", false),
            ("7:00", false),
            ("07:60", false),
            ("0700", false),
        ] {
            assert_eq!(is_time_of_day(text), good, "{text}");
        }
    }
}
