//! What is accepted, and the type of its result.

use super::support::check_files;

const HOME: &str = r##"
import { route, error } from "frontage";
import { z } from "zod";
import { users, catalog } from "#upstreams";
import { money } from "../lib/format.ts";

export const GET = route(
  { query: z.object({ limit: z.coerce.number().int().min(1).max(10).default(3) }) },
  async ({ query, session }) => {
    const user = await users.getUser({ id: session.sub });
    const recent = await users.listUsers({ limit: query.limit });
    const picks = await catalog.recommend({ segment: user.segment }, { timeout: 80 }).catch(() => []);
    if (!user.active) throw error(403, "account_suspended");

    return {
      greeting: `Hi ${user.firstName}`,
      orders: await Promise.all(
        recent.items.map(async (order) => ({
          id: order.id,
          total: money(order.age ?? 0, order.status),
          title: (await catalog.getProduct({ id: order.id })).name,
        })),
      ),
      picks: picks.slice(0, 5).map((p) => ({ id: p.id, title: p.name, image: p.images?.[0]?.url ?? null })),
    };
  },
);
"##;

const FORMAT: &str = r#"
export const money = (cents: number, currency: string): string =>
  `${(cents / 100).toFixed(2)} ${currency}`;
"#;

#[test]
fn the_example_of_the_language_checks() {
    let outcome = check_files(&[
        ("frontends/web/routes/home.ts", HOME),
        ("frontends/web/lib/format.ts", FORMAT),
    ]);
    assert_eq!(
        outcome.result(),
        "{ greeting: string; orders: { id: string; total: string; title: string }[]; \
         picks: { id: string; title: string; image: string | null }[] }"
    );
}
