import { route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ q: z.string() }) },
  async ({ query }) => query.q,
);
