import { error, route } from "frontage";
import { z } from "zod";
import { catalog, stock } from "#upstreams";
import { day } from "#shared/dates";
import { picture } from "#shared/images";
import { money, saving } from "#shared/money";
import { shown } from "../../../lib/reviews.ts";
import { stockLabel } from "../../../lib/stock.ts";
import { tile } from "../../../lib/tiles.ts";

/** Everything about one product: stock by warehouse, what customers say, what is like it. */
export const GET = route({ params: z.object({ id: z.string().max(40) }) }, async ({ params, session }) => {
  const product = await catalog.getProduct({ id: params.id }, { nullOn: [404] });
  const shelves = await stock.getStock({ productId: params.id }, { timeout: 200 }).catch(() => null);
  const reviews = await catalog.listReviews({ id: params.id, limit: 6 }, { timeout: 200 }).catch(() => null);
  if (!product) throw error(404, "unknown_product", `We do not know a product "${params.id}".`);

  const related = await Promise.all(
    product.relatedIds.slice(0, 5).map(async (id) => {
      const other = await catalog.getProduct({ id }, { nullOn: [404] });
      return other === null ? null : tile(other);
    }),
  );
  const { lengthMm, widthMm, heightMm, weightGrams } = product.dimensions;

  return {
    id: product.id,
    sku: product.sku,
    name: product.name,
    tagline: product.tagline,
    description: product.description,
    highlights: product.highlights,
    brand: { id: product.brand.id, name: product.brand.name, country: product.brand.country },
    category: product.category,
    price: money(product.price.cents, product.price.currency),
    was: product.listPriceCents === null ? null : money(product.listPriceCents, product.price.currency),
    saving: saving(product.price.cents, product.listPriceCents),
    tiers: product.priceTiers.map((tier) => ({
      from: tier.minQuantity,
      price: money(tier.unitPrice.cents, tier.unitPrice.currency),
    })),
    discontinued: product.discontinuedAt === null ? null : day(product.discontinuedAt),
    images: product.images.map((image) => ({ thumb: picture(image, "thumb"), large: picture(image, "large") })),
    specs: [
      ...product.specs.map((group) => ({
        group: group.group,
        items: group.items.map((item) => ({
          name: item.name,
          value: item.unit === null ? item.value : `${item.value} ${item.unit}`,
        })),
      })),
      {
        group: "Size and care",
        items: [
          { name: "Size", value: `${lengthMm} × ${widthMm} × ${heightMm} mm` },
          { name: "Shipping weight", value: weightGrams < 1000 ? `${weightGrams} g` : `${(weightGrams / 1000).toFixed(2)} kg` },
          { name: "Warranty", value: `${product.warrantyMonths} months` },
          ...(product.energyClass ? [{ name: "Energy class", value: product.energyClass }] : []),
          ...Object.entries(product.attributes).map(([name, value]) => ({ name, value })),
        ],
      },
    ],
    supplier: {
      name: product.supplier.name,
      country: product.supplier.country,
      leadTimeDays: product.supplier.leadTimeDays,
      email: product.supplier.contact?.email ?? null,
    },
    shipping: { kind: product.shipping.class, days: product.shipping.dispatchDays, restrictions: product.shipping.restrictions },
    stock: shelves
      ? {
          status: shelves.status,
          label: stockLabel(shelves.status, shelves.available),
          available: shelves.available,
          warehouses: shelves.warehouses
            .toSorted((a, b) => b.available - a.available)
            .map((shelf) => ({
              id: shelf.warehouseId,
              name: shelf.name,
              place: `${shelf.city}, ${shelf.country}`,
              available: shelf.available,
              reserved: shelf.reserved,
              bin: shelf.bin,
              restock: shelf.restockAt === null ? null : day(shelf.restockAt),
            })),
        }
      : null,
    rating: {
      average: product.rating.average,
      count: product.rating.count,
      stars: ["5", "4", "3", "2", "1"].map((stars) => ({ stars, count: product.rating.histogram[stars] ?? 0 })),
    },
    reviews: reviews
      ? { total: reviews.total, items: reviews.items.map((review) => shown(review, session.sub)) }
      : null,
    related: related.filter((other) => other !== null),
  };
});
