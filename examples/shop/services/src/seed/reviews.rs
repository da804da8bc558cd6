//! Seeded reviews: most by people who bought the product, some by others.
//!
//! Out:   rows, and how many reviews each product has by stars.

use super::orders::Sold;
use super::products::Product;
use super::prose;
use super::users::User;
use crate::problem::Fault;
use crate::random::Random;
use crate::time::{DAY, timestamp};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::collections::HashSet;

/// A review before it has a number: they are numbered by time.
struct Planned {
    user: usize,
    product: usize,
    at: i64,
    verified: bool,
}

/// Writes the reviews of `sold` goods and a few more.
///
/// - Result: for each product the number of reviews with 1, 2, ... 5 stars.
pub(crate) fn write(
    connection: &Connection,
    sold: &[Sold],
    users: &[User],
    products: &[Product],
    end: i64,
) -> Result<Vec<[i64; 5]>, Fault> {
    let mut stars_of = vec![[0; 5]; products.len()];
    let mut insert = connection.prepare("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?)")?;
    for (index, review) in planned(sold, users, products, end).iter().enumerate() {
        let n = index as i64 + 1;
        let mut random = Random::of("review", n as u64);
        let stars = stars(&mut random, review.product);
        stars_of[review.product][stars as usize - 1] += 1;
        let (user, product) = (&users[review.user], &products[review.product]);
        let json = document(n, stars, review, (user, product, end), &mut random);
        insert.execute(params![
            n,
            format!("rv{n}"),
            product.id,
            user.id,
            stars,
            timestamp(review.at),
            json.to_string(),
        ])?;
    }
    Ok(stars_of)
}

fn planned(sold: &[Sold], users: &[User], products: &[Product], end: i64) -> Vec<Planned> {
    let mut random = Random::of("reviews", 0);
    let mut seen = HashSet::new();
    let mut planned = Vec::new();
    for sale in sold {
        if random.chance(40) && seen.insert((sale.user, sale.product)) {
            let at = (sale.placed + random.between(6, 30) * DAY).min(end - random.between(60, DAY));
            planned.push(Planned { user: sale.user, product: sale.product, at, verified: true });
        }
    }
    let bought: HashSet<(usize, usize)> =
        sold.iter().map(|sale| (sale.user, sale.product)).collect();
    for _ in 0..sold.len() / 20 {
        let (user, product) = (random.below(users.len()), random.below(products.len()));
        let first = users[user].created.max(products[product].created);
        let at = random.between(first, end - 60);
        if !bought.contains(&(user, product)) && seen.insert((user, product)) {
            planned.push(Planned { user, product, at, verified: false });
        }
    }
    planned.sort_by_key(|review| (review.at, review.user, review.product));
    planned
}

/// Products differ in how well they are liked.
fn stars(random: &mut Random, product: usize) -> i64 {
    let liking = Random::of("liking", product as u64).below(3);
    match (liking, random.below(10)) {
        (0, 0..2) => 1,
        (_, 0) | (0, 2) => 2,
        (_, 1) | (0, 3..5) => 3,
        (2, 2..4) | (1, 2..6) | (0, 5..9) => 4,
        _ => 5,
    }
}

fn document(
    n: i64,
    stars: i64,
    review: &Planned,
    (user, product, end): (&User, &Product, i64),
    random: &mut Random,
) -> Value {
    let (title, body) = prose::review(random, stars);
    let initial = user.last_name.chars().next().unwrap_or('X');
    let mut media = Vec::new();
    if random.chance(15) {
        media.push(json!({
            "kind": "photo", "url": format!("/images/p/{:05}-1-l.svg", product.n),
            "alt": format!("{} at home", product.name), "width": 960, "height": 960,
        }));
    }
    if random.chance(4) {
        media.push(json!({
            "kind": "video", "url": format!("/media/v/rv{n}.mp4"),
            "posterUrl": random.chance(70).then(|| format!("/images/p/{:05}-1-s.svg", product.n)),
            "durationSeconds": random.between(40, 900) as f64 / 10.0,
        }));
    }
    let replies = match random.below(10) {
        0 | 1 => vec![reply(random, n, 1, review.at, end)],
        2 if stars <= 2 => {
            vec![reply(random, n, 1, review.at, end), reply(random, n, 5, review.at, end)]
        }
        _ => vec![],
    };
    json!({
        "id": format!("rv{n}"), "productId": product.id, "userId": user.id,
        "author": format!("{} {initial}.", user.first_name),
        "rating": stars, "title": title, "body": body, "locale": user.locale,
        "createdAt": timestamp(review.at), "verifiedPurchase": review.verified,
        "helpful": random.between(0, 40) * random.between(0, 40) / 60, "media": media, "replies": replies,
    })
}

/// A reply, which in one case of two is replied to again.
fn reply(random: &mut Random, review: i64, number: i64, after: i64, end: i64) -> Value {
    let at = (after + random.between(1, 60) * 3_600).min(end);
    let staff = number % 2 == 1;
    let again = number % 4 != 0 && random.chance(50);
    let replies = if again { vec![reply(random, review, number + 1, at, end)] } else { vec![] };
    let body = if staff {
        *random.pick(&[
            "Thank you for telling us. A new part is on its way.",
            "We are glad to hear it!",
            "Could you write to us with your order number?",
        ])
    } else {
        *random.pick(&[
            "It came the next day, thanks.",
            "Same here.",
            "How long have you had yours?",
        ])
    };
    json!({
        "id": format!("rv{review}-{number}"), "author": if staff { "The Shop" } else { "A customer" },
        "role": if staff { "staff" } else { "customer" }, "body": body,
        "createdAt": timestamp(at), "replies": replies,
    })
}
