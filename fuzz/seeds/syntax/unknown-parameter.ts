import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(async () => (await records.listPatients({ limt: 5 })).total);
