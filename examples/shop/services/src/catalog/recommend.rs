//! `recommend`: a ranking for each kind of customer.
//!
//! Out:   the best products that can be had now, at most two of one category.
//!        A ranking is kept until the next write to the database.

use crate::App;
use crate::answer::{json, list};
use crate::problem::Fault;
use crate::request::Params;
use crate::store::Store;
use crate::time::{DAY, parse_timestamp};
use axum::extract::State;
use axum::response::Response;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most products that can be asked for.
const MOST: usize = 50;

/// What counts for a kind of customer; the weights add up to 1.
struct Taste {
    rating: f64,
    sales: f64,
    freshness: f64,
    price: f64,
    /// Category that gets a bonus, and how much.
    favourite: (&'static str, f64),
    /// Price that fits best, in cents.
    fit_cents: f64,
}

fn taste(segment: &str) -> Taste {
    let taste = |rating, sales, freshness, price, fit_cents| Taste {
        rating,
        sales,
        freshness,
        price,
        favourite: ("", 0.0),
        fit_cents,
    };
    match segment {
        "new" => taste(0.35, 0.35, 0.10, 0.20, 3_500.0),
        "vip" => taste(0.30, 0.10, 0.30, 0.30, 22_000.0),
        "business" => {
            Taste { favourite: ("office", 0.2), ..taste(0.30, 0.20, 0.10, 0.20, 15_000.0) }
        }
        _ => taste(0.30, 0.30, 0.20, 0.20, 7_000.0),
    }
}

/// The facts of a product that its score depends on.
struct Candidate {
    n: i64,
    category: String,
    top: String,
    price_cents: f64,
    rating: f64,
    reviews: f64,
    sales: f64,
    age_days: f64,
}

impl Candidate {
    fn score(&self, taste: &Taste, most_sales: f64) -> f64 {
        // Few reviews prove little: five of 3.5 stars are added to all.
        let rating = (self.rating * self.reviews + 3.5 * 5.0) / (self.reviews + 5.0) / 5.0;
        let sales = (1.0 + self.sales).ln() / (2.0 + most_sales).ln();
        let freshness = (-self.age_days / 180.0).exp();
        let price = (-(self.price_cents / taste.fit_cents).ln().abs()).exp();
        let bonus = if self.top == taste.favourite.0 { taste.favourite.1 } else { 0.0 };
        taste.rating * rating
            + taste.sales * sales
            + taste.freshness * freshness
            + taste.price * price
            + bonus
    }
}

/// The rankings by segment.
#[derive(Default)]
pub(crate) struct Rankings(Mutex<HashMap<&'static str, Ranking>>);

/// Products, best first, and the store's generation that they are of.
type Ranking = (u64, Arc<[i64]>);

impl Rankings {
    fn known(&self, segment: &str, store: &Store) -> Option<Arc<[i64]>> {
        let rankings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (generation, ranking) = rankings.get(segment)?;
        (*generation == store.generation()).then(|| Arc::clone(ranking))
    }

    fn keep(&self, segment: &'static str, generation: u64, ranking: Arc<[i64]>) {
        let mut rankings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rankings.insert(segment, (generation, ranking));
    }
}

pub(super) async fn recommend(
    State(app): State<Arc<App>>,
    mut params: Params,
) -> Result<Response, Fault> {
    let segment =
        params.choice("segment", &["new", "regular", "vip", "business"]).unwrap_or("regular");
    let limit = params.integer("limit", 1..=MOST as i64).unwrap_or(10);
    params.finish()?;
    let shared = Arc::clone(&app);
    let items = app.store.read(move |db| {
        let ranking = match shared.rankings.known(segment, &shared.store) {
            Some(ranking) => ranking,
            None => {
                // Taken before the data, so that a write in between makes it stale.
                let generation = shared.store.generation();
                let ranking: Arc<[i64]> = rank(db, segment)?.into();
                shared.rankings.keep(segment, generation, Arc::clone(&ranking));
                ranking
            }
        };
        let mut statement = db.prepare_cached("SELECT json FROM product_documents WHERE n = ?")?;
        let best = ranking.iter().take(limit as usize);
        Ok(best
            .map(|n| statement.query_row([n], |row| row.get(0)))
            .collect::<Result<Vec<String>, _>>()?)
    });
    Ok(json(list(&items.await?)))
}

/// The numbers of the best products, best first.
fn rank(db: &Connection, segment: &str) -> Result<Vec<i64>, Fault> {
    let mut candidates = candidates(db)?;
    let taste = taste(segment);
    let most_sales = candidates.iter().map(|candidate| candidate.sales).fold(0.0, f64::max);
    let mut scored: Vec<(f64, Candidate)> = candidates
        .drain(..)
        .map(|candidate| (candidate.score(&taste, most_sales), candidate))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.n.cmp(&b.1.n)));
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut ranking = Vec::with_capacity(MOST);
    for (_, candidate) in scored {
        let of_category = taken.entry(candidate.category).or_default();
        if *of_category < 2 && ranking.len() < MOST {
            *of_category += 1;
            ranking.push(candidate.n);
        }
    }
    Ok(ranking)
}

fn candidates(db: &Connection) -> Result<Vec<Candidate>, Fault> {
    let newest: String =
        db.query_row("SELECT max(created_at) FROM products", [], |row| row.get(0))?;
    let newest = parse_timestamp(&newest).unwrap_or(0);
    let mut statement = db.prepare_cached(
        "SELECT n, category_id, top_category_id, price_cents, rating_average, rating_count, sales, created_at
         FROM products p WHERE status = 'active'
             AND EXISTS (SELECT 1 FROM stock s WHERE s.product_id = p.id AND s.quantity > s.reserved)",
    )?;
    let rows = statement.query_map([], |row| {
        let created: String = row.get(7)?;
        let age = newest - parse_timestamp(&created).unwrap_or(newest);
        Ok(Candidate {
            n: row.get(0)?,
            category: row.get(1)?,
            top: row.get(2)?,
            price_cents: row.get(3)?,
            rating: row.get(4)?,
            reviews: row.get(5)?,
            sales: row.get(6)?,
            age_days: age as f64 / DAY as f64,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
