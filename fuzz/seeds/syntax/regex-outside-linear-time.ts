import { route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ q: z.string().regex(/^(a+)\1$/) }) },
  async ({ query }) => query.q,
);
