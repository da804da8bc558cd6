import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";

/** Notifications, grouped by repository. */
export const GET = route({ query: z.object({ participating: z.enum(["yes", "no"]).default("no") }) }, async ({ query }) => {
  const threads = await github.activityListNotificationsForAuthenticatedUser({
    participating: query.participating === "yes",
    per_page: 50,
  });
  const groups = Object.groupBy(threads, (thread) => thread.repository.full_name);
  return Object.entries(groups).map(([repository, group]) => ({
    repository,
    threads: (group ?? []).map((thread) => ({
      id: thread.id,
      title: thread.subject.title,
      kind: thread.subject.type,
      reason: thread.reason,
      unread: thread.unread,
      at: thread.updated_at,
    })),
  }));
});
