import { noContent, route } from "frontage";

export const DELETE = route(async () => noContent());
