import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(async () => (await records.getPatient({})).id);
