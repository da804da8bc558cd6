import { route } from "frontage";
import { github } from "#upstreams";

/** Who is signed in, and what waits for them. */
export const GET = route(async () => {
  const me = await github.usersGetAuthenticated();
  const waiting = await github.activityListNotificationsForAuthenticatedUser({ per_page: 50 }).catch(() => []);
  return {
    login: me.login,
    name: me.name ?? me.login,
    avatar: me.avatar_url,
    repositories: me.public_repos,
    // Only the private view of an account says how much of its space is used.
    space: me.user_view_type === "private" ? { used: me.disk_usage, of: me.plan?.space ?? null } : null,
    unread: waiting.filter((thread) => thread.unread).length,
  };
});
