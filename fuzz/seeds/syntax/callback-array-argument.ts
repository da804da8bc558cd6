import { route } from "frontage";

export const GET = route(async () => ["a", "b", "c"].map((x, i, all) => `${x}${i}/${all.length}${all[i + 1] ?? "."}`));
