import { error, route } from "frontage";
import { z } from "zod";
import { orders } from "#upstreams";
import { day } from "#shared/dates";
import { smallest } from "#shared/images";
import { money } from "#shared/money";
import { statusLabel, statusTone } from "#shared/orders";
import { steps } from "../../../lib/steps.ts";

/** Where an order is. */
export const GET = route({ params: z.object({ id: z.string().max(40) }) }, async ({ params, session }) => {
  const order = await orders.getOrder({ id: params.id });
  // Whose order it is stands in the order only: to others it does not exist.
  if (order.userId !== session.sub) throw error(404, "unknown_order", "We do not know this order.");
  return {
    id: order.id,
    number: order.number,
    on: day(order.placedAt),
    status: statusLabel(order.status),
    tone: statusTone(order.status),
    steps: statusTone(order.status) === "undone" ? [] : steps(order.status, order.history, day),
    lines: order.lines.map((line) => ({
      productId: line.productId,
      name: line.name,
      image: smallest(line.imageUrl),
      quantity: line.quantity,
      total: money(line.totalCents, order.currency),
    })),
    shipping: order.shippingCents === 0 ? "free" : money(order.shippingCents, order.currency),
    tax: money(order.taxCents, order.currency),
    total: money(order.totalCents, order.currency),
    to: `${order.shippingAddress.line1}, ${order.shippingAddress.postalCode} ${order.shippingAddress.city}`,
    tracking: order.shipment ? `${order.shipment.carrier} ${order.shipment.trackingNumber}` : null,
  };
});
