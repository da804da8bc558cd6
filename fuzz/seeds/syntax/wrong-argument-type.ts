import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(async () => (await records.listPatients({ limit: "5" })).total);
