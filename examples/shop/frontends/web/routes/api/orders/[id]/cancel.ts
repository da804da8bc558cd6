import { error, route, UpstreamError } from "frontage";
import { z } from "zod";
import { orders } from "#upstreams";
import { statusLabel, statusTone } from "#shared/orders";

/** Cancels an order that has not left the warehouse. */
export const POST = route(
  {
    params: z.object({ id: z.string().max(40) }),
    body: z.object({ reason: z.string().trim().max(500).optional() }),
  },
  async ({ params, body, session }) => {
    const order = await orders.getOrder({ id: params.id });
    if (order.userId !== session.sub) throw error(404, "unknown_order", `We do not know an order "${params.id}".`);
    const cancelled = await orders.cancelOrder({ id: order.id, body: { reason: body.reason ?? null } }).catch((e) => {
      if (e instanceof UpstreamError && e.status === 409) {
        throw error(409, "not_cancellable", "This order has left the warehouse.");
      }
      throw e;
    });
    return { id: cancelled.id, status: statusLabel(cancelled.status), tone: statusTone(cancelled.status) };
  },
);
