import { route } from "frontage";
import { users } from "#upstreams";
import { own } from "#shared/images";

/** Who the switcher offers while there is no sign-in: one or two of each kind, and somebody suspended. */
export const GET = route(async () => {
  const kinds = await Promise.all(
    (["regular", "vip", "business", "new"] as const).map(
      async (segment) => (await users.searchUsers({ body: { segments: [segment], active: true, limit: 1 } })).items,
    ),
  );
  const suspended = await users.searchUsers({ body: { active: false, limit: 1 } });
  return [...kinds.flat(), ...suspended.items].map((user) => ({
    id: user.id,
    name: user.displayName,
    kind: user.active ? user.segment : "suspended",
    avatar: own(user.avatarUrl),
  }));
});
