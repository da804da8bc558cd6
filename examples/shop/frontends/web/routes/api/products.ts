import { route } from "frontage";
import { z } from "zod";
import { catalog, stock } from "#upstreams";
import { picture } from "#shared/images";
import { money, saving } from "#shared/money";
import { stockLabel } from "../../lib/stock.ts";

/** A page of the product table with the counts that narrow it down. */
export const GET = route(
  {
    query: z.object({
      q: z.string().trim().max(100).optional(),
      category: z.string().max(60).optional(),
      brand: z.string().max(60).optional(),
      minPriceCents: z.coerce.number().int().min(0).max(100_000_000).optional(),
      maxPriceCents: z.coerce.number().int().min(0).max(100_000_000).optional(),
      inStock: z.enum(["true", "false"]).optional(),
      sort: z.enum(["relevance", "name", "price_asc", "price_desc", "rating", "newest"]).default("relevance"),
      page: z.coerce.number().int().min(1).max(500).default(1),
      pageSize: z.coerce.number().int().min(5).max(100).default(25),
    }),
  },
  async ({ query }) => {
    const found = await catalog.listProducts({
      q: query.q ? query.q : undefined,
      category: query.category,
      brand: query.brand,
      minPriceCents: query.minPriceCents,
      maxPriceCents: query.maxPriceCents,
      inStock: query.inStock === undefined ? undefined : query.inStock === "true",
      sort: query.sort,
      limit: query.pageSize,
      offset: (query.page - 1) * query.pageSize,
    });
    const stocks =
      found.items.length === 0
        ? []
        : await stock.listStock({ productIds: found.items.map((p) => p.id) }, { timeout: 150 }).catch(() => []);
    const tree = query.category === undefined ? [] : await catalog.listCategories();
    const categories = tree.flatMap((top) => [top, ...top.children].map(({ id, name }) => ({ id, name })));
    const stockOf = new Map(stocks.map((s) => [s.productId, s] as const));

    return {
      category: categories.find((category) => category.id === query.category) ?? null,
      total: found.total,
      page: query.page,
      pages: Math.max(1, Math.ceil(found.total / query.pageSize)),
      items: found.items.map((product) => {
        const shelf = stockOf.get(product.id);
        return {
          id: product.id,
          sku: product.sku,
          name: product.name,
          brand: product.brand.name,
          category: product.category.name,
          price: money(product.price.cents, product.price.currency),
          saving: saving(product.price.cents, product.listPriceCents),
          tiers: product.priceTiers.length,
          rating: product.rating.average,
          reviews: product.rating.count,
          dispatchDays: product.shipping.dispatchDays,
          warrantyMonths: product.warrantyMonths,
          discontinued: product.status === "discontinued",
          stock: shelf ? { status: shelf.status, label: stockLabel(shelf.status, shelf.available) } : null,
          image: picture(product.images[0], "thumb"),
        };
      }),
      facets: {
        categories: found.facets.categories,
        brands: found.facets.brands,
        prices: found.facets.prices.map((range) => ({
          ...range,
          label:
            range.toCents === null
              ? `from ${money(range.fromCents)}`
              : `${money(range.fromCents)} to ${money(range.toCents)}`,
        })),
        inStock: found.facets.inStock,
      },
    };
  },
);
