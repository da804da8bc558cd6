import { route } from "frontage";
import { store } from "#upstreams";
import { brief } from "../../lib/brief.ts";

export const GET = route(async () => ({ p1: brief(await store.getItem({ id: "1" })) }));
