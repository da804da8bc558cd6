import { route } from "frontage";
import { users } from "#upstreams";

/** Where an order can go: the addresses that goods are sent to, the usual one first. */
export const GET = route(async ({ session }) => {
  const user = await users.getUser({ id: session.sub });
  return {
    active: user.active,
    addresses: user.addresses
      .filter((address) => address.kind === "shipping")
      .toSorted((a, b) => Number(b.id === user.defaultAddressId) - Number(a.id === user.defaultAddressId))
      .map((address) => ({
        id: address.id,
        label: address.label,
        line: `${address.line1}, ${address.postalCode} ${address.city}`,
      })),
  };
});
