import { route } from "frontage";
import { store } from "#upstreams";
import { brief } from "../lib/brief.ts";

// Each call needs the answer before.
export const GET = route(async () => {
  const first = await store.getItem({ id: "1" });
  const second = await store.getItem({ id: first.next });
  const third = await store.getItem({ id: second.next });
  return brief(third);
});
