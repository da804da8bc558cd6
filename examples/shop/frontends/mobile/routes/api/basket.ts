import { route } from "frontage";
import { z } from "zod";
import { catalog, stock } from "#upstreams";
import { smallest } from "#shared/images";
import { money } from "#shared/money";

/** What the products in the phone's basket cost now, and how many of each can be had. */
export const GET = route(
  { query: z.object({ id: z.array(z.string().max(40)).min(1).max(20) }) },
  async ({ query }) => {
    const found = await Promise.all(
      query.id.map(async (id) => {
        const product = await catalog.getProduct({ id }, { nullOn: [404] });
        const shelf = await stock.getStock({ productId: id }, { timeout: 80 }).catch(() => null);
        if (product === null || product.status === "discontinued") return null;
        return {
          id,
          name: product.name,
          image: product.images[0] ? smallest(product.images[0].url) : null,
          price: money(product.price.cents, product.price.currency),
          cents: product.price.cents,
          tiers: product.priceTiers.map((tier) => ({ from: tier.minQuantity, cents: tier.unitPrice.cents })),
          most: shelf === null ? 10 : Math.min(10, shelf.available),
        };
      }),
    );
    const items = found.filter((item) => item !== null);
    const known = new Set(items.map((item) => item.id));
    return { items, gone: query.id.filter((id) => !known.has(id)) };
  },
);
