import { route } from "frontage";
import { catalog, orders, users } from "#upstreams";
import { day } from "#shared/dates";
import { own } from "#shared/images";
import { money } from "#shared/money";
import { statusLabel, statusTone } from "#shared/orders";
import { tile } from "../../lib/tiles.ts";

const why = {
  payment_overdue: "a payment is overdue",
  fraud_review: "we are checking an order",
  requested: "you asked us to",
} as const;

/** The start page: the account at a glance, what was ordered last, what might come next. */
export const GET = route(async ({ session }) => {
  const user = await users.getUser({ id: session.sub });
  const recent = await orders.listOrders({ userId: session.sub, limit: 4 });
  const moving = await orders.listOrders({
    userId: session.sub,
    status: ["pending", "paid", "packed", "shipped"],
    limit: 1,
  });
  const newest = await catalog.listProducts({ sort: "newest", inStock: true, limit: 6 });
  const tree = await catalog.listCategories();
  const picks = await catalog.recommend({ segment: user.segment, limit: 6 }, { timeout: 80 }).catch(() => []);

  return {
    user: {
      id: user.id,
      name: user.displayName,
      firstName: user.firstName,
      segment: user.segment,
      company: user.company?.name ?? null,
      memberSince: day(user.createdAt),
      loyalty: user.loyalty ? { tier: user.loyalty.tier, points: user.loyalty.points } : null,
      avatar: own(user.avatarUrl),
    },
    suspended: user.suspension
      ? { why: why[user.suspension.reason], since: day(user.suspension.since), case: user.suspension.caseNumber ?? null }
      : null,
    orders: {
      total: recent.total,
      moving: moving.total,
      recent: await Promise.all(
        recent.items.map(async (order) => {
          const first = await catalog.getProduct({ id: order.productId }, { nullOn: [404] });
          return {
            id: order.id,
            number: order.number,
            on: day(order.placedAt),
            status: statusLabel(order.status),
            tone: statusTone(order.status),
            total: money(order.totalCents, order.currency),
            title: first?.name ?? order.lines[0]?.name ?? "No longer sold",
            more: Math.max(0, order.lines.length - 1),
            image: first?.images[0] ? own(first.images[0].sizes.thumb.url) : null,
          };
        }),
      ),
    },
    favourites: tree
      .filter((category) => user.preferences.favouriteCategories.includes(category.id))
      .map(({ id, name, icon, productCount }) => ({ id, name, icon, products: productCount })),
    picks: picks.map(tile),
    newest: newest.items.map(tile),
  };
});
