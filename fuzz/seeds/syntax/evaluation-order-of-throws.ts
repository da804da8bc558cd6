import { error, route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ a: z.string(), b: z.string() }) },
  async ({ query }) => {
    const check = (text: string, code: string) => {
      if (text === "") throw error(400, code);
      return text.length;
    };
    return { a: check(query.a, "no_a"), b: check(query.b, "no_b") };
  },
);
