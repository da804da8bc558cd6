import { json, route } from "frontage";
import { catalog } from "#upstreams";

/** The two upper levels of categories, for the menu. The same for everybody, so it may be kept. */
export const GET = route(async () => {
  const tree = await catalog.listCategories();
  return json(
    tree.map((top) => ({
      id: top.id,
      name: top.name,
      description: top.description,
      icon: top.icon,
      products: top.productCount,
      children: top.children.map((child) => ({ id: child.id, name: child.name, products: child.productCount })),
    })),
    { cache: { maxAge: 60, scope: "private" } },
  );
});
