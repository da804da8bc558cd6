import { error, route } from "frontage";
import { z } from "zod";

export const GET = route(
  { query: z.object({ kind: z.string() }) },
  async ({ query }) => {
    switch (query.kind) {
      case "none":
        return "nothing";
      case "later": {
        const word = "later";
        if (word.length > 10) return "never";
        break;
      }
      default:
        throw error(400, "unknown_kind");
    }
    return "after the switch";
  },
);
