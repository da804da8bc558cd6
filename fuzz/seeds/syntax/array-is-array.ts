import { route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ tag: z.array(z.string()).optional() }) },
  async ({ query }) => {
    const value: string[] | string = query.tag ?? "none";
    return Array.isArray(value) ? value.length : value;
  },
);
