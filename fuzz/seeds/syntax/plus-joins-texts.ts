import { route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ n: z.coerce.number() }) },
  async ({ query }) => ["n=" + query.n, query.n + "%", query.n + 1 + "", "" + query.n + 1, "x" + true],
);
