import { picture } from "#shared/images";
import { money, saving } from "#shared/money";

interface Product {
  id: string;
  name: string;
  brand: { name: string };
  price: { cents: number; currency: string };
  listPriceCents: number | null;
  rating: { average: number; count: number };
  images: {
    alt: string;
    sizes: {
      thumb: { url: string; width: number; height: number };
      small: { url: string; width: number; height: number };
      large: { url: string; width: number; height: number };
    };
  }[];
}

/** A product where several stand side by side: on the start page, below another product. */
export const tile = (product: Product) => ({
  id: product.id,
  name: product.name,
  brand: product.brand.name,
  price: money(product.price.cents, product.price.currency),
  was: product.listPriceCents === null ? null : money(product.listPriceCents, product.price.currency),
  saving: saving(product.price.cents, product.listPriceCents),
  rating: product.rating.average,
  reviews: product.rating.count,
  image: picture(product.images[0], "small"),
});
