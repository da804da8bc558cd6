import { route } from "frontage";
import { users } from "#upstreams";
import { day } from "#shared/dates";
import { own } from "#shared/images";
import { addressLines } from "../../lib/orders.ts";

/** The customer's account, with what may be changed. */
export const GET = route(async ({ session }) => {
  const user = await users.getUser({ id: session.sub });
  return {
    id: user.id,
    name: user.displayName,
    email: user.email,
    phone: user.phone,
    avatar: own(user.avatarUrl),
    segment: user.segment,
    memberSince: day(user.createdAt),
    active: user.active,
    company: user.company,
    addresses: user.addresses.map((address) => ({
      id: address.id,
      label: address.label,
      kind: address.kind,
      isDefault: address.id === user.defaultAddressId,
      lines: addressLines(address),
    })),
    consents: user.consents.map((consent) => ({ kind: consent.kind, granted: consent.granted, on: day(consent.at) })),
    preferences: user.preferences,
  };
});
