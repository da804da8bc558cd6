import { passthrough } from "frontage";
import { store } from "#upstreams";

// Handed on as it comes: no byte of the answer is looked at.
export const GET = passthrough(store.getItem);
