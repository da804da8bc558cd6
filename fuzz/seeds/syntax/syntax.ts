import { route } from "frontage";

export const GET = route(async () => { return 1;
