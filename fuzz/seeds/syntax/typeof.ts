import { route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ v: z.union([z.coerce.number(), z.string()]).optional() }) },
  async ({ query: { v } }) => ({
    type: typeof v,
    twice: typeof v === "number" ? v * 2 : typeof v === "string" ? v + v : "nothing",
  }),
);
