import { route } from "frontage";
import { box, join } from "../lib/text.ts";

export const GET = route(async () => [join("-"), join("-", "a", undefined, "b"), join("/", ...["x", "y"]), box({ width: 2 }), box({ width: 2, height: 5 }, 1)]);
