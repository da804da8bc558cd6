import { error, route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ why: z.string().optional() }) },
  async ({ query }) => {
    if (query.why === undefined) throw error(410, "moved_away");
    throw error(422, "no_reason", `because ${query.why}`);
  },
);
