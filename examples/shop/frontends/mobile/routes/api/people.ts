import { route } from "frontage";
import { users } from "#upstreams";
import { own } from "#shared/images";

/** Who the switcher offers while there is no sign-in. */
export const GET = route(async () => {
  const [first, suspended] = await Promise.all([
    users.listUsers({ limit: 4 }),
    users.searchUsers({ body: { active: false, limit: 1 } }),
  ]);
  return [...first.items, ...suspended.items].map((user) => ({
    id: user.id,
    name: user.firstName,
    kind: user.active ? user.segment : "suspended",
    avatar: own(user.avatarUrl),
  }));
});
