import { route } from "frontage";
import { z } from "zod";
import { users } from "#upstreams";

/** Replaces what may be changed on the account page; the rest of the preferences stays. */
export const PUT = route(
  {
    body: z.object({
      newsletter: z.boolean(),
      density: z.enum(["comfortable", "compact"]),
      favouriteCategories: z.array(z.string().min(1)).max(20),
      notifications: z.record(z.string(), z.boolean()),
    }),
  },
  async ({ body, session }) => {
    const { preferences } = await users.getUser({ id: session.sub });
    return await users.updatePreferences({ id: session.sub, body: { ...preferences, ...body } });
  },
);
