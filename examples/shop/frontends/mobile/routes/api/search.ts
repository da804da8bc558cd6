import { route } from "frontage";
import { z } from "zod";
import { catalog } from "#upstreams";
import { card } from "../../lib/cards.ts";

/** What can be ordered now, a screenful at a time: bestsellers until something is asked for. */
export const GET = route(
  {
    query: z.object({
      q: z.string().trim().max(80).default(""),
      category: z.string().max(60).optional(),
      offset: z.coerce.number().int().min(0).max(2000).default(0),
      limit: z.coerce.number().int().min(1).max(24).default(12),
    }),
  },
  async ({ query }) => {
    const { q, category, offset, limit } = query;
    const found = await catalog.listProducts({ q: q === "" ? undefined : q, category, inStock: true, offset, limit });
    const next = offset + found.items.length;
    return { total: found.total, next: next < found.total ? next : null, items: found.items.map(card) };
  },
);
