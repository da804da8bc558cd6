import { route } from "frontage";

export const GET = route(async () => 3);
