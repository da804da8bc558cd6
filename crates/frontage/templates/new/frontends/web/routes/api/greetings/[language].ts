import { error, route } from "frontage";
import { z } from "zod";
import { greetings } from "#upstreams";

/** One greeting for somebody: `/api/greetings/fr?name=Ada`. */
export const GET = route(
  {
    params: z.object({ language: z.string() }),
    query: z.object({ name: z.string().min(1).max(40).default("world") }),
  },
  async ({ params, query, session }) => {
    const greeting = await greetings.getGreeting({ language: params.language }, { nullOn: [404] });
    if (!greeting) throw error(404, "unknown_language", `no greeting in "${params.language}" yet`);
    return { text: `${greeting.text}, ${query.name}!`, note: greeting.note ?? null, for: session.sub };
  },
);
