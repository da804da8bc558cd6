import { passthrough } from "frontage";
import { users } from "#upstreams";

/** A customer's picture, as the users service draws it. */
export const GET = passthrough(users.getAvatar);
