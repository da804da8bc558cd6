import { smallest } from "#shared/images";
import { money, saving } from "#shared/money";

interface Product {
  id: string;
  name: string;
  brand: { name: string };
  price: { cents: number; currency: string };
  listPriceCents: number | null;
  rating: { average: number; count: number };
  images: { url: string }[];
}

/** A product on a phone: what fits beside a small picture, and nothing else. */
export const card = (product: Product) => ({
  id: product.id,
  name: product.name,
  brand: product.brand.name,
  price: money(product.price.cents, product.price.currency),
  saving: saving(product.price.cents, product.listPriceCents),
  stars: product.rating.count === 0 ? null : product.rating.average,
  image: product.images[0] ? smallest(product.images[0].url) : null,
});
