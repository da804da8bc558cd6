import { error, route } from "frontage";
import { z } from "zod";
import { catalog, stock } from "#upstreams";
import { picture } from "#shared/images";
import { money, saving } from "#shared/money";

/** A product on one small screen. */
export const GET = route({ params: z.object({ id: z.string().max(40) }) }, async ({ params }) => {
  const product = await catalog.getProduct({ id: params.id }, { nullOn: [404] });
  const shelf = await stock.getStock({ productId: params.id }, { timeout: 80 }).catch(() => null);
  const voices = await catalog.listReviews({ id: params.id, limit: 2 }, { timeout: 80 }).catch(() => null);
  if (product === null) throw error(404, "unknown_product", "This product is not in the shop.");

  return {
    id: product.id,
    name: product.name,
    brand: product.brand.name,
    tagline: product.tagline,
    price: money(product.price.cents, product.price.currency),
    was: product.listPriceCents === null ? null : money(product.listPriceCents, product.price.currency),
    saving: saving(product.price.cents, product.listPriceCents),
    images: product.images.map((image) => picture(image, "small")).filter((image) => image !== null),
    highlights: product.highlights.slice(0, 3),
    facts: product.specs
      .flatMap((group) => group.items)
      .slice(0, 5)
      .map((item) => ({ name: item.name, value: item.unit === null ? item.value : `${item.value} ${item.unit}` })),
    delivery: product.shipping.dispatchDays === 1 ? "Leaves tomorrow" : `Leaves in ${product.shipping.dispatchDays} days`,
    sold: product.status === "active" && shelf?.status !== "out_of_stock",
    stock: shelf
      ? { status: shelf.status, most: Math.min(shelf.available, 10), low: shelf.status === "low" ? shelf.available : null }
      : null,
    rating: product.rating.count === 0 ? null : { stars: product.rating.average, count: product.rating.count },
    voices: voices
      ? voices.items.map((review) => ({
          author: review.author,
          stars: review.rating,
          text: review.body.length > 160 ? `${review.body.slice(0, 157).trimEnd()}…` : review.body,
          with: review.media.map((media) =>
            media.kind === "video" ? `a video of ${Math.round(media.durationSeconds)} seconds` : "a photo",
          ),
        }))
      : [],
  };
});
