import { noContent, route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";

/** Marks one notification as read. */
export const PATCH = route({ params: z.object({ id: z.coerce.number().int() }) }, async ({ params }) => {
  await github.activityMarkThreadAsRead({ thread_id: params.id });
  return noContent();
});
