import { error, route } from "frontage";
import { z } from "zod";
import { catalog, orders, stock } from "#upstreams";
import { day, moment } from "#shared/dates";
import { smallest } from "#shared/images";
import { money } from "#shared/money";
import { statusLabel, statusTone } from "#shared/orders";
import { addressLines, paidBy } from "../../../lib/orders.ts";
import { stockLabel } from "../../../lib/stock.ts";

/** One order in full: the right side of the order history. */
export const GET = route({ params: z.object({ id: z.string().max(40) }) }, async ({ params, session }) => {
  const order = await orders.getOrder({ id: params.id });
  // Whose order it is stands in the order only: to others it does not exist.
  if (order.userId !== session.sub) throw error(404, "unknown_order", `We do not know an order "${params.id}".`);

  const warehouses = await stock.listWarehouses(undefined, { timeout: 200 }).catch(() => []);
  const cities = new Map(warehouses.map((house) => [house.id, house.city] as const));
  const lines = await Promise.all(
    order.lines.map(async (line) => {
      const [product, shelf] = await Promise.all([
        catalog.getProduct({ id: line.productId }, { nullOn: [404] }),
        stock.getStock({ productId: line.productId }, { timeout: 200 }).catch(() => null),
      ]);
      return {
        line: line.line,
        productId: line.productId,
        sku: line.sku,
        name: line.name,
        brand: product?.brand.name ?? null,
        image: smallest(line.imageUrl),
        quantity: line.quantity,
        unit: money(line.unitPriceCents, order.currency),
        tax: `${line.taxRate} %`,
        total: money(line.totalCents, order.currency),
        from: line.allocations.map((part) => `${part.quantity} from ${cities.get(part.warehouseId) ?? part.warehouseId}`),
        again:
          product && product.status === "active" && shelf
            ? { price: money(product.price.cents, product.price.currency), stock: stockLabel(shelf.status, shelf.available) }
            : null,
      };
    }),
  );

  return {
    id: order.id,
    number: order.number,
    on: moment(order.placedAt),
    status: statusLabel(order.status),
    tone: statusTone(order.status),
    cancellable: order.cancellable,
    lines,
    sums: [
      { name: "Goods", amount: money(order.subtotalCents, order.currency) },
      ...(order.discountCents > 0 ? [{ name: "Discount", amount: money(-order.discountCents, order.currency) }] : []),
      { name: "Shipping", amount: order.shippingCents === 0 ? "free" : money(order.shippingCents, order.currency) },
      ...order.taxes.map((tax) => ({ name: `Tax ${tax.country} ${tax.rate} %`, amount: money(tax.taxCents, order.currency) })),
    ],
    total: money(order.totalCents, order.currency),
    paidBy: paidBy(order.payment),
    shipTo: addressLines(order.shippingAddress),
    billTo: order.billingAddress === null ? null : addressLines(order.billingAddress),
    shipment: order.shipment && {
      carrier: order.shipment.carrier,
      tracking: order.shipment.trackingNumber,
      shipped: day(order.shipment.shippedAt),
      delivered: order.shipment.deliveredAt === null ? null : day(order.shipment.deliveredAt),
      parcels: order.shipment.parcels,
    },
    history: order.history.map((event) => ({
      at: moment(event.at),
      status: statusLabel(event.status),
      by: event.by,
      note: event.note,
    })),
    note: order.note,
  };
});
