import { passthrough } from "frontage";
import { catalog } from "#upstreams";

/** A product's picture: pages talk to their own origin only. */
export const GET = passthrough(catalog.getImage);
