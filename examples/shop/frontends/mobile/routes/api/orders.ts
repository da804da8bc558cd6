import { error, json, route, UpstreamError } from "frontage";
import { z } from "zod";
import { orders, users } from "#upstreams";
import { dayOfMonth, month } from "#shared/dates";
import { smallest } from "#shared/images";
import { money } from "#shared/money";
import { statusLabel, statusTone } from "#shared/orders";

/** The customer's last orders, month by month. */
export const GET = route(
  { query: z.object({ limit: z.coerce.number().int().min(1).max(30).default(15) }) },
  async ({ query, session }) => {
    const found = await orders.listOrders({ userId: session.sub, limit: query.limit });
    const months = Object.groupBy(found.items, (order) => month(order.placedAt));
    return {
      total: found.total,
      months: Object.entries(months).map(([name, list]) => ({
        month: name,
        orders: (list ?? []).map((order) => ({
          id: order.id,
          title: order.lines[0]?.name ?? order.number,
          image: order.lines[0] ? smallest(order.lines[0].imageUrl) : null,
          pieces: order.itemCount,
          on: dayOfMonth(order.placedAt),
          status: statusLabel(order.status),
          tone: statusTone(order.status),
          total: money(order.totalCents, order.currency),
        })),
      })),
    };
  },
);

/** Places an order. The same `idempotency-key` again gives the same order, not a second one. */
export const POST = route(
  {
    headers: z.object({ "idempotency-key": z.string().min(8).max(200) }),
    body: z.object({
      lines: z
        .array(z.object({ productId: z.string().min(1).max(40), quantity: z.number().int().min(1).max(99) }))
        .min(1, "The basket is empty.")
        .max(20),
      addressId: z.string().max(40).optional(),
      note: z.string().trim().max(500).optional(),
    }),
  },
  async ({ headers, body, session }) => {
    const user = await users.getUser({ id: session.sub });
    if (!user.active) throw error(403, "account_suspended", "A suspended account cannot order.");
    const address = user.addresses.find((a) => a.id === (body.addressId ?? user.defaultAddressId));
    if (!address) throw error(422, "unknown_address", "Please choose one of your addresses.");

    const order = await orders
      .placeOrder({
        "Idempotency-Key": headers["idempotency-key"],
        body: { userId: user.id, lines: body.lines, addressId: address.id, note: body.note ?? null },
      })
      .catch((e) => {
        if (e instanceof UpstreamError && e.status === 409) {
          throw error(409, "out_of_stock", "Somebody was faster: one of these products has just sold out.");
        }
        throw e;
      });

    return json(
      {
        id: order.id,
        number: order.number,
        total: money(order.totalCents, order.currency),
        tax: money(order.taxCents, order.currency),
        shipping: order.shippingCents === 0 ? "free" : money(order.shippingCents, order.currency),
        to: `${address.line1}, ${address.city}`,
        status: statusLabel(order.status),
      },
      { status: 201, headers: { location: `/api/orders/${order.id}` } },
    );
  },
);
