import { route } from "frontage";
import { z } from "zod";
import { store } from "#upstreams";

// Five fields of each product, of some fifteen.
export const GET = route({ params: z.object({ size: z.enum(["20k", "200k", "2m"]) }) }, async ({ params }) => {
  const { total, items } = await store.getProducts({ size: params.size });
  return {
    total,
    items: items.map(({ id, name, price, stock, rating }) => ({ id, name, price, stock, rating })),
  };
});
