import { route } from "frontage";

export const GET = route(async () => ({ a: 1, a: 2 }));
