import { route } from "frontage";
import { z } from "zod";

export const POST = route(
  {
    params: z.object({ id: z.string().length(2) }),
    query: z.object({ page: z.coerce.number().int(), sort: z.enum(["name", "date"]) }),
    headers: z.object({ "x-tenant": z.string() }),
    body: z.object({ name: z.string().min(2), items: z.array(z.object({ n: z.number() })).min(1) }),
  },
  async ({ params, query, headers, body }) => [params.id, query.page, query.sort, headers["x-tenant"], body.name, body.items.length],
);
