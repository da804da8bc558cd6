import { json, route } from "frontage";
import { catalog } from "#upstreams";

/** The top categories, as the search screen's chips. */
export const GET = route(async () => {
  const tree = await catalog.listCategories();
  return json(
    tree.map(({ id, name, icon }) => ({ id, name, icon })),
    { cache: { maxAge: 300, scope: "private" } },
  );
});
